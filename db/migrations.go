package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"nameplate/db/migrations"
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
	dir := filepath.Join(d.MigrationsDir, dialect)
	own := os.DirFS(dir)
	if _, err := os.ReadDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // which Glob would not say
		return nil, err
	}
	files, err := fs.Glob(own, "*.sql")
	if err != nil || len(files) == 0 {
		return list, err
	}
	if HoldsProject(d.MigrationsDir) {
		return list, nil // they are in the program already
	}
	return append(list, set{own, ownTable}), nil
}

// HoldsProject says whether a directory is the project's own db/migrations, where makemigrations may write in a copy of the source, and
// nothing else looks: what is there is built into the program.
func HoldsProject(dir string) bool {
	const first = "sqlite/0001_people.sql"
	there, err := os.ReadFile(filepath.Join(dir, first))
	own, err2 := migrations.Files.ReadFile(first)
	return err == nil && err2 == nil && bytes.Equal(there, own)
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

// Unknown returns the versions, in order, that are applied and of which nothing is there: with own of the operator's migrations, whose
// files are missing, and else of the project's, which a newer program brought.
func (d *DB) Unknown(ctx context.Context, own bool) ([]int64, error) {
	list, err := d.Migrations(ctx)
	if err != nil {
		return nil, err
	}
	table := projectTable
	if own {
		table = ownTable
	}
	applied, err := d.applied(ctx, table)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Own == own {
			delete(applied, m.Version)
		}
	}
	return slices.Sorted(maps.Keys(applied)), nil
}

// HasOwn says whether any of the operator's own migrations is applied: whether the database was made for another declaration than the
// built-in one.
func (d *DB) HasOwn(ctx context.Context) (bool, error) {
	applied, err := d.applied(ctx, ownTable)
	return len(applied) > 0, err
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
