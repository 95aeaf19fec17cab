package dbtest

import (
	"path/filepath"
	"testing"

	"nameplate/db"
	"nameplate/internal/profile"
)

// EachWith is Each with the profile that toml declares, in databases that makemigrations and migrate have taken there.
func EachWith(t *testing.T, toml string, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, OpenWith(t, filepath.Join(t.TempDir(), "nameplate.db"), t.TempDir(), toml))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, OpenWith(t, PostgresSource(t, "template0"), t.TempDir(), toml))
	})
}

// OpenWith opens the database at source and takes it to what toml declares, with migrations that are written to dir.
func OpenWith(t testing.TB, source, dir, toml string) *db.DB {
	t.Helper()
	d := Unmigrated(t, source, dir, toml)
	Declared(t, d)
	return d
}

// Unmigrated opens the database at source for what toml declares, as it stands.
func Unmigrated(t testing.TB, source, dir, toml string) *db.DB {
	t.Helper()
	p, err := profile.Load([]byte(toml), "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	d := openProfile(t, source, p)
	d.MigrationsDir = dir
	return d
}

// Again opens the database of d once more, for what toml declares, as it stands.
func Again(t testing.TB, d *db.DB, toml string) *db.DB {
	t.Helper()
	source, _ := sources.Load(d)
	return Unmigrated(t, source.(string), d.MigrationsDir, toml)
}

// Declared takes a database to its declaration.
func Declared(t testing.TB, d *db.DB) {
	t.Helper()
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan, err := d.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Steps) > 0 {
		if _, err := d.Write(t.Context(), plan, plan.Name()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Reindex(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.CheckProfile(t.Context()); err != nil {
		t.Fatal(err)
	}
}
