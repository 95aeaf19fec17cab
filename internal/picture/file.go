package picture

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/form"
)

// MaxFileBytes is the most that a file for downloading may have.
const MaxFileBytes = 5 << 20

const pdfTail = 2 << 10

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

// PutFile keeps a file for downloading under the key that its name begins with: when it returns nil, it is kept for good. Its error
// wraps the system's.
func (s *Store) PutFile(ctx context.Context, name string, data []byte) error {
	path, ok := filePath(name)
	if !ok {
		return fmt.Errorf("put file: %q is not the name of a file", name)
	}
	err := s.objects.put(ctx, func(yield func(string, []byte) bool) { yield(path, data) })
	if err != nil {
		return fmt.Errorf("put %s: %w", path, err)
	}
	return nil
}

// OpenFile opens a file for reading. Its error is fs.ErrNotExist when there is none, which holds for every name that can't be one.
func (s *Store) OpenFile(ctx context.Context, name string) (Content, error) {
	path, ok := filePath(name)
	if !ok {
		return Content{}, fs.ErrNotExist
	}
	return s.open(ctx, path)
}
