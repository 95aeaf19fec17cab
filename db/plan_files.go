package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// dialects are the directories of migrations, one for each database.
var dialects = []string{"sqlite", "postgres"}

// Name is what the plan's migration is called where nobody names it, as in Django: after what it does.
func (p Plan) Name() string {
	var names []string
	for i, step := range p.Steps {
		if i == 2 && len(p.Steps) > 3 {
			names = append(names, fmt.Sprintf("and_%d_more", len(p.Steps)-2))
			break
		}
		names = append(names, step.name)
	}
	return strings.Join(names, "_")[:min(100, len(strings.Join(names, "_")))]
}

// SQL returns the plan as a migration of SQLite or, with pg, of PostgreSQL.
func (p Plan) SQL(pg bool) string {
	var b, words strings.Builder
	for _, step := range p.Steps {
		said := strings.Join(strings.Fields(step.Words), " ")
		words.WriteString("-- " + strings.ReplaceAll(said, "+goose", "goose") + "\n") // which goose would take for a word to itself
	}
	b.WriteString(words.String() + "\n-- +goose Up\n")
	back := true
	for _, step := range p.Steps {
		back = back && step.down != nil
		for _, statement := range step.up(pg) {
			b.WriteString(whole(statement))
		}
	}
	if !back {
		return b.String()
	}
	b.WriteString("\n-- +goose Down\n")
	for i := len(p.Steps) - 1; i >= 0; i-- {
		for _, statement := range p.Steps[i].down(pg) {
			b.WriteString(whole(statement))
		}
	}
	return b.String()
}

// whole is a statement as it stands in the file of a migration.
func whole(statement string) string {
	if strings.Contains(statement, "\n") { // it would be cut at the end of a line
		return "-- +goose StatementBegin\n" + statement + ";\n-- +goose StatementEnd\n"
	}
	return statement + ";\n"
}

// Write writes the plan as one migration for each database, under name and the next number of the directory, and returns their
// paths. It leaves both or none, and fails with ErrPending where another program has just written one.
func (d *DB) Write(ctx context.Context, p Plan, name string) (paths []string, err error) {
	err = d.write(ctx, func(tx *Tx) error { // so that two programs don't write at once
		if err := tx.lock(ctx, "makemigrations"); err != nil {
			return err
		}
		state, err := d.State(ctx)
		if err == nil && state == Pending {
			err = ErrPending
		}
		if err != nil {
			return err
		}
		paths, err = d.writeFiles(ctx, p, name)
		return err
	})
	return paths, err
}

func (d *DB) writeFiles(ctx context.Context, p Plan, name string) (paths []string, err error) {
	number, err := d.nextNumber(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			for _, path := range paths {
				err = errors.Join(err, os.Remove(path))
			}
		}
	}()
	for _, dialect := range dialects {
		dir := filepath.Join(d.MigrationsDir, dialect)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return paths, err
		}
		path := filepath.Join(dir, fmt.Sprintf("%04d_%s.sql", number, name))
		if err := writeWhole(path, p.SQL(dialect == "postgres")); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// writeWhole writes a file that is there as a whole or not at all: half a migration would be taken for one.
func writeWhole(path, text string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".*.tmp")
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close())
	if _, there := os.Lstat(path); err == nil && there == nil {
		err = fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// nextNumber is the one after the highest of the operator's migrations, in the directory and in the database.
func (d *DB) nextNumber(ctx context.Context) (int64, error) {
	applied, err := d.applied(ctx, ownTable)
	if err != nil {
		return 0, err
	}
	var highest int64
	for version := range applied {
		highest = max(highest, version)
	}
	for _, dialect := range dialects {
		files, err := filepath.Glob(filepath.Join(d.MigrationsDir, dialect, "*.sql"))
		if err != nil {
			return 0, err
		}
		for _, file := range files {
			number, _, _ := strings.Cut(filepath.Base(file), "_")
			if n, err := strconv.ParseInt(number, 10, 32); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return highest + 1, nil
}
