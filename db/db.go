// Package db keeps people, sessions and all else in SQLite or PostgreSQL. A method is one transaction.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"nameplate/db/migrations"
	"nameplate/internal/profile"
)

// DB is an open database. It may be used by many goroutines at once.
type DB struct {
	Now func() time.Time // the clock; tests may set it before the first use

	// RemovePicture removes the files of a picture. Whoever opens the pictures sets it before the first use; while it is nil,
	// pictures that were replaced stay until SweepPictures.
	RemovePicture func(ctx context.Context, name string) error

	// MigrationsDir is the directory of the operator's own migrations. Whoever needs these sets it before the first use; while it is
	// empty, there are none.
	MigrationsDir string

	w, r     *sql.DB // on SQLite one connection that writes, and a pool that reads; on PostgreSQL one pool
	pg       bool
	source   string
	profile  profile.Profile
	schema   fs.FS // the migrations of this dialect
	text     texts
	rewrites rewrites
	sample   sample

	mailQueued chan struct{}
	jobQueued  chan struct{}
	jobs       runningJobs
}

// Open opens the database at source, a SQLite file (made when it is not there) or a postgres:// address, for the attributes of
// p. It does not migrate. Its errors are one line that says what to do.
func Open(ctx context.Context, source string, p profile.Profile) (*DB, error) {
	d := &DB{Now: time.Now, source: source, profile: p, pg: isPostgres(source), mailQueued: make(chan struct{}, 1), jobQueued: make(chan struct{}, 1)}
	d.jobs.at = map[int64]*runningJob{}
	d.text = newTexts(p, d.pg)
	var err error
	if d.pg {
		d.schema, err = fs.Sub(migrations.Files, "postgres")
	} else {
		d.schema, err = fs.Sub(migrations.Files, "sqlite")
	}
	if err != nil {
		return nil, err
	}
	if d.pg {
		err = d.openPostgres(ctx)
	} else {
		err = d.openSQLite(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func isPostgres(source string) bool {
	return strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://")
}

// Close closes every connection. Statements under way end first.
func (d *DB) Close() error {
	var errs []error
	if d.r != nil && d.r != d.w {
		errs = append(errs, d.r.Close())
	}
	if d.w != nil {
		errs = append(errs, d.w.Close()) // the last one, so that SQLite leaves no journal behind
	}
	return errors.Join(errs...)
}

// Ping says whether the database answers, and has the columns that this program reads: another may have changed them meanwhile.
func (d *DB) Ping(ctx context.Context) error {
	_, err := d.scanPerson(d.r.QueryRowContext(ctx, d.dialect(d.text.person+"u.id = -1")))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return told(err)
}

// Version returns the name and the version of the database, such as "SQLite 3.50.0".
func (d *DB) Version(ctx context.Context) (string, error) {
	name, query := "SQLite", "SELECT sqlite_version()"
	if d.pg {
		name, query = "PostgreSQL", "SHOW server_version"
	}
	var version string
	if err := d.r.QueryRowContext(ctx, query).Scan(&version); err != nil {
		return "", fmt.Errorf("read the database's version: %w", told(err))
	}
	return name + " " + version, nil
}

// Profile returns the attributes that the database was opened for.
func (d *DB) Profile() profile.Profile { return d.profile }

func (d *DB) now() int64 { return d.Now().UnixMilli() }

// fromMilli turns what a column holds into a time, NULL and 0 into the zero time.
func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
