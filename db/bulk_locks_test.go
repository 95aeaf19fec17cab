package db_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// meanwhile begins first on a server of its own, which stops in its transaction when it is about to write to the history, then begins second,
// lets first go on once second waits or is done, and returns what second has returned.
func meanwhile(t *testing.T, d *db.DB, first func(other *db.DB) error, second func() error) error {
	t.Helper()
	other := dbtest.Again(t, d, string(nameplate.ProfileTOML))
	reached, goOn, ended := make(chan bool), make(chan bool), make(chan error, 1)
	var once sync.Once
	other.Now = func() time.Time {
		once.Do(func() { close(reached); <-goOn })
		return time.Now()
	}
	go func() { ended <- first(other) }()
	<-reached
	done := make(chan error, 1)
	go func() { done <- second() }()
	var err error
	select {
	case err = <-done:
		done <- err
	case <-time.After(200 * time.Millisecond):
	}
	close(goOn)
	if err := <-ended; err != nil {
		t.Fatalf("the first: %v", err)
	}
	return <-done
}

// TestBulkWaitsForAnEditUnderWay by somebody else on another server, and goes on from what they have saved.
func TestBulkWaitsForAnEditUnderWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 8)
		by, ctx := db.Author{ID: root.ID}, t.Context()
		group, err := d.SaveGroup(ctx, by, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		edit := func(id int64, change func(u *account.User)) func(*db.DB) error {
			return func(other *db.DB) error {
				u, err := other.User(ctx, id)
				if err != nil {
					return err
				}
				change(&u)
				_, err = other.UpdateUser(ctx, by, root, u)
				return err
			}
		}
		var changed int
		var event int64
		act := func(b db.Bulk) func() error {
			return func() (err error) { changed, event, err = d.ActOnPeople(ctx, by, b); return err }
		}
		is := func(what, query, want string) {
			t.Helper()
			if got := dbtest.Text(t, d, query); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		lines := func(what, want string) {
			t.Helper()
			is(what, fmt.Sprintf("SELECT count(*) FROM history WHERE event_id = %d", event), want)
		}

		// Who is deleted comes back as they were saved last.
		if err := meanwhile(t, d, edit(members[0], func(u *account.User) { u.FirstName = "Saved" }), act(db.Bulk{Action: "delete", IDs: members[:1]})); err != nil {
			t.Fatal(err)
		}
		line, err := d.EventLine(ctx, root.ID, event)
		if err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, line)
		is("an edit before a deletion", fmt.Sprintf("SELECT first_name FROM users WHERE id = %d", members[0]), "Saved")

		// Who was deactivated by somebody else is not told of as deactivated once more.
		pair := db.Bulk{Action: "deactivate", IDs: []int64{members[2], members[1]}}
		if err := meanwhile(t, d, edit(members[1], func(u *account.User) { u.IsActive = false }), act(pair)); err != nil || changed != 1 {
			t.Errorf("%d, %v", changed, err)
		}
		lines("deactivated", "1")

		// Who has left the list is not of it any more.
		listed := db.Bulk{Action: "require_new_password", Query: admin.Query{Q: "p0", Filters: map[string]string{"is_active": "0"}}}
		if err := meanwhile(t, d, edit(members[1], func(u *account.User) { u.IsActive = true }), act(listed)); err != nil || changed != 1 {
			t.Errorf("of a list: %d, %v", changed, err)
		}
		lines("of a list", "1")

		// Somebody became staff, whom only a superuser may touch.
		clerk := add(t, d, account.User{Username: "weak", IsStaff: true, Permissions: []string{"users.change"}})
		err = meanwhile(t, d, edit(members[3], func(u *account.User) { u.IsStaff = true }), func() error {
			_, _, err := d.ActOnPeople(ctx, db.Author{ID: clerk.ID}, db.Bulk{Action: "deactivate", IDs: members[3:4]})
			return err
		})
		if err == nil {
			t.Error("staff was deactivated by staff")
		}

		// Two at once do what is left for the second to do.
		both := func(b db.Bulk) func(*db.DB) error {
			return func(other *db.DB) error { _, _, err := other.ActOnPeople(ctx, by, b); return err }
		}
		for _, b := range []db.Bulk{{Action: "add_to_group", IDs: members[4:6], Group: group.ID}, {Action: "delete", IDs: members[4:6]}} {
			if err := meanwhile(t, d, both(b), act(b)); err != nil || changed != 0 {
				t.Errorf("%s twice: %d, %v", b.Action, changed, err)
			}
		}
		groups := func(u *account.User) { u.Groups = []string{"Desk"} }
		if err := meanwhile(t, d, edit(members[6], groups), act(db.Bulk{Action: "add_to_group", IDs: members[6:], Group: group.ID})); err != nil || changed != 1 {
			t.Errorf("added by an edit: %d, %v", changed, err)
		}
		remove := func(other *db.DB) error { return other.DeleteUser(ctx, by, root, members[6]) }
		if err := meanwhile(t, d, remove, act(db.Bulk{Action: "delete", IDs: members[6:]})); err != nil || changed != 1 {
			t.Errorf("deleted singly: %d, %v", changed, err)
		}
	})
}

// TestBulkLeavesASuperuser also where somebody else takes the rights of the last other one meanwhile.
func TestBulkLeavesASuperuser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 2)
		other := add(t, d, account.User{Username: "other", IsSuperuser: true})
		demote := func(d *db.DB) error {
			u, err := d.User(t.Context(), other.ID)
			if err == nil {
				u.IsSuperuser = false
				_, err = d.UpdateUser(t.Context(), db.Author{ID: root.ID}, root, u)
			}
			return err
		}
		for _, action := range []string{"deactivate", "delete"} {
			err := meanwhile(t, d, demote, func() error {
				_, _, err := d.ActOnPeople(t.Context(), db.Author{}, db.Bulk{Action: action, IDs: append(members, root.ID)})
				return err
			})
			if !errors.Is(err, db.ErrLastSuperuser) {
				t.Errorf("%s: %v", action, err)
			}
			undone(t, d, db.Author{ID: root.ID}, lastLine(t, d))
		}
	})
}

// TestUndoHoldsPeopleInTheOrderOfActions, so that neither waits for the other for ever.
func TestUndoHoldsPeopleInTheOrderOfActions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 3)
		by, ctx := db.Author{ID: root.ID}, t.Context()
		imp := staged(t, d, by, "username,first_name,last_name\np00,A,B\np01,C,D\np02,E,F\n")
		imp, err := d.ApplyImport(ctx, by, imp.ID, imp.Checked, nil)
		if err != nil {
			t.Fatal(err)
		}
		line, err := d.EventLine(ctx, root.ID, imp.Event)
		if err != nil || line == 0 {
			t.Fatalf("%d, %v", line, err)
		}
		err = meanwhile(t, d, func(other *db.DB) error {
			_, err := other.Undo(ctx, by, line)
			return err
		}, func() error {
			_, _, err := d.ActOnPeople(ctx, by, db.Bulk{Action: "deactivate", IDs: members})
			return err
		})
		if err != nil {
			t.Errorf("the action: %v", err)
		}
		if got := dbtest.Text(t, d, "SELECT count(*) FROM users WHERE first_name = '' AND NOT is_active AND username LIKE 'p0%'"); got != "3" {
			t.Errorf("%s people are as both left them, want 3", got)
		}
	})
}
