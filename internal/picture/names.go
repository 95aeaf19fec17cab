package picture

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"nameplate/internal/profile"
)

const (
	picsDir  = "profile_pics"
	filesDir = "files"
)

// files yields the files of a picture, by their names: the whole first, since the squares can be drawn from it again.
func (p Picture) files() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if !yield(wholeName(p.Name), p.Whole) {
			return
		}
		for i, size := range profile.PictureSizes {
			if !yield(fileName(p.Name, size), p.Squares[i]) || !yield(webpName(p.Name, size), p.WebP[i]) {
				return
			}
		}
	}
}

// fileNames are the names of all files that a picture may have.
func fileNames(name string) []string {
	p, _ := profile.ParsePictureName(name)
	var names []string
	if p.Whole {
		names = append(names, wholeName(name))
	}
	for _, size := range p.Sizes() {
		names = append(names, fileName(name, size))
		if p.Whole {
			names = append(names, webpName(name, size))
		}
	}
	return names
}

// pathsOf are those of all files that a picture has, or of the file with this name. A name that can't be one has none.
func pathsOf(name string) []string {
	path, isFile := filePath(name)
	switch {
	case isFile:
		return []string{path}
	case !ValidName(name):
		return nil
	}
	return fileNames(name)
}

// partOf says which part of its picture a file is: the whole, or how many pixels wide, with .webp where it is one; or that it is a file.
func partOf(path string) string {
	if strings.HasPrefix(path, filesDir+"/") {
		return "file"
	}
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '-')+1:], ".jpg")
}

func fileName(name string, size int) string {
	return squarePath(profile.PictureFile{Name: name, Size: size})
}

func webpName(name string, size int) string {
	return squarePath(profile.PictureFile{Name: name, Size: size, WebP: true})
}

func squarePath(square profile.PictureFile) string { return picsDir + "/" + square.String() }

func wholeName(name string) string { return fmt.Sprintf("%s/%s-whole.jpg", picsDir, name) }

// parseFileName returns the name of the picture that a file is of.
func parseFileName(file string) (name string, ok bool) {
	cut := strings.LastIndexByte(file, '-')
	if cut < 0 || !ValidName(file[:cut]) || !slices.Contains(fileNames(file[:cut]), picsDir+"/"+file) {
		return "", false
	}
	return file[:cut], true
}

// filePath is where the file of a name is kept: only its key counts, and what people call it does not.
func filePath(name string) (path string, ok bool) {
	key, _, found := strings.Cut(name, "/")
	return filesDir + "/" + key, found && validKey(key)
}

const keyLength = 26 // of crypto/rand.Text, of which keys are made

func validKey(key string) bool {
	return len(key) == keyLength && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
