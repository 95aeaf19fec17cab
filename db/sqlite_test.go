package db

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nameplate"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

func openFile(t *testing.T, file string) *DB {
	t.Helper()
	p, err := profile.Load(nameplate.ProfileTOML, "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), file, p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryConnectionHasThePragmas(t *testing.T) {
	d := openFile(t, filepath.Join(t.TempDir(), "a ?#%20.db"))
	check := func(pool *sql.DB, n int, want map[string]string) {
		for range n { // kept open, so that each is another connection
			conn, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for pragma, value := range want {
				var got string
				if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != value {
					t.Errorf("%s is %s, want %s; %v", pragma, got, value, err)
				}
			}
		}
	}
	both := map[string]string{"foreign_keys": "1", "journal_mode": "wal", "busy_timeout": "5000", "synchronous": "2"}
	check(d.r, 4, both)
	check(d.r, 1, map[string]string{"query_only": "1"})
	check(d.w, 1, both)
	check(d.w, 1, map[string]string{"query_only": "0", "journal_size_limit": "4194304"})
}

func TestForeignLockIsBusyAndReadsGoOn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	d, other := openFile(t, file), openFile(t, file)
	u, err := d.CreateUser(t.Context(), Author{}, account.User{Username: "ada", IsActive: true})
	if err != nil {
		t.Fatal(err)
	}
	store := d.Sessions()
	now := time.Now()
	if err := store.CommitCtx(t.Context(), "s", []byte("x"), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	err = other.write(t.Context(), func(tx *Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := d.LoggedIn(ctx, u.ID); !errors.Is(err, ErrBusy) {
			t.Errorf("with a deadline: %v", err)
		}
		begin := time.Now()
		if err := d.LoggedIn(t.Context(), u.ID); !errors.Is(err, ErrBusy) || time.Since(begin) > 9*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		begin = time.Now()
		d.Now = func() time.Time { return now.Add(10 * time.Minute) } // the session is due to be touched
		if _, found, err := store.FindCtx(t.Context(), "s"); !found || err != nil {
			t.Error(found, err)
		}
		if _, err := d.UserByName(t.Context(), "ada"); err != nil || time.Since(begin) > 4*time.Second {
			t.Errorf("reading took %v: %v", time.Since(begin), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.LoggedIn(t.Context(), u.ID); err != nil {
		t.Errorf("it did not recover: %v", err)
	}
}

func TestTwoProgramsOnOneFileLoseNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	done := make(chan error, 2)
	dbs := []*DB{openFile(t, file), openFile(t, file)}
	for i, d := range dbs {
		go func() {
			for j := range 50 {
				if _, err := d.CreateUser(t.Context(), Author{}, account.User{Username: string(rune('a'+i)) + strings.Repeat("x", j)}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if n, err := dbs[0].CountUsers(t.Context()); n != 100 || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"", ":memory:", "mysql://localhost/x", garbage, "/no/such/directory/n.db", "postgres://%zz",
		"postgres://127.0.0.1:1/none?connect_timeout=1"} {
		d, err := Open(t.Context(), source, profile.Profile{})
		if err == nil {
			d.Close()
			t.Errorf("%q opened", source)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: more than one line: %v", source, err)
		}
	}
}

func TestListsWalkAlongAnIndex(t *testing.T) {
	t.Parallel()
	d := openFile(t, filepath.Join(t.TempDir(), "n.db"))
	if err := d.Seed(t.Context(), 1000, "", nil); err != nil {
		t.Fatal(err)
	}
	resource := admin.People(d.profile)
	for _, column := range resource.Columns {
		if !column.Sortable {
			continue
		}
		for _, q := range []admin.Query{{}, {Desc: true}, {Before: admin.End}, {After: admin.EncodeCursor("0", 5)}, {Before: admin.EncodeCursor("1", 5)}} {
			q.Sort = column.Name
			l, err := d.newList(resource, q)
			if err != nil {
				t.Fatal(err)
			}
			query, args := used(l.along(101), l.args)
			plan := explain(t, d, query, args)
			if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN "+l.table[len(l.table)-1:]) && q.After+q.Before != "" && q.Before != admin.End {
				t.Errorf("%+v: %s", q, plan)
			}
		}
	}
}

func explain(t *testing.T, d *DB, query string, args []any) string {
	t.Helper()
	rows, err := d.r.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "; ")
}

func TestJournalStaysSmall(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	d := openFile(t, file)
	if err := d.Seed(t.Context(), 20_000, "", nil); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := d.CreateUser(t.Context(), Author{}, account.User{Username: string(rune('a' + i))}); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(file + "-wal"); err != nil || info.Size() > 2*maxJournal {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}
