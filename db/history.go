package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
)

// Author is who changes something.
type Author struct {
	ID int64  // 0 for the command line, and for somebody who registers
	IP string // from where; empty for the command line
}

// subject is what a line of the history is about.
type subject struct {
	resource string // as in permissions
	id       int64
	repr     string // what it is called at this moment
	version  int64  // since the change
}

func userSubject(u account.User) subject {
	return subject{resource: account.Users, id: u.ID, repr: u.Username, version: u.Version}
}

// log adds one line to the history for each change of u, who is as it is after it. A password's text is never given to it.
func (tx *Tx) log(ctx context.Context, by Author, u account.User, action string, list ...change) error {
	return tx.record(ctx, by, userSubject(u), action, list...)
}

// record adds one line to the history for each change of s. All lines of one transaction are one event.
func (tx *Tx) record(ctx context.Context, by Author, s subject, action string, list ...change) error {
	var name string
	var id any
	if by.ID != 0 {
		id = by.ID
		err := tx.row(ctx, "SELECT COALESCE((SELECT username FROM users WHERE id = ?1), '')", by.ID).Scan(&name)
		if err != nil {
			return fmt.Errorf("read who changes: %w", err)
		}
	}
	event, err := tx.thisEvent(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.secret {
			c.old, c.new = "", ""
		}
		_, err := tx.exec(ctx, "INSERT INTO history (at, by_id, by_username, resource, object_id, object_repr, action, field, old, new, ip,"+
			" version, event_id, undoes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
			tx.now(), id, name, s.resource, s.id, s.repr, action, c.field, c.old, c.new, by.IP, s.version, event, tx.undoes)
		if err != nil {
			return fmt.Errorf("log: %w", err)
		}
	}
	return nil
}

// thisEvent returns the number of the event that this transaction is.
func (tx *Tx) thisEvent(ctx context.Context) (int64, error) {
	if tx.event != 0 {
		return tx.event, nil
	}
	query := "SELECT COALESCE(max(id), 0) + 1 FROM history" // nobody else writes meanwhile
	if tx.pg {
		query = "SELECT nextval(pg_get_serial_sequence('history', 'id'))"
	}
	if err := tx.row(ctx, query).Scan(&tx.event); err != nil {
		return 0, fmt.Errorf("begin an event: %w", err)
	}
	return tx.event, nil
}
