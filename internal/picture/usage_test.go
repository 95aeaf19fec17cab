package picture

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nameplate/internal/profile"
)

func TestUsage(t *testing.T) {
	d, path := openStore(t)
	before, err := d.Usage()
	if err != nil || before.Free <= 0 || !before.At.IsZero() || before.Bytes != 0 {
		t.Fatalf("before the first count: %+v %v", before, err)
	}
	if err := d.Put(t.Context(), picture("a")); err != nil {
		t.Fatal(err)
	}
	if err := d.PutFile(t.Context(), strings.Repeat("A", keyLength)+"/cv.txt", []byte("twelve bytes")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(path, picsDir, "link")); err != nil {
		t.Fatal(err)
	}
	want := int64(len("twelve bytes"))
	for _, content := range picture("a").files() {
		want += int64(len(content))
	}
	if err := d.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	u, err := d.Usage()
	if err != nil || u.Bytes != want || u.Files != 2*len(profile.PictureSizes)+2 || time.Since(u.At) > time.Minute {
		t.Errorf("%+v %v, want %d bytes", u, err, want)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := d.Count(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("a count that was stopped: %v", err)
	}
	if again, _ := d.Usage(); again != u && again.Bytes != u.Bytes {
		t.Errorf("half a count took the place of a whole one: %+v", again)
	}
}
