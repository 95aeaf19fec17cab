// Package dbtest gives tests real databases: a SQLite file, and a PostgreSQL server that the test process starts for itself.
//
// No TestMain is needed: the server is started when the first test asks for it, and a watchdog stops it and removes its
// directory when the test process ends, in whatever way.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"nameplate"
	"nameplate/db"
	"nameplate/internal/profile"
)

// Each runs f as the sub-tests sqlite and postgres, each with a fresh, migrated database with the built-in profile. It fails,
// and never skips, where PostgreSQL is missing. The two run at the same time, and are over when the test that called is: let
// f share nothing, and nothing come after Each.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(t, Postgres(t)) })
}

// EachSource runs f as Each does, with the address of a database that nothing was ever done to.
func EachSource(t *testing.T, f func(t *testing.T, source string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "nameplate.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, PostgresSource(t, "template0")) })
}

// SQLite returns a fresh, migrated SQLite database, which is closed when the test ends.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "nameplate.db")
	whole, err := migratedFile()
	if err == nil {
		err = os.WriteFile(file, whole, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return Open(t, file)
}

// migratedFile is the SQLite database that the others are copies of, made once.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "nameplate-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "nameplate.db")
	if err := migrate(file); err != nil {
		return nil, err
	}
	return os.ReadFile(file) // all of it: whoever closes a database last empties its journal into it
})

// Postgres returns a fresh, migrated PostgreSQL database, which is closed when the test ends.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	server, err := start()
	if err == nil {
		err = server.migrateTemplate()
	}
	if err != nil {
		t.Fatal(err)
	}
	return Open(t, PostgresSource(t, template))
}

// PostgresSource returns the address of a new PostgreSQL database that is a copy of template: template0 is an empty one.
func PostgresSource(t testing.TB, template string) string {
	t.Helper()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", made.Add(1))
	if err := server.exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return server.source(name)
}

// Open opens the database at source with the built-in profile, and closes it when the test ends.
func Open(t testing.TB, source string) *db.DB {
	t.Helper()
	return openProfile(t, source, Profile(t))
}

func openProfile(t testing.TB, source string, p profile.Profile) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), source, p)
	if err != nil {
		t.Fatal(err)
	}
	sources.Store(d, source)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		sources.Delete(d)
	})
	return d
}

// Profile returns the built-in profile.
func Profile(t testing.TB) profile.Profile {
	t.Helper()
	p, err := profile.Load(nameplate.ProfileTOML, "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const template = "nameplate_template"

// made counts the databases, whose names must differ.
var made atomic.Int64

// migrateTemplate makes the database that the others are copies of, once.
func (s *server) migrateTemplate() error {
	s.template.Do(func() {
		if s.templateErr = s.exec("CREATE DATABASE " + template + " TEMPLATE template0"); s.templateErr != nil {
			return
		}
		s.templateErr = migrate(s.source(template))
	})
	return s.templateErr
}

// migrate makes the tables of the built-in profile in the database at source, and closes it.
func migrate(source string) error {
	p, err := profile.Load(nameplate.ProfileTOML, "profile.toml")
	if err != nil {
		return err
	}
	d, err := db.Open(context.Background(), source, p)
	if err != nil {
		return err
	}
	_, err = d.Migrate(context.Background())
	return errors.Join(err, d.Close())
}
