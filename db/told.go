package db

import (
	"context"
	"fmt"
	"slices"

	"nameplate/internal/admin"
)

// Told is what one event of the history did, in short.
type Told struct {
	Resource string
	Action   string   // add, change, delete, erase or view; change also for several of them
	Fields   []string // what was changed
	Old, New string   // where all of it was changed from the same to the same
	Repr     string   // the first of what it was done to
	Count    int      // to how many
	Undoes   bool     // it took something back
	Undone   bool     // something has taken it back
}

// Told returns what an event did. It fails with ErrNotFound.
func (d *DB) Told(ctx context.Context, event int64) (t Told, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		t, err = tx.told(ctx, event)
		return err
	})
	if err != nil {
		return t, fmt.Errorf("read what event %d did: %w", event, err)
	}
	return t, nil
}

// TakenBack returns what by has taken back, if that is what they did last. Else it fails with ErrNotFound.
func (d *DB) TakenBack(ctx context.Context, by int64) (t Told, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		var undoes int64
		if err := tx.row(ctx, "SELECT undoes FROM history WHERE by_id = ?1 ORDER BY id DESC LIMIT 1", by).Scan(&undoes); err != nil {
			return err
		}
		if undoes == 0 {
			return ErrNotFound
		}
		t, err = tx.told(ctx, undoes)
		return err
	})
	if err != nil {
		return t, fmt.Errorf("read what user %d took back: %w", by, err)
	}
	return t, nil
}

// ToldOfLine is Told for the event that a line of the history belongs to.
func (d *DB) ToldOfLine(ctx context.Context, line int64) (t Told, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		var event int64
		err := tx.row(ctx, "SELECT event_id FROM history WHERE id = ?1", line).Scan(&event)
		if err == nil {
			t, err = tx.told(ctx, event)
		}
		return err
	})
	if err != nil {
		return t, fmt.Errorf("read what line %d of the history tells: %w", line, err)
	}
	return t, nil
}

// notAlone leaves out what is said with something else: who is activated waits no more.
const notAlone = "h.field <> 'awaits_approval'"

// told reads the lines of an event that stand for all that are like them.
func (tx *Tx) told(ctx context.Context, event int64) (t Told, err error) {
	var undoes int64
	actions := 0
	scan := func(row scanner) (alike int, err error) {
		var resource, action, field, old, now, repr string
		if err := row.Scan(&resource, &action, &field, &old, &now, &repr, &undoes, &alike); err != nil {
			return 0, err
		}
		if actions++; actions == 1 {
			t = Told{Resource: resource, Action: action, Old: old, New: now, Repr: repr, Count: alike}
		}
		if action != t.Action {
			t.Action = "change"
		}
		if old != t.Old || now != t.New || alike > 1 && now != "true" && now != "false" {
			t.Old, t.New = "", ""
		}
		if field != "" && !slices.Contains(t.Fields, field) {
			t.Fields = append(t.Fields, field)
		}
		return alike, nil
	}
	lines, err := all(scan)(tx.rows(ctx, "SELECT h.resource, h.action, h.field, h.old, h.new, h.object_repr, h.undoes, "+admin.HistoryAlike+
		" FROM history h WHERE h.event_id = ?1 AND h.nth = 1 AND "+notAlone+" ORDER BY h.at, h.id", event))
	if err != nil {
		return t, err
	}
	if len(lines) == 0 {
		return t, ErrNotFound
	}
	t.Undoes = undoes != 0
	if len(lines) > 1 {
		if err := tx.row(ctx, "SELECT count(DISTINCT object_id) FROM history WHERE event_id = ?1 AND resource = ?2", event, t.Resource).Scan(&t.Count); err != nil {
			return t, err
		}
	}
	return t, tx.row(ctx, "SELECT "+admin.HistoryUndone+" = 1 FROM history h WHERE h.event_id = ?1 LIMIT 1", event).Scan(&t.Undone)
}
