package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// resource is one list of the admin.
func resource(t *testing.T, d *db.DB, name string) admin.Resource {
	t.Helper()
	for _, r := range admin.Resources(d.Profile()) {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no list %s", name)
	return admin.Resource{}
}

// rowsOf is the first page of a list.
func rowsOf(t *testing.T, d *db.DB, name string) []admin.Row {
	t.Helper()
	r := resource(t, d, name)
	q, err := r.ParseQuery(nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := d.Rows(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return page.Rows
}

func act(t *testing.T, d *db.DB, name, action string, ids ...int64) int {
	t.Helper()
	r := resource(t, d, name)
	a, _ := r.Action(action)
	n, _, err := d.Act(t.Context(), db.Author{}, r, a, ids)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// populate leaves rows in every list.
func populate(t *testing.T, d *db.DB) account.User {
	t.Helper()
	root := add(t, d, account.User{Username: "root", IsSuperuser: true})
	by := db.Author{ID: root.ID, IP: "192.0.2.1"}
	for i := range 25 {
		u, err := d.CreateUser(t.Context(), by, account.User{Username: fmt.Sprintf("p%02d", i), IsStaff: i%2 == 0})
		if err == nil {
			u.FirstName = fmt.Sprintf("100%% \"of\" <%d>", i%3)
			_, err = d.UpdateUser(t.Context(), by, root, u)
		}
		if err == nil {
			_, err = d.SaveGroup(t.Context(), by, account.Group{Name: fmt.Sprintf("Group %02d", i*7%25), Permissions: account.Permissions()[:i%5]})
		}
		if err == nil {
			_, err = d.AddInvitation(t.Context(), by, "", 1+i%4, 1+i%3, false)
		}
		if err == nil && i < 12 {
			err = d.DeleteUser(t.Context(), by, root, u.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at, id, ip) VALUES ('t%d', %d, '', 9000000000000, %d, %d, %d, '192.0.2.%d')",
			i, root.ID, i%4, i%3, i+1, i))
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO mail (kind, user_id, address, created_at, next_at, tries, error) VALUES ('reset_password', NULL, 'p%d@example.org', %d, NULL, %d, 'no')", i, i%5, i%3))
	}
	return root
}

// TestEveryListInEveryOrder walks through each list, sorted by each column that can be, both ways and in both directions: the same rows, once
// each.
func TestEveryListInEveryOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		populate(t, d)
		for _, r := range admin.Resources(d.Profile()) {
			if r.From == "" {
				continue
			}
			ids, err := d.RowIDs(t.Context(), r, admin.Query{Sort: firstSortable(r)}, 10_000)
			if err != nil || len(ids) < 12 {
				t.Fatalf("%s: %d rows, %v", r.Name, len(ids), err)
			}
			for _, c := range r.Columns {
				if !c.Sortable {
					continue
				}
				for _, desc := range []bool{false, true} {
					q := admin.Query{Sort: c.Name, Desc: desc, N: 7}
					forwards, backwards := walkRows(t, d, r, q, false), walkRows(t, d, r, q, true)
					if !slices.Equal(forwards, backwards) {
						t.Errorf("%s by %s, desc %v:\n%v\n%v", r.Name, c.Name, desc, forwards, backwards)
					}
					slices.Sort(forwards)
					if !slices.Equal(forwards, ids) {
						t.Errorf("%s by %s, desc %v: %d rows, want %d", r.Name, c.Name, desc, len(forwards), len(ids))
					}
				}
			}
		}
	})
}

func firstSortable(r admin.Resource) string {
	q, _ := r.ParseQuery(nil)
	return q.Sort
}

func walkRows(t *testing.T, d *db.DB, r admin.Resource, q admin.Query, backwards bool) (ids []int64) {
	t.Helper()
	if backwards {
		q = q.Last()
	}
	for range 100 {
		page, err := d.Rows(t.Context(), r, q)
		if err != nil {
			t.Fatalf("%s: %v", r.Name, err)
		}
		var here []int64
		for _, row := range page.Rows {
			here = append(here, row.ID)
		}
		if backwards {
			ids = append(here, ids...)
			if q = q.At("", page.Prev); page.Prev == "" {
				return ids
			}
			continue
		}
		ids = append(ids, here...)
		if q = q.At(page.Next, ""); page.Next == "" {
			return ids
		}
	}
	t.Fatalf("%s: no end", r.Name)
	return nil
}

// TestListsAreNarrowed by a search for text as it stands, by filters, and by dates.
func TestListsAreNarrowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := populate(t, d)
		for name, row := range map[string]struct {
			list, q string
			filters map[string]string
			want    int
		}{
			"a percent sign":            {"history", `100% "OF" <1>`, nil, 8},
			"an underscore is no joker": {"history", "100_", nil, 0},
			"a quote":                   {"history", `'; DROP TABLE history; --`, nil, 0},
			"NUL":                       {"history", "p\x00", nil, 0},
			"a group in any case":       {"groups", "GROUP 1", nil, 10},
			"a session's address":       {"sessions", "192.0.2.24", nil, 1},
			"mail of a kind":            {"mail", "", map[string]string{"kind": "reset_password"}, 25},
			"mail not given up":         {"mail", "", map[string]string{"given_up": "0"}, 0},
			"invitations that are open": {"invitations", "", map[string]string{"open": "1"}, 25},
			"invitations that are not":  {"invitations", "", map[string]string{"open": "0"}, 0},
			"what somebody did":         {"history", "", map[string]string{"by_id": strconv.FormatInt(root.ID, 10), "action": "delete"}, 12},
			"one field":                 {"history", "", map[string]string{"field": "first_name"}, 25},
			"mail of 1970":              {"mail", "", map[string]string{"created_at__year": "1970", "created_at__month": "1", "created_at__day": "1"}, 25},
			"mail of 1971":              {"mail", "", map[string]string{"created_at__year": "1971"}, 0},
		} {
			r := resource(t, d, row.list)
			page, err := d.Rows(t.Context(), r, admin.Query{Sort: firstSortable(r), N: 500, Q: row.q, Filters: row.filters})
			if err != nil || len(page.Rows) != row.want || page.Total != row.want {
				t.Errorf("%s: %d rows of %d, want %d; %v", name, len(page.Rows), page.Total, row.want, err)
			}
		}
		r := resource(t, d, "mail")
		for name, q := range map[string]admin.Query{
			"another column":      {Sort: "address"},
			"SQL":                 {Sort: "id; DROP TABLE users"},
			"another filter":      {Sort: "created_at", Filters: map[string]string{"password": "1"}},
			"a foreign cursor":    {Sort: "created_at", After: admin.EncodeCursor("ada", 1)},
			"no cursor":           {Sort: "created_at", After: "%%"},
			"a month and no year": {Sort: "created_at", Filters: map[string]string{"created_at__month": "1"}},
		} {
			q.N = 10
			_, err := d.Rows(t.Context(), r, q)
			if _, ok := errors.AsType[admin.BadQuery](err); !ok {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestActions does what each list offers to do with its rows, all of it or nothing.
func TestActions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := populate(t, d)
		clerk := add(t, d, account.User{Username: "clerk", IsStaff: true, Permissions: []string{"sessions.view", "sessions.delete", "mail.view", "users.view"}})
		own := add(t, d, account.User{Username: "own"})
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at, id) VALUES ('own', %d, '', 9000000000000, 0, 0, 99)", own.ID))
		for _, r := range admin.Resources(d.Profile()) {
			for _, action := range r.Actions {
				if r.From == "" {
					continue
				}
				_, _, err := d.Act(t.Context(), db.Author{ID: clerk.ID}, r, action, []int64{1})
				if !errors.Is(err, db.ErrForbidden) {
					t.Errorf("%s.%s by who may not: %v", r.Name, action.Name, err)
				}
				n, _, err := d.Act(t.Context(), db.Author{ID: root.ID}, r, action, []int64{999_999})
				if err != nil || n != 0 {
					t.Errorf("%s.%s of nothing: %d, %v", r.Name, action.Name, n, err)
				}
			}
		}
		sessions := resource(t, d, "sessions")
		end, _ := sessions.Action("end")
		if _, _, err := d.Act(t.Context(), db.Author{ID: clerk.ID}, sessions, end, []int64{99, 1}); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("a superuser's session was ended by staff: %v", err)
		}
		if n := dbtest.Text(t, d, "SELECT count(*) FROM sessions"); n != "26" {
			t.Errorf("half of it was done: %s sessions", n)
		}
		if n, _, err := d.Act(t.Context(), db.Author{ID: clerk.ID}, sessions, end, []int64{99}); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		gone := rowsOf(t, d, "deleted")
		taken := gone[0]
		add(t, d, account.User{Username: taken.Cells["username"]})
		restore, _ := resource(t, d, "deleted").Action("restore")
		if _, _, err := d.Act(t.Context(), db.Author{ID: root.ID}, resource(t, d, "deleted"), restore, []int64{gone[1].ID, taken.ID}); err == nil {
			t.Error("somebody came back whose name is taken")
		}
		if n := act(t, d, "deleted", "restore", gone[1].ID, gone[2].ID); n != 2 {
			t.Errorf("%d came back", n)
		}
		if n := act(t, d, "deleted", "erase", gone[1].ID, gone[3].ID); n != 1 {
			t.Errorf("%d were erased", n)
		}
		invitations := rowsOf(t, d, "invitations")
		if n := act(t, d, "invitations", "revoke", invitations[0].ID, invitations[1].ID); n != 2 {
			t.Errorf("%d were taken back", n)
		}
		undone(t, d, db.Author{}, lastLine(t, d))
		if n := dbtest.Text(t, d, "SELECT count(*) FROM invitations WHERE expires_at > 1000000000000"); n != "25" {
			t.Errorf("%s", n)
		}
	})
}
