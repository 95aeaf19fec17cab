package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

const (
	// PasskeysMost is how many passkeys somebody may have.
	PasskeysMost = 20
	// PasskeyNameMax is how many characters the name of one has at most.
	PasskeyNameMax = 60
)

// Mails about passkeys.
const (
	MailPasskeyAdded   = "passkey_added"
	MailPasskeyRemoved = "passkey_removed"
)

// Passkey is a key on somebody's device that logs them in.
type Passkey struct {
	ID         int64
	UserID     int64
	Handle     []byte // what the device knows its owner by
	KeyID      []byte // the device's name for it
	Data       string // JSON: its public key, and what goes with it
	Name       string // as its owner calls it
	CreatedAt  time.Time
	LastUsedAt time.Time // zero when never
}

const passkeyRows = "SELECT id, user_id, handle, key_id, data, name, created_at, COALESCE(last_used_at, 0) FROM passkeys WHERE "

func scanPasskey(row scanner) (p Passkey, err error) {
	var created, used int64
	err = row.Scan(&p.ID, &p.UserID, &p.Handle, &p.KeyID, &p.Data, &p.Name, &created, &used)
	p.CreatedAt, p.LastUsedAt = fromMilli(created), fromMilli(used)
	return p, err
}

// Passkeys lists somebody's passkeys, the oldest first.
func (d *DB) Passkeys(ctx context.Context, userID int64) ([]Passkey, error) {
	list, err := all(scanPasskey)(d.r.QueryContext(ctx, d.dialect(passkeyRows+"user_id = ?1 ORDER BY id"), userID))
	if err != nil {
		return nil, fmt.Errorf("list the passkeys of user %d: %w", userID, err)
	}
	return list, nil
}

// PasskeyByKey returns the passkey that a device calls so. It fails with ErrNotFound.
func (d *DB) PasskeyByKey(ctx context.Context, keyID []byte) (Passkey, error) {
	p, err := scanPasskey(d.r.QueryRowContext(ctx, d.dialect(passkeyRows+"key_id = ?1"), keyID))
	if err != nil {
		return p, fmt.Errorf("find a passkey: %w", told(err))
	}
	return p, nil
}

// AddPasskey adds a passkey of a person, and mails them. It is form.Errors for a name that can't be, one that they have, and one too
// many.
func (d *DB) AddPasskey(ctx context.Context, by Author, p Passkey) error {
	name, err := ParsePasskeyName(p.Name)
	if err != nil {
		return form.Errors{"name": err.Error()}
	}
	err = d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, p.UserID)
		if err != nil {
			return err
		}
		var n int
		var known bool
		err = tx.row(ctx, "SELECT count(*), EXISTS (SELECT 1 FROM passkeys WHERE key_id = ?2) FROM passkeys WHERE user_id = ?1", p.UserID, p.KeyID).Scan(&n, &known)
		switch {
		case err != nil:
			return err
		case known:
			return form.Errors{"name": "This passkey is there already. Use another device, or remove it first."}
		case n >= PasskeysMost:
			return form.Errors{"name": fmt.Sprintf("Remove another passkey first: you have %d.", n)}
		}
		_, err = tx.exec(ctx, "INSERT INTO passkeys (user_id, handle, key_id, data, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			p.UserID, p.Handle, p.KeyID, p.Data, name, tx.now())
		if err != nil {
			return err
		}
		if err := tx.queue(ctx, MailPasskeyAdded, u.ID, u.Email); err != nil {
			return err
		}
		return tx.log(ctx, by, u, "change", change{field: "passkey", new: name})
	})
	if err != nil {
		return fmt.Errorf("add a passkey of user %d: %w", p.UserID, err)
	}
	return nil
}

// ParsePasskeyName reads what somebody calls a passkey. Its error is a form.Message.
func ParsePasskeyName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", form.Message("Give the passkey a name, such as that of the device.")
	}
	name, err := account.ParseName("Name", name)
	if err == nil && len([]rune(name)) > PasskeyNameMax {
		err = form.Message(fmt.Sprintf("Shorten the name to %d characters.", PasskeyNameMax))
	}
	return name, err
}

// UsePasskey keeps what a device says of a passkey that has just been used: its counter has grown.
func (d *DB) UsePasskey(ctx context.Context, id int64, data string) error {
	err := d.write(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, "UPDATE passkeys SET data = ?2, last_used_at = ?3 WHERE id = ?1", id, data, tx.now())
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("note the use of passkey %d: %w", id, err)
	}
	return nil
}

// RenamePasskey gives a passkey of a person another name. It is form.Errors for one that can't be, and fails with ErrNotFound.
func (d *DB) RenamePasskey(ctx context.Context, by Author, userID, id int64, name string) error {
	name, err := ParsePasskeyName(name)
	if err != nil {
		return form.Errors{"name": err.Error()}
	}
	return d.changePasskey(ctx, userID, id, func(tx *Tx, u account.User, old string) error {
		if old == name {
			return nil
		}
		if _, err := tx.exec(ctx, "UPDATE passkeys SET name = ?2 WHERE id = ?1", id, name); err != nil {
			return err
		}
		return tx.log(ctx, by, u, "change", change{field: "passkey", old: old, new: name})
	})
}

// RemovePasskey removes a passkey of a person, and mails them. It fails with ErrNotFound.
func (d *DB) RemovePasskey(ctx context.Context, by Author, userID, id int64) error {
	return d.changePasskey(ctx, userID, id, func(tx *Tx, u account.User, old string) error {
		if _, err := tx.exec(ctx, "DELETE FROM passkeys WHERE id = ?1", id); err != nil {
			return err
		}
		if err := tx.queue(ctx, MailPasskeyRemoved, u.ID, u.Email); err != nil {
			return err
		}
		return tx.log(ctx, by, u, "change", change{field: "passkey", old: old})
	})
}

func (d *DB) changePasskey(ctx context.Context, userID, id int64, fn func(tx *Tx, u account.User, name string) error) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, userID)
		if err != nil {
			return err
		}
		var name string
		err = tx.row(ctx, "SELECT name FROM passkeys WHERE id = ?1 AND user_id = ?2", id, userID).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		return fn(tx, u, name)
	})
	if err != nil {
		return fmt.Errorf("change passkey %d: %w", id, err)
	}
	return nil
}
