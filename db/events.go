package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nameplate/internal/admin"
)

// eventLines is how many lines of an event are shown.
const eventLines = 100

// Change is what one transaction changed: one event of the history.
type Change struct {
	Line   int64 // the line that was asked for
	At     time.Time
	ByID   int64 // 0 for the command line, and for who was not signed in, or is gone
	By     string
	IP     string
	Event  int64
	Lines  []ChangeLine // the first of them
	Count  int          // how many lines it has
	Undone bool         // something has taken it back, and was not taken back itself
	Undoes bool         // it took something back itself
	Final  string       // why it can't be taken back, in words for people; empty where it can
}

// ChangeLine is one line of it.
type ChangeLine struct {
	Resource string
	ID       int64
	Repr     string
	Place    string // where it is, below /admin/; empty for what is gone
	Action   string // add, change, delete or erase
	Field    string // empty for all
	Old, New string
}

// Change returns the event that a line of the history belongs to. It fails with ErrNotFound.
func (d *DB) Change(ctx context.Context, id int64) (c Change, err error) {
	c.Line = id
	err = d.read(ctx, func(tx *Tx) error {
		var at, undoes int64
		err := tx.row(ctx, "SELECT h.at, COALESCE((SELECT u.id FROM users u WHERE u.id = h.by_id), 0), h.by_username, h.ip, h.event_id, h.undoes FROM history h WHERE h.id = ?1", id).
			Scan(&at, &c.ByID, &c.By, &c.IP, &c.Event, &undoes)
		if err != nil {
			return err
		}
		c.At, c.Undoes = fromMilli(at), undoes != 0
		if err := tx.row(ctx, "SELECT count(*) FROM history WHERE event_id = ?1", c.Event).Scan(&c.Count); err != nil {
			return err
		}
		if c.Undone, err = tx.takenBack(ctx, c.Event); err != nil {
			return err
		}
		c.Lines, err = all(scanChangeLine)(tx.rows(ctx, "SELECT h.resource, h.object_id, h.object_repr, "+admin.HistoryPlace+", h.action, h.field, h.old, h.new FROM history h"+
			fmt.Sprintf(" WHERE h.event_id = ?1 ORDER BY h.at, h.id LIMIT %d", eventLines), c.Event))
		return err
	})
	if err != nil {
		return c, fmt.Errorf("read what line %d of the history tells: %w", id, err)
	}
	for _, l := range c.Lines {
		if c.Final == "" {
			c.Final = d.Final(l.Resource, l.Action, l.Field, l.Old, l.New)
		}
	}
	return c, nil
}

func scanChangeLine(row scanner) (l ChangeLine, err error) {
	err = row.Scan(&l.Resource, &l.ID, &l.Repr, &l.Place, &l.Action, &l.Field, &l.Old, &l.New)
	return l, err
}

// EventLine returns a line of an event, if by did it and it can be taken back; 0 for none.
func (d *DB) EventLine(ctx context.Context, by, event int64) (int64, error) {
	lines, err := all(number)(d.r.QueryContext(ctx, d.dialect("SELECT id FROM history WHERE event_id = ?1 AND by_id = ?2 ORDER BY at, id LIMIT 1"), event, by))
	if err != nil || len(lines) == 0 {
		return 0, told(err)
	}
	return d.offered(ctx, by, lines[0])
}

// offered is a line, if what it tells can be taken back and by may do so; 0 if not.
func (d *DB) offered(ctx context.Context, by, line int64) (int64, error) {
	c, err := d.Change(ctx, line)
	if err != nil || c.Final != "" || c.Undone {
		return 0, err
	}
	err = d.read(ctx, func(tx *Tx) error { return tx.mayUndo(ctx, Author{ID: by}, c.Event) })
	if errors.Is(err, ErrForbidden) {
		return 0, nil
	}
	return line, err
}

// LastOf returns a line of the last event of by's, if it was of this resource and can be taken back; 0 for none.
func (d *DB) LastOf(ctx context.Context, by int64, resource string) (int64, error) {
	lines, err := all(number)(d.r.QueryContext(ctx, d.dialect("SELECT CASE WHEN resource = ?2 THEN event_id ELSE 0 END FROM history WHERE by_id = ?1"+
		" ORDER BY id DESC LIMIT 1"), by, resource))
	if err != nil || len(lines) == 0 || lines[0] == 0 {
		return 0, told(err)
	}
	return d.EventLine(ctx, by, lines[0])
}

// LastChange returns a line of the last event that changed an object, if by did it and it can be taken back; 0 for none. It is what the
// message after a change offers to undo.
func (d *DB) LastChange(ctx context.Context, by int64, resource string, id int64) (int64, error) {
	lines, err := all(number)(d.r.QueryContext(ctx, d.dialect("SELECT CASE WHEN by_id = ?3 THEN id ELSE 0 END FROM history WHERE resource = ?1 AND object_id = ?2"+
		" ORDER BY id DESC LIMIT 1"), resource, id, by))
	if err == nil && len(lines) > 0 && lines[0] != 0 {
		lines[0], err = d.offered(ctx, by, lines[0])
	}
	if err != nil || len(lines) == 0 {
		return 0, told(err)
	}
	return lines[0], nil
}
