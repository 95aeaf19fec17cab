package picture

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/form"
)

// MaxFileBytes is the most that a file for downloading may have.
const MaxFileBytes = 5 << 20

const (
	filesDir  = "files"
	keyLength = 26 // of crypto/rand.Text, of which keys are made
	pdfTail   = 2 << 10
)

// FileType says by its content, whatever it is called, which type a file is served as. Its error is a form.Message.
func FileType(data []byte) (string, error) {
	isPDF := bytes.HasPrefix(data, []byte("%PDF-"))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "", form.Message("Choose another file: this one is empty.")
	case isPDF && bytes.Contains(data[max(0, len(data)-pdfTail):], []byte("%%EOF")):
		return "application/pdf", nil
	case !isPDF && utf8.Valid(data) && !bytes.ContainsFunc(data, isControl):
		return "text/plain; charset=utf-8", nil
	}
	return "", form.Message("Choose a PDF or a plain text file (UTF-8): this is neither, or not all of it arrived.")
}

func isControl(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t\f", r) }

// PutFile keeps a file for downloading under the key that its name begins with: when it returns nil, it is on the disk. Its error
// wraps the system's.
func (d *Dir) PutFile(name string, data []byte) error {
	path, ok := filePath(name)
	if !ok {
		return fmt.Errorf("put file: %q is not the name of a file", name)
	}
	err := d.putFile(path, data)
	if errors.Is(err, fs.ErrNotExist) { // another server has just started, and cleared tmp
		err = d.putFile(path, data)
	}
	if err != nil {
		return fmt.Errorf("put %s: %w", path, err)
	}
	return d.sync(filesDir)
}

// OpenFile opens a file for reading, and says how many bytes it has. Its error is fs.ErrNotExist when there is none, which holds for
// every name that can't be one.
func (d *Dir) OpenFile(name string) (*os.File, int, error) {
	path, ok := filePath(name)
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	info, err := d.root.Lstat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fs.ErrNotExist
	}
	file, err := d.root.Open(path)
	return file, int(info.Size()), err
}

func (d *Dir) removeFile(name string) error {
	path, ok := filePath(name)
	if !ok {
		return fmt.Errorf("remove file: %q is not the name of a file", name)
	}
	if err := d.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// Files returns the keys of the files in the uploads directory at path. A directory that isn't there is empty.
func Files(path string) (map[string]bool, error) {
	entries, err := os.ReadDir(filepath.Join(path, filesDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	keys := map[string]bool{}
	for _, entry := range entries {
		if validKey(entry.Name()) {
			keys[entry.Name()] = true
		}
	}
	return keys, nil
}

// filePath is where the file of a name is kept: only its key counts, and what people call it does not.
func filePath(name string) (path string, ok bool) {
	key, _, found := strings.Cut(name, "/")
	return filesDir + "/" + key, found && validKey(key)
}

func validKey(key string) bool {
	return len(key) == keyLength && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
