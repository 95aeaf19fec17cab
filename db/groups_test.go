package db_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/form"
)

func TestGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		g, err := d.SaveGroup(t.Context(), by, account.Group{Name: "  Door  keepers ", Permissions: []string{"users.view", "no.such", "users.view", "mail.view"}})
		if err != nil || g.ID == 0 || g.Name != "Door keepers" || !slices.Equal(g.Permissions, []string{"mail.view", "users.view"}) {
			t.Fatalf("%+v, %v", g, err)
		}
		for _, bad := range []string{"", "  ", "DOOR keepers", "a\u202eb"} {
			_, err := d.SaveGroup(t.Context(), by, account.Group{Name: bad})
			if errs, ok := errors.AsType[form.Errors](err); !ok || errs["name"] == "" {
				t.Errorf("%q: %v", bad, err)
			}
		}
		ada := add(t, d, account.User{Username: "ada", IsStaff: true, Groups: []string{g.Name}})
		if ada, err = d.WithRights(t.Context(), ada); err != nil || !account.May(ada, account.View, account.Users) || account.May(ada, account.Change, account.Users) {
			t.Errorf("%+v, %v", ada, err)
		}
		stale := g
		g.Permissions = []string{"users.change"}
		if g, err = d.SaveGroup(t.Context(), by, g); err != nil || g.Version != 2 || g.Members != 1 {
			t.Fatalf("%+v, %v", g, err)
		}
		stale.Name = "Keepers"
		_, err = d.SaveGroup(t.Context(), by, stale)
		if conflict, ok := errors.AsType[*db.GroupConflict](err); !ok || conflict.Theirs.Version != 2 || conflict.Was["permissions"] != "mail.view\nusers.view" {
			t.Errorf("%v", err)
		}
		if err := d.DeleteGroup(t.Context(), by, g.ID); err != nil {
			t.Fatal(err)
		}
		if ada, err = d.WithRights(t.Context(), ada); err != nil || len(ada.Groups) != 0 || account.May(ada, account.View, account.Users) {
			t.Errorf("%+v, %v", ada, err)
		}
		undone(t, d, by, lastLine(t, d)) // with its permissions and its members
		if ada, err = d.WithRights(t.Context(), ada); err != nil || !slices.Equal(ada.Groups, []string{g.Name}) || !account.May(ada, account.Change, account.Users) {
			t.Errorf("%+v, %v", ada, err)
		}
	})
}

// TestNobodyGivesMoreThanTheyHold by a group: not to others, and not to themselves.
func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		high, err := d.SaveGroup(t.Context(), db.Author{ID: root.ID}, account.Group{Name: "High", Permissions: []string{"users.delete"}})
		if err != nil {
			t.Fatal(err)
		}
		clerk := add(t, d, account.User{Username: "clerk", IsStaff: true, Permissions: []string{"groups.add", "groups.change", "groups.delete", "users.change"}})
		clerk, err = d.WithRights(t.Context(), clerk)
		if err != nil {
			t.Fatal(err)
		}
		by := db.Author{ID: clerk.ID}
		own, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Own", Permissions: []string{"users.change"}})
		if err != nil {
			t.Fatal(err)
		}
		own.Permissions = []string{"users.delete"}
		_, raised := d.SaveGroup(t.Context(), by, own)
		_, made := d.SaveGroup(t.Context(), by, account.Group{Name: "New", Permissions: []string{"history.view"}})
		high.Permissions = nil
		_, emptied := d.SaveGroup(t.Context(), by, high)
		joined := clerk
		joined.Groups = []string{"High"}
		_, themselves := d.UpdateUser(t.Context(), by, clerk, joined)
		plain := add(t, d, account.User{Username: "plain"})
		plain.Groups = []string{"High"}
		_, another := d.UpdateUser(t.Context(), by, clerk, plain)
		for name, err := range map[string]error{"raise a group": raised, "make a higher group": made, "empty a higher group": emptied,
			"delete a higher group": d.DeleteGroup(t.Context(), by, high.ID), "join a higher group": themselves, "put somebody into one": another} {
			if !errors.Is(err, db.ErrForbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		plain.Groups = []string{"Own"}
		if _, err := d.UpdateUser(t.Context(), by, clerk, plain); err != nil {
			t.Errorf("put somebody into a group that may do no more: %v", err)
		}
		plain.Groups, plain.Version = []string{"None such"}, plain.Version+1
		if _, err := d.UpdateUser(t.Context(), by, clerk, plain); !errors.Is(err, db.ErrGroupGone) {
			t.Errorf("a group that is none: %v", err)
		}
	})
}

// TestChangedRightsEndSessions of the staff whose rights they are.
func TestChangedRightsEndSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		g, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		staff := add(t, d, account.User{Username: "staff", IsStaff: true, Groups: []string{"Desk"}})
		member := add(t, d, account.User{Username: "member", Groups: []string{"Desk"}})
		boss := add(t, d, account.User{Username: "boss", IsStaff: true, IsSuperuser: true, Groups: []string{"Desk"}}) // whose rights hang on no group
		for _, u := range []account.User{staff, member, boss} {
			dbtest.Exec(t, d, "INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) SELECT username, id, '', 9000000000000, 0, 0 FROM users WHERE username = '"+u.Username+"'")
		}
		g.Permissions = []string{"users.view"}
		if _, err := d.SaveGroup(t.Context(), by, g); err != nil {
			t.Fatal(err)
		}
		left := func() string {
			return dbtest.Text(t, d, "SELECT count(*) || min(token_hash) || max(token_hash) FROM sessions")
		}
		if left() != "2bossmember" {
			t.Errorf("%s", left())
		}
		bulk(t, d, by, db.Bulk{Action: "remove_from_group", IDs: []int64{boss.ID}, Group: g.ID})
		undone(t, d, by, lastLine(t, d))
		if err := d.DeleteGroup(t.Context(), by, g.ID); err != nil {
			t.Fatal(err)
		}
		if left() != "2bossmember" {
			t.Errorf("of a superuser: %s", left())
		}
	})
}

// TestGroupsReachNobodyAbove: staff change and delete no group of whom they may not change.
func TestGroupsReachNobodyAbove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsStaff: true, IsSuperuser: true})
		keeper := add(t, d, account.User{Username: "keeper", IsStaff: true, Permissions: []string{"groups.view", "groups.change", "groups.delete"}})
		clerk := add(t, d, account.User{Username: "clerk", IsStaff: true, Permissions: account.Permissions()})
		plain, staff := add(t, d, account.User{Username: "plain"}), add(t, d, account.User{Username: "staff", IsStaff: true})
		made := map[string]account.Group{}
		for name, members := range map[string][]int64{"Empty": nil, "Members": {plain.ID, clerk.ID}, "Staff too": {plain.ID, staff.ID}, "Board": {root.ID}} {
			g, err := d.SaveGroup(t.Context(), db.Author{ID: root.ID}, account.Group{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			if made[name] = g; len(members) > 0 {
				bulk(t, d, db.Author{ID: root.ID}, db.Bulk{Action: "add_to_group", IDs: members, Group: g.ID})
			}
		}
		groups := func() string {
			return dbtest.Text(t, d, "SELECT count(*) || ' ' || sum(version) || ' ' || (SELECT count(*) FROM user_groups) || ' ' || (SELECT sum(version) FROM users) FROM groups")
		}
		for _, row := range []struct {
			name string
			by   account.User
			may  bool
		}{{"Empty", keeper, true}, {"Members", keeper, false}, {"Members", clerk, true}, {"Staff too", clerk, false}, {"Board", clerk, false}} {
			by, g := db.Author{ID: row.by.ID}, made[row.name]
			before := groups()
			g.Permissions = []string{"groups.change"}
			_, changed := d.SaveGroup(t.Context(), by, g)
			if changed == nil {
				undone(t, d, by, lastLine(t, d))
			}
			deleted := d.DeleteGroup(t.Context(), by, g.ID)
			for what, err := range map[string]error{"change": changed, "delete": deleted} {
				if _, cant := errors.AsType[db.CantAct](err); row.may && err != nil || !row.may && !cant {
					t.Errorf("%s %s by %s: %v", what, row.name, row.by.Username, err)
				}
			}
			if !row.may && groups() != before {
				t.Errorf("%s by %s: %s, was %s", row.name, row.by.Username, groups(), before)
			}
			if row.may && row.by.ID == clerk.ID { // their own doing they can take back
				undone(t, d, by, lastLine(t, d))
			}
		}
		// An older change of a group that is above by now is not theirs to take back.
		by := db.Author{ID: clerk.ID}
		g, err := d.SaveGroup(t.Context(), by, account.Group{Name: "New"})
		if g.Permissions = []string{"users.view"}; err == nil {
			g, err = d.SaveGroup(t.Context(), by, g)
		}
		if err != nil {
			t.Fatal(err)
		}
		line := lastLine(t, d)
		bulk(t, d, db.Author{ID: root.ID}, db.Bulk{Action: "add_to_group", IDs: []int64{root.ID}, Group: g.ID})
		_, err = d.Undo(t.Context(), by, line)
		if _, cant := errors.AsType[db.CantAct](err); !cant {
			t.Errorf("%v", err)
		}
	})
}

// TestGroupsAtOnce saves one group twice at once: one is told.
func TestGroupsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g, err := d.SaveGroup(t.Context(), db.Author{}, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, permission := range []string{"users.view", "mail.view"} {
			wg.Go(func() {
				mine := g
				mine.Permissions = []string{permission}
				_, errs[i] = d.SaveGroup(t.Context(), db.Author{}, mine)
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("%v and %v", errs[0], errs[1])
		}
	})
}
