package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// This test's own program plays another process where it is started with helperEnv.
const helperEnv = "NAMEPLATE_DB_TEST_HELPER"

// TestHelper is what the other process does: "what file". It is no test of its own.
func TestHelper(t *testing.T) {
	what, file, ok := strings.Cut(os.Getenv(helperEnv), " ")
	if !ok {
		return
	}
	d, err := db.Open(context.Background(), file, dbtest.Profile(t))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("open")
	switch what {
	case "seed":
		err = d.Seed(context.Background(), 1_000_000, "", nil)
	case "migrate":
		_, err = d.Migrate(context.Background())
	case "write":
		_, read := d.UserByName(context.Background(), "ada")
		_, write := d.CreateUser(context.Background(), nobody, account.User{Username: "bob"})
		fmt.Printf("read %v, busy %v\n", read, errors.Is(write, db.ErrBusy))
	}
	fmt.Println("end", err)
	if what != "write" {
		time.Sleep(time.Minute) // until it is killed
	}
}

func helper(t *testing.T, what, file string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestHelper$")
	cmd.Env = append(os.Environ(), helperEnv+"="+what+" "+file)
	return cmd
}

// killed starts a helper and kills it as soon as the write-ahead log has so many bytes.
func killed(t *testing.T, what, file string, size int64) {
	t.Helper()
	cmd := helper(t, what, file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Microsecond) {
		if info, err := os.Stat(file + "-wal"); err == nil && info.Size() >= size {
			break
		}
		if time.Now().After(deadline) {
			t.Error("it never wrote that much")
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it came to its end before it was killed")
	}
}

func TestMigrationThatWasKilledRunsAgain(t *testing.T) {
	t.Parallel()
	schema := func(file string) string {
		d := dbtest.Open(t, file)
		if _, err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return dbtest.Text(t, d, "SELECT group_concat(name || sql, char(10)) FROM (SELECT name, sql FROM sqlite_schema ORDER BY name)")
	}
	want := schema(filepath.Join(t.TempDir(), "whole.db"))
	for _, size := range []int64{1, 4_000, 20_000, 60_000} {
		file := filepath.Join(t.TempDir(), "n.db")
		killed(t, "migrate", file, size)
		if got := schema(file); got != want {
			t.Errorf("killed after %d bytes:\n%s\nwant\n%s", size, got, want)
		}
	}
}

func TestSeedThatWasKilledLeavesWhoIsThereWhole(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	d := dbtest.Open(t, file)
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Seed(t.Context(), 300, "", nil); err != nil {
		t.Fatal(err)
	}
	killed(t, "seed", file, 8<<20)
	if sound := dbtest.Text(t, d, "PRAGMA integrity_check"); sound != "ok" {
		t.Error(sound)
	}
	dbtest.Exec(t, d, "INSERT INTO people_search_fts (people_search_fts, rank) VALUES ('integrity-check', 1)")
	if wrong := dbtest.Text(t, d, "SELECT count(*) FROM pragma_foreign_key_check"); wrong != "0" {
		t.Errorf("%s rows of nobody", wrong)
	}
	page, err := d.People(t.Context(), admin.Query{Q: "person0"})
	if n, count := d.CountUsers(t.Context()); err != nil || count != nil || n%100_000 != 300 || page.Total != min(n, 10_000) {
		t.Errorf("%d of %d are found; %v, %v", page.Total, n, err, count)
	}
	if config := dbtest.Text(t, d, "SELECT group_concat(k || '=' || v) FROM people_search_fts_config"); strings.Contains(config, "automerge=0") {
		t.Errorf("the index was left as it is while seeding: %s", config)
	}
}

func TestFullDatabaseIsBusyAndReadsGoOn(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Run("a full disk", func(t *testing.T) {
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
				t.Fatalf("mount a small disk: %v", err)
			}
			t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
			d := dbtest.Open(t, filepath.Join(dir, "n.db"))
			if _, err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			ballast := filepath.Join(dir, "ballast")
			full(t, d, func() {
				f, err := os.Create(ballast)
				for err == nil {
					_, err = f.Write(make([]byte, 4096))
				}
				if !errors.Is(err, syscall.ENOSPC) {
					t.Fatal(err)
				}
				_ = f.Close()
			}, func() {
				if err := os.Remove(ballast); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
	t.Run("a full file", func(t *testing.T) {
		d := dbtest.SQLite(t)
		full(t, d, func() { db.SetPageLimit(t, d, 1) }, func() { db.SetPageLimit(t, d, 1<<30) })
	})
}

// full fills the database of d, expects what is promised, and makes room again.
func full(t *testing.T, d *db.DB, fill, clear func()) {
	t.Helper()
	ada := add(t, d, account.User{Username: "ada"})
	fill()
	var err error
	made := 1
	for ; err == nil && made < 2000; made++ {
		_, err = d.CreateUser(t.Context(), nobody, account.User{Username: fmt.Sprintf("person%d", made), FirstName: strings.Repeat("ü", 150)})
	}
	made--
	if !errors.Is(err, db.ErrBusy) {
		t.Fatalf("person %d: %v", made, err)
	}
	if u, err := d.UserByName(t.Context(), "ada"); err != nil || u.ID != ada.ID {
		t.Errorf("reading: %+v, %v", u, err)
	}
	if n, err := d.CountUsers(t.Context()); n != made || err != nil {
		t.Errorf("%d people, want %d; %v", n, made, err)
	}
	clear()
	add(t, d, account.User{Username: "after"})
	if n, err := d.CountUsers(t.Context()); n != made+1 || err != nil {
		t.Errorf("%d people, want %d; %v", n, made+1, err)
	}
}

func TestReadOnlyDatabaseIsBusyAndReadsGoOn(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "nameplate-readonly-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "n.db")
	d := dbtest.Open(t, file)
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	add(t, d, account.User{Username: "ada"})
	for _, name := range []string{file, file + "-wal"} {
		if err := os.Chmod(name, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(file+"-shm", 0o666), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := helper(t, "write", file)
	if os.Getuid() == 0 { // nothing is read-only to root
		program := filepath.Join(dir, "helper")
		if err := os.Link(cmd.Path, program); err != nil {
			b, err := os.ReadFile(cmd.Path)
			if err == nil {
				err = os.WriteFile(program, b, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cmd.Path, cmd.Dir = program, dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "read <nil>, busy true") {
		t.Errorf("%v\n%s", err, out)
	}
	add(t, d, account.User{Username: "after"}) // whoever has it open for writing is not held up
}
