package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

const (
	// InvitationUsesMost and InvitationDaysMost are how many may come by one invitation, and how long it lasts at most.
	InvitationUsesMost = 1000
	InvitationDaysMost = 365
)

// MailInvitation holds the link of an invitation.
const MailInvitation = "invitation"

// Invitation is a link with which strangers may register.
type Invitation struct {
	ID        int64
	Email     string // the only address that it is for; empty for any
	Mailed    bool   // its link was shown to nobody but the owner of that address, who has proven it by coming
	MaxUses   int
	Uses      int
	ExpiresAt time.Time
	CreatedAt time.Time
	By        string // the username of who made it; empty for somebody who is gone
	Open      bool   // somebody may still come by it
}

// AddInvitation makes an invitation and returns its token, which is kept nowhere. With mail, an invitation for one address is sent
// there, and no token is returned: only its owner sees it. It is form.Errors for an address, a number of uses or of days that can't be,
// and fails with ErrForbidden for who may not add people.
func (d *DB) AddInvitation(ctx context.Context, by Author, email string, uses, days int, mail bool) (token string, err error) {
	errs := form.Errors{}
	if email = strings.TrimSpace(email); email != "" {
		email, err = account.ParseEmail(email)
		errs.Add("email", err)
	}
	if uses < 1 || uses > InvitationUsesMost {
		errs["max_uses"] = fmt.Sprintf("Write a number from 1 to %d.", InvitationUsesMost)
	}
	if days < 1 || days > InvitationDaysMost {
		errs["days"] = fmt.Sprintf("Write a number from 1 to %d.", InvitationDaysMost)
	}
	if email != "" && uses > 1 && errs["max_uses"] == "" {
		errs["max_uses"] = "Write 1: an address belongs to one account."
	}
	if err := errs.Err(); err != nil {
		return "", err
	}
	mail = mail && email != ""
	err = d.write(ctx, func(tx *Tx) error {
		if err := tx.may(ctx, by, account.Add, account.Invitations); err != nil {
			return err
		}
		var hash any
		if !mail {
			token = rand.Text()
			hash = tokenHash(token)
		}
		now, id := tx.now(), int64(0)
		err := tx.row(ctx, "INSERT INTO invitations (token_hash, email, mailed, max_uses, expires_at, created_at, by_id)"+
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id", hash, email, mail, uses, now+int64(days)*24*time.Hour.Milliseconds(), now, by.ID).Scan(&id)
		if err == nil {
			err = tx.record(ctx, by, invitationSubject(id), "add", change{})
		}
		if err != nil || !mail {
			return err
		}
		return tx.queueInvitation(ctx, id, email)
	})
	if err != nil {
		return "", fmt.Errorf("add an invitation: %w", err)
	}
	return token, nil
}

const invitationRows = "SELECT i.id, i.email, i.mailed, i.max_uses, i.uses, i.expires_at, i.created_at, COALESCE(u.username, '')" +
	" FROM invitations i LEFT JOIN users u ON u.id = i.by_id "

func (d *DB) scanInvitation(row scanner) (i Invitation, err error) {
	var expires, created int64
	err = row.Scan(&i.ID, &i.Email, &i.Mailed, &i.MaxUses, &i.Uses, &expires, &created, &i.By)
	i.ExpiresAt, i.CreatedAt = fromMilli(expires), fromMilli(created)
	i.Open = i.Uses < i.MaxUses && d.Now().Before(i.ExpiresAt)
	return i, err
}

// Invitation returns the invitation that a token stands for, if somebody may still come by it. It fails with ErrNotFound.
func (d *DB) Invitation(ctx context.Context, token string) (i Invitation, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		hash := tokenHash(token)
		if i, err = d.scanInvitation(tx.row(ctx, invitationRows+"WHERE i.token_hash = ?1", hash)); err != nil {
			return err
		}
		if !i.Open {
			return ErrNotFound
		}
		var by sql.NullInt64
		if err := tx.row(ctx, "SELECT by_id FROM invitations WHERE id = ?1", i.ID).Scan(&by); err != nil {
			return err
		}
		return tx.stillInvites(ctx, by)
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("read an invitation: %w", err)
	}
	return i, nil
}

// stillInvites fails with ErrNotFound where who has made an invitation may invite no more, at this moment. Nothing ends by that: whoever may
// again, or is brought back, has their invitations again. Who is deleted may invite no more either.
func (tx *Tx) stillInvites(ctx context.Context, by sql.NullInt64) error {
	if !by.Valid {
		return ErrNotFound
	}
	err := tx.may(ctx, Author{ID: by.Int64}, account.Add, account.Invitations)
	if errors.Is(err, ErrForbidden) {
		return ErrNotFound
	}
	return err
}

// revoke ends an invitation. The mail with its link goes, where it is still to be sent.
func (tx *Tx) revoke(ctx context.Context, by Author, id int64) error {
	var expires int64
	now := tx.now()
	if err := tx.row(ctx, "SELECT expires_at FROM invitations WHERE id = ?1 AND expires_at > ?2", id, now).Scan(&expires); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "UPDATE invitations SET expires_at = ?2 WHERE id = ?1", id, now); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "DELETE FROM mail WHERE invitation_id = ?1", id); err != nil {
		return err
	}
	return tx.record(ctx, by, invitationSubject(id), "change", change{field: "expires_at", old: strconv.FormatInt(expires, 10), new: strconv.FormatInt(now, 10)})
}

// invitationSubject is what the history calls an invitation: nothing of whom it was for.
func invitationSubject(id int64) subject {
	return subject{resource: account.Invitations, id: id, repr: "Invitation " + strconv.FormatInt(id, 10)}
}

// comeBy uses an invitation for somebody who registers. Of two who use the last one at once, one gets ErrNotFound.
func (tx *Tx) comeBy(ctx context.Context, token string, userID int64) error {
	var id int64
	var by sql.NullInt64
	err := tx.row(ctx, "UPDATE invitations SET uses = uses + 1 WHERE token_hash = ?1 AND uses < max_uses AND expires_at > ?2 RETURNING id, by_id",
		tokenHash(token), tx.now()).Scan(&id, &by)
	if err == nil {
		err = tx.stillInvites(ctx, by)
	}
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "INSERT INTO invitation_uses (user_id, invitation_id) VALUES (?1, ?2)", userID, id)
	return err
}

// invitationLetter makes the link of an invitation that is mailed. One that was revoked meanwhile, or whose maker
// may invite no more, has nothing to tell.
func (tx *Tx) invitationLetter(ctx context.Context, m Mail, l *Letter) error {
	l.To, l.Token = m.Address, rand.Text()
	var by sql.NullInt64
	var expires int64
	err := tx.row(ctx, "UPDATE invitations SET token_hash = ?2 WHERE id = (SELECT invitation_id FROM mail WHERE id = ?1)"+
		" AND uses < max_uses AND expires_at > ?3 RETURNING expires_at, by_id", m.ID, tokenHash(l.Token), tx.now()).Scan(&expires, &by)
	if err != nil {
		return err
	}
	l.Expires = fromMilli(expires)
	if err := tx.stillInvites(ctx, by); err != nil {
		return err
	}
	l.Person, err = tx.person(ctx, by.Int64)
	return err
}
