package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nameplate/db"
)

var errNoDatabase = errors.New(`there is no database; "nameplate migrate" makes one`)

// postgres says whether the database is a PostgreSQL server, and not a SQLite file.
func (s databaseSettings) postgres() bool {
	return strings.HasPrefix(s.Database, "postgres://") || strings.HasPrefix(s.Database, "postgresql://")
}

// database returns the database's name for messages: its path, or its address without the password.
func (s databaseSettings) database() string {
	if u, err := url.Parse(s.Database); err == nil && s.postgres() {
		return u.Redacted()
	}
	return s.Database
}

// checkDatabase says whether the database setting can name a database. It never repeats a password.
func (s databaseSettings) checkDatabase() error {
	if s.postgres() {
		if _, err := url.Parse(s.Database); err != nil {
			return errors.New("NAMEPLATE_DATABASE can't be read as an address: write postgres://user:password@host/database, with special characters of the password written as %XX")
		}
		return nil
	}
	scheme, _, isURL := strings.Cut(s.Database, "://")
	switch {
	case isURL:
		return wrong("NAMEPLATE_DATABASE", scheme+"://…", "write the path of a SQLite file, or postgres://…")
	case strings.TrimSpace(s.Database) == "", strings.Contains(s.Database, ":memory:"), strings.HasPrefix(s.Database, "file:"):
		return wrong("NAMEPLATE_DATABASE", s.Database, "write the path of a SQLite file, such as nameplate.db")
	}
	return nil
}

// missing says whether the database is a SQLite file that isn't there yet. An error means that it can't be there.
func (s databaseSettings) missing() (bool, error) {
	if s.postgres() {
		return false, nil
	}
	info, err := os.Stat(s.Database)
	switch {
	case err == nil && info.IsDir():
		return false, wrong("NAMEPLATE_DATABASE", s.Database, "it is a directory; write the path of a file")
	case err == nil:
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("look at the database %s: %s", s.Database, reason(err))
	}
	if dir := filepath.Dir(s.Database); !isDirectory(dir) {
		return true, wrong("NAMEPLATE_DATABASE", s.Database, "there is no directory "+dir+"; make it first")
	}
	return true, nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// open opens the database as it stands. One that isn't there is created empty, and not migrated.
func (s databaseSettings) open(ctx context.Context) (*db.DB, error) {
	if err := s.checkDatabase(); err != nil {
		return nil, err
	}
	if _, err := s.missing(); err != nil {
		return nil, err
	}
	attributes, err := s.profile()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, s.Database, attributes)
	if err != nil {
		return nil, err
	}
	d.MigrationsDir = s.migrations()
	return d, nil
}

// migrations returns the directory of the operator's migrations.
func (s databaseSettings) migrations() string {
	switch {
	case s.Migrations != "":
		return s.Migrations
	case s.postgres():
		return "migrations"
	}
	return filepath.Join(filepath.Dir(s.Database), "migrations")
}

// checkMigrations refuses the project's own migrations as an operator's.
func (s databaseSettings) checkMigrations() error {
	if db.HoldsProject(s.migrations()) {
		return wrong("NAMEPLATE_MIGRATIONS", s.migrations(), "these are the project's own migrations, which are in the program; name another directory")
	}
	return nil
}

// command returns a command as it is typed to work with the same database: with the flags that this one was given.
func (s databaseSettings) command(name string) string {
	words := "nameplate " + name
	for _, flag := range []struct{ name, value string }{{"--database", s.database()}, {"--profile", s.Profile}, {"--migrations", s.Migrations}} {
		if slices.ContainsFunc(os.Args, func(arg string) bool { return arg == flag.name || strings.HasPrefix(arg, flag.name+"=") }) {
			words += " " + flag.name + " " + flag.value
		}
	}
	return words
}

// openPresent opens a database that must be there and up to date.
func (s databaseSettings) openPresent(ctx context.Context) (*db.DB, error) {
	if missing, err := s.missing(); err != nil {
		return nil, err
	} else if missing {
		return nil, fmt.Errorf("%s: %w", s.Database, errNoDatabase)
	}
	return s.openReady(ctx, func(*db.DB, db.State) error { return nil })
}

// openOrCreate opens a database that is up to date, and creates and migrates an empty one.
func (s databaseSettings) openOrCreate(ctx context.Context) (*db.DB, error) {
	return s.openReady(ctx, func(d *db.DB, state db.State) error { return migrateIf(ctx, d, state == db.Empty) })
}

func migrateIf(ctx context.Context, d *db.DB, wanted bool) error {
	if !wanted {
		return nil
	}
	if _, err := d.Migrate(ctx); err != nil {
		return err
	}
	_, err := d.Reindex(ctx)
	return err
}

// openReady opens the database, lets prepare migrate it, and refuses one that then isn't what this program works with.
func (s databaseSettings) openReady(ctx context.Context, prepare func(*db.DB, db.State) error) (*db.DB, error) {
	if err := s.checkMigrations(); err != nil {
		return nil, err
	}
	d, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, d, prepare); err != nil {
		d.Close()
		return nil, fmt.Errorf("the database %s: %w", s.database(), err)
	}
	return d, nil
}

func (s databaseSettings) ready(ctx context.Context, d *db.DB, prepare func(*db.DB, db.State) error) error {
	state, err := d.State(ctx)
	if err != nil {
		return err
	}
	if err := prepare(d, state); err != nil {
		return err
	}
	if state, err = d.State(ctx); err != nil {
		return err
	}
	switch state {
	case db.Empty:
		return errNoDatabase
	case db.Pending:
		return fmt.Errorf("it has pending migrations; run %q first", s.command("migrate"))
	case db.Newer:
		return errNewer
	}
	return s.declared(ctx, d)
}

// declared says in what the database is not as the profile declares it, and what to do.
func (s databaseSettings) declared(ctx context.Context, d *db.DB) error {
	err := d.CheckProfile(ctx)
	differs, differ := errors.AsType[db.Mismatch](err)
	_, refused := errors.AsType[db.Refusal](err)
	if differ || refused {
		if err := s.named(ctx, d); err != nil {
			return err
		}
	}
	switch {
	case differ:
		return fmt.Errorf("it is not what %s declares: %s; run %q and then %q", s.profileName(), strings.Join(differs, "; "),
			s.command("makemigrations"), s.command("migrate"))
	case errors.Is(err, db.ErrSearch):
		return fmt.Errorf("%w; run %q", err, s.command("migrate"))
	}
	return err
}

// named refuses the built-in profile for a database that was made for another: whoever forgot to name that one would drop its columns.
func (s databaseSettings) named(ctx context.Context, d *db.DB) error {
	if s.Profile != "" {
		return nil
	}
	if own, err := d.HasOwn(ctx); err != nil || !own {
		return err
	}
	return errors.New("it was made for a profile.toml of your own, and none is named: name it with NAMEPLATE_PROFILE or --profile (to go back to the built-in attributes, name a file with these; \"nameplate makemigrations --help\" shows them)")
}

// profileName is what the profile is called in messages.
func (s databaseSettings) profileName() string {
	if s.Profile == "" {
		return "the built-in profile.toml"
	}
	return s.Profile
}

var errNewer = errors.New("it was made by a newer version of Nameplate; use that version, or go back to a backup")
