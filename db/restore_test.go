package db_test

import (
	"slices"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestPeopleComeBackIntoTheirGroups whatever these are called by then, and into none that may do more than who brings them back.
func TestPeopleComeBackIntoTheirGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 1)
		by := db.Author{ID: root.ID}
		save := func(g account.Group) account.Group {
			t.Helper()
			g, err := d.SaveGroup(t.Context(), by, g)
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		helpers := save(account.Group{Name: "Helpers"})
		gone := save(account.Group{Name: "Gone"})
		for _, g := range []account.Group{helpers, gone} {
			bulk(t, d, by, db.Bulk{Action: "add_to_group", IDs: members, Group: g.ID})
		}
		groups := func() []string {
			u, err := d.WithRights(t.Context(), account.User{ID: members[0]})
			if err != nil {
				t.Fatal(err)
			}
			return u.Groups
		}
		remove := func() int64 {
			t.Helper()
			if err := d.DeleteUser(t.Context(), db.Author{ID: clerk.ID}, clerk, members[0]); err != nil {
				t.Fatal(err)
			}
			return lastLine(t, d)
		}
		line := remove()
		helpers.Name = "Assistants"
		helpers = save(helpers)
		save(account.Group{Name: "Helpers"})
		if err := d.DeleteGroup(t.Context(), by, gone.ID); err != nil {
			t.Fatal(err)
		}
		undone(t, d, db.Author{ID: clerk.ID}, line)
		if got := groups(); !slices.Equal(got, []string{"Assistants"}) {
			t.Errorf("%q", got)
		}
		line = remove()
		dbtest.Exec(t, d, "DELETE FROM user_permissions WHERE permission = 'mail.delete'")
		helpers.Permissions = []string{"mail.delete"}
		save(helpers)
		if !cant(d, t, db.Author{ID: clerk.ID}, line) {
			t.Error("staff put somebody into a group that may do more than they may")
		}
		undone(t, d, by, line)
		if got := groups(); !slices.Equal(got, []string{"Assistants"}) {
			t.Errorf("%q", got)
		}
	})
}

// TestNobodyComesBackHalf: with a unique value that is somebody else's by now.
func TestNobodyComesBackHalf(t *testing.T) {
	dbtest.EachWith(t, "[[attribute]]\nname='badge'\nkind='text'\nunique=true\n", func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		ada := add(t, d, account.User{Username: "ada", Attributes: map[string]string{"badge": "7"}})
		if err := d.DeleteUser(t.Context(), by, root, ada.ID); err != nil {
			t.Fatal(err)
		}
		line := lastLine(t, d)
		bob := add(t, d, account.User{Username: "bob", Attributes: map[string]string{"badge": "7"}})
		if got := why(t, d, by, line); got != "Somebody else has the Badge '7' of ada now. Change theirs first." {
			t.Errorf("%q", got)
		}
		bob.Set("badge", "8")
		if _, err := d.UpdateUser(t.Context(), by, root, bob); err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, line)
		if u, err := d.User(t.Context(), ada.ID); err != nil || u.Value("badge") != "7" {
			t.Errorf("%+v, %v", u, err)
		}
	})
}
