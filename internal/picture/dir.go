package picture

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"nameplate/internal/profile"
)

const (
	picsDir = "profile_pics"
	tmpDir  = "tmp"
)

// Dir keeps pictures in a directory of the file system, and never leaves it.
type Dir struct {
	root    *os.Root
	counted atomic.Pointer[Usage] // what Count has found last
}

// OpenDir opens the store at path. It makes path, and profile_pics and tmp in it, where they are missing, and clears tmp.
func OpenDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("make the uploads directory: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the uploads directory: %w", err)
	}
	d := &Dir{root: root}
	for _, name := range []string{picsDir, filesDir, tmpDir} {
		if err := root.MkdirAll(name, 0o755); err != nil {
			root.Close()
			return nil, fmt.Errorf("make %s in the uploads directory %s: %w", name, path, err)
		}
	}
	if err := d.clear(); err != nil {
		root.Close()
		return nil, fmt.Errorf("clear tmp in the uploads directory %s: %w", path, err)
	}
	return d, nil
}

// Close lets go of the directory.
func (d *Dir) Close() error { return d.root.Close() }

func (d *Dir) clear() error {
	entries, err := fs.ReadDir(d.root.FS(), tmpDir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := d.root.RemoveAll(tmpDir + "/" + entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// Put keeps a picture: when it returns nil, all its files are on the disk. A picture that is there already is written again,
// which changes nothing. Its error wraps the system's (syscall.ENOSPC, syscall.EROFS …).
func (d *Dir) Put(p Picture) error {
	if !ValidName(p.Name) {
		return fmt.Errorf("put picture: %q is not the name of a picture", p.Name)
	}
	for name, content := range p.files() {
		err := d.putFile(name, content)
		if errors.Is(err, fs.ErrNotExist) { // another server has just started, and cleared tmp
			err = d.putFile(name, content)
		}
		if err != nil {
			return fmt.Errorf("put picture %s: %w", p.Name, err)
		}
	}
	return d.sync(picsDir)
}

func (d *Dir) putFile(name string, content []byte) (err error) {
	tmp := tmpDir + "/" + rand.Text()
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			d.root.Remove(tmp)
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return d.root.Rename(tmp, name)
}

// sync makes the renames into a directory last.
func (d *Dir) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	err = f.Sync()
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}

// Open opens one size of a picture for reading. Its error is fs.ErrNotExist when there is none, which holds for every name and
// size that can't be one.
func (d *Dir) Open(name string, size int) (*os.File, error) {
	p, ok := profile.ParsePictureName(name)
	if !ok || !slices.Contains(p.Sizes(), size) {
		return nil, fs.ErrNotExist
	}
	return d.open(fileName(name, size))
}

// OpenWhole opens the whole of a picture, or of one that was stored without it the largest square. Its error is fs.ErrNotExist when there
// is none.
func (d *Dir) OpenWhole(name string) (*os.File, error) {
	p, ok := profile.ParsePictureName(name)
	switch {
	case !ok:
		return nil, fs.ErrNotExist
	case !p.Whole:
		return d.Open(name, p.Sizes()[len(p.Sizes())-1])
	}
	return d.open(wholeName(name))
}

func (d *Dir) open(file string) (*os.File, error) {
	info, err := d.root.Lstat(file)
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return d.root.Open(file)
}

// Remove removes all sizes of a picture, or the file with this name. It is no error when there are none.
func (d *Dir) Remove(name string) error {
	if strings.Contains(name, "/") {
		return d.removeFile(name)
	}
	if !ValidName(name) {
		return fmt.Errorf("remove picture: %q is not the name of a picture", name)
	}
	for _, file := range fileNames(name) {
		if err := d.root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove picture %s: %w", name, err)
		}
	}
	return nil
}

// Names yields the name of each picture once, also of one with a size missing. Files that are no pictures are passed over. An
// error comes last.
func (d *Dir) Names() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		f, err := d.root.Open(picsDir)
		if err != nil {
			yield("", fmt.Errorf("list pictures: %w", err))
			return
		}
		defer f.Close()
		for {
			names, err := f.Readdirnames(1024)
			for _, file := range names {
				if name, ok := d.first(file); ok && !yield(name, nil) {
					return
				}
			}
			if len(names) == 0 {
				if err != nil && err != io.EOF {
					yield("", fmt.Errorf("list pictures: %w", err))
				}
				return
			}
		}
	}
}

// first says whether a file is the first there is of its picture: so each is named once, and none kept in memory.
func (d *Dir) first(file string) (name string, ok bool) {
	name, ok = parseFileName(file)
	if !ok {
		return "", false
	}
	for _, other := range fileNames(name) {
		if other == picsDir+"/"+file {
			return name, true
		}
		if _, err := d.root.Lstat(other); err == nil {
			break
		}
	}
	return "", false
}

// files yields the files of a picture, by their names: the whole first, since the squares can be drawn from it again.
func (p Picture) files() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if !yield(wholeName(p.Name), p.Whole) {
			return
		}
		for i, size := range profile.PictureSizes {
			if !yield(fileName(p.Name, size), p.Squares[i]) {
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
	}
	return names
}

func fileName(name string, size int) string { return fmt.Sprintf("%s/%s-%d.jpg", picsDir, name, size) }

func wholeName(name string) string { return fmt.Sprintf("%s/%s-whole.jpg", picsDir, name) }

// parseFileName returns the name of the picture that a file is of.
func parseFileName(file string) (name string, ok bool) {
	cut := strings.LastIndexByte(file, '-')
	if cut < 0 || !slices.Contains(fileNames(file[:cut]), picsDir+"/"+file) {
		return "", false
	}
	return file[:cut], ValidName(file[:cut])
}
