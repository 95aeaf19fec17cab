// Package dbtest gives tests real databases: a SQLite file, and a PostgreSQL server that the test process starts for itself.
//
// No TestMain is needed: the server is started when the first test asks for it, and a watchdog stops it and removes its
// directory when the test process ends, in whatever way.
package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"nameplate"
	"nameplate/db"
	"nameplate/internal/profile"
)

// Each runs f as the sub-tests sqlite and postgres, each with a fresh, migrated database with the built-in profile. It fails,
// and never skips, where PostgreSQL is missing.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
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
	d := Open(t, filepath.Join(t.TempDir(), "nameplate.db"))
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

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
	d, err := db.Open(t.Context(), source, Profile(t))
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
		p, err := profile.Load(nameplate.ProfileTOML, "profile.toml")
		if err != nil {
			s.templateErr = err
			return
		}
		d, err := db.Open(context.Background(), s.source(template), p)
		if err != nil {
			s.templateErr = err
			return
		}
		if _, err := d.Migrate(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			s.templateErr = err
		}
		if err := d.Close(); s.templateErr == nil {
			s.templateErr = err
		}
	})
	return s.templateErr
}
