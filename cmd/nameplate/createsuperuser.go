package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
)

type createsuperuserCommand struct {
	databaseSettings
	NoInput  bool   `name:"no-input" aliases:"noinput" help:"Ask nothing: take --username, --email and NAMEPLATE_SUPERUSER_PASSWORD."`
	Username string `help:"The person's username."`
	Email    string `help:"The person's e-mail address."`
}

// Help holds the examples of createsuperuser.
func (createsuperuserCommand) Help() string {
	return `On a terminal it asks for what isn't given. In a script, --no-input takes the password from the environment variable
NAMEPLATE_SUPERUSER_PASSWORD. An empty database is created and migrated first.

Examples:
  nameplate createsuperuser
  NAMEPLATE_SUPERUSER_PASSWORD=… nameplate createsuperuser --no-input --username ada --email ada@example.org`
}

// Run asks for the person, or takes them from the command line, and adds them.
func (c *createsuperuserCommand) Run() error {
	u, password, err := c.person()
	if err != nil {
		return err
	}
	ctx := context.Background()
	d, err := c.openOrCreate(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if u.Password, err = auth.NewHasher(runtime.GOMAXPROCS(0)).Hash(ctx, password); err != nil {
		return err
	}
	u, err = d.CreateUser(ctx, db.Author{}, u)
	if err != nil {
		return fmt.Errorf("add %s: %w", u.Username, err)
	}
	fmt.Printf("added the superuser %s\n", u.Username)
	return nil
}

// person returns who is to be added, and their password, both checked.
func (c *createsuperuserCommand) person() (account.User, string, error) {
	if !c.NoInput && !onTerminal() {
		return account.User{}, "", errors.New("the standard input is no terminal; use --no-input with --username, --email and NAMEPLATE_SUPERUSER_PASSWORD")
	}
	names := c.named
	if !c.NoInput {
		names = c.ask
	}
	username, email, err := names()
	if err != nil {
		return account.User{}, "", err
	}
	u := account.User{
		Username: username, Email: email,
		IsActive: true, IsStaff: true, IsSuperuser: true,
		Attributes: map[string]string{},
	}
	check := func(password string) error { return auth.CheckPassword(password, username, email) }
	if !c.NoInput {
		password, err := newPassword(check)
		return u, password, err
	}
	password := os.Getenv(passwordVariable)
	if password == "" {
		return u, "", errors.New(passwordVariable + " is not set; --no-input takes the password from it")
	}
	if err := check(password); err != nil {
		return u, "", fmt.Errorf("%s: %w", passwordVariable, err)
	}
	return u, password, nil
}

// named checks the names that the command line gives.
func (c *createsuperuserCommand) named() (username, email string, err error) {
	if c.Username == "" || c.Email == "" {
		return "", "", errors.New("--no-input needs --username and --email")
	}
	if username, err = account.ParseUsername(c.Username); err != nil {
		return "", "", fmt.Errorf("--username: %w", err)
	}
	if email, err = account.ParseEmail(c.Email); err != nil {
		return "", "", fmt.Errorf("--email: %w", err)
	}
	return username, email, checkOwnAddress(username, email)
}

// ask asks for the names that the command line doesn't give.
func (c *createsuperuserCommand) ask() (username, email string, err error) {
	t := newTerminal()
	if username, err = askUnless(c.Username, t, "Username", account.ParseUsername); err != nil {
		return "", "", err
	}
	if email, err = askUnless(c.Email, t, "E-mail address", account.ParseEmail); err != nil {
		return "", "", err
	}
	return username, email, checkOwnAddress(username, email)
}

func askUnless(given string, t *terminal, question string, parse func(string) (string, error)) (string, error) {
	if given != "" {
		return parse(given)
	}
	return t.ask(question, parse)
}

// checkOwnAddress refuses a username that looks like the address of somebody else.
func checkOwnAddress(username, email string) error {
	if account.UsernameIsForeignEmail(username, email) {
		return fmt.Errorf("the username %s looks like an e-mail address that isn't this person's; choose another", username)
	}
	return nil
}
