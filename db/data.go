package db

import (
	"context"
	"fmt"
	"time"

	"nameplate/internal/account"
)

// Event is one line of the history.
type Event struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`              // the username of who did it; empty for the command line, and for registering
	Action string    `json:"action"`          // add or change
	Field  string    `json:"field,omitempty"` // what was changed; empty for all
	Old    string    `json:"old,omitempty"`
	New    string    `json:"new,omitempty"`
	IP     string    `json:"ip,omitempty"` // from where; only where it was the person
}

// Data is everything that is kept about a person beside their files.
type Data struct {
	User      account.User
	TwoFactor TwoFactor
	Passkeys  []Passkey
	Sessions  []OpenSession
	History   []Event
	InvitedBy string // the username of whose invitation they came by; empty for none
	Unsent    []Mail // what is still to be mailed to them
}

// Data returns everything that is kept about a person. It fails with ErrNotFound.
func (d *DB) Data(ctx context.Context, id int64, session string) (data Data, err error) {
	if data.User, err = d.User(ctx, id); err != nil {
		return data, err
	}
	if data.TwoFactor, err = d.TwoFactor(ctx, id); err != nil {
		return data, err
	}
	if data.Passkeys, err = d.Passkeys(ctx, id); err != nil {
		return data, err
	}
	if data.Sessions, err = d.SessionsOf(ctx, id, session); err != nil {
		return data, err
	}
	err = d.read(ctx, func(tx *Tx) error {
		if data.History, err = tx.eventsOf(ctx, id); err != nil {
			return err
		}
		if data.Unsent, err = all(scanMail)(tx.rows(ctx, mailRows+"WHERE m.user_id = ?1 ORDER BY m.id", id)); err != nil {
			return err
		}
		return tx.row(ctx, "SELECT "+invitedBy, id).Scan(&data.InvitedBy)
	})
	if err != nil {
		return data, fmt.Errorf("read all of user %d: %w", id, err)
	}
	return data, nil
}

func (tx *Tx) eventsOf(ctx context.Context, id int64) ([]Event, error) {
	return all(scanEvent)(tx.rows(ctx, "SELECT at, by_username, action, field, old, new, CASE WHEN by_id IS NULL OR by_id = object_id THEN ip ELSE '' END"+
		" FROM history WHERE resource = 'users' AND object_id = ?1 ORDER BY id", id))
}

func scanEvent(row scanner) (e Event, err error) {
	var at int64
	err = row.Scan(&at, &e.By, &e.Action, &e.Field, &e.Old, &e.New, &e.IP)
	e.At = fromMilli(at)
	return e, err
}

// invitedBy is the username of whose invitation somebody came by; empty for none.
const invitedBy = "COALESCE((SELECT u.username FROM invitation_uses iu JOIN invitations i ON i.id = iu.invitation_id" +
	" JOIN users u ON u.id = i.by_id WHERE iu.user_id = ?1), '')"

// Access is how somebody gets in.
type Access struct {
	TwoFactor bool   // a second factor is asked for
	Passkeys  int    // how many they have
	InvitedBy string // whose invitation they came by; empty for none
}

// Access returns how somebody gets in. Of nobody it is the zero value.
func (d *DB) Access(ctx context.Context, id int64) (a Access, err error) {
	err = d.r.QueryRowContext(ctx, d.dialect("SELECT EXISTS (SELECT 1 FROM two_factor WHERE user_id = ?1 AND confirmed_at IS NOT NULL),"+
		" (SELECT count(*) FROM passkeys WHERE user_id = ?1), "+invitedBy), id).Scan(&a.TwoFactor, &a.Passkeys, &a.InvitedBy)
	if err != nil {
		return a, fmt.Errorf("read how user %d gets in: %w", id, told(err))
	}
	return a, nil
}
