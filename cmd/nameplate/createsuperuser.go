package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/internal/form"
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

// newcomer is who is to be added, checked.
type newcomer struct{ username, email, password string }

// Run asks for the person, or takes them from the command line, and adds them.
func (c *createsuperuserCommand) Run() error {
	var who newcomer
	var err error
	if c.NoInput {
		who, err = c.given()
	} else if !onTerminal() {
		err = errors.New("the standard input is no terminal; use --no-input with --username, --email and NAMEPLATE_SUPERUSER_PASSWORD")
	}
	if err != nil {
		return err
	}
	ctx := context.Background()
	d, err := c.openOrCreate(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if !c.NoInput {
		if who, err = c.ask(ctx, d); err != nil {
			return err
		}
	}
	if err := c.add(ctx, d, who); err != nil {
		return err
	}
	fmt.Printf("added the superuser %s\n", who.username)
	return nil
}

// given returns the person that the command line and the environment give.
func (c *createsuperuserCommand) given() (who newcomer, err error) {
	if c.Username == "" || c.Email == "" {
		return who, errors.New("--no-input needs --username and --email")
	}
	if who.username, err = account.ParseUsername(c.Username); err != nil {
		return who, fmt.Errorf("--username: %w", err)
	}
	if who.email, err = account.ParseEmail(c.Email); err != nil {
		return who, fmt.Errorf("--email: %w", err)
	}
	if account.UsernameIsForeignEmail(who.username, who.email) {
		return who, fmt.Errorf("the username %s looks like an e-mail address that isn't this person's; choose another", who.username)
	}
	if who.password = os.Getenv(passwordVariable); who.password == "" {
		return who, errors.New(passwordVariable + " is not set; --no-input takes the password from it")
	}
	if err := auth.CheckPassword(who.password, who.username, who.email); err != nil {
		return who, fmt.Errorf("%s: %w", passwordVariable, err)
	}
	return who, nil
}

// ask asks for what the command line doesn't give, each until it is good and nobody else's.
func (c *createsuperuserCommand) ask(ctx context.Context, d *db.DB) (who newcomer, err error) {
	t := newTerminal()
	who.username, err = t.askUnless(c.Username, "Username", func(text string) (string, error) {
		return free(ctx, d, "username", text, account.ParseUsername)
	})
	if err != nil {
		return who, err
	}
	who.email, err = t.askUnless(c.Email, "E-mail address", func(text string) (string, error) {
		email, err := free(ctx, d, "email", text, account.ParseEmail)
		if err == nil && account.UsernameIsForeignEmail(who.username, email) {
			return "", form.Message("The username " + who.username + " looks like an e-mail address. Enter the same address here, " +
				"or press Ctrl-C and begin again with another username.")
		}
		return email, err
	})
	if err != nil {
		return who, err
	}
	who.password, err = newPassword(func(password string) error { return auth.CheckPassword(password, who.username, who.email) })
	return who, err
}

// free parses the text of a field. Its error is a form.Message when the text is wrong or somebody else's.
func free(ctx context.Context, d *db.DB, field, text string, parse func(string) (string, error)) (string, error) {
	value, err := parse(text)
	if err != nil {
		return "", err
	}
	taken, err := d.Taken(ctx, field, value, 0)
	if err == nil && taken {
		err = db.TakenMessage(field, value)
	}
	return value, err
}

// add adds the person as a superuser. Its error is one sentence for each thing that is wrong.
func (c *createsuperuserCommand) add(ctx context.Context, d *db.DB, who newcomer) error {
	hash, err := auth.NewHasher(runtime.GOMAXPROCS(0)).Hash(ctx, who.password)
	if err != nil {
		return err
	}
	_, err = d.CreateUser(ctx, db.Author{}, account.User{
		Username: who.username, Email: who.email, Password: hash,
		IsActive: true, IsStaff: true, IsSuperuser: true,
		Attributes: map[string]string{},
	})
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return errors.New(strings.Join(slices.Sorted(maps.Values(errs)), " "))
	}
	if errors.Is(err, db.ErrBusy) {
		return fmt.Errorf("%s was not added: the database %s is locked, read-only, full or away; try again", who.username, c.database())
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", who.username, err)
	}
	return nil
}
