package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// team is a superuser, a clerk who may do all that can be permitted, and n members p00, p01 …
func team(t *testing.T, d *db.DB, n int) (root, clerk account.User, members []int64) {
	t.Helper()
	root = add(t, d, account.User{Username: "root", IsSuperuser: true})
	clerk = add(t, d, account.User{Username: "clerk", IsStaff: true, Permissions: account.Permissions()})
	for i := range n {
		u := add(t, d, account.User{Username: fmt.Sprintf("p%02d", i), Email: fmt.Sprintf("p%02d@example.org", i), Password: "hash"})
		members = append(members, u.ID)
	}
	return root, clerk, members
}

func bulk(t *testing.T, d *db.DB, by db.Author, b db.Bulk) (int, int64) {
	t.Helper()
	n, event, err := d.ActOnPeople(t.Context(), by, b)
	if err != nil {
		t.Fatalf("%s: %v", b.Action, err)
	}
	return n, event
}

// state is who is what, for comparing before and after.
func state(t *testing.T, d *db.DB) string {
	t.Helper()
	people := dbtest.Text(t, d, "SELECT count(*) || ' ' || COALESCE(sum(CASE WHEN is_active THEN id ELSE 0 END), 0) || ' ' || COALESCE(sum(CASE WHEN password_expired THEN id ELSE 0 END), 0)"+
		" || ' ' || COALESCE(sum(CASE WHEN email_verified_at IS NULL THEN 0 ELSE id END), 0) FROM users")
	return people + dbtest.Text(t, d, "SELECT ' ' || count(*) || ' ' || COALESCE(sum(user_id), 0) FROM user_groups")
}

// TestBulkActionsAndTheirUndo does each action with half of the people, and takes it back.
func TestBulkActionsAndTheirUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 20)
		by := db.Author{ID: root.ID, IP: "192.0.2.1"}
		group := func(name string) int64 {
			g, err := d.SaveGroup(t.Context(), by, account.Group{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			return g.ID
		}
		desk := group("Desk")
		bulk(t, d, by, db.Bulk{Action: "add_to_group", IDs: members[5:15], Group: group("All")})
		bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members[:3]})
		half := append(slices.Clone(members[:10]), 999_999)
		for _, row := range []struct {
			action string
			want   int
		}{
			{"activate", 3}, {"deactivate", 7}, {"verify_email", 10}, {"require_new_password", 10}, {"add_to_group", 10}, {"delete", 10},
		} {
			before := state(t, d)
			versions := dbtest.Text(t, d, "SELECT sum(version) FROM users")
			n, event := bulk(t, d, by, db.Bulk{Action: row.action, IDs: half, Group: desk})
			if n != row.want || state(t, d) == before {
				t.Errorf("%s: %d changed, want %d; %s", row.action, n, row.want, state(t, d))
			}
			if lines := dbtest.Text(t, d, fmt.Sprintf("SELECT count(*) FROM history WHERE event_id = %d AND by_username = 'root' AND ip = '192.0.2.1'", event)); lines != strconv.Itoa(n) {
				t.Errorf("%s: %s lines of history", row.action, lines)
			}
			if row.action != "delete" && dbtest.Text(t, d, "SELECT sum(version) FROM users") == versions {
				t.Errorf("%s: the versions are the same", row.action)
			}
			if again, _ := bulk(t, d, by, db.Bulk{Action: row.action, IDs: half, Group: desk}); again != 0 {
				t.Errorf("%s again: %d", row.action, again)
			}
			line, err := d.EventLine(t.Context(), root.ID, event)
			if err != nil || line == 0 {
				t.Fatalf("%s: %d, %v", row.action, line, err)
			}
			undone(t, d, by, line)
			if after := state(t, d); after != before {
				t.Errorf("%s taken back: %s, was %s", row.action, after, before)
			}
		}
		if n, _ := bulk(t, d, by, db.Bulk{Action: "remove_from_group", IDs: members, Group: desk}); n != 0 {
			t.Errorf("%d were still in the group", n)
		}
	})
}

// TestBulkOfAList is of who matches at that moment, however many pages they are.
func TestBulkOfAList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 30)
		by := db.Author{ID: root.ID}
		bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members[:12]})
		for name, row := range map[string]struct {
			q    admin.Query
			want int
		}{
			"all":              {admin.Query{}, 32},
			"by a filter":      {admin.Query{Filters: map[string]string{"is_active": "0"}}, 12},
			"by two filters":   {admin.Query{Filters: map[string]string{"is_active": "1", "is_staff": "0"}}, 19},
			"by a search":      {admin.Query{Q: "p1"}, 10},
			"by both":          {admin.Query{Q: "p0", Filters: map[string]string{"is_active": "1"}}, 0},
			"by a long search": {admin.Query{Q: "p2@exam"}, 0},
			"from any page":    {admin.Query{Q: "@example", After: admin.EncodeCursor("p20", 0)}, 30},
		} {
			ids, err := d.PeopleIDs(t.Context(), row.q)
			if err != nil || len(ids) != row.want {
				t.Errorf("%s: %d, want %d; %v", name, len(ids), row.want, err)
			}
		}
		if n, _ := bulk(t, d, by, db.Bulk{Action: "activate", Query: admin.Query{Filters: map[string]string{"is_active": "0"}}}); n != 12 {
			t.Errorf("%d", n)
		}
	})
}

// TestBulkRefuses all where one may not be touched, and the last superuser.
func TestBulkRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 5)
		other := add(t, d, account.User{Username: "other", IsSuperuser: true})
		viewer := add(t, d, account.User{Username: "viewer", IsStaff: true, Permissions: []string{"users.view"}})
		high, err := d.SaveGroup(t.Context(), db.Author{ID: root.ID}, account.Group{Name: "High", Permissions: account.Permissions()})
		if err != nil {
			t.Fatal(err)
		}
		weak := add(t, d, account.User{Username: "weak", IsStaff: true, Permissions: []string{"users.change"}})
		cant, forbidden := new(db.CantAct), db.ErrForbidden
		before := state(t, d)
		for name, row := range map[string]struct {
			by   int64
			b    db.Bulk
			want error
		}{
			"a superuser among many, by staff": {clerk.ID, db.Bulk{Action: "deactivate", IDs: append(slices.Clone(members), root.ID)}, *cant},
			"staff among many, by staff":       {clerk.ID, db.Bulk{Action: "require_new_password", IDs: append(slices.Clone(members), viewer.ID)}, *cant},
			"all, by staff":                    {clerk.ID, db.Bulk{Action: "delete"}, *cant},
			"oneself among many":               {root.ID, db.Bulk{Action: "delete", IDs: append(slices.Clone(members), root.ID)}, *cant},
			"oneself to deactivate":            {root.ID, db.Bulk{Action: "deactivate", IDs: []int64{root.ID}}, *cant},
			"one's own address, by staff":      {clerk.ID, db.Bulk{Action: "verify_email", IDs: []int64{clerk.ID}}, *cant},
			"one's own address":                {root.ID, db.Bulk{Action: "verify_email", IDs: append(slices.Clone(members), root.ID)}, *cant},
			"who may only look":                {viewer.ID, db.Bulk{Action: "activate", IDs: members}, forbidden},
			"delete by who may only change":    {weak.ID, db.Bulk{Action: "delete", IDs: members}, forbidden},
			"a group that may do more":         {weak.ID, db.Bulk{Action: "add_to_group", IDs: members, Group: high.ID}, forbidden},
			"a group that is none":             {root.ID, db.Bulk{Action: "add_to_group", IDs: members, Group: 99}, *cant},
			"somebody who is nobody":           {12345, db.Bulk{Action: "activate", IDs: members}, forbidden},
		} {
			_, _, err := d.ActOnPeople(t.Context(), db.Author{ID: row.by}, row.b)
			_, isCant := errors.AsType[db.CantAct](err)
			if row.want == forbidden && !errors.Is(err, forbidden) || row.want != forbidden && !isCant {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := d.ActOnPeople(t.Context(), db.Author{}, db.Bulk{Action: "deactivate"}); !errors.Is(err, db.ErrLastSuperuser) {
			t.Errorf("everybody: %v", err)
		}
		if after := state(t, d); after != before {
			t.Errorf("something was changed: %s, was %s", after, before)
		}
		if _, _, err := d.ActOnPeople(t.Context(), db.Author{ID: root.ID}, db.Bulk{Action: "deactivate", IDs: []int64{other.ID}}); err != nil {
			t.Errorf("a superuser by another: %v", err)
		}
	})
}

// TestBulkEffects: what an action does in the history, to sessions, and to who waits to be approved.
func TestBulkEffects(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 3)
		by := db.Author{ID: root.ID}
		for i, id := range append(members, root.ID) {
			dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) VALUES ('t%d', %d, '', 9000000000000, 0, 0)", i, id))
		}
		if n, _ := bulk(t, d, by, db.Bulk{Action: "end_sessions", IDs: []int64{members[0], root.ID}, Keep: "t3"}); n != 2 {
			t.Errorf("%d", n)
		}
		if left := dbtest.Text(t, d, "SELECT count(*) || max(token_hash) FROM sessions"); left != "3t3" {
			t.Errorf("sessions: %s", left)
		}
		bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members[1:2]})
		if left := dbtest.Text(t, d, "SELECT count(*) FROM sessions"); left != "2" {
			t.Errorf("sessions of who was deactivated: %s", left)
		}
		waiting := add(t, d, account.User{Username: "waiting", Email: "w@example.org"})
		dbtest.Exec(t, d, fmt.Sprintf("UPDATE users SET is_active = FALSE, awaits_approval = TRUE WHERE id = %d", waiting.ID))
		bulk(t, d, by, db.Bulk{Action: "activate", IDs: []int64{waiting.ID}})
		if got := dbtest.Text(t, d, "SELECT kind || address FROM mail"); got != "approvedw@example.org" {
			t.Errorf("mail: %s", got)
		}
		fresh, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "fresh", NewEmail: "fresh@example.org", IsActive: true})
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := bulk(t, d, by, db.Bulk{Action: "verify_email", IDs: []int64{fresh.ID}}); n != 1 {
			t.Errorf("%d", n)
		}
		if u, err := d.User(t.Context(), fresh.ID); err != nil || u.Email != "fresh@example.org" || u.EmailVerified.IsZero() || u.Unproven() {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

// TestAJobEndsNoSessionOfWhoAskedForIt, as at once the one in which they ask goes on.
func TestAJobEndsNoSessionOfWhoAskedForIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 2)
		g, err := d.SaveGroup(t.Context(), db.Author{}, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		other := add(t, d, account.User{Username: "other", IsStaff: true})
		for _, row := range []struct {
			by   int64
			kind string
			ids  []int64
			left string
		}{
			{clerk.ID, "add_to_group", []int64{clerk.ID, members[0]}, "clerk"},
			{root.ID, "add_to_group", []int64{other.ID}, ""},
			{clerk.ID, "end_sessions", []int64{clerk.ID, members[0]}, "clerk"},
			{root.ID, "end_sessions", []int64{root.ID, clerk.ID}, "root"},
		} {
			dbtest.Exec(t, d, "DELETE FROM sessions")
			dbtest.Exec(t, d, "INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) SELECT username, id, '', 9000000000000, 0, 0 FROM users WHERE id IN ("+strings.Trim(strings.ReplaceAll(fmt.Sprint(row.ids), " ", ","), "[]")+") AND username <> 'p00'")
			if _, err := d.AddJob(t.Context(), db.Job{Kind: row.kind, By: db.Author{ID: row.by}, IDs: row.ids, Object: g.ID, Total: len(row.ids)}); err != nil {
				t.Fatal(err)
			}
			j, err := d.NextJob(t.Context())
			if err == nil {
				err = d.RunJob(t.Context(), j)
			}
			if left := dbtest.Text(t, d, "SELECT COALESCE(max(token_hash), '') FROM sessions"); left != row.left || err != nil {
				t.Errorf("%s: %q, want %q; %v", row.kind, left, row.left, err)
			}
		}
		if lines := dbtest.Text(t, d, fmt.Sprintf("SELECT count(*) FROM history WHERE field = 'sessions' AND by_id = object_id AND by_id IN (%d, %d)", root.ID, clerk.ID)); lines != "0" {
			t.Errorf("%s lines tell of sessions that go on", lines)
		}
	})
}

// TestJobs are done wholly, or not at all: also where they are cancelled, refused, or left by a program that was killed.
func TestJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 30)
		by := db.Author{ID: root.ID}
		begin := func(j db.Job) db.Job {
			id, err := d.AddJob(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			next, err := d.NextJob(t.Context())
			if err != nil || next.ID != id || next.State != db.JobRunning {
				t.Fatalf("%+v, %v", next, err)
			}
			return next
		}
		ended := func(id int64, want string) db.Job {
			j, err := d.Job(t.Context(), id)
			if err != nil || j.State != want || j.EndedAt.IsZero() {
				t.Errorf("%+v, %v; want %s", j, err, want)
			}
			return j
		}
		j := begin(db.Job{Kind: "deactivate", By: by, Query: "q=p0&is_active=1", Total: 10})
		if err := d.RunJob(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if j = ended(j.ID, db.JobDone); j.Changed != 10 || j.Event == 0 {
			t.Errorf("%+v", j)
		}
		line, err := d.EventLine(t.Context(), root.ID, j.Event)
		if err != nil {
			t.Fatal(err)
		}
		before := state(t, d)
		refused := begin(db.Job{Kind: "delete", By: db.Author{ID: clerk.ID}, IDs: append(slices.Clone(members), root.ID), Total: 31})
		if err := d.RunJob(t.Context(), refused); err == nil {
			t.Error("staff deleted a superuser")
		}
		if j := ended(refused.ID, db.JobFailed); !strings.Contains(j.Message, "Nothing was changed") {
			t.Errorf("%+v", j)
		}
		stopped, stop := context.WithCancel(t.Context())
		late := begin(db.Job{Kind: "delete", By: by, IDs: members, Total: 30})
		stop()
		if err := d.RunJob(stopped, late); err != nil {
			t.Error(err)
		}
		ended(late.ID, db.JobFailed)
		waiting, err := d.AddJob(t.Context(), db.Job{Kind: "delete", By: by, IDs: members})
		if err == nil {
			err = d.CancelJob(t.Context(), waiting)
		}
		if err != nil {
			t.Fatal(err)
		}
		ended(waiting, db.JobCancelled)
		if _, err := d.NextJob(t.Context()); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a cancelled job is taken: %v", err)
		}
		killed := begin(db.Job{Kind: "delete", By: by, IDs: members})
		if err := d.EndAbandonedJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		if j, _ := d.Job(t.Context(), killed.ID); j.State != db.JobRunning {
			t.Error("a job that has just begun is given up")
		}
		now := time.Now()
		d.Now = func() time.Time { return now.Add(time.Minute) }
		if err := d.EndAbandonedJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		ended(killed.ID, db.JobFailed)
		if after := state(t, d); after != before {
			t.Errorf("something was changed: %s, was %s", after, before)
		}
		back := begin(db.Job{Kind: db.JobUndo, By: by, Object: line, Total: 10})
		if err := d.RunJob(t.Context(), back); err != nil {
			t.Fatal(err)
		}
		if j := ended(back.ID, db.JobDone); j.Changed != 10 || state(t, d) == before {
			t.Errorf("%+v", j)
		}
	})
}

// TestJobIsCancelledHalfWay through: nothing of it is left.
func TestJobIsCancelledHalfWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 3)
		before := state(t, d)
		id, err := d.AddJob(t.Context(), db.Job{Kind: "deactivate", By: db.Author{ID: root.ID}, IDs: members, Total: 3})
		if err != nil {
			t.Fatal(err)
		}
		j, err := d.NextJob(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		d.Now = func() time.Time { // asked for in the middle of it
			_ = d.CancelJob(context.Background(), id)
			return time.Now()
		}
		if err := d.RunJob(ctx, j); err != nil {
			t.Error(err)
		}
		d.Now = time.Now
		if j, err := d.Job(t.Context(), id); err != nil || j.State != db.JobCancelled || state(t, d) != before {
			t.Errorf("%+v, %v, %s", j, err, state(t, d))
		}
	})
}
