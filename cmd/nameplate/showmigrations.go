package main

import (
	"context"
	"fmt"
)

type showmigrationsCommand struct {
	databaseSettings
}

// Help holds the examples of showmigrations.
func (showmigrationsCommand) Help() string {
	return `An X marks what is applied. What a newer Nameplate applied, and this one doesn't know, comes last. Nothing is changed.

Examples:
  nameplate showmigrations`
}

// Run lists the migrations.
func (c *showmigrationsCommand) Run() error {
	ctx := context.Background()
	if none, err := c.missing(); err != nil {
		return err
	} else if none {
		return fmt.Errorf("%s: %w", c.Database, errNoDatabase)
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := d.Migrations(ctx)
	if err != nil {
		return fmt.Errorf("read the migrations of %s: %w", c.database(), err)
	}
	for _, m := range all {
		mark := " "
		if m.Applied {
			mark = "X"
		}
		fmt.Printf("[%s] %s\n", mark, migrationName(m))
	}
	missing, err := d.Unknown(ctx, true)
	if err != nil {
		return fmt.Errorf("read the migrations of %s: %w", c.database(), err)
	}
	for _, version := range missing {
		fmt.Printf("[X] profile/%04d, whose file is missing in %s\n", version, c.migrations())
	}
	unknown, err := d.Unknown(ctx, false)
	if err != nil {
		return fmt.Errorf("read the migrations of %s: %w", c.database(), err)
	}
	number, _ := buildVersion()
	for _, version := range unknown {
		fmt.Printf("[X] %04d, unknown to this nameplate (%s): use the newer one that applied it\n", version, number)
	}
	return nil
}
