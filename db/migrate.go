package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// State says how the database's schema stands to this program's.
type State int

// The states of a database.
const (
	Empty   State = iota // nothing was ever migrated
	Current              // what the program knows is applied
	Pending              // something is still to be applied
	Newer                // a newer program migrated it
)

// migrateLock is the number of PostgreSQL's advisory lock for one migration at a time.
const migrateLock = 0x6e616d65706c6174

func (d *DB) goose(pool *sql.DB, s set) (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if d.pg {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, pool, s.files, goose.WithTableName(s.table), goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
}

// checkForeign fails with ErrForeign when a database that was never migrated holds another program's tables.
func (d *DB) checkForeign(ctx context.Context) error {
	query := "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'goose_db_version')"
	if d.pg {
		query = "SELECT to_regclass('users') IS NOT NULL" // a schema may be shared, as long as no name is
	}
	var foreign bool
	if err := d.r.QueryRowContext(ctx, query).Scan(&foreign); err != nil {
		return fmt.Errorf("look for tables: %w", told(err))
	}
	if !foreign {
		return nil
	}
	if applied, err := d.applied(ctx, projectTable); err != nil || len(applied) > 0 { // another program has just migrated it
		return err
	}
	return ErrForeign
}

// State returns how the database stands to this program. It fails with ErrForeign for another program's database.
func (d *DB) State(ctx context.Context) (State, error) {
	list, err := d.Migrations(ctx)
	if err != nil {
		return 0, err
	}
	applied, err := d.applied(ctx, projectTable)
	if err != nil {
		return 0, err
	}
	if len(applied) == 0 {
		return Empty, d.checkForeign(ctx)
	}
	pending := false
	for _, m := range list {
		if !m.Own {
			delete(applied, m.Version)
		}
		pending = pending || !m.Applied
	}
	switch {
	case len(applied) > 0:
		return Newer, nil
	case pending:
		return Pending, nil
	}
	return Current, nil
}

// Migrate applies what is pending, each migration in a transaction of its own, and returns what it applied. It fails with
// ErrNewer when the database is newer than the program. Two programs may do it at once.
func (d *DB) Migrate(ctx context.Context) ([]Migration, error) {
	state, err := d.State(ctx)
	if err != nil {
		return nil, err
	}
	if state == Newer {
		return nil, ErrNewer
	}
	sets, err := d.sets()
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var done []Migration
	for _, set := range sets {
		applied, err := d.migrateSet(ctx, set)
		done = append(done, applied...)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// migrateSet applies what is pending of one set.
func (d *DB) migrateSet(ctx context.Context, set set) ([]Migration, error) {
	p, err := d.goose(d.w, set)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	var done []Migration
	var first error // what is tried again may fail at what the first try has left
	for tries, known := 0, 0; ; {
		result, err := p.UpByOne(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			return done, nil
		}
		if err == nil {
			first = nil
			done = append(done, Migration{Version: result.Source.Version, Name: migrationName(result.Source.Path), Applied: true, Own: set.table == ownTable})
			continue
		}
		// On SQLite another program may have applied it first, which makes this transaction fail: look again.
		if now, again := d.State(ctx); again == nil && now == Current {
			return done, nil
		}
		if partial, ok := errors.AsType[*goose.PartialError](err); ok {
			err = partial.Err // without goose's words around it
		}
		if first == nil {
			first = err
		}
		if applied, again := d.applied(ctx, set.table); again == nil && len(applied) > known {
			tries, known, first = 0, len(applied), err // another program goes on meanwhile
		}
		if tries++; tries > 3 {
			return done, told(first)
		}
	}
}

// lockMigrations keeps other programs from migrating the same PostgreSQL database until unlock is called.
func (d *DB) lockMigrations(ctx context.Context) (unlock func(), err error) {
	if !d.pg {
		return func() {}, nil
	}
	conn, err := d.w.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock the migrations: %w", told(err))
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("SET lock_timeout = 0; SELECT pg_advisory_lock(%d); SET lock_timeout = %s",
		int64(migrateLock), maxLockWait))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the migrations: %w", told(err)), conn.Close())
	}
	return func() {
		ctx := context.WithoutCancel(ctx)
		_, _ = conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_advisory_unlock(%d)", int64(migrateLock))) // closing frees it too
		_ = conn.Close()
	}, nil
}
