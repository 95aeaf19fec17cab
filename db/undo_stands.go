package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// MayUndo fails as Undo would for who may not take an event back, and where it was taken back already or something newer stands on it. The values
// themselves are looked at by Undo.
func (d *DB) MayUndo(ctx context.Context, by Author, id int64) error {
	err := d.read(ctx, func(tx *Tx) error {
		var event int64
		if err := tx.row(ctx, "SELECT event_id FROM history WHERE id = ?1", id).Scan(&event); err != nil {
			return err
		}
		if err := tx.mayUndo(ctx, by, event); err != nil {
			return err
		}
		return tx.stands(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("look whether line %d of the history may be taken back: %w", id, err)
	}
	return nil
}

// mayUndo fails with ErrForbidden for who might not do the contrary of an event to anybody: they are not told why it can't be done.
func (tx *Tx) mayUndo(ctx context.Context, by Author, event int64) error {
	kinds, err := all(func(row scanner) (l line, err error) {
		err = row.Scan(&l.resource, &l.action)
		return l, err
	})(tx.rows(ctx, "SELECT DISTINCT resource, action FROM history WHERE event_id = ?1", event))
	if err != nil {
		return err
	}
	for _, l := range kinds {
		verb := account.Change
		if l.resource != account.Invitations && (l.action == "add" || l.action == "delete") {
			verb = account.Delete
			if l.resource == account.Groups && l.action == "delete" {
				verb = account.Add
			}
		}
		if err := tx.may(ctx, by, verb, l.resource); err != nil {
			return err
		}
	}
	return nil
}

// stands fails with CantUndo where an event was taken back already, or something newer stands on it: a later line of the same field of the same
// object, be the value the same again. What was taken back itself, and what took it back, don't count. Who was added is told by the version.
func (tx *Tx) stands(ctx context.Context, event int64) error {
	back, err := tx.takenBack(ctx, event)
	if err != nil {
		return err
	}
	if back {
		return CantUndo("It was taken back already.")
	}
	type later struct{ event, line int64 }
	newer, err := all(func(row scanner) (l later, err error) {
		err = row.Scan(&l.event, &l.line)
		return l, err
	})(tx.rows(ctx, "SELECT n.event_id, min(n.id) FROM history h JOIN history n ON n.resource = h.resource AND n.object_id = h.object_id AND n.id > h.id"+
		" WHERE h.event_id = ?1 AND h.action <> 'add' AND n.event_id <> ?1 AND n.undoes = 0 AND n.action <> 'view' AND (n.field = h.field OR n.action = 'erase')"+
		" GROUP BY n.event_id ORDER BY n.event_id", event))
	if err != nil {
		return err
	}
	for _, l := range newer {
		if back, err = tx.takenBack(ctx, l.event); err != nil {
			return err
		}
		if !back {
			return tx.standsOn(ctx, l.line)
		}
	}
	return nil
}

// takenBack says whether something took an event back, and was not taken back itself.
func (tx *Tx) takenBack(ctx context.Context, event int64) (bool, error) {
	by, err := all(number)(tx.rows(ctx, "SELECT DISTINCT event_id FROM history WHERE undoes = ?1 AND undoes <> 0", event)) // as its index says it
	for _, undo := range by {
		if back, err := tx.takenBack(ctx, undo); err != nil || !back {
			return err == nil, err
		}
	}
	return false, err
}

// standsOn says in words which newer line is in the way.
func (tx *Tx) standsOn(ctx context.Context, id int64) error {
	var l line
	if err := tx.row(ctx, "SELECT object_repr, action, field FROM history WHERE id = ?1", id).Scan(&l.repr, &l.action, &l.field); err != nil {
		return err
	}
	switch l.action {
	case "erase":
		return CantUndo("They were erased, for good.")
	case "add":
		return CantUndo(l.repr + " was brought back already. Bring back the others from the list of who was deleted.")
	case "delete":
		return CantUndo(l.repr + " was deleted again since.")
	}
	return tx.changedSince(l.field, l.repr)
}

// changedSince says that a field of somebody, or of something, is another now.
func (d *DB) changedSince(field, name string) CantUndo {
	for _, r := range admin.Resources(d.profile) {
		if column, ok := r.Column("field"); ok && r.Name == account.History {
			field = column.Word(field)
		}
	}
	return CantUndo("The " + field + " of " + name + " has been changed again since.")
}
