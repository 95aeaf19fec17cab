package picture_test

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"nameplate/internal/picture"
)

func TestFilesAreWhatTheirContentIs(t *testing.T) {
	for content, want := range map[string]string{
		"%PDF-1.7\n…\n%%EOF\n": "application/pdf", "a text, ünïcode\n\tindented": "text/plain; charset=utf-8", "<html><script>": "text/plain; charset=utf-8",
		"%PDF-1.7\ncut short": "", "": "", "MZ\x00\x01": "", "\xff\xfe": "", "\x89PNG\r\n\x1a\n": "", "a\x1b[31m": "",
	} {
		if got, err := picture.FileType([]byte(content)); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", content, got, err)
		}
	}
}

func TestFilesAreKeptUnderTheirKeys(t *testing.T) {
	path := t.TempDir()
	store, err := picture.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	name := rand.Text() + "/../../my cv.pdf"
	if err := store.PutFile(t.Context(), name, []byte("text")); err != nil {
		t.Fatal(err)
	}
	file, err := store.OpenFile(t.Context(), name)
	if err != nil || file.Size != 4 {
		t.Fatal(file.Size, err)
	}
	if got, err := io.ReadAll(file); string(got) != "text" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	file.Close()
	if found, err := store.Survey(t.Context()); len(found.Files) != 1 || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	for range 2 {
		if err := store.Remove(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{name, "../../etc/passwd", "x/y", "/", "", rand.Text()} {
		if _, err := store.OpenFile(t.Context(), bad); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if left, err := os.ReadDir(filepath.Join(path, "files")); len(left) != 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}
