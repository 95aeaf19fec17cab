package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
)

// Deleted is what the history calls whoever was deleted.
const Deleted = "a deleted person"

// DeleteOneself deletes a person with all that is theirs, as they asked for. It fails with ErrLastSuperuser and ErrNotFound.
func (d *DB) DeleteOneself(ctx context.Context, by Author, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		return tx.erase(ctx, by, u)
	})
	if err != nil {
		return fmt.Errorf("delete user %d: %w", id, err)
	}
	return nil
}

// erase deletes a person: the profile, pictures, sessions, tokens, passkeys and queued mail go with them. The history keeps that there
// was somebody, and nothing of who it was.
func (tx *Tx) erase(ctx context.Context, by Author, u account.User) error {
	if err := tx.keepSuperuser(ctx, u, account.User{}); err != nil {
		return err
	}
	if err := tx.dropReplaced(ctx, by, u, account.User{}); err != nil {
		return err
	}
	if err := tx.dropReset(ctx, u.ID); err != nil {
		return err
	}
	if by.ID == u.ID {
		by.IP = ""
	}
	name := account.User{ID: u.ID, Username: Deleted, Version: u.Version + 1}
	if err := tx.log(ctx, by, name, "erase", change{}); err != nil {
		return err
	}
	for _, query := range []string{
		"UPDATE invitations SET email = '' WHERE uses >= max_uses AND id IN (SELECT invitation_id FROM invitation_uses WHERE user_id = ?1)",
		"DELETE FROM users WHERE id = ?1",
	} {
		if _, err := tx.exec(ctx, query, u.ID); err != nil {
			return err
		}
	}
	return tx.forget(ctx, u.ID)
}

// forget takes out of the history, and out of the pictures and the people that are kept, who it was that is erased.
func (tx *Tx) forget(ctx context.Context, id int64) error {
	if _, err := tx.letGoOf(ctx, "user_id = ?1", id); err != nil {
		return err
	}
	waiting, err := all(text)(tx.rows(ctx, "DELETE FROM waiting_pictures WHERE user_id = ?1 AND state = 'held' RETURNING name", id))
	if err != nil {
		return fmt.Errorf("let go of what waits: %w", err)
	}
	for _, name := range waiting {
		if err := tx.dropName(ctx, name); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, "UPDATE history SET object_repr = ?2, old = '', new = '', ip = CASE WHEN by_id IS NULL OR by_id = ?1 THEN '' ELSE ip END"+
		" WHERE resource = 'users' AND object_id = ?1", id, Deleted); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "UPDATE deleted_users SET by_username = ?2 WHERE (id, by_username) IN (SELECT object_id, by_username FROM history"+
		" WHERE by_id = ?1 AND resource = 'users' AND action = 'delete')", id, Deleted); err != nil {
		return err
	}
	_, err = tx.exec(ctx, "UPDATE history SET by_username = ?2, ip = '' WHERE by_id = ?1", id, Deleted)
	return err
}

// ClearUnproven deletes who has registered and not proven the address for a week. It returns how many.
func (d *DB) ClearUnproven(ctx context.Context) (n int, err error) {
	for {
		var ids []int64
		before := d.now() - UnprovenTime.Milliseconds()
		err := d.write(ctx, func(tx *Tx) error {
			list, err := tx.unproven(ctx, before)
			if err != nil {
				return err
			}
			for _, u := range list {
				if err := tx.erase(ctx, Author{}, u); err != nil {
					return fmt.Errorf("user %d: %w", u.ID, err)
				}
				ids = append(ids, u.ID)
			}
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("clear registrations: %w", err)
		}
		if n += len(ids); len(ids) == 0 {
			return n, nil
		}
	}
}

// unproven reads some of who registered before a moment and has not proven the address.
func (tx *Tx) unproven(ctx context.Context, before int64) ([]account.User, error) {
	return all(tx.onePerson)(tx.rows(ctx, tx.text.person+"u.new_email <> '' AND u.date_joined <= ?1 AND u.email = '' AND u.last_login IS NULL"+
		" ORDER BY u.id LIMIT 100"+tx.forUpdate(), before))
}
