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

// log adds one line to the history for each change of u, who is as it is after it. A password's text is never given to it.
func (tx *Tx) log(ctx context.Context, by Author, u account.User, action string, list ...change) error {
	var name string
	var id any
	if by.ID != 0 {
		id = by.ID
		err := tx.row(ctx, "SELECT COALESCE((SELECT username FROM users WHERE id = ?1), '')", by.ID).Scan(&name)
		if err != nil {
			return fmt.Errorf("read who changes: %w", err)
		}
	}
	for _, c := range list {
		if c.secret {
			c.old, c.new = "", ""
		}
		_, err := tx.exec(ctx, "INSERT INTO history (at, by_id, by_username, user_id, username, action, field, old, new, ip,"+
			" version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
			tx.now(), id, name, u.ID, u.Username, action, c.field, c.old, c.new, by.IP, u.Version)
		if err != nil {
			return fmt.Errorf("log: %w", err)
		}
	}
	return nil
}
