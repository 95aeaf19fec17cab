package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
)

type changepasswordCommand struct {
	databaseSettings
	Username string `arg:"" help:"Whose password."`

	RemoveTwoFactor bool `name:"remove-two-factor" help:"Take the second factor away, too, from who has lost it."`
}

// Help holds the examples of changepassword.
func (changepasswordCommand) Help() string {
	return `On a terminal it asks for the new password twice. Otherwise it reads one line from the standard input. Everybody who is
logged in as this person has to log in again.

Examples:
  nameplate changepassword ada
  pass show nameplate/ada | nameplate changepassword ada
  nameplate changepassword ada --remove-two-factor`
}

// Run sets the password.
func (c *changepasswordCommand) Run() error {
	ctx := context.Background()
	d, err := c.openPresent(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	u, err := d.UserByName(ctx, c.Username)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is nobody called %q in %s; look up the username in the admin", c.Username, c.database())
	} else if err != nil {
		return fmt.Errorf("look up %s: %w", c.Username, err)
	}
	password, err := readPassword(u)
	if err != nil {
		return err
	}
	hash, err := auth.NewHasher(runtime.GOMAXPROCS(0)).Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := d.SetPassword(ctx, db.Author{}, u.ID, hash); err != nil {
		return fmt.Errorf("set the password of %s: %w", u.Username, err)
	}
	fmt.Printf("changed the password of %s and ended their sessions\n", u.Username)
	if c.RemoveTwoFactor {
		if err := d.RemoveTwoFactor(ctx, db.Author{}, u.ID, ""); err != nil {
			return fmt.Errorf("remove the second factor of %s: %w", u.Username, err)
		}
		fmt.Println("their second factor is off")
	}
	return nil
}

// readPassword returns a new password for u: asked for on a terminal, else one line of the standard input.
func readPassword(u account.User) (string, error) {
	check := func(password string) error {
		return auth.CheckPassword(password, u.Username, u.Email, u.FirstName, u.LastName)
	}
	if onTerminal() {
		return newPassword(check)
	}
	password, err := newTerminal().line()
	if err != nil {
		return "", err
	}
	return password, check(password)
}
