package picture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// strayAge is how old something in tmp has to be: what is being written is younger.
const strayAge = time.Hour

// Survey is what a store holds.
type Survey struct {
	Pictures map[string]int  // how many of its files there are, by the name of each picture that has any
	Files    map[string]bool // the keys of the files
	Strays   []string        // the paths of what is neither; of tmp what is an hour old
}

// Survey lists everything, which takes seconds where there are hundreds of thousands.
func (s *Store) Survey(ctx context.Context) (Survey, error) {
	found := Survey{Pictures: map[string]int{}, Files: map[string]bool{}}
	for _, folder := range []string{picsDir, filesDir, tmpDir} {
		for file, err := range s.objects.list(ctx, folder) {
			if err != nil {
				return Survey{}, fmt.Errorf("list %s: %w", folder, err)
			}
			name, isPicture := parseFileName(file.name)
			switch {
			case folder == picsDir && isPicture && file.bytes == 0: // cut by a crash: as good as not there
				found.Pictures[name] += 0
			case folder == picsDir && isPicture:
				found.Pictures[name]++
			case folder == filesDir && validKey(file.name):
				found.Files[file.name] = true
			case isStray(folder, file.name) && (folder != tmpDir || time.Since(file.modified) > strayAge):
				found.Strays = append(found.Strays, folder+"/"+file.name)
			}
		}
	}
	return found, nil
}

func isStray(folder, file string) bool {
	_, isPicture := parseFileName(file)
	return (folder != picsDir || !isPicture) && (folder != filesDir || !validKey(file))
}

// RemoveStray removes what Survey has called a stray. It is no error when it is gone.
func (s *Store) RemoveStray(ctx context.Context, path string) error {
	folder, file, _ := strings.Cut(path, "/")
	if folder != picsDir && folder != filesDir && folder != tmpDir || strings.Contains(file, "/") || !isStray(folder, file) {
		return fmt.Errorf("remove %s: it is no stray", path)
	}
	if err := s.objects.remove(ctx, []string{path}); err != nil {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// Expected says how many files the picture or the file of this name has where none is missing.
func Expected(name string) int { return len(pathsOf(name)) }

// Missing says what of a picture is not there: "whole", "48", "96" and so on; or of a file: "file".
func (s *Store) Missing(ctx context.Context, name string) ([]string, error) {
	var missing []string
	for _, path := range pathsOf(name) {
		there, err := s.has(ctx, path)
		if err != nil {
			return nil, err
		}
		if !there {
			missing = append(missing, partOf(path))
		}
	}
	return missing, nil
}

func (s *Store) has(ctx context.Context, path string) (bool, error) {
	content, err := s.open(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return content.Size > 0, content.Close()
}
