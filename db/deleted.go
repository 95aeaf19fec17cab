package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"nameplate/internal/account"
)

// KeptTime is how long somebody who was deleted by staff, and a picture that staff have replaced, can be brought back.
const KeptTime = 30 * 24 * time.Hour

// belongings is all that comes back with somebody who was deleted. Sessions, links and queued mail don't.
type belongings struct {
	User          account.User
	TwoFactor     *factorRow
	RecoveryCodes []string // hashes
	Passkeys      []Passkey
	InvitationID  int64   // by which they came; 0: none
	Invitations   []int64 // that they have made
}

type factorRow struct {
	Secret      string
	ConfirmedAt *int64
	LastStep    int64
}

// DeleteUser deletes a person, asked for by me: nobody finds them any more, and for KeptTime Undo brings them back. It fails with
// ErrForbidden, ErrLastSuperuser and ErrNotFound.
func (d *DB) DeleteUser(ctx context.Context, by Author, me account.User, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.deletable(ctx, me.ID, id)
		if err != nil {
			return err
		}
		return tx.hide(ctx, by, u)
	})
	if err != nil {
		return fmt.Errorf("delete user %d: %w", id, err)
	}
	return nil
}

// EraseUser deletes a person, or one who was deleted before, with all that is theirs and for good, asked for by me. It fails as DeleteUser
// does.
func (d *DB) EraseUser(ctx context.Context, by Author, me account.User, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.deletable(ctx, me.ID, id)
		if errors.Is(told(err), ErrNotFound) {
			return tx.eraseDeleted(ctx, by, id)
		}
		if err != nil {
			return err
		}
		return tx.erase(ctx, by, u)
	})
	if err != nil {
		return fmt.Errorf("erase user %d: %w", id, err)
	}
	return nil
}

// deletable returns a person whom me may delete at this moment.
func (tx *Tx) deletable(ctx context.Context, me, id int64) (account.User, error) {
	asks, err := tx.asker(ctx, me)
	if err != nil {
		return asks, err
	}
	if !account.May(asks, account.Delete, account.Users) {
		return asks, ErrForbidden
	}
	u, err := tx.person(ctx, id)
	if err == nil && !account.MayDelete(asks, u) {
		err = ErrForbidden
	}
	return u, err
}

// hide takes a person out of every table, and keeps what brings them back.
func (tx *Tx) hide(ctx context.Context, by Author, u account.User) error {
	if err := tx.keepSuperuser(ctx, u, account.User{}); err != nil {
		return err
	}
	if err := tx.readRights(ctx, tx.sql, &u); err != nil {
		return err
	}
	u.Version++
	data, err := tx.gather(ctx, u)
	if err != nil {
		return err
	}
	if err := tx.log(ctx, by, u, "delete", change{}); err != nil {
		return err
	}
	for _, attr := range tx.text.uploads {
		if err := tx.keepPicture(ctx, u.ID, u.Attributes[attr.Name]); err != nil {
			return err
		}
	}
	if err := tx.dropReset(ctx, u.ID); err != nil {
		return err
	}
	_, err = tx.exec(ctx, "INSERT INTO deleted_users (id, username, deleted_at, by_username, data) VALUES (?1, ?2, ?3,"+
		" COALESCE((SELECT username FROM users WHERE id = ?4), ''), ?5)", u.ID, u.Username, tx.now(), by.ID, string(data))
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM users WHERE id = ?1", u.ID)
	}
	return err
}

// gather writes down all that comes back with a person.
func (tx *Tx) gather(ctx context.Context, u account.User) ([]byte, error) {
	b := belongings{User: u}
	var f factorRow
	var confirmed sql.NullInt64
	err := tx.row(ctx, "SELECT secret, confirmed_at, last_step FROM two_factor WHERE user_id = ?1", u.ID).Scan(&f.Secret, &confirmed, &f.LastStep)
	if err == nil {
		if confirmed.Valid {
			f.ConfirmedAt = &confirmed.Int64
		}
		b.TwoFactor = &f
	} else if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if b.RecoveryCodes, err = all(text)(tx.rows(ctx, "SELECT code_hash FROM recovery_codes WHERE user_id = ?1", u.ID)); err != nil {
		return nil, err
	}
	if b.Passkeys, err = all(scanPasskey)(tx.rows(ctx, passkeyRows+"user_id = ?1 ORDER BY id", u.ID)); err != nil {
		return nil, err
	}
	if b.Invitations, err = all(number)(tx.rows(ctx, "SELECT id FROM invitations WHERE by_id = ?1", u.ID)); err != nil {
		return nil, err
	}
	came, err := all(number)(tx.rows(ctx, "SELECT invitation_id FROM invitation_uses WHERE user_id = ?1", u.ID))
	if err != nil {
		return nil, err
	}
	if len(came) > 0 {
		b.InvitationID = came[0]
	}
	return json.Marshal(b)
}

// eraseDeleted erases somebody who was deleted before.
func (tx *Tx) eraseDeleted(ctx context.Context, by Author, id int64) error {
	var version int64
	if err := tx.row(ctx, "DELETE FROM deleted_users WHERE id = ?1 RETURNING id", id).Scan(&id); err != nil {
		return told(err)
	}
	if err := tx.row(ctx, "SELECT COALESCE(max(version), 0) + 1 FROM history WHERE resource = 'users' AND object_id = ?1", id).Scan(&version); err != nil {
		return err
	}
	if err := tx.log(ctx, by, account.User{ID: id, Username: Deleted, Version: version}, "erase", change{}); err != nil {
		return err
	}
	return tx.forget(ctx, id)
}

// ClearDeleted erases who was deleted, and lets go of the pictures that were replaced, longer ago than KeptTime. It returns how many people.
func (d *DB) ClearDeleted(ctx context.Context) (n int, err error) {
	before := d.now() - KeptTime.Milliseconds()
	for {
		var ids []int64
		var names int
		err := d.write(ctx, func(tx *Tx) error {
			if ids, err = all(number)(tx.rows(ctx, "SELECT id FROM deleted_users WHERE deleted_at <= ?1 ORDER BY id LIMIT 100", before)); err != nil {
				return err
			}
			for _, id := range ids {
				if err := tx.eraseDeleted(ctx, Author{}, id); err != nil && !errors.Is(err, ErrNotFound) {
					return fmt.Errorf("user %d: %w", id, err)
				}
			}
			names, err = tx.letGoOf(ctx, "dropped_at <= ?1", before)
			return err
		})
		if err != nil {
			return n, fmt.Errorf("clear who was deleted: %w", err)
		}
		if n += len(ids); len(ids) == 0 && names == 0 {
			return n, nil
		}
	}
}
