package main

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"nameplate/internal/profile"
)

// TestServeOverReadOnlyUploads: what is there is shown, though something was to be removed.
func TestServeOverReadOnlyUploads(t *testing.T) {
	if os.Getuid() != 0 { // nobody else makes it so
		return
	}
	p := newPlace(t)
	p.must("seed", "2", "--pictures")
	database, err := sql.Open("sqlite3", filepath.Join(p.dir, "nameplate.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	u := &uploads{place: p, database: database}
	kept, dropped := u.pictureOf("1"), u.pictureOf("2")
	u.exec("UPDATE profiles SET profile_pic = '' WHERE profile_pic = '" + dropped + "'")
	u.exec("INSERT INTO waiting_pictures (token, name, state, created_at) VALUES ('t', '" + dropped + "', 'dropped', 1)")
	u.write("tmp/left-behind")
	dir := filepath.Join(p.dir, "uploads")
	for _, flags := range []uintptr{syscall.MS_BIND, syscall.MS_BIND | syscall.MS_REMOUNT | syscall.MS_RDONLY} {
		if err := syscall.Mount(dir, dir, "", flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	s := p.serve()
	if status, err := s.get(profile.PicturePath(kept, 96)); status != http.StatusOK {
		t.Errorf("a picture: %d, %v", status, err)
	}
	if s.stop(syscall.SIGTERM); !strings.Contains(s.log(), "can't be removed just now") {
		t.Errorf("the log says nothing of it: %s", s.log())
	}
}
