package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
)

// awaiting is the condition of who has registered, proven the address where there is mail, and waits to be approved.
const awaiting = "u.awaits_approval AND u.email <> ''"

// Awaiting lists who has registered, proven the address where there is mail, and waits to be approved: the longest first, at most limit.
func (d *DB) Awaiting(ctx context.Context, limit int) ([]account.User, error) {
	list, err := all(d.onePerson)(d.r.QueryContext(ctx, d.dialect(d.text.person+awaiting+" ORDER BY u.id LIMIT ?1"), limit))
	if err != nil {
		return nil, fmt.Errorf("list who waits: %w", err)
	}
	return list, nil
}

// Approve makes somebody active who waits for that, asked for by me, and mails them. It fails with ErrForbidden, and with ErrNotFound for
// who does not wait (any more).
func (d *DB) Approve(ctx context.Context, by Author, me account.User, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		before, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		if !before.AwaitsApproval {
			return ErrNotFound
		}
		if err := tx.mayUpdate(ctx, me.ID, before, before); err != nil {
			return err
		}
		after := before
		after.IsActive = true
		_, err = tx.save(ctx, by, before, after)
		return err
	})
	if err != nil {
		return fmt.Errorf("approve user %d: %w", id, err)
	}
	return nil
}
