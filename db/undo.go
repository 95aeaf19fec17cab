package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// CantUndo is why something can't be taken back, in words for people. It is a conflict: something newer stands on it, or it was final.
type CantUndo string

// Error returns the words.
func (c CantUndo) Error() string { return string(c) }

// line is one line of the history, as an undo reads it.
type line struct {
	id, object    int64
	version       int64
	resource      string
	repr          string
	action, field string
	old, new      string
}

// Final says of a line of the history whether it can't be taken back at all, and why; empty for one that can.
func (d *DB) Final(resource, action, field, old, now string) string {
	switch {
	case action == "erase":
		return "What was erased is gone for good."
	case action == "view":
		return "What was seen can't be taken back."
	case action == "add" || action == "delete" || action == "change" && d.takesBack(resource, field):
		if attr, ok := d.profile.Attribute(field); ok && resource == account.Users && old == "" && now == "" && attr.Name != "" {
			return "What only its owner sees can't be taken back."
		}
		return ""
	case field == "password":
		return "A password that was changed can't be taken back."
	}
	return "This can't be taken back."
}

// takesBack says whether a field that was changed can be given its old value.
func (d *DB) takesBack(resource, field string) bool {
	if resource != account.Users {
		return field == "name" || field == "permissions" || field == "expires_at"
	}
	_, declared := d.profile.Attribute(field)
	return declared || isUserText(field) || slices.Contains([]string{"is_active", "is_staff", "is_superuser", "password_expired", "groups", "permissions", "email_verified", "new_email", "awaits_approval"}, field)
}

// Undo takes back the event that a line of the history belongs to, all of it or nothing, and returns the number of the event that does so.
// It fails with CantUndo, with ErrForbidden for who might not do the contrary themselves, with ErrLastSuperuser, and with ErrNotFound.
func (d *DB) Undo(ctx context.Context, by Author, id int64) (event int64, err error) {
	err = d.write(ctx, func(tx *Tx) error {
		_, err := tx.undoEvent(ctx, by, id, nil)
		event = tx.event
		return err
	})
	if _, taken := unique(err); taken {
		err = CantUndo("Somebody else has this name or address now.")
	}
	if err != nil {
		return 0, fmt.Errorf("undo what line %d of the history tells: %w", id, err)
	}
	return event, nil
}

// undoEvent takes back the event of a line, tells how far it is, and returns how many lines it took back.
func (tx *Tx) undoEvent(ctx context.Context, by Author, id int64, progress func(done, total int)) (int, error) {
	if err := tx.lock(ctx, "undo"); err != nil {
		return 0, err
	}
	if err := tx.row(ctx, "SELECT event_id FROM history WHERE id = ?1", id).Scan(&tx.undoes); err != nil {
		return 0, err
	}
	if err := tx.mayUndo(ctx, by, tx.undoes); err != nil {
		return 0, err
	}
	if err := tx.holdPeople(ctx, tx.undoes); err != nil {
		return 0, err
	}
	if err := tx.stands(ctx, tx.undoes); err != nil {
		return 0, err
	}
	lines, err := all(scanLine)(tx.rows(ctx, "SELECT id, object_id, version, resource, object_repr, action, field, old, new FROM history"+
		" WHERE event_id = ?1 ORDER BY id DESC", tx.undoes))
	if err != nil {
		return 0, err
	}
	for done := 0; done < len(lines); {
		n := together(lines[done:])
		if err := tx.undo(ctx, by, lines[done:done+n]); err != nil {
			return 0, err
		}
		if done += n; progress != nil {
			progress(done, len(lines))
		}
	}
	return len(lines), nil
}

// holdPeople keeps the people of an event from others until the transaction ends, by id: in the order in which actions hold theirs.
func (tx *Tx) holdPeople(ctx context.Context, event int64) error {
	if !tx.pg {
		return nil
	}
	_, err := tx.exec(ctx, "SELECT count(*) FROM (SELECT u.id FROM users u WHERE u.id IN"+
		" (SELECT object_id FROM history WHERE event_id = ?1 AND resource = 'users') ORDER BY u.id"+tx.forUpdate()+") held", event)
	return err
}

// together returns how many lines are taken back at once: those that tell of one object, and of one act, or of what an action did with many.
func together(lines []line) int {
	if n := alike(lines); n > 1 {
		return n
	}
	n := 1
	many := lines[0].resource == account.Users && lines[0].action != "change" // who was deleted comes back with others, who was added goes
	for n < len(lines) && n < bulkSize && lines[n].resource == lines[0].resource && lines[n].action == lines[0].action && (many || lines[n].object == lines[0].object) {
		n++
	}
	return n
}

func scanLine(row scanner) (l line, err error) {
	err = row.Scan(&l.id, &l.object, &l.version, &l.resource, &l.repr, &l.action, &l.field, &l.old, &l.new)
	return l, err
}

// undo takes back what one event did to one object, or likewise to many, whose lines come the last first.
func (tx *Tx) undo(ctx context.Context, by Author, lines []line) error {
	for _, l := range lines {
		if why := tx.Final(l.resource, l.action, l.field, l.old, l.new); why != "" {
			return CantUndo(why)
		}
	}
	switch l := lines[0]; {
	case l.resource == account.Users && l.action == "add":
		return tx.undoAdd(ctx, by, lines)
	case l.resource == account.Users && l.action == "delete":
		ids := make([]int64, len(lines))
		for i, l := range lines {
			ids[i] = l.object
		}
		slices.Sort(ids)
		return tx.restoreAll(ctx, by, slices.Compact(ids))
	case l.resource == account.Users && len(lines) > 1 && lines[1].object != l.object:
		return tx.undoMany(ctx, by, lines)
	case l.resource == account.Users:
		return tx.undoChange(ctx, by, lines)
	case l.resource == account.Groups:
		return tx.undoGroup(ctx, by, lines)
	case l.resource == account.Invitations:
		return tx.undoInvitation(ctx, by, l)
	}
	return CantUndo("This can't be taken back.")
}

// undoAdd deletes people who were added, if nothing has become of them since.
func (tx *Tx) undoAdd(ctx context.Context, by Author, lines []line) error {
	asks, err := tx.undoer(ctx, by)
	if err != nil {
		return err
	}
	ids := make([]int64, len(lines))
	for i, l := range lines {
		ids[i] = l.object
	}
	people, err := all(tx.onePerson)(tx.rows(ctx, tx.text.person+"u.id IN ("+tx.each("?1")+") ORDER BY u.id"+tx.forUpdate(), jsonIDs(ids)))
	if err != nil {
		return err
	}
	at := map[int64]account.User{}
	for _, u := range people {
		at[u.ID] = u
	}
	for _, l := range lines {
		u, there := at[l.object]
		switch {
		case !there:
			return CantUndo(l.repr + " is deleted already.")
		case !account.MayDelete(asks, u):
			return ErrForbidden
		case u.Version != l.version || !u.LastLogin.IsZero():
			return CantUndo(l.repr + " has been changed, or has logged in, since. Delete them if they shall go.")
		}
		if err := tx.keepSuperuser(ctx, u, account.User{}); err != nil {
			return err
		}
	}
	return tx.hideAll(ctx, by, people)
}

// undoer returns who takes something back; the command line may do anything.
func (tx *Tx) undoer(ctx context.Context, by Author) (account.User, error) {
	if by.ID == 0 {
		return account.User{IsActive: true, IsSuperuser: true}, nil
	}
	return tx.asker(ctx, by.ID)
}

// undoChange gives fields of a person the values that they had.
func (tx *Tx) undoChange(ctx context.Context, by Author, lines []line) error {
	before, err := tx.person(ctx, lines[0].object)
	if errors.Is(told(err), ErrNotFound) {
		return CantUndo(lines[0].repr + " is deleted. Take that back first.")
	}
	if err == nil {
		err = tx.readRights(ctx, tx.sql, &before)
	}
	if err != nil {
		return err
	}
	after := before
	for _, l := range lines {
		if stored(before, l.field) != l.new {
			return tx.changedSince(l.field, before.Username)
		}
		setStored(&after, l.field, l.old)
	}
	if by.ID != 0 {
		if err := tx.mayUpdate(ctx, by.ID, before, after); err != nil {
			return err
		}
	}
	if by.ID == before.ID && (moved(before, after) || !before.EmailVerified.Equal(after.EmailVerified)) {
		return CantUndo(OwnEmail)
	}
	if by.ID == before.ID && before.IsActive && !after.IsActive {
		return CantUndo(OwnActive)
	}
	proved := func(l line) bool { return l.field == "email_verified" }
	if moved(before, after) && !before.EmailVerified.IsZero() && !slices.ContainsFunc(lines, proved) {
		return CantUndo("The address of " + before.Username + " has been confirmed since. Change it on their page.")
	}
	errs := form.Errors{}
	if err := tx.free(ctx, after, errs); err != nil {
		return err
	}
	for _, message := range errs {
		return CantUndo(message)
	}
	_, err = tx.save(ctx, by, before, after)
	if err == nil && after.NewEmail == "" { // else it is the very address that waits again
		err = tx.tellFormer(ctx, before, after)
	}
	if errors.Is(err, ErrGroupGone) {
		return CantUndo("One of the groups is gone.")
	}
	if errors.Is(err, ErrPictureGone) {
		return CantUndo("The former picture is not kept any longer.")
	}
	return err
}

// cantUndo makes what a form would be told the reason why something can't be taken back.
func cantUndo(err error) error {
	if errs, ok := errors.AsType[form.Errors](err); ok {
		for _, message := range errs {
			return CantUndo(message)
		}
	}
	return err
}
