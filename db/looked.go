package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
)

// Looked notes that by looks at the site as somebody, and why. It fails with ErrForbidden for who is no superuser, and with ErrNotFound.
func (d *DB) Looked(ctx context.Context, by Author, id int64, reason string) error {
	err := d.write(ctx, func(tx *Tx) error {
		asks, err := tx.asker(ctx, by.ID)
		if err != nil {
			return err
		}
		if !account.MaySetRights(asks) {
			return ErrForbidden
		}
		u, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		return tx.log(ctx, by, u, "view", change{new: reason})
	})
	if err != nil {
		return fmt.Errorf("note that user %d is looked at: %w", id, err)
	}
	return nil
}
