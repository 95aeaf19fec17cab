package db

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// User returns the person with this id. It fails with ErrNotFound.
func (d *DB) User(ctx context.Context, id int64) (account.User, error) {
	u, err := d.scanPerson(d.r.QueryRowContext(ctx, d.text.byID, id))
	if err != nil {
		return u, fmt.Errorf("read user %d: %w", id, told(err))
	}
	return u, nil
}

// UserByName returns the person with this username, in any spelling that means the same. It fails with ErrNotFound.
func (d *DB) UserByName(ctx context.Context, username string) (account.User, error) {
	if !storable(username) {
		return account.User{}, ErrNotFound
	}
	u, err := d.scanPerson(d.r.QueryRowContext(d.briefly(ctx), d.text.byName, account.Key(username)))
	if err != nil {
		return u, fmt.Errorf("read a user by name: %w", told(err))
	}
	return u, nil
}

// UserForLogin returns the person who logs in with this: the owner of the e-mail address when it has an @, else or when there
// is none the person with this username. It fails with ErrNotFound.
func (d *DB) UserForLogin(ctx context.Context, login string) (account.User, error) {
	login = strings.TrimSpace(login)
	if !storable(login) {
		return account.User{}, ErrNotFound
	}
	if strings.Contains(login, "@") {
		u, err := d.scanPerson(d.r.QueryRowContext(ctx, d.text.byEmail, account.Key(login)))
		if err == nil {
			return u, nil
		}
		if err = told(err); !errors.Is(err, ErrNotFound) {
			return account.User{}, fmt.Errorf("read a user by e-mail: %w", err)
		}
	}
	return d.UserByName(ctx, login)
}

// storable says whether a text can stand in a column at all: what can't is nobody's name.
func storable(s string) bool {
	return s != "" && len(s) < 4096 && !strings.ContainsRune(s, 0) && strings.ToValidUTF8(s, "") == s
}

// CountUsers returns how many people there are.
func (d *DB) CountUsers(ctx context.Context) (int, error) {
	var n int
	if err := d.r.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n); err != nil {
		return 0, fmt.Errorf("count users: %w", told(err))
	}
	return n, nil
}

// HasSuperuser says whether anybody active may do everything.
func (d *DB) HasSuperuser(ctx context.Context) (bool, error) {
	var has bool
	err := d.r.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM users WHERE is_superuser = TRUE AND is_active)").Scan(&has)
	if err != nil {
		return false, fmt.Errorf("look for a superuser: %w", told(err))
	}
	return has, nil
}

// ForeignEmail refuses a username that is somebody else's e-mail address.
const ForeignEmail = form.Message("Choose a username that is not an e-mail address, or use your own address.")

const pictureGone = "Choose the picture again: it was not kept any longer."

// Taken says whether anybody but the person with the id except has this username or e-mail address, in any spelling that means
// the same, or the one as the other. Field is username or email.
func (d *DB) Taken(ctx context.Context, field, value string, except int64) (bool, error) {
	if field != "username" && field != "email" {
		return false, fmt.Errorf("taken: no field %q", field)
	}
	if !storable(value) {
		return false, nil
	}
	u := account.User{ID: except}
	u.Set(field, value)
	var username, email bool
	err := d.read(ctx, func(tx *Tx) error {
		found, err := tx.owners(ctx, u)
		username, email = found.taken(u)
		return err
	})
	return username || email, err
}

// TakenMessage says that somebody else has value as their username or e-mail address.
func TakenMessage(field, value string) form.Message {
	if field == "email" {
		return form.Message("Choose another address: '" + value + "' is taken.")
	}
	return form.Message("Choose another username: '" + value + "' is taken.")
}

// free notes in errs which of the names of u somebody else has. A name that is wrong already is nobody's, and may be one that
// the database can't even be asked for.
func (tx *Tx) free(ctx context.Context, u account.User, errs form.Errors) error {
	asked := u
	if errs["username"] != "" {
		asked.Username = ""
	}
	if errs["email"] != "" {
		asked.Email = ""
	}
	found, err := tx.owners(ctx, asked)
	if err != nil {
		return err
	}
	username, email := found.taken(asked)
	if username {
		errs.Add("username", TakenMessage("username", u.Username))
	}
	if email {
		errs.Add("email", TakenMessage("email", u.Email))
	}
	return tx.freeAttributes(ctx, u, errs)
}

// writeUser is write for what sets the names of u. Where another transaction took one of them first, it is form.Errors.
func (d *DB) writeUser(ctx context.Context, u *account.User, fn func(tx *Tx) error) error {
	err := d.write(ctx, fn)
	constraint, ok := unique(err)
	if !ok {
		return err
	}
	switch constraint {
	case "users_username_key_key":
		return form.Errors{"username": TakenMessage("username", u.Username).Error()}
	case "users_email_key":
		return form.Errors{"email": TakenMessage("email", u.Email).Error()}
	}
	errs := form.Errors{} // SQLite doesn't tell which
	if again := d.read(ctx, func(tx *Tx) error { return tx.free(ctx, *u, errs) }); again != nil || len(errs) == 0 {
		return errors.Join(err, again)
	}
	return errs
}

// BelongsTo counts what goes with a person when they are deleted: their sessions and their pictures.
func (d *DB) BelongsTo(ctx context.Context, id int64) (sessions, pictures int, err error) {
	u, err := d.User(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	for _, attr := range d.text.uploads {
		if u.Attributes[attr.Name] != "" {
			pictures++
		}
	}
	query := d.dialect("SELECT count(*) FROM sessions WHERE user_id = ?1 AND expiry > ?2")
	if err := d.r.QueryRowContext(ctx, query, id, d.now()).Scan(&sessions); err != nil {
		return 0, 0, fmt.Errorf("count the sessions of user %d: %w", id, told(err))
	}
	return sessions, pictures, nil
}
