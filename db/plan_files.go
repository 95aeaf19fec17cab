package db

import (
	"context"
	"errors"
	"fmt"
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
// paths. It leaves both or none.
func (d *DB) Write(ctx context.Context, p Plan, name string) (paths []string, err error) {
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
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return paths, err
		}
		paths = append(paths, path)
		_, err = file.WriteString(p.SQL(dialect == "postgres"))
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return paths, err
		}
	}
	return paths, nil
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
			if n, err := strconv.ParseInt(number, 10, 64); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return highest + 1, nil
}
