package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"nameplate/db"
)

type migrateCommand struct {
	databaseSettings
}

// Help holds the examples of migrate.
func (migrateCommand) Help() string {
	return `Each migration is one transaction: one that fails leaves the database as the one before it did. A database that isn't
there is created. Make a backup first (README, "Backup").

Examples:
  nameplate migrate
  nameplate migrate --database postgres://nameplate@localhost/nameplate`
}

// Run applies what is pending.
func (c *migrateCommand) Run() error {
	ctx := context.Background()
	if err := c.checkMigrations(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	state, err := d.State(ctx)
	if err != nil {
		return fmt.Errorf("read the migrations of %s: %w", c.database(), err)
	}
	if state == db.Newer {
		return fmt.Errorf("the database %s: %w", c.database(), errNewer)
	}
	applied, err := d.Migrate(ctx)
	for _, m := range applied {
		fmt.Println("applied", migrationName(m))
	}
	if err != nil {
		return c.failed(ctx, d, err)
	}
	searched, err := d.Reindex(ctx)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", c.database(), err)
	}
	if searched {
		fmt.Println("made the search anew")
	} else if len(applied) == 0 {
		fmt.Println("nothing to apply")
	}
	if err := c.declared(ctx, d); err != nil {
		fmt.Printf("note: %v\n", err)
	}
	return nil
}

// failed says which migration could not be applied, and what to do about it.
func (c *migrateCommand) failed(ctx context.Context, d *db.DB, err error) error {
	all, _ := d.Migrations(ctx)
	for _, m := range all {
		if m.Applied {
			continue
		}
		todo := "nothing of it was"
		if m.Own {
			todo += fmt.Sprintf("; correct what it says and run it again, or delete its files in %s and %s and run %q again", filepath.Join(c.migrations(), "sqlite"),
				filepath.Join(c.migrations(), "postgres"), c.command("makemigrations"))
		}
		return fmt.Errorf("%s of %s could not be applied, and %s: %s", migrationName(m), c.database(), todo, strings.Join(strings.Fields(err.Error()), " "))
	}
	return fmt.Errorf("migrate %s: %w", c.database(), err)
}

// migrationName returns a migration's number and name as its file has them, the operator's own with profile/ in front.
func migrationName(m db.Migration) string {
	if m.Own {
		return fmt.Sprintf("profile/%04d_%s", m.Version, m.Name)
	}
	return fmt.Sprintf("%04d_%s", m.Version, m.Name)
}
