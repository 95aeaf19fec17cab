package main

import (
	"context"
	"errors"
	"fmt"
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
		return fmt.Errorf("migrate %s: %w", c.database(), err)
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
	if differs, ok := errors.AsType[db.Mismatch](d.CheckProfile(ctx)); ok {
		fmt.Printf("profile.toml differs: %s; write the migration for it with: %s\n", strings.Join(differs, "; "), c.command("makemigrations"))
	}
	return nil
}

// migrationName returns a migration's number and name as its file has them, the operator's own with profile/ in front.
func migrationName(m db.Migration) string {
	if m.Own {
		return fmt.Sprintf("profile/%04d_%s", m.Version, m.Name)
	}
	return fmt.Sprintf("%04d_%s", m.Version, m.Name)
}
