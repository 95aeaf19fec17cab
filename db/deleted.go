package db

import (
	"context"
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
	GroupIDs      []int64 // nil where the names in User.Groups are all that was kept
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

// eraseDeleted erases somebody who was deleted before.
func (tx *Tx) eraseDeleted(ctx context.Context, by Author, id int64) error {
	var version int64
	list, err := all(scanBelongings)(tx.rows(ctx, "DELETE FROM deleted_users WHERE id = ?1 RETURNING data", id))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ErrNotFound
	}
	if err := tx.reachesAll(ctx, by, list); err != nil {
		return err
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
