package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
)

// SetAvatarPublic notes whether a person lets other programs show their picture to whoever knows their address, and returns them as saved.
// It fails with ErrNotFound.
func (d *DB) SetAvatarPublic(ctx context.Context, by Author, id int64, public bool) (saved account.User, err error) {
	err = d.write(ctx, func(tx *Tx) error {
		before, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		after := before
		after.AvatarPublic = public
		saved, err = tx.save(ctx, by, before, after)
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("set who is shown the picture of user %d: %w", id, err)
	}
	return saved, nil
}

// UserByAvatar returns the person with an address of this hash, one of account.AvatarHashes. It fails with ErrNotFound, likewise for who has
// not agreed: there is no hash of theirs.
func (d *DB) UserByAvatar(ctx context.Context, hash string) (account.User, error) {
	if !storable(hash) {
		return account.User{}, ErrNotFound
	}
	u, err := d.scanPerson(d.r.QueryRowContext(d.briefly(ctx), d.text.byAvatar, hash))
	if err != nil {
		return account.User{}, fmt.Errorf("read a user by a hash: %w", told(err))
	}
	return u, nil
}

// keepAvatar writes down what other programs find a person by who is in the database, and has agreed. Everything that sets an address or
// the consent comes here, or to insertAvatars; who is deleted takes theirs along.
func (tx *Tx) keepAvatar(ctx context.Context, u account.User) error {
	if _, err := tx.exec(ctx, "DELETE FROM avatar_hashes WHERE user_id = ?1", u.ID); err != nil {
		return fmt.Errorf("forget the hashes of user %d: %w", u.ID, err)
	}
	return tx.insertAvatars(ctx, avatarRows(u))
}

// insertAvatars adds the rows of avatarRows.
func (tx *Tx) insertAvatars(ctx context.Context, rows []any) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.insertRows(ctx, "avatar_hashes (hash, user_id)", 2, rows, "")
}

// avatarRows are the values of avatar_hashes that a person has.
func avatarRows(u account.User) (rows []any) {
	if !u.AvatarPublic {
		return nil
	}
	for _, hash := range account.AvatarHashes(u.Email) {
		rows = append(rows, hash, u.ID)
	}
	return rows
}
