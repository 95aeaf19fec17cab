package db

import (
	"context"
	"errors"
	"fmt"

	"nameplate/internal/account"
)

// SetPassword stores the hash of a new password, ends every session of that person, makes links to choose a password dead, forgets an
// address that waits for its proof, unless it is that of a registration, and mails the person that it was done. It fails with ErrForbidden when somebody else does it who may not change that person, and with
// ErrNotFound.
func (d *DB) SetPassword(ctx context.Context, by Author, id int64, hash string) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		if by.ID != 0 && by.ID != id {
			if err := tx.mayUpdate(ctx, by.ID, u, u); err != nil {
				return err
			}
		}
		return tx.setPassword(ctx, by, u, hash)
	})
	if err != nil {
		return fmt.Errorf("set the password of user %d: %w", id, err)
	}
	return nil
}

func (tx *Tx) setPassword(ctx context.Context, by Author, u account.User, hash string) error {
	u.Version++
	if _, err := tx.exec(ctx, "UPDATE users SET password = ?2, version = ?3, password_expired = FALSE WHERE id = ?1", u.ID, hash, u.Version); err != nil {
		return err
	}
	if err := errors.Join(tx.endSessions(ctx, u.ID, ""), tx.dropReset(ctx, u.ID)); err != nil {
		return err
	}
	if !u.Unproven() { // who knew the former password may have asked for that address; a registration has no other
		if err := tx.forgetNewEmail(ctx, u.ID); err != nil {
			return err
		}
	}
	if err := tx.queue(ctx, MailPasswordChanged, u.ID, u.Email); err != nil {
		return err
	}
	return tx.log(ctx, by, u, "change", change{field: "password"})
}

// MailPasswordLink is RequestReset for a person, asked for by somebody else, of which the history tells. It fails with ErrForbidden and ErrNotFound.
func (d *DB) MailPasswordLink(ctx context.Context, by Author, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, id)
		if err == nil {
			err = tx.mayUpdate(ctx, by.ID, u, u)
		}
		if err == nil {
			err = tx.requestReset(ctx, u.Email)
		}
		if err != nil {
			return err
		}
		return tx.log(ctx, by, u, "mail", change{})
	})
	if err != nil {
		return fmt.Errorf("mail user %d a link to choose a password: %w", id, err)
	}
	return nil
}

func (tx *Tx) requestReset(ctx context.Context, email string) error {
	key := account.Key(email)
	if _, err := tx.exec(ctx, "DELETE FROM mail WHERE kind = ?1 AND address = ?2", MailReset, key); err != nil { // one is enough
		return err
	}
	return tx.queue(ctx, MailReset, 0, key)
}

// RequestReset mails the owner of an address a link to choose a password. It takes the same work where nobody has the address:
// that is found out when the mail is due.
func (d *DB) RequestReset(ctx context.Context, email string) error {
	err := d.write(ctx, func(tx *Tx) error {
		return tx.requestReset(ctx, email)
	})
	if err != nil {
		return fmt.Errorf("mail a link to choose a password: %w", err)
	}
	return nil
}

// ResetPassword uses up the link with which a password is chosen, stores the hash of it, ends every session of that person, and
// forgives what was guessed at the account. The link was mailed to the address, which is proven by that. It returns the person. It
// fails with ErrNotFound for a link that can't be used.
func (d *DB) ResetPassword(ctx context.Context, by Author, token, hash string, guesses ...Guess) (account.User, error) {
	var saved account.User
	err := d.write(ctx, func(tx *Tx) error {
		t, err := tx.useToken(ctx, TokenReset, token)
		if err != nil {
			return err
		}
		by.ID, saved = t.User.ID, t.User
		if err := tx.setPassword(ctx, by, t.User, hash); err != nil {
			return err
		}
		for _, g := range guesses {
			if err := tx.forgive(ctx, g); err != nil {
				return err
			}
		}
		return tx.setVerified(ctx, t.User.ID, tx.Now())
	})
	if err != nil {
		return account.User{}, fmt.Errorf("reset a password: %w", err)
	}
	saved.Password = hash
	return saved, nil
}
