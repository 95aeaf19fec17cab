package db

import (
	"context"
	"fmt"
	"time"

	"nameplate/internal/account"
)

// Deleted is what the history calls whoever was deleted.
const Deleted = "a deleted person"

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
		if data.Unsent, err = tx.unsentTo(ctx, id); err != nil {
			return err
		}
		return tx.row(ctx, "SELECT COALESCE((SELECT u.username FROM invitation_uses iu JOIN invitations i ON i.id = iu.invitation_id"+
			" JOIN users u ON u.id = i.by_id WHERE iu.user_id = ?1), '')", id).Scan(&data.InvitedBy)
	})
	if err != nil {
		return data, fmt.Errorf("read all of user %d: %w", id, err)
	}
	return data, nil
}

func (tx *Tx) eventsOf(ctx context.Context, id int64) ([]Event, error) {
	rows, err := tx.rows(ctx, "SELECT at, by_username, action, field, old, new, CASE WHEN by_id IS NULL OR by_id = user_id THEN ip ELSE '' END"+
		" FROM history WHERE user_id = ?1 ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Event{}
	for rows.Next() {
		var e Event
		var at int64
		if err := rows.Scan(&at, &e.By, &e.Action, &e.Field, &e.Old, &e.New, &e.IP); err != nil {
			return nil, err
		}
		e.At = fromMilli(at)
		list = append(list, e)
	}
	return list, rows.Err()
}

func (tx *Tx) unsentTo(ctx context.Context, id int64) ([]Mail, error) {
	rows, err := tx.rows(ctx, mailRows+"WHERE m.user_id = ?1 ORDER BY m.id", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Mail
	for rows.Next() {
		m, err := scanMail(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

// DeleteOneself deletes a person with all that is theirs, as they asked for. It fails with ErrLastSuperuser and ErrNotFound.
func (d *DB) DeleteOneself(ctx context.Context, by Author, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		u, err := tx.person(ctx, id)
		if err != nil {
			return err
		}
		return tx.erase(ctx, by, u)
	})
	if err != nil {
		return fmt.Errorf("delete user %d: %w", id, err)
	}
	return nil
}

// erase deletes a person: the profile, pictures, sessions, tokens, passkeys and queued mail go with them. The history keeps that there
// was somebody, and nothing of who it was.
func (tx *Tx) erase(ctx context.Context, by Author, u account.User) error {
	if err := tx.keepSuperuser(ctx, u, account.User{}); err != nil {
		return err
	}
	if err := tx.dropReplaced(ctx, u, account.User{}); err != nil {
		return err
	}
	if err := tx.dropReset(ctx, u.ID); err != nil {
		return err
	}
	if by.ID == u.ID {
		by.IP = ""
	}
	name := account.User{ID: u.ID, Username: Deleted, Version: u.Version + 1}
	if err := tx.log(ctx, by, name, "delete", change{}); err != nil {
		return err
	}
	for _, query := range []string{
		"UPDATE invitations SET email = '' WHERE uses >= max_uses AND id IN (SELECT invitation_id FROM invitation_uses WHERE user_id = ?1)",
		"DELETE FROM users WHERE id = ?1",
	} {
		if _, err := tx.exec(ctx, query, u.ID); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, "UPDATE history SET username = ?2, old = '', new = '', ip = CASE WHEN by_id IS NULL OR by_id = ?1 THEN '' ELSE ip END"+
		" WHERE user_id = ?1", u.ID, Deleted); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "UPDATE history SET by_username = ?2, ip = '' WHERE by_id = ?1", u.ID, Deleted)
	return err
}

// ClearUnproven deletes who has registered and not proven the address for a week. It returns how many.
func (d *DB) ClearUnproven(ctx context.Context) (n int, err error) {
	for {
		var ids []int64
		before := d.now() - UnprovenTime.Milliseconds()
		err := d.write(ctx, func(tx *Tx) error {
			list, err := tx.unproven(ctx, before)
			if err != nil {
				return err
			}
			for _, u := range list {
				if err := tx.erase(ctx, Author{}, u); err != nil {
					return fmt.Errorf("user %d: %w", u.ID, err)
				}
				ids = append(ids, u.ID)
			}
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("clear registrations: %w", err)
		}
		if n += len(ids); len(ids) == 0 {
			return n, nil
		}
	}
}

// unproven reads some of who registered before a moment and has not proven the address.
func (tx *Tx) unproven(ctx context.Context, before int64) ([]account.User, error) {
	rows, err := tx.rows(ctx, tx.text.person+"u.new_email <> '' AND u.date_joined <= ?1 AND u.email = '' AND u.last_login IS NULL ORDER BY u.id LIMIT 100"+tx.forUpdate(), before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []account.User
	for rows.Next() {
		u, err := tx.scanPerson(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, u)
	}
	return list, rows.Err()
}
