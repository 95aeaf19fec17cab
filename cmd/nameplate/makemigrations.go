package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"nameplate"
	"nameplate/db"
)

type makemigrationsCommand struct {
	databaseSettings
	Name   string `arg:"" optional:"" help:"What the migration is called, in the names of its files."`
	DryRun bool   `name:"dry-run" help:"Show the migration for both databases, and write nothing."`
	Check  bool   `help:"Say what is missing with exit status 1, and write nothing."`
	Yes    bool   `help:"Don't ask, also where values are lost."`
}

// Help holds the examples of makemigrations.
func (makemigrationsCommand) Help() string {
	return `Compares profile.toml with the database and writes one migration for SQLite and one for PostgreSQL into the directory of
NAMEPLATE_MIGRATIONS. It asks before anything that loses values. "nameplate migrate" applies it.
In a copy of the source, "--migrations db/migrations" writes the migration there, to be built in.

Examples:
  nameplate makemigrations
  nameplate makemigrations add_birthday
  nameplate makemigrations --check --profile /etc/nameplate/profile.toml

The profile.toml that is built in, to begin with:

  ` + strings.ReplaceAll(strings.TrimSpace(string(nameplate.ProfileTOML)), "\n", "\n  ")
}

var (
	errMissing = errors.New("the database is not what profile.toml declares: the lines above say what is missing")
	errRefused = errors.New("the database can't be taken there as it is: the lines above say what is in the way")
	fileName   = regexp.MustCompile(`^[A-Za-z0-9_]{1,100}$`)
)

// Run writes the migration.
func (c *makemigrationsCommand) Run() error {
	if c.Name != "" && !fileName.MatchString(c.Name) {
		return fmt.Errorf("the name is %q: write letters, digits and _ only, 100 at the most", c.Name)
	}
	ctx := context.Background()
	if missing, err := c.missing(); err != nil {
		return err
	} else if missing {
		return fmt.Errorf("%s: %w", c.Database, errNoDatabase)
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := c.current(ctx, d); err != nil {
		return fmt.Errorf("the database %s: %w", c.database(), err)
	}
	plan, err := d.Plan(ctx)
	refusal, refused := errors.AsType[db.Refusal](err)
	if err == nil && len(plan.Steps) == 0 {
		fmt.Println("No changes detected")
		return nil
	}
	if err := c.named(ctx, d); err != nil {
		return fmt.Errorf("the database %s: %w", c.database(), err)
	}
	switch {
	case refused:
		return refuse(refusal)
	case err != nil:
		return err
	}
	return c.write(ctx, d, plan)
}

// refuse says what is in the way, each thing with whose values it is.
func refuse(refusal db.Refusal) error {
	for _, o := range refusal {
		fmt.Println("  - " + o.What)
		for _, value := range o.Values {
			fmt.Println("      " + value)
		}
		if o.Count > len(o.Values) {
			fmt.Printf("      and %d more\n", o.Count-len(o.Values))
		}
		fmt.Println("    " + o.Todo)
	}
	return errRefused
}

// current says whether the database can be compared: whether every migration is applied.
func (c *makemigrationsCommand) current(ctx context.Context, d *db.DB) error {
	state, err := d.State(ctx)
	switch {
	case err != nil:
		return err
	case state == db.Empty:
		return fmt.Errorf("it is empty; run %q first", c.command("migrate"))
	case state == db.Pending:
		return fmt.Errorf("it has pending migrations; run %q first, or take them back: delete the files of their number in %s and %s", c.command("migrate"),
			filepath.Join(c.migrations(), "sqlite"), filepath.Join(c.migrations(), "postgres"))
	case state == db.Newer:
		return errNewer
	}
	unknown, err := d.Unknown(ctx, true)
	if err == nil && len(unknown) > 0 {
		return fmt.Errorf("it has the migration profile/%04d applied, which %s lacks: put its files back, or name their directory with --migrations",
			unknown[0], c.migrations())
	}
	return err
}

func (c *makemigrationsCommand) write(ctx context.Context, d *db.DB, plan db.Plan) error {
	loses := 0
	for _, step := range plan.Steps {
		fmt.Print("  - " + step.Words)
		if step.Loses > 0 {
			fmt.Printf(": %s will be lost", count(step.Loses, "value"))
		}
		fmt.Println()
		loses += step.Loses
	}
	if c.Check {
		return errMissing
	}
	if c.DryRun {
		fmt.Printf("\n-- SQLite\n%s\n-- PostgreSQL\n%s", plan.SQL(false), plan.SQL(true))
		return nil
	}
	fmt.Printf("\n%s\n", plan.SQL(c.postgres()))
	if loses > 0 && !c.Yes {
		if err := agreed(loses); err != nil {
			return err
		}
	}
	name := c.Name
	if name == "" {
		name = plan.Name()
	}
	paths, err := d.Write(ctx, plan, name)
	if errors.Is(err, db.ErrPending) {
		return fmt.Errorf("another makemigrations was quicker; run %q first", c.command("migrate"))
	}
	if err != nil {
		return fmt.Errorf("write the migration into %s: %s; make it a directory that can be written to, or name another with --migrations", c.migrations(), reason(err))
	}
	for _, path := range paths {
		fmt.Println("wrote", path)
	}
	fmt.Printf("apply it with: %s\n", c.command("migrate"))
	return nil
}

// agreed asks whether values may be lost.
func agreed(loses int) error {
	if !onTerminal() {
		return fmt.Errorf("%s will be lost, and nobody is there to ask: give --yes to agree; nothing was written", count(loses, "value"))
	}
	fmt.Fprintf(os.Stderr, "%s will be lost. Write the migration? [y/N] ", count(loses, "value"))
	answer, err := newTerminal().line()
	if word := strings.ToLower(strings.TrimSpace(answer)); err == nil && word != "y" && word != "yes" {
		return errors.New("nothing was written")
	}
	return err
}
