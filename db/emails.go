package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// UnprovenTime is how long a registration keeps its username while its address is not proven.
const UnprovenTime = 7 * 24 * time.Hour

// Proof is how an address comes to be somebody's.
type Proof int

const (
	NoProof     Proof = iota // it is theirs because they say so: a site without mail
	ProofSent                // once it is proven with the link that is mailed to it
	ProofUnsent              // likewise, and no link is mailed yet, because it has got enough mail for now. SendProof mails one
)

// ChangeEmail asks for another address of a person. It becomes theirs once it is proven; until then the former one stays.
// Whether somebody else has it is not told, but mailed to that somebody. With NoProof it becomes
// theirs at once, and it is form.Errors when it is taken. It is form.Errors when it is no address.
func (d *DB) ChangeEmail(ctx context.Context, by Author, id int64, email string, proof Proof) (account.User, error) {
	email, err := account.ParseEmail(email)
	if err != nil {
		return account.User{}, form.Errors{"email": err.Error()}
	}
	var saved account.User
	err = d.writeUser(ctx, &saved, func(tx *Tx) error {
		before, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		saved = before
		if account.Key(email) == account.Key(before.Email) || proof == NoProof {
			return tx.changeEmailNow(ctx, by, before, email, &saved)
		}
		saved.NewEmail = email
		return tx.askForProof(ctx, id, email, proof)
	})
	if err != nil {
		return account.User{}, fmt.Errorf("change the address of user %d: %w", id, err)
	}
	return saved, nil
}

// changeEmailNow sets an address that needs no proof: another spelling of the present one, or any where there is no mail.
func (tx *Tx) changeEmailNow(ctx context.Context, by Author, before account.User, email string, saved *account.User) error {
	after, errs := before, form.Errors{}
	after.Email = email
	if moved(before, after) {
		after.EmailVerified = fromMilli(0)
	}
	saved.Email = email
	if err := tx.free(ctx, after, errs); err != nil {
		return err
	}
	if err := errs.Err(); err != nil {
		return err
	}
	written, err := tx.save(ctx, by, before, after)
	if err != nil {
		return err
	}
	*saved = written
	return nil
}

// askForProof notes an address that waits, and mails its link. A former one that waited is forgotten.
func (tx *Tx) askForProof(ctx context.Context, id int64, email string, proof Proof) error {
	if err := tx.forgetNewEmail(ctx, id); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "UPDATE users SET new_email = ?2 WHERE id = ?1", id, email); err != nil || proof == ProofUnsent {
		return err
	}
	return tx.queue(ctx, MailVerify, id, email)
}

func (tx *Tx) setVerified(ctx context.Context, id int64, at time.Time) error {
	_, err := tx.exec(ctx, "UPDATE users SET email_verified_at = ?2 WHERE id = ?1", id, at.UnixMilli())
	return err
}

// SendProof mails the link once more, for the address that waits or else for the present one. It does nothing when there is none
// to prove. It fails with ErrNotFound.
func (d *DB) SendProof(ctx context.Context, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		to := u.NewEmail
		if to == "" && u.EmailVerified.IsZero() {
			to = u.Email
		}
		if err := tx.unqueue(ctx, MailVerify, id); err != nil { // one at a time is enough
			return err
		}
		return tx.queue(ctx, MailVerify, id, to)
	})
	if err != nil {
		return fmt.Errorf("mail a link to user %d: %w", id, err)
	}
	return nil
}

// CancelEmail forgets the address that waits for its proof.
func (d *DB) CancelEmail(ctx context.Context, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, id)
		if err != nil || u.Unproven() { // a registration has no other
			return err
		}
		return tx.forgetNewEmail(ctx, id)
	})
	if err != nil {
		return fmt.Errorf("forget the new address of user %d: %w", id, err)
	}
	return nil
}

// forgetNewEmail makes dead what a person has asked for another address with.
func (tx *Tx) forgetNewEmail(ctx context.Context, id int64) error {
	if err := errors.Join(tx.dropTokens(ctx, TokenVerify, id), tx.unqueue(ctx, MailVerify, id)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "UPDATE users SET new_email = '' WHERE id = ?1", id)
	return err
}

// VerifyEmail uses up the link that proves an address. The address becomes that of its person; the former one is told, with a way
// back if it was proven. It returns the person as saved. It is form.Errors when somebody else has proven the address first, and fails with
// ErrNotFound for a link that can't be used.
func (d *DB) VerifyEmail(ctx context.Context, by Author, token string) (account.User, error) {
	var saved account.User
	err := d.writeUser(ctx, &saved, func(tx *Tx) error {
		t, err := tx.useToken(ctx, TokenVerify, token)
		if err != nil {
			return err
		}
		saved = t.User
		switch t.Email {
		case t.User.NewEmail:
			saved, err = tx.proven(ctx, by, t)
		case t.User.Email:
			saved.EmailVerified = d.Now()
			err = tx.setVerified(ctx, t.User.ID, saved.EmailVerified)
		default:
			return ErrNotFound // it was changed meanwhile
		}
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("verify an address: %w", err)
	}
	return saved, nil
}

// proven makes the address that waited the person's own.
func (tx *Tx) proven(ctx context.Context, by Author, t Token) (account.User, error) {
	before, errs := t.User, form.Errors{}
	after := before
	after.Email, after.EmailVerified = t.Email, tx.Now()
	if err := tx.free(ctx, after, errs); err != nil {
		return after, err
	}
	if err := errs.Err(); err != nil {
		return after, err
	}
	if by.ID == 0 {
		by.ID = before.ID // who has the link is who asked for it
	}
	after, err := tx.save(ctx, by, before, after)
	if err != nil {
		return after, err
	}
	if before.AwaitsApproval {
		if err := tx.tellSuperusers(ctx); err != nil {
			return after, err
		}
	}
	kind := MailEmailChanged
	if before.EmailVerified.IsZero() {
		kind = MailEmailReplaced // it may be anybody's
	}
	return after, tx.queue(ctx, kind, after.ID, before.Email)
}

// OwnEmail refuses another address of oneself where no password is asked for.
const OwnEmail = form.Message("Change your own address in your account.")

// OwnActive refuses to deactivate oneself.
const OwnActive = form.Message("Leave your own account active: only another admin may close it.")

// moved says whether a person has another address than before, and not only another spelling.
func moved(before, after account.User) bool {
	return account.Key(before.Email) != account.Key(after.Email)
}

// tellFormer mails the former address of a person, if it was proven, that an admin has put another in its place, with a way back.
func (tx *Tx) tellFormer(ctx context.Context, before, after account.User) error {
	if !moved(before, after) || before.EmailVerified.IsZero() {
		return nil
	}
	return tx.queue(ctx, MailEmailChanged, before.ID, before.Email)
}

// emailChanged makes what belonged to the former address of a person dead. Whoever proves the new one says so afterwards.
func (tx *Tx) emailChanged(ctx context.Context, before account.User) error {
	_, err := tx.exec(ctx, "DELETE FROM mail WHERE kind = ?1 AND address = ?2", MailReset, account.Key(before.Email))
	return errors.Join(err, tx.dropTokens(ctx, TokenReset, before.ID), tx.forgetNewEmail(ctx, before.ID))
}
