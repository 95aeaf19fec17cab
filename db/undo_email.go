package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// UndoEmail uses up the link with which the former address undoes a change: it is the person's again, everybody who is logged in
// as them is logged out, the password lets nobody in any more, passkeys and a second factor from since a week before the change are removed,
// and a link to choose another password is mailed. It is form.Errors when somebody else has the address by now, and fails with ErrNotFound for
// a link that can't be used.
func (d *DB) UndoEmail(ctx context.Context, by Author, token string) (account.User, error) {
	var saved account.User
	err := d.writeUser(ctx, &saved, func(tx *Tx) error {
		t, err := tx.useToken(ctx, TokenUndo, token)
		if err != nil {
			return err
		}
		before, errs := t.User, form.Errors{}
		after := before
		after.Email, after.EmailVerified = t.Email, tx.Now()
		saved = after
		if err := tx.free(ctx, after, errs); err != nil {
			return err
		}
		if err := errs.Err(); err != nil {
			return err
		}
		by.ID = before.ID
		if saved, err = tx.save(ctx, by, before, after); err != nil {
			return err
		}
		if err := errors.Join(tx.dropUndo(ctx, t), tx.forgetNewEmail(ctx, saved.ID)); err != nil {
			return err
		}
		return tx.shutOut(ctx, by, &saved, t.Made.Add(-UndoTime))
	})
	if err != nil {
		return account.User{}, fmt.Errorf("undo a change of address: %w", err)
	}
	return saved, nil
}

// shutOut leaves an account that somebody had taken over no way in but the link that is mailed to its address: whoever had it knows the
// password, and may have made passkeys and a second factor since a moment.
func (tx *Tx) shutOut(ctx context.Context, by Author, u *account.User, since time.Time) error {
	u.Version, u.Password = u.Version+1, ""
	if _, err := tx.exec(ctx, "UPDATE users SET password = '', version = ?2 WHERE id = ?1", u.ID, u.Version); err != nil {
		return err
	}
	if err := tx.log(ctx, by, *u, "change", change{field: "password"}); err != nil {
		return err
	}
	if err := errors.Join(tx.dropWaysIn(ctx, by, *u, since), tx.endSessions(ctx, u.ID, "")); err != nil {
		return err
	}
	return tx.queue(ctx, MailReset, u.ID, account.Key(u.Email))
}

// dropUndo makes the links dead with which a change is undone that came with the one of t or after it, and keeps those that are still to be
// mailed from being made. Those of former changes stay: an older address outranks a newer one, so that who takes an account over and changes
// its address twice has no link that ends its owner's.
func (tx *Tx) dropUndo(ctx context.Context, t Token) error {
	made := t.Made.UnixMilli()
	_, err := tx.exec(ctx, "DELETE FROM tokens WHERE user_id = ?1 AND kind = ?2 AND expires_at >= ?3", t.User.ID, TokenUndo, made+UndoTime.Milliseconds())
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM mail WHERE user_id = ?1 AND kind = ?2 AND created_at >= ?3", t.User.ID, MailEmailChanged, made)
	}
	if err != nil {
		return fmt.Errorf("drop the newer links of user %d that undo a change of address: %w", t.User.ID, err)
	}
	return nil
}

// dropWaysIn removes the passkeys and the second factor that somebody has got since a moment.
func (tx *Tx) dropWaysIn(ctx context.Context, by Author, u account.User, since time.Time) error {
	for _, way := range []struct{ field, query string }{
		{"passkey", "DELETE FROM passkeys WHERE user_id = ?1 AND created_at >= ?2"},
		{"two_factor", "DELETE FROM two_factor WHERE user_id = ?1 AND (confirmed_at >= ?2 OR confirmed_at IS NULL)"},
	} {
		n, err := tx.exec(ctx, way.query, u.ID, since.UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := tx.log(ctx, by, u, "change", change{field: way.field, old: "on", new: "off"}); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, "DELETE FROM recovery_codes WHERE user_id = ?1 AND NOT EXISTS (SELECT 1 FROM two_factor WHERE user_id = ?1)", u.ID)
	return err
}
