package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// why is the reason for which an undo is refused; empty for none.
func why(t *testing.T, d *db.DB, by db.Author, line int64) string {
	t.Helper()
	_, err := d.Undo(t.Context(), by, line)
	if cant, ok := errors.AsType[db.CantUndo](err); ok {
		return cant.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

// TestNothingNewerIsUndone although the value is the same again.
func TestNothingNewerIsUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 3)
		other := add(t, d, account.User{Username: "other", IsSuperuser: true})
		one, two := db.Author{ID: root.ID}, db.Author{ID: other.ID}
		name := func(by db.Author, text string) int64 {
			t.Helper()
			u, err := d.User(t.Context(), members[0])
			if err != nil {
				t.Fatal(err)
			}
			u.FirstName = text
			if _, err := d.UpdateUser(t.Context(), by, account.User{ID: by.ID}, u); err != nil {
				t.Fatal(err)
			}
			return lastLine(t, d)
		}
		now := func() string {
			u, err := d.User(t.Context(), members[0])
			if err != nil {
				t.Fatal(err)
			}
			return u.FirstName
		}
		name(one, "Hanna")
		beta := name(one, "Beta")
		gamma := name(two, "Gamma")
		back := name(two, "Beta")
		if got := why(t, d, one, beta); got != "The First name of p00 has been changed again since." || now() != "Beta" {
			t.Errorf("%q, %s", got, now())
		}
		// What was taken back, and what took it back, stand on nothing.
		undone(t, d, two, back)
		undone(t, d, two, gamma)
		undone(t, d, one, beta)
		undo := lastLine(t, d)
		if now() != "Hanna" {
			t.Error(now())
		}
		if got := why(t, d, one, beta); got != "It was taken back already." {
			t.Errorf("%q", got)
		}
		undone(t, d, one, undo)
		if got := why(t, d, one, undo); got != "It was taken back already." || now() != "Beta" {
			t.Errorf("%q, %s", got, now())
		}
		undone(t, d, one, beta) // which stands again
		if now() != "Hanna" {
			t.Error(now())
		}
		name(two, "Beta")
		if got := why(t, d, one, beta); got != "It was taken back already." || now() != "Beta" {
			t.Errorf("%q, %s", got, now())
		}
	})
}

// TestNothingNewerOfManyIsUndone: of an action on some, of a deletion, and of a group.
func TestNothingNewerOfManyIsUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 3)
		by := db.Author{ID: root.ID}
		do := func(action string, ids ...int64) int64 {
			bulk(t, d, by, db.Bulk{Action: action, IDs: ids})
			return lastLine(t, d)
		}
		refused := func(what, reason string, line int64) {
			t.Helper()
			before := state(t, d)
			if got := why(t, d, by, line); !strings.Contains(got, reason) || state(t, d) != before {
				t.Errorf("%s: %q; %s, was %s", what, got, state(t, d), before)
			}
		}
		first := do("deactivate", members...)
		undone(t, d, by, first)
		second := do("deactivate", members[1])
		refused("done again by another", "taken back already", first)
		do("activate", members[1])
		refused("one of them was activated", "The Active of p01", second)

		deleted := do("delete", members...)
		undone(t, d, by, deleted)
		again := do("delete", members...)
		refused("deleted again", "taken back already", deleted)
		act(t, d, "deleted", "restore", members[0])
		refused("one of them is back", "p00 was brought back already", again)
		undone(t, d, by, lastLine(t, d))
		undone(t, d, by, again)
		third := do("delete", members[2])
		if err := d.EraseUser(t.Context(), by, root, members[2]); err != nil {
			t.Fatal(err)
		}
		refused("erased", "erased, for good", third)

		g, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Desk"})
		for _, name := range []string{"Door", "Gate", "Door"} {
			if g.Name = name; err == nil {
				g, err = d.SaveGroup(t.Context(), by, g)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		door := dbtest.Text(t, d, "SELECT min(id) FROM history WHERE new = 'Door'")
		var line int64
		_, _ = fmt.Sscan(door, &line)
		refused("a group's name", "has been changed again since.", line)

		weak := db.Author{ID: add(t, d, account.User{Username: "weak", IsStaff: true, Permissions: []string{"history.view"}}).ID}
		for who, err := range map[string]error{"weak": d.MayUndo(t.Context(), weak, second), "none": d.MayUndo(t.Context(), db.Author{ID: 9999}, second)} {
			if !errors.Is(err, db.ErrForbidden) {
				t.Errorf("%s: %v", who, err)
			}
		}
		if _, isCant := errors.AsType[db.CantUndo](d.MayUndo(t.Context(), db.Author{ID: clerk.ID}, second)); !isCant {
			t.Error("not told before it is begun")
		}
	})
}
