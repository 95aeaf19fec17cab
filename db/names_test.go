package db_test

import (
	"errors"
	"fmt"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestNoNameComesBackThatIsSomebodysAddress, and no address that is somebody's name: they would log in as each other.
func TestNoNameComesBackThatIsSomebodysAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		change := func(id int64, change func(u *account.User)) int64 {
			t.Helper()
			u, err := d.User(t.Context(), id)
			if change(&u); err == nil {
				_, err = d.UpdateUser(t.Context(), by, root, u)
			}
			if err != nil {
				t.Fatal(err)
			}
			return lastLine(t, d)
		}
		gone := func(id int64) int64 {
			t.Helper()
			if err := d.DeleteUser(t.Context(), by, root, id); err != nil {
				t.Fatal(err)
			}
			return lastLine(t, d)
		}
		named := func(address string) int64 { // whose username is an address that is no longer theirs
			t.Helper()
			u := add(t, d, account.User{Username: address, Email: address})
			change(u.ID, func(u *account.User) { u.Email = "x" + address })
			return u.ID
		}
		owner := func(address string) int64 {
			return add(t, d, account.User{Username: "o" + fmt.Sprint(len(address)), Email: address}).ID
		}

		dora := gone(owner("dora@example.org"))
		named("Dora@example.org")
		eva := gone(named("eva@example.org"))
		owner("Eva@example.org")
		fay := add(t, d, account.User{Username: "fay@example.org", Email: "fay@example.org"}).ID
		left := change(fay, func(u *account.User) { u.Username, u.Email = "fay", "f@example.org" })
		change(owner("other@fays.example.org"), func(u *account.User) { u.Email = "fay@example.org" })
		before := dbtest.Text(t, d, "SELECT count(*) || ' ' || max(version) FROM users")
		for what, line := range map[string]int64{"an address that is a name": dora, "a name that is an address": eva, "a name that was an address": left} {
			if !cant(d, t, by, line) {
				t.Errorf("%s came back", what)
			}
		}
		for _, line := range rowsOf(t, d, "deleted") {
			restore, _ := resource(t, d, "deleted").Action("restore")
			_, _, err := d.Act(t.Context(), by, resource(t, d, "deleted"), restore, []int64{line.ID})
			if _, isCant := errors.AsType[db.CantUndo](err); !isCant {
				t.Errorf("%s: %v", line.Cells["username"], err)
			}
		}
		if after := dbtest.Text(t, d, "SELECT count(*) || ' ' || max(version) FROM users"); after != before {
			t.Errorf("%s, was %s", after, before)
		}
		// Who is there as they are may go on being changed.
		ina := named("ina@example.org")
		dbtest.Exec(t, d, "UPDATE users SET email = 'ina@example.org', email_key = 'ina@example.org' WHERE username = 'fay'")
		change(ina, func(u *account.User) { u.FirstName = "Ina" })
		change(fay, func(u *account.User) { u.FirstName = "Fay" })
		// A username that was only registered keeps nobody's address from coming back.
		gus := gone(add(t, d, account.User{Username: "gus", Email: "gus@example.org"}).ID)
		if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "gus@example.org", NewEmail: "gus@example.org"}); err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, gus)
	})
}
