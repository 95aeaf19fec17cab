package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOlderDatabase(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"clearsessions"}, {"seed", "1", "--yes"}, {"changepassword", "ada"}} {
		r := p.runBinary(laterBinary, args...)
		if r.status != 1 {
			t.Errorf("%s: status %d", args[0], r.status)
		}
		oneLine(t, r.stderr, "nameplate migrate", "nameplate.db")
	}
	if r := p.runBinary(laterBinary, "showmigrations"); !strings.Contains(r.stdout, "[X] 0001_") || !strings.Contains(r.stdout, "[ ] 9999_later") {
		t.Errorf("showmigrations: %s%s", r.stdout, r.stderr)
	}
	if r := p.runBinary(laterBinary, "check"); r.status != 1 || !strings.Contains(r.stdout, "nameplate migrate") {
		t.Errorf("check: %d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := p.runBinary(laterBinary, "migrate"); r.status != 0 || r.stdout != "applied 9999_later\n" {
		t.Errorf("migrate: %d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := p.runBinary(laterBinary, "migrate"); r.status != 0 || r.stdout != "nothing to apply\n" {
		t.Errorf("migrate again: %d %s%s", r.status, r.stdout, r.stderr)
	}
}

func TestOlderDatabaseWithMigrateFlag(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	cmd := p.command(laterBinary, "serve", "--migrate", "--addr", "127.0.0.1:0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		if strings.Contains(p.runBinary(laterBinary, "showmigrations").stdout, "[X] 9999_later") {
			break
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if out := p.runBinary(laterBinary, "showmigrations").stdout; !strings.Contains(out, "[X] 9999_later") {
		t.Errorf("not migrated: %s", out)
	}
}

func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if r := p.runBinary(laterBinary, "migrate"); r.status != 0 {
		t.Fatal(r)
	}
	before := schema(t, filepath.Join(p.dir, "nameplate.db"))
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"serve", "--migrate", "--addr", "127.0.0.1:0"}, {"migrate"}, {"clearsessions"}, {"seed", "1"}} {
		r := p.run(args...)
		if r.status != 1 {
			t.Errorf("%s: status %d", args, r.status)
		}
		oneLine(t, r.stderr, "newer", "nameplate.db")
	}
	if out := p.must("showmigrations"); !strings.HasSuffix(out, "\n[X] 9999, unknown to this nameplate (v9.8.7): use the newer one that applied it\n") {
		t.Errorf("showmigrations: %s", out)
	}
	if after := schema(t, filepath.Join(p.dir, "nameplate.db")); after != before {
		t.Errorf("the schema was %s and is %s", before, after)
	}
}

// schema returns the statements that made a SQLite file.
func schema(t *testing.T, path string) string {
	t.Helper()
	d, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var text string
	if err := d.QueryRow("SELECT group_concat(sql, ';') FROM sqlite_schema").Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}
