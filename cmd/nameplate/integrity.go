package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	_ "github.com/mattn/go-sqlite3" // the driver
)

// checkIntegrity lets SQLite look through its file for damage. PostgreSQL looks after itself.
func (s databaseSettings) checkIntegrity(ctx context.Context) error {
	if s.postgres() {
		return nil
	}
	path, err := filepath.Abs(s.Database)
	if err != nil {
		return err
	}
	d, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro"}).String())
	if err != nil {
		return err
	}
	defer d.Close()
	var verdict string
	if err := d.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("look for damage: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("it is damaged (%s); go back to a backup", verdict)
	}
	return nil
}
