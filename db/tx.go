package db

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"sync"
)

// Tx is one transaction. Its texts have ?1, ?2 … on both databases.
type Tx struct {
	*DB
	sql        *sql.Tx
	replaced   []string // pictures that nobody has any more once this is committed
	mailed     bool     // there is mail to be sent once this is committed
	event      int64    // what it changes is this event of the history; 0: nothing yet
	author     int64    // who changes it, once somebody has asked for the name
	authorName string
	undoes     int64             // the event that it takes back; 0: none
	lines      map[string]*int64 // how many lines of the history say the same of others
}

// write runs fn in a transaction that may write, alone on SQLite, and commits it when fn returns nil. Files of pictures go
// after the rows that named them.
func (d *DB) write(ctx context.Context, fn func(tx *Tx) error) error {
	var replaced []string
	var mailed bool
	err := d.run(ctx, d.w, nil, func(tx *Tx) error {
		err := fn(tx)
		replaced, mailed = tx.replaced, tx.mailed
		return err
	})
	if err == nil && mailed {
		select {
		case d.mailQueued <- struct{}{}:
		default: // whoever sends has been told already
		}
	}
	if err == nil && d.RemovePicture != nil {
		for _, name := range replaced {
			if d.DropPicture(ctx, name, d.RemovePicture) != nil {
				break // what is left stays in the ledger, and the next sweep finds it
			}
		}
	}
	return err
}

// read runs fn in a transaction that sees one state of the database.
func (d *DB) read(ctx context.Context, fn func(tx *Tx) error) error {
	opts := &sql.TxOptions{}
	if d.pg {
		opts = &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	}
	return d.run(ctx, d.r, opts, fn)
}

// readList is read for the lists of the admin. How such a query is best answered hangs on what is asked for, half of everybody or one day;
// PostgreSQL plans a text that comes back for any value at all, so here it is told to plan for these. What takes it some milliseconds
// to begin, workers and compiled code, is too late for a page.
func (d *DB) readList(ctx context.Context, fn func(tx *Tx) error) error {
	return d.read(ctx, func(tx *Tx) error {
		if d.pg {
			_, err := tx.exec(ctx, "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),"+
				" set_config('max_parallel_workers_per_gather', '0', true)")
			if err != nil {
				return fmt.Errorf("say how to plan: %w", err)
			}
		}
		return fn(tx)
	})
}

func (d *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, fn func(tx *Tx) error) error {
	t, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return told(fmt.Errorf("begin: %w", err))
	}
	defer t.Rollback() // does nothing once it is committed
	if err := fn(&Tx{DB: d, sql: t}); err != nil {
		return told(err)
	}
	if err := t.Commit(); err != nil {
		return told(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.sql.ExecContext(ctx, tx.dialect(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (tx *Tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.sql.QueryRowContext(ctx, tx.dialect(query), args...)
}

func (tx *Tx) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.sql.QueryContext(ctx, tx.dialect(query), args...)
}

// all returns what reads every row of a query with scan.
func all[T any](scan func(row scanner) (T, error)) func(*sql.Rows, error) ([]T, error) {
	return func(rows *sql.Rows, err error) ([]T, error) {
		if err != nil {
			return nil, told(err)
		}
		defer rows.Close()
		var list []T
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				return nil, told(err)
			}
			list = append(list, one)
		}
		return list, told(rows.Err())
	}
}

// text scans the only column of a row.
func text(row scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}

// lock makes every other transaction that asks for the same name wait until this one ends. A transaction that writes to
// SQLite is alone anyway.
func (tx *Tx) lock(ctx context.Context, name string) error {
	if !tx.pg {
		return nil
	}
	_, err := tx.exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?1, 0))", name)
	return err
}

// forUpdate is the end of a SELECT that keeps its rows from others until the transaction ends.
func (d *DB) forUpdate() string {
	if d.pg {
		return " FOR UPDATE OF u"
	}
	return ""
}

// rewrites remembers each text in PostgreSQL's spelling.
type rewrites struct{ m sync.Map }

var numbered = regexp.MustCompile(`\?([0-9]+)`)

// dialect returns a text with ?1, ?2 … in the spelling of the database that is open.
func (d *DB) dialect(query string) string {
	if !d.pg {
		return query
	}
	if text, ok := d.rewrites.m.Load(query); ok {
		return text.(string)
	}
	text := numbered.ReplaceAllString(query, "$$$1")
	d.rewrites.m.Store(query, text)
	return text
}
