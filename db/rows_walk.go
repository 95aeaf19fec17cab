package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"nameplate/internal/admin"
)

// RowsAfter reads the rows behind a cursor, and returns the cursor behind them, empty at the end: for who goes through the whole list.
func (d *DB) RowsAfter(ctx context.Context, r admin.Resource, q admin.Query) (rows []admin.Row, next string, err error) {
	err = d.readList(ctx, func(tx *Tx) error {
		l, err := tx.newRows(r, q)
		if err == nil {
			err = l.behind(q)
		}
		if err != nil {
			return err
		}
		var values []string
		if rows, values, err = l.read(ctx, q.N+1); err != nil || len(rows) <= q.N {
			return err
		}
		rows = rows[:q.N]
		next = admin.EncodeCursor(values[q.N-1], rows[q.N-1].ID)
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", r.Name, ofCursor(q, err))
	}
	return rows, next, nil
}

// Ends returns the oldest and the newest moment of a list's date hierarchy, both zero where it has no rows.
func (d *DB) Ends(ctx context.Context, r admin.Resource) (oldest, newest time.Time, err error) {
	column, ok := r.Column(r.DateHierarchy)
	if !ok {
		return oldest, newest, nil
	}
	key, order := sqlOf(column), sqlOf(column)
	if column.Sort != "" {
		order = column.Sort
	}
	if r.From == "" { // people
		r.From = "users"
	}
	var first, last sql.NullInt64
	one := "(SELECT " + key + " FROM " + r.From + " ORDER BY " + order
	query := "SELECT " + one + " LIMIT 1), " + one + " DESC LIMIT 1)"
	if err := d.r.QueryRowContext(ctx, query).Scan(&first, &last); err != nil {
		return oldest, newest, fmt.Errorf("look how old %s are: %w", r.Name, told(err))
	}
	return fromMilli(first.Int64), fromMilli(last.Int64), nil
}
