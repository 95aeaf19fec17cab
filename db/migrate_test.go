package db

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"nameplate/internal/profile"
)

func unmigrated(t *testing.T, file string) *DB {
	t.Helper()
	d, err := Open(t.Context(), file, profile.Profile{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func wantState(t *testing.T, d *DB, want State) {
	t.Helper()
	if state, err := d.State(t.Context()); state != want || err != nil {
		t.Errorf("state %d, want %d; %v", state, want, err)
	}
}

// step is a second migration, in the way of the first.
func step(sql string) *fstest.MapFile { return &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql)} }

func TestMigrationsGoThroughTheirStates(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	d := unmigrated(t, file)
	wantState(t, d, Empty)
	if list, err := d.Migrations(t.Context()); err != nil || len(list) == 0 || list[0].Applied || list[0].Name != "people" {
		t.Fatalf("%v, %v", list, err)
	}
	if done, err := d.Migrate(t.Context()); err != nil || len(done) == 0 {
		t.Fatalf("%v, %v", done, err)
	}
	wantState(t, d, Current)
	if done, err := d.Migrate(t.Context()); err != nil || len(done) != 0 {
		t.Errorf("again: %v, %v", done, err)
	}
	files := fstest.MapFS{"9001_half.sql": step("CREATE TABLE half (x);\nCREATE TABLE users (x);")}
	own, err := fs.Glob(d.schema, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range own {
		data, err := fs.ReadFile(d.schema, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	d.schema = files
	wantState(t, d, Pending)
	if _, err := d.Migrate(t.Context()); err == nil {
		t.Fatal("a broken migration passed")
	}
	wantState(t, d, Pending) // and nothing of it stayed:
	files["9001_half.sql"] = step("CREATE TABLE half (x);")
	if done, err := d.Migrate(t.Context()); err != nil || len(done) != 1 {
		t.Fatalf("%v, %v", done, err)
	}
	older := unmigrated(t, file)
	wantState(t, older, Newer)
	if _, err := older.Migrate(t.Context()); !errors.Is(err, ErrNewer) {
		t.Error(err)
	}
}

func TestAnotherProgramsDatabaseIsLeftAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.db")
	d := unmigrated(t, file)
	if _, err := d.w.Exec("CREATE TABLE recipes (id INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.State(t.Context()); !errors.Is(err, ErrForeign) {
		t.Errorf("its state: %v", err)
	}
	if done, err := d.Migrate(t.Context()); !errors.Is(err, ErrForeign) || len(done) != 0 {
		t.Errorf("migrated %v, %v", done, err)
	}
	var tables int
	if err := d.r.QueryRow("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables, %v", tables, err)
	}
}

func TestTwoMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for range 5 {
		file := filepath.Join(t.TempDir(), "n.db")
		var wg sync.WaitGroup
		for range 4 {
			d := unmigrated(t, file)
			wg.Go(func() {
				if _, err := d.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
				wantState(t, d, Current)
			})
		}
		wg.Wait()
	}
}

func TestAttributeWithoutAColumnIsNamed(t *testing.T) {
	d := unmigrated(t, filepath.Join(t.TempDir(), "n.db"))
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.CheckProfile(t.Context()); err == nil || !strings.Contains(err.Error(), "drop portfolio_site") {
		t.Error(err)
	}
	d.profile.Attributes = []profile.Attribute{{Name: "shoe_size", Kind: profile.Kinds()[5]}}
	if err := d.CheckProfile(t.Context()); err == nil || !strings.Contains(err.Error(), "shoe_size") {
		t.Error(err)
	}
}
