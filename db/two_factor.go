package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"nameplate/internal/account"
)

// TwoFactor is somebody's second factor.
type TwoFactor struct {
	Secret    string    // what its codes are made of; empty for nobody who has begun
	Confirmed time.Time // since when it is asked for; zero when no code was entered yet
	Codes     int       // how many recovery codes are left
}

// On says whether it is asked for.
func (f TwoFactor) On() bool { return !f.Confirmed.IsZero() }

// Mails about the second factor.
const (
	MailTwoFactorOn  = "two_factor_on"
	MailTwoFactorOff = "two_factor_off"
)

// TwoFactor returns the second factor of a person, also of who has none.
func (d *DB) TwoFactor(ctx context.Context, userID int64) (f TwoFactor, err error) {
	var confirmed sql.NullInt64
	err = d.r.QueryRowContext(ctx, d.dialect("SELECT secret, confirmed_at, (SELECT count(*) FROM recovery_codes WHERE user_id = ?1)"+
		" FROM two_factor WHERE user_id = ?1"), userID).Scan(&f.Secret, &confirmed, &f.Codes)
	if errors.Is(err, sql.ErrNoRows) {
		return TwoFactor{}, nil
	}
	if err != nil {
		return TwoFactor{}, fmt.Errorf("read the second factor of user %d: %w", userID, told(err))
	}
	f.Confirmed = fromMilli(confirmed.Int64)
	return f, nil
}

// BeginTwoFactor keeps a secret that is asked for once a code of it was entered. Who has a second factor already keeps that.
func (d *DB) BeginTwoFactor(ctx context.Context, userID int64, secret string) error {
	return d.changeTwoFactor(ctx, userID, func(tx *Tx, _ account.User) error {
		_, err := tx.exec(ctx, "INSERT INTO two_factor (user_id, secret) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE"+
			" SET secret = excluded.secret, last_step = 0 WHERE two_factor.confirmed_at IS NULL", userID, secret)
		return err
	})
}

// ConfirmTwoFactor makes a second factor asked for from now on, if right finds a code right for its secret. It keeps the recovery codes,
// ends every other session than the one with the hashed token keep, and mails the person. It returns false for a wrong code, and for
// who has not begun or has one already.
func (d *DB) ConfirmTwoFactor(ctx context.Context, by Author, userID int64, right RightCode, codes []string, keep string) (ok bool, err error) {
	err = d.changeTwoFactor(ctx, userID, func(tx *Tx, u account.User) error {
		if ok, err = tx.useCode(ctx, userID, "IS NULL", right); err != nil || !ok {
			return err
		}
		if _, err := tx.exec(ctx, "UPDATE two_factor SET confirmed_at = ?2 WHERE user_id = ?1", userID, tx.now()); err != nil {
			return err
		}
		if err := tx.setRecoveryCodes(ctx, userID, codes); err != nil {
			return err
		}
		if err := tx.endSessions(ctx, userID, keep); err != nil {
			return err
		}
		if err := tx.queue(ctx, MailTwoFactorOn, userID, u.Email); err != nil {
			return err
		}
		return tx.log(ctx, by, u, "change", change{field: "two_factor", old: "off", new: "on"})
	})
	return ok, err
}

// RightCode says whether a code is right for a secret and comes after the last time step that was used; it returns its own.
type RightCode func(secret string, after int64) (step int64, ok bool)

// UseCode says whether a code of the second factor lets a person in, which it does once.
func (d *DB) UseCode(ctx context.Context, userID int64, right RightCode) (ok bool, err error) {
	err = d.changeTwoFactor(ctx, userID, func(tx *Tx, _ account.User) error {
		ok, err = tx.useCode(ctx, userID, "IS NOT NULL", right)
		return err
	})
	return ok, err
}

// useCode looks at a code, and notes its step. The person's row is locked: of two with the same code one is late.
func (tx *Tx) useCode(ctx context.Context, userID int64, confirmed string, right RightCode) (bool, error) {
	var secret string
	var last int64
	err := tx.row(ctx, "SELECT secret, last_step FROM two_factor WHERE user_id = ?1 AND confirmed_at "+confirmed, userID).Scan(&secret, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok := right(secret, last)
	if !ok {
		return false, nil
	}
	_, err = tx.exec(ctx, "UPDATE two_factor SET last_step = ?2 WHERE user_id = ?1", userID, step)
	return err == nil, err
}

// UseRecoveryCode says whether a recovery code, folded, lets a person in. It is gone afterwards.
func (d *DB) UseRecoveryCode(ctx context.Context, userID int64, code string) (ok bool, err error) {
	err = d.changeTwoFactor(ctx, userID, func(tx *Tx, _ account.User) error {
		n, err := tx.exec(ctx, "DELETE FROM recovery_codes WHERE user_id = ?1 AND code_hash = ?2", userID, recoveryHash(code))
		ok = n == 1
		return err
	})
	return ok, err
}

func recoveryHash(code string) string { return tokenHash("recovery " + code) }

// NewRecoveryCodes replaces the recovery codes, folded, of who has a second factor. It fails with ErrNotFound for who has none.
func (d *DB) NewRecoveryCodes(ctx context.Context, by Author, userID int64, codes []string) error {
	return d.changeTwoFactor(ctx, userID, func(tx *Tx, u account.User) error {
		var has bool
		err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM two_factor WHERE user_id = ?1 AND confirmed_at IS NOT NULL)", userID).Scan(&has)
		if err == nil && !has {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := tx.setRecoveryCodes(ctx, userID, codes); err != nil {
			return err
		}
		return tx.log(ctx, by, u, "change", change{field: "recovery_codes"})
	})
}

func (tx *Tx) setRecoveryCodes(ctx context.Context, userID int64, codes []string) error {
	if _, err := tx.exec(ctx, "DELETE FROM recovery_codes WHERE user_id = ?1", userID); err != nil {
		return err
	}
	for _, code := range codes {
		if _, err := tx.exec(ctx, "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?1, ?2)", userID, recoveryHash(code)); err != nil {
			return err
		}
	}
	return nil
}

// RemoveTwoFactor takes the second factor and its recovery codes from a person, ends their sessions but the one with the hashed token
// keep, and mails them. It does nothing for who has none. It fails with ErrForbidden when somebody else does it who may not change
// that person, and with ErrNotFound.
func (d *DB) RemoveTwoFactor(ctx context.Context, by Author, userID int64, keep string) error {
	return d.changeTwoFactor(ctx, userID, func(tx *Tx, u account.User) error {
		if by.ID != 0 && by.ID != userID {
			if err := tx.mayUpdate(ctx, by.ID, u, u); err != nil {
				return err
			}
		}
		var confirmed bool
		err := tx.row(ctx, "DELETE FROM two_factor WHERE user_id = ?1 RETURNING confirmed_at IS NOT NULL", userID).Scan(&confirmed)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !confirmed {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.setRecoveryCodes(ctx, userID, nil); err != nil {
			return err
		}
		if err := tx.endSessions(ctx, userID, keep); err != nil {
			return err
		}
		if err := tx.queue(ctx, MailTwoFactorOff, userID, u.Email); err != nil {
			return err
		}
		return tx.log(ctx, by, u, "change", change{field: "two_factor", old: "on", new: "off"})
	})
}

// changeTwoFactor runs fn in a transaction in which nobody else changes the person.
func (d *DB) changeTwoFactor(ctx context.Context, userID int64, fn func(tx *Tx, u account.User) error) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, userID)
		if err != nil {
			return err
		}
		return fn(tx, u)
	})
	if err != nil {
		return fmt.Errorf("change the second factor of user %d: %w", userID, err)
	}
	return nil
}
