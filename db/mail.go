package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// What a mail is about.
const (
	MailVerify          = "verify_email"     // the link that proves users.new_email
	MailEmailChanged    = "email_changed"    // tells the former address, with the link that undoes it
	MailEmailReplaced   = "email_replaced"   // tells a former address that was never proven, and so gets no link
	MailReset           = "reset_password"   // the link that lets one choose a password
	MailPasswordChanged = "password_changed" // tells that the password is another
	MailApproved        = "approved"         // tells that the account is active now
	MailAwaits          = "awaits_approval"  // tells a superuser that somebody waits to be approved
)

const (
	// MailGivenUpAfter is how long a mail is tried.
	MailGivenUpAfter = 48 * time.Hour
	// mailLease is how long a mail that somebody sends is left alone: whoever died over it is followed by another after that.
	mailLease = 2 * time.Minute

	mailFirstPause, mailLongestPause = time.Minute, 4 * time.Hour

	mailErrorMax = 500 // characters
)

// Mail is one row of what is still to be sent, or could not be.
type Mail struct {
	ID        int64
	Kind      string
	UserID    int64 // whom it is about; 0 for nobody
	Username  string
	Address   string
	CreatedAt time.Time
	NextAt    time.Time // zero when it was given up
	Tries     int
	Error     string // why the last try failed, in the server's words
}

// queue adds a mail to what this transaction writes. It is sent once that is committed.
func (tx *Tx) queue(ctx context.Context, kind string, userID int64, address string) error {
	if address == "" {
		return nil // an imported person's
	}
	user := sql.NullInt64{Int64: userID, Valid: userID != 0}
	_, err := tx.exec(ctx, "INSERT INTO mail (kind, user_id, address, created_at, next_at) VALUES (?1, ?2, ?3, ?4, ?4)",
		kind, user, address, tx.now())
	if err != nil {
		return fmt.Errorf("queue the mail %s: %w", kind, err)
	}
	tx.mailed = true
	return nil
}

// queueInvitation is queue for an invitation.
func (tx *Tx) queueInvitation(ctx context.Context, id int64, address string) error {
	_, err := tx.exec(ctx, "INSERT INTO mail (kind, invitation_id, address, created_at, next_at) VALUES (?1, ?2, ?3, ?4, ?4)",
		MailInvitation, id, address, tx.now())
	if err != nil {
		return fmt.Errorf("queue the mail of invitation %d: %w", id, err)
	}
	tx.mailed = true
	return nil
}

// unqueue drops the mails of a kind that have not been sent to a person.
func (tx *Tx) unqueue(ctx context.Context, kind string, userID int64) error {
	if _, err := tx.exec(ctx, "DELETE FROM mail WHERE user_id = ?2 AND kind = ?1", kind, userID); err != nil {
		return fmt.Errorf("drop the mail %s: %w", kind, err)
	}
	return nil
}

// MailQueued tells when something was queued by this program; another's is found by looking now and then.
func (d *DB) MailQueued() <-chan struct{} { return d.mailQueued }

// NextMail returns the mail that is to be sent now, and keeps it from others for a while. When there is none it fails with
// ErrNotFound and says how long that stays so, at most a minute.
func (d *DB) NextMail(ctx context.Context) (m Mail, wait time.Duration, err error) {
	const due = "SELECT id FROM mail WHERE next_at <= ?1 ORDER BY next_at, id LIMIT 1"
	if wait, err = d.untilMail(ctx); err != nil || wait > 0 {
		return m, wait, errors.Join(err, ErrNotFound)
	}
	claim := due
	if d.pg {
		claim += " FOR UPDATE SKIP LOCKED"
	}
	err = d.write(ctx, func(tx *Tx) error {
		now := tx.now()
		var id int64
		if err := tx.row(ctx, "UPDATE mail SET next_at = ?2, tries = tries + 1 WHERE id = ("+claim+") RETURNING id",
			now, now+mailLease.Milliseconds()).Scan(&id); err != nil {
			return err
		}
		m, err = scanMail(tx.row(ctx, mailRows+"WHERE m.id = ?1", id))
		return err
	})
	if err != nil {
		return m, 0, fmt.Errorf("take a mail: %w", err)
	}
	return m, 0, nil
}

// untilMail returns how long nothing has to be sent, at most a minute. Where nothing happens, this reads and nothing writes.
func (d *DB) untilMail(ctx context.Context) (time.Duration, error) {
	var next sql.NullInt64
	if err := d.r.QueryRowContext(ctx, "SELECT min(next_at) FROM mail").Scan(&next); err != nil {
		return 0, fmt.Errorf("look for mail: %w", told(err))
	}
	if !next.Valid {
		return time.Minute, nil
	}
	return min(time.Minute, max(0, time.Duration(next.Int64-d.now())*time.Millisecond)), nil
}

const mailRows = "SELECT m.id, m.kind, COALESCE(m.user_id, 0), COALESCE(u.username, ''), m.address, m.created_at, COALESCE(m.next_at, 0)," +
	" m.tries, m.error FROM mail m LEFT JOIN users u ON u.id = m.user_id "

func scanMail(row scanner) (m Mail, err error) {
	var created, next int64
	err = row.Scan(&m.ID, &m.Kind, &m.UserID, &m.Username, &m.Address, &created, &next, &m.Tries, &m.Error)
	m.CreatedAt, m.NextAt = fromMilli(created), fromMilli(next)
	return m, err
}

// MailDone removes a mail that was sent, or has nothing to tell any more.
func (d *DB) MailDone(ctx context.Context, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM mail WHERE id = ?1", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove mail %d: %w", id, err)
	}
	return nil
}

// MailFailed notes why a mail could not be sent. It is tried again after a pause that grows each time, unless that would be two
// days after it was asked for, or the server has refused it for good: then it stays in FailedMail. It returns when it is tried
// again, the zero time for never.
func (d *DB) MailFailed(ctx context.Context, m Mail, why string, forGood bool) (next time.Time, err error) {
	now := d.Now()
	next = now.Add(mailPause(m.Tries))
	if forGood || next.Sub(m.CreatedAt) > MailGivenUpAfter {
		next = time.Time{}
	}
	at := sql.NullInt64{Int64: next.UnixMilli(), Valid: !next.IsZero()}
	err = d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE mail SET next_at = ?2, error = ?3 WHERE id = ?1", m.ID, at, cutText(why, mailErrorMax))
		return err
	})
	if err != nil {
		return next, fmt.Errorf("note why mail %d failed: %w", m.ID, err)
	}
	return next, nil
}

// mailPause is how long to wait after the n-th try: a minute, two, four, and so on up to four hours.
func mailPause(n int) time.Duration {
	return min(mailLongestPause, mailFirstPause<<min(max(n-1, 0), 10))
}

// cutText returns at most n characters of what somebody else's server says, as a column can hold it.
func cutText(s string, n int) string {
	var out []rune
	for _, r := range s {
		if len(out) == n {
			break
		}
		if r == 0 || r == '\n' || r == '\r' || r == '\t' {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}
