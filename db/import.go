package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// Import says what a table does, line by line.
type Import struct {
	Lines   []ImportLine
	Digest  string // of all that it does: another where somebody has changed one of these people since
	Applied bool   // it is done; otherwise nothing was
	Event   int64  // what it did, in the history; 0 for nothing
}

// ImportLine is what one line of a table does to one person.
type ImportLine struct {
	Number   int // of the line of the file
	Username string
	New      bool
	Changes  []FieldChange
	Errors   form.Errors // what is wrong, by field; empty for nothing
}

// FieldChange is one field that becomes another.
type FieldChange struct{ Field, Old, New string }

// Count returns how many people are new, changed and as they were, and how many lines are wrong.
func (i Import) Count() (added, changed, same, wrong int) {
	for _, line := range i.Lines {
		switch {
		case len(line.Errors) > 0:
			wrong++
		case line.New:
			added++
		case len(line.Changes) > 0:
			changed++
		default:
			same++
		}
	}
	return added, changed, same, wrong
}

// errNotApplied ends a transaction that was only to show what it would do.
var errNotApplied = errors.New("not applied")

// ImportUsers adds and changes people as a table says, all of them or none. A person is found by the username; a cell says what the
// field is, and an empty one that there is nothing. Where digest is not that of what the table does now, or a line is wrong, nothing
// is written: the answer says what would be, and stems from the same transaction, which is then undone.
func (d *DB) ImportUsers(ctx context.Context, by Author, table profile.Table, digest string) (Import, error) {
	var done Import
	err := d.write(ctx, func(tx *Tx) error {
		asks, err := tx.asker(ctx, by.ID)
		if err != nil {
			return err
		}
		if !account.MayAdd(asks) && !account.May(asks, account.Change, account.Users) {
			return ErrForbidden
		}
		seen := map[string]int{}
		for _, line := range table.Lines {
			one, err := tx.importLine(ctx, by, asks, table.Columns, line, seen)
			if err != nil {
				return fmt.Errorf("line %d: %w", line.Number, err)
			}
			done.Lines = append(done.Lines, one)
		}
		done.Digest = done.digest()
		if _, _, _, wrong := done.Count(); wrong > 0 || digest != done.Digest {
			return errNotApplied
		}
		done.Applied, done.Event = true, tx.event
		return nil
	})
	if _, taken := unique(err); taken && digest != "" { // somebody was quicker: which line it was shows when it is looked at anew
		return d.ImportUsers(ctx, by, table, "")
	}
	if err != nil && !errors.Is(err, errNotApplied) {
		return Import{}, fmt.Errorf("import people: %w", err)
	}
	return done, nil
}

// digest is of all that the import does.
func (i Import) digest() string {
	sum := sha256.New()
	for _, line := range i.Lines {
		fmt.Fprintf(sum, "%d %q %v %q %d\n", line.Number, line.Username, line.New, line.Changes, len(line.Errors))
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// importLine does what one line says. What it can't do stands in its errors.
func (tx *Tx) importLine(ctx context.Context, by Author, asks account.User, columns []profile.Attribute, line profile.TableLine, seen map[string]int) (ImportLine, error) {
	one := ImportLine{Number: line.Number, Errors: form.Errors{}}
	before, err := tx.named(ctx, columns, line)
	one.New = before.ID == 0
	if err != nil {
		return one, err
	}
	typed := before
	for i, attr := range columns {
		if attr.Name == "username" {
			one.Username = strings.TrimSpace(line.Cells[i])
		}
		tx.importCell(&one, &typed, before, attr, line.Cells[i])
	}
	if typed.Username != "" {
		one.Username = typed.Username
	}
	key := account.Key(one.Username)
	if other, twice := seen[key]; twice && one.Username != "" {
		one.Errors.Add("username", form.Message(fmt.Sprintf("Line %d is of the same person. Leave one of the two out.", other)))
	}
	seen[key] = line.Number
	switch {
	case one.New && !account.MayAdd(asks):
		one.Errors.Add("username", form.Message("You may not add people: this line is of somebody new."))
	case !one.New && !account.May(asks, account.Change, account.Users):
		one.Errors.Add("username", form.Message("You may not change people: this line is of somebody who is there."))
	case !one.New && !account.MayChange(asks, before):
		one.Errors.Add("username", form.Message("Only a superuser may change this person."))
	}
	if len(one.Errors) > 0 {
		return one, nil
	}
	return one, tx.importUser(ctx, by, before, typed, &one)
}

// named returns the person whom a line is of, empty for somebody new.
func (tx *Tx) named(ctx context.Context, columns []profile.Attribute, line profile.TableLine) (account.User, error) {
	for i, attr := range columns {
		if attr.Name != "username" {
			continue
		}
		username, err := attr.ParseCell(line.Cells[i])
		if err != nil {
			return account.User{}, nil // importCell says what is wrong with it
		}
		u, err := tx.scanPerson(tx.row(ctx, tx.text.person+"u.username_key = CAST(?1 AS TEXT)"+tx.forUpdate(), account.Key(username)))
		if errors.Is(told(err), ErrNotFound) {
			err = nil
		}
		return u, err
	}
	return account.User{}, nil
}

// importCell reads one cell. One that says what there is already is not looked at: it may stem from older rules.
func (tx *Tx) importCell(one *ImportLine, typed *account.User, before account.User, attr profile.Attribute, cell string) {
	old := before.Value(attr.Name)
	if !one.New && cell == attr.Cell(old) {
		return
	}
	if attr.Name == "username" && !one.New {
		return // another spelling of the same name
	}
	if attr.IsUpload() {
		if cell != "" || old != "" {
			one.Errors.Add(attr.Name, form.Message("A "+attr.Kind.Name+" can't come in a table. Leave this column out."))
		}
		return
	}
	if attr.Name == "email" {
		attr.Required = false // an imported person may have none
	}
	if attr.Name == "email" && strings.TrimSpace(cell) == "" {
		typed.Email = ""
		return
	}
	value, err := attr.ParseCell(cell)
	one.Errors.Add(attr.Name, err)
	if err == nil {
		typed.Set(attr.Name, value)
	}
}

// importUser writes a person who was read without a mistake.
func (tx *Tx) importUser(ctx context.Context, by Author, before, typed account.User, one *ImportLine) error {
	if one.New {
		typed.IsActive, typed.Version, typed.DateJoined = true, 1, fromMilli(tx.now())
		if typed.Attributes == nil {
			typed.Attributes = map[string]string{}
		}
	}
	after, errs := tx.checked(before, typed)
	if err := tx.free(ctx, after, errs); err != nil {
		return err
	}
	for field, message := range errs {
		one.Errors.Add(field, form.Message(message))
	}
	if len(one.Errors) > 0 {
		return nil
	}
	for _, c := range tx.changes(before, after) {
		if !strings.HasPrefix(c.field, "is_") && c.field != "username" {
			one.Changes = append(one.Changes, FieldChange{c.field, c.old, c.new})
		}
	}
	if one.New {
		return tx.create(ctx, by, &after)
	}
	_, err := tx.save(ctx, by, before, after)
	return err
}
