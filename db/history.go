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
	name, err := tx.nameOf(ctx, by)
	if err != nil {
		return err
	}
	event, err := tx.thisEvent(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.secret {
			c.old, c.new = "", ""
		}
		before := tx.alike(s.resource, action, c)
		_, err := tx.exec(ctx, "INSERT INTO history (at, by_id, by_username, resource, object_id, object_repr, action, field, old, new, ip,"+
			" version, event_id, undoes, nth) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
			tx.now(), orNone(by.ID), name, s.resource, s.id, s.repr, action, c.field, c.old, c.new, by.IP, s.version, event, tx.undoes, *before+1)
		if err != nil {
			return fmt.Errorf("log: %w", err)
		}
		*before++
	}
	return nil
}

// nameOf returns the username of who changes something; empty for the command line.
func (tx *Tx) nameOf(ctx context.Context, by Author) (name string, err error) {
	if by.ID == 0 {
		return "", nil
	}
	if tx.author != by.ID { // asked for once
		err = tx.row(ctx, "SELECT COALESCE((SELECT username FROM users WHERE id = ?1), '')", by.ID).Scan(&tx.authorName)
		if err != nil {
			return "", fmt.Errorf("read who changes: %w", err)
		}
		tx.author = by.ID
	}
	return tx.authorName, nil
}

// orNone is an id as a column holds it that may hold none.
func orNone(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// note adds a line to the history for each of some people who fulfil a condition, in one statement. Their version is the one after it, but for
// who was added, and for sessions that were ended.
func (tx *Tx) note(ctx context.Context, by Author, ids []int64, condition, action string, c change) error {
	name, err := tx.nameOf(ctx, by)
	if err != nil {
		return err
	}
	event, err := tx.thisEvent(ctx)
	if err != nil {
		return err
	}
	version := "u.version + 1"
	if action == "add" || c.field == "sessions" { // which are no part of the row
		version = "u.version"
	}
	before := tx.alike(account.Users, action, c)
	n, err := tx.exec(ctx, "INSERT INTO history (at, by_id, by_username, resource, object_id, object_repr, action, field, old, new, ip, version, event_id, undoes, nth)"+
		" SELECT CAST(?2 AS BIGINT), CAST(?3 AS BIGINT), CAST(?4 AS TEXT), 'users', u.id, u.username, CAST(?5 AS TEXT), CAST(?6 AS TEXT), CAST(?7 AS TEXT),"+
		" CAST(?8 AS TEXT), CAST(?9 AS TEXT), "+version+", CAST(?10 AS BIGINT), CAST(?11 AS BIGINT),"+
		" CAST(?12 AS BIGINT) + row_number() OVER (ORDER BY u.id) FROM users u WHERE u.id IN ("+tx.each("?1")+") AND "+condition+" ORDER BY u.id",
		jsonIDs(ids), tx.now(), orNone(by.ID), name, action, c.field, c.old, c.new, by.IP, event, tx.undoes, *before)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	*before += n
	return nil
}

// alike counts the lines of this transaction's event that say the same of others.
func (tx *Tx) alike(resource, action string, c change) *int64 {
	says := resource + " " + action + " " + c.field
	if c.new == "true" || c.new == "false" {
		says += " " + c.old + " " + c.new
	}
	if tx.lines == nil {
		tx.lines = map[string]*int64{}
	}
	if tx.lines[says] == nil {
		tx.lines[says] = new(int64)
	}
	return tx.lines[says]
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
