package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string // the file's name without the number and the ending
	Applied bool
	Own     bool // it is the operator's own, made by makemigrations, and not the project's
}

// The tables that say which migrations of either set are applied.
const (
	projectTable = "goose_db_version"
	ownTable     = "profile_db_version"
)

// set is one of the two rows of migrations, each numbered on its own.
type set struct {
	files fs.FS
	table string
}

// sets returns the project's migrations, and then the operator's where there are some.
func (d *DB) sets() ([]set, error) {
	list := []set{{d.schema, projectTable}}
	if d.MigrationsDir == "" {
		return list, nil
	}
	dialect := "sqlite"
	if d.pg {
		dialect = "postgres"
	}
	own := os.DirFS(filepath.Join(d.MigrationsDir, dialect))
	files, err := fs.Glob(own, "*.sql")
	if err != nil || len(files) == 0 {
		return list, err
	}
	if _, err := fs.Stat(own, "0001_people.sql"); err == nil {
		return nil, fmt.Errorf("%s holds the project's own migrations, which are in the program already: name another directory", d.MigrationsDir)
	}
	return append(list, set{own, ownTable}), nil
}

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

// Migrations returns every migration that the program knows, the oldest first.
func (d *DB) Migrations(ctx context.Context) ([]Migration, error) {
	sets, err := d.sets()
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	var list []Migration
	for _, set := range sets {
		p, err := d.goose(d.r, set)
		if err != nil {
			return nil, fmt.Errorf("read the migrations: %w", err)
		}
		applied, err := d.applied(ctx, set.table)
		if err != nil {
			return nil, err
		}
		for _, source := range p.ListSources() {
			list = append(list, Migration{Version: source.Version, Name: migrationName(source.Path), Applied: applied[source.Version], Own: set.table == ownTable})
		}
	}
	return list, nil
}

// UnknownMigrations returns the versions, in order, that a newer program applied and this one doesn't know.
func (d *DB) UnknownMigrations(ctx context.Context) ([]int64, error) {
	list, err := d.Migrations(ctx)
	if err != nil {
		return nil, err
	}
	applied, err := d.applied(ctx, projectTable)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if !m.Own {
			delete(applied, m.Version)
		}
	}
	return slices.Sorted(maps.Keys(applied)), nil
}

// UnknownOwn returns the versions, in order, of the operator's migrations that are applied and whose files are not there.
func (d *DB) UnknownOwn(ctx context.Context) ([]int64, error) {
	list, err := d.Migrations(ctx)
	if err != nil {
		return nil, err
	}
	applied, err := d.applied(ctx, ownTable)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Own {
			delete(applied, m.Version)
		}
	}
	return slices.Sorted(maps.Keys(applied)), nil
}

func migrationName(file string) string {
	_, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "_")
	return name
}

// applied returns the versions that the database knows of one set.
func (d *DB) applied(ctx context.Context, table string) (map[int64]bool, error) {
	exists := "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '" + table + "')"
	if d.pg {
		exists = "SELECT to_regclass('" + table + "') IS NOT NULL"
	}
	var known bool
	if err := d.r.QueryRowContext(ctx, exists).Scan(&known); err != nil {
		return nil, fmt.Errorf("look for migrations: %w", told(err))
	}
	applied := map[int64]bool{}
	if !known {
		return applied, nil
	}
	rows, err := d.r.QueryContext(ctx, "SELECT version_id FROM "+table+" WHERE is_applied AND version_id > 0")
	if err != nil {
		return nil, fmt.Errorf("read the applied migrations: %w", told(err))
	}
	defer rows.Close()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		applied[version] = true
	}
	return applied, told(rows.Err())
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
	for tries := 0; ; {
		result, err := p.UpByOne(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			return done, nil
		}
		if err == nil {
			done = append(done, Migration{Version: result.Source.Version, Name: migrationName(result.Source.Path), Applied: true, Own: set.table == ownTable})
			continue
		}
		// On SQLite another program may have applied it first, which makes this transaction fail: look again.
		if now, again := d.State(ctx); again == nil && now == Current {
			return done, nil
		}
		if tries++; tries > 3 {
			return done, fmt.Errorf("migrate: %w", told(err))
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

// Mismatch says that the database is not what profile.toml declares: what makemigrations would do.
type Mismatch []string

// Error lists the steps.
func (m Mismatch) Error() string { return "it differs from profile.toml: " + strings.Join(m, "; ") }

// ErrSearch says that the search holds other attributes than profile.toml declares.
var ErrSearch = errors.New("its search holds other attributes than profile.toml says")

// CheckProfile fails with Mismatch or Refusal where makemigrations has something to do, and with ErrSearch where migrate has.
func (d *DB) CheckProfile(ctx context.Context) error {
	plan, err := d.Plan(ctx)
	if err != nil {
		return err
	}
	var steps Mismatch
	for _, step := range plan.Steps {
		steps = append(steps, step.Words)
	}
	if len(steps) > 0 {
		return steps
	}
	if differs, err := d.SearchDiffers(ctx); err != nil || !differs {
		return err
	}
	return ErrSearch
}
