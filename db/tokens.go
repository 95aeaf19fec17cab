package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"nameplate/internal/account"
)

// What the link of a mail lets one do, once.
const (
	TokenVerify = "verify_email"   // prove an address
	TokenUndo   = "undo_email"     // get the former address back
	TokenReset  = "reset_password" // choose a password
)

// How long a link can be used from the moment its mail is sent; one that undoes a change, from the change.
const (
	VerifyTime = 24 * time.Hour
	UndoTime   = 7 * 24 * time.Hour
	ResetTime  = 30 * time.Minute
)

// lasts is how long a link of each kind can be used.
var lasts = map[string]time.Duration{TokenVerify: VerifyTime, TokenUndo: UndoTime, TokenReset: ResetTime}

// Token is what stands behind a link.
type Token struct {
	Kind  string
	User  account.User // whose it is
	Email string       // the address that the link went to
	Made  time.Time    // when it was mailed
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// newToken makes a token for a mail that is about to be sent, which counts from a moment. Only a hash of it is kept.
func (tx *Tx) newToken(ctx context.Context, kind string, userID int64, email string, from time.Time) (string, error) {
	token := rand.Text() // 130 bits, which can stand in an address
	_, err := tx.exec(ctx, "INSERT INTO tokens (token_hash, kind, user_id, email, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
		tokenHash(token), kind, userID, email, from.Add(lasts[kind]).UnixMilli())
	if err != nil {
		return "", fmt.Errorf("keep a token %s of user %d: %w", kind, userID, err)
	}
	return token, nil
}

// dropTokens makes a person's links of a kind dead.
func (tx *Tx) dropTokens(ctx context.Context, kind string, userID int64) error {
	if _, err := tx.exec(ctx, "DELETE FROM tokens WHERE user_id = ?1 AND kind = ?2", userID, kind); err != nil {
		return fmt.Errorf("drop the tokens %s of user %d: %w", kind, userID, err)
	}
	return nil
}

// dropReset makes the links dead with which a person could choose a password, and keeps those that are still to be mailed from
// being made. Such a mail may be asked for by the address alone.
func (tx *Tx) dropReset(ctx context.Context, userID int64) error {
	_, err := tx.exec(ctx, "DELETE FROM mail WHERE kind = ?1 AND address = (SELECT email_key FROM users WHERE id = ?2)", MailReset, userID)
	return errors.Join(err, tx.dropTokens(ctx, TokenReset, userID))
}

// Token returns what stands behind a link, which stays as it is: opening a page uses up nothing. It fails with ErrNotFound for a
// link that was never made, is used up, replaced or too old, or is for something else, and for one of a person who is not active.
func (d *DB) Token(ctx context.Context, kind, token string) (t Token, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		t, err = tx.token(ctx, kind, token, "")
		return err
	})
	if err != nil {
		return Token{}, fmt.Errorf("read a token %s: %w", kind, err)
	}
	return t, nil
}

// token reads a token and its person. With forUpdate, nobody else reads either until the transaction ends.
func (tx *Tx) token(ctx context.Context, kind, token, forUpdate string) (Token, error) {
	var id int64
	t := Token{Kind: kind}
	var expires int64
	err := tx.row(ctx, "SELECT user_id, email, expires_at FROM tokens WHERE token_hash = ?1 AND kind = ?2 AND expires_at > ?3",
		tokenHash(token), kind, tx.now()).Scan(&id, &t.Email, &expires)
	if err != nil {
		return t, err
	}
	t.Made = fromMilli(expires).Add(-lasts[kind])
	t.User, err = tx.scanPerson(tx.row(ctx, tx.text.person+"u.id = ?1"+forUpdate, id))
	if err == nil && !t.User.IsActive && !(t.User.AwaitsApproval && kind == TokenVerify) {
		return t, ErrNotFound
	}
	return t, err
}

// useToken reads a token and makes it dead. Of two who do so at once, one fails with ErrNotFound.
func (tx *Tx) useToken(ctx context.Context, kind, token string) (Token, error) {
	t, err := tx.token(ctx, kind, token, tx.forUpdate())
	if err != nil {
		return t, err
	}
	n, err := tx.exec(ctx, "DELETE FROM tokens WHERE token_hash = ?1", tokenHash(token))
	if err == nil && n == 0 {
		return t, ErrNotFound
	}
	return t, err
}

// Letter is what a mail tells, as things stand when it is sent.
type Letter struct {
	To      string
	Person  account.User
	Token   string       // of its link; empty for none
	Expires time.Time    // for MailInvitation: when the link ends
	Owner   account.User // for MailVerify: who has that address already, and gets the mail; nobody else has an id
}

// Letter prepares a mail for being sent: its link counts from now on. It fails with ErrNotFound when it has nothing to tell any
// more, because things have changed since it was queued.
func (d *DB) Letter(ctx context.Context, m Mail) (l Letter, err error) {
	err = d.write(ctx, func(tx *Tx) error {
		if m.Kind == MailInvitation {
			return tx.invitationLetter(ctx, m, &l)
		}
		if err := tx.addressee(ctx, m, &l); err != nil {
			return err
		}
		switch m.Kind {
		case MailVerify:
			return tx.verifyLetter(ctx, m, &l)
		case MailEmailChanged:
			l.Token, err = tx.newToken(ctx, TokenUndo, l.Person.ID, m.Address, m.CreatedAt)
			return err
		case MailReset:
			return tx.onlyToken(ctx, TokenReset, l.To, &l)
		}
		return nil
	})
	if err != nil {
		return Letter{}, fmt.Errorf("prepare mail %d: %w", m.ID, err)
	}
	return l, nil
}

// addressee reads whom a mail is about. Whoever asks for another password says no more than an address.
func (tx *Tx) addressee(ctx context.Context, m Mail, l *Letter) (err error) {
	l.To = m.Address
	if m.Kind == MailReset {
		l.Person, err = tx.scanPerson(tx.row(ctx, tx.text.person+"u.email_key = ?1 AND u.email_key <> ''"+tx.forUpdate(), m.Address))
		l.To = l.Person.Email
	} else {
		l.Person, err = tx.person(ctx, m.UserID)
	}
	if err == nil && !l.Person.IsActive && !(l.Person.AwaitsApproval && m.Kind == MailVerify) {
		return ErrNotFound
	}
	return err
}

// verifyLetter is the mail that asks whether an address is one's own. Where somebody has it already, it tells them so instead.
func (tx *Tx) verifyLetter(ctx context.Context, m Mail, l *Letter) error {
	p := l.Person
	if p.NewEmail != m.Address && (p.Email != m.Address || !p.EmailVerified.IsZero()) {
		return ErrNotFound
	}
	var owner int64
	err := tx.row(ctx, "SELECT id FROM users WHERE email_key = ?1 AND id <> ?2"+
		" UNION ALL SELECT id FROM users WHERE username_key = ?1 AND email_key <> '' AND id <> ?2 LIMIT 1", account.Key(m.Address), p.ID).Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		return tx.onlyToken(ctx, TokenVerify, m.Address, l)
	}
	if err == nil {
		l.Owner, err = tx.scanPerson(tx.row(ctx, tx.text.person+"u.id = ?1", owner))
	}
	return err
}

// onlyToken makes the token of a mail, the only one of its kind that its person has.
func (tx *Tx) onlyToken(ctx context.Context, kind, email string, l *Letter) (err error) {
	if err := tx.dropTokens(ctx, kind, l.Person.ID); err != nil {
		return err
	}
	l.Token, err = tx.newToken(ctx, kind, l.Person.ID, email, tx.Now())
	return err
}
