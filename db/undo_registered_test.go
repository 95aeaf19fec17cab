package db_test

import (
	"fmt"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// registered is what of somebody hangs on registering.
func registered(t *testing.T, d *db.DB, id int64) string {
	t.Helper()
	u, err := d.User(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%q %q %v active %v waits %v", u.Email, u.NewEmail, !u.EmailVerified.IsZero(), u.IsActive, u.AwaitsApproval)
}

// TestWhoWasApprovedWaitsAgain once that is taken back, and is not told any more that they are.
func TestWhoWasApprovedWaitsAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		var ids []int64
		for _, name := range []string{"ada", "bob", "idle"} {
			u := add(t, d, account.User{Username: name, Email: name + "@example.org"})
			dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET is_active = FALSE, awaits_approval = %v WHERE id = %d", name != "idle", u.ID))
			ids = append(ids, u.ID)
		}
		all := func() string {
			return registered(t, d, ids[0]) + registered(t, d, ids[1]) + registered(t, d, ids[2]) + " mail " + dbtest.Text(t, d, "SELECT count(*) FROM mail")
		}
		before := all()
		for name, do := range map[string]func() error{
			"one": func() error { return d.Approve(t.Context(), by, root, ids[0]) },
			"many": func() error {
				_, _, err := d.ActOnPeople(t.Context(), by, db.Bulk{Action: "activate", IDs: ids})
				return err
			},
			"edited": func() error {
				u, err := d.User(t.Context(), ids[1])
				if err == nil {
					u.IsActive = true
					_, err = d.UpdateUser(t.Context(), by, root, u)
				}
				return err
			},
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
			after := all()
			if after == before {
				t.Errorf("%s: %s", name, after)
			}
			undone(t, d, by, lastLine(t, d))
			if got := all(); got != before {
				t.Errorf("%s taken back: %s, was %s", name, got, before)
			}
			undone(t, d, by, lastLine(t, d))
			if got := registered(t, d, ids[1]); name != "one" && !strings.HasSuffix(got, "active true waits false") {
				t.Errorf("%s done again: %s", name, got)
			}
			undone(t, d, by, lastLine(t, d))
			if got := all(); got != before {
				t.Errorf("%s taken back once more: %s, was %s", name, got, before)
			}
		}
	})
}

// TestAnAddressTakenForProvenWaitsAgain once that is taken back.
func TestAnAddressTakenForProvenWaitsAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		fresh, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "fresh", NewEmail: "fresh@example.org", IsActive: true})
		if err != nil {
			t.Fatal(err)
		}
		before := registered(t, d, fresh.ID)
		bulk(t, d, by, db.Bulk{Action: "verify_email", IDs: []int64{fresh.ID}})
		proven := registered(t, d, fresh.ID)
		for range 2 {
			undone(t, d, by, lastLine(t, d))
			if got := registered(t, d, fresh.ID); got != before {
				t.Errorf("taken back: %s, was %s", got, before)
			}
			undone(t, d, by, lastLine(t, d))
			if got := registered(t, d, fresh.ID); got != proven {
				t.Errorf("done again: %s, was %s", got, proven)
			}
		}
		// Who has no address, and never had, waits for none.
		u, err := d.User(t.Context(), fresh.ID)
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET email = '', email_key = '' WHERE id = %d", fresh.ID)) // as imported
		u.Email = "other@example.org"
		if _, err := d.UpdateUser(t.Context(), by, root, u); err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, lastLine(t, d))
		if u, err = d.User(t.Context(), fresh.ID); err != nil || u.Email != "" || u.NewEmail != "" {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

// TestNoAddressIsProvenByAnUndo: neither one that never was, nor by oneself.
func TestNoAddressIsProvenByAnUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 1)
		by := db.Author{ID: root.ID}
		move := func(email string) int64 {
			t.Helper()
			u, err := d.User(t.Context(), members[0])
			if err == nil {
				u.Email = email
				_, err = d.UpdateUser(t.Context(), by, root, u)
			}
			if err != nil {
				t.Fatal(err)
			}
			return lastLine(t, d)
		}
		verify := func(id int64) int64 {
			t.Helper()
			bulk(t, d, by, db.Bulk{Action: "verify_email", IDs: []int64{id}})
			return lastLine(t, d)
		}
		moved := move("y@example.org")
		proof := verify(members[0])
		if got := why(t, d, by, moved); got != "The address of p00 has been confirmed since. Change it on their page." {
			t.Errorf("%q: %s", got, registered(t, d, members[0]))
		}
		undone(t, d, by, proof)
		undone(t, d, by, moved)
		if got := registered(t, d, members[0]); got != `"p00@example.org" "" false active true waits false` {
			t.Error(got)
		}
		// One that was proven is so again, and the former one is told.
		verify(members[0])
		moved = move("z@example.org")
		dbtest.Exec(t, d, "DELETE FROM mail")
		undone(t, d, by, moved)
		if got := registered(t, d, members[0]); got != `"p00@example.org" "" true active true waits false` {
			t.Error(got)
		}
		undone(t, d, by, lastLine(t, d))
		if got := dbtest.Text(t, d, "SELECT kind || address FROM mail"); got != "email_changedp00@example.org" {
			t.Errorf("mail: %s", got)
		}
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET email = 'c@example.org', email_key = 'c@example.org' WHERE id = %d", clerk.ID))
		undone(t, d, by, verify(clerk.ID))
		if got := why(t, d, db.Author{ID: clerk.ID}, lastLine(t, d)); got != string(db.OwnEmail) {
			t.Errorf("one's own: %q", got)
		}
	})
}
