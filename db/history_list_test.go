package db_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// TestHistoryStandsForMany: an action on many people is one row, unless single rows are asked for.
func TestHistoryStandsForMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 30)
		by := db.Author{ID: root.ID}
		before := dbtest.Text(t, d, "SELECT count(*) FROM history")
		bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members[:10]})
		_, off := bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members})
		line, err := d.EventLine(t.Context(), root.ID, off)
		if err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, line)
		u, err := d.User(t.Context(), members[12])
		if err != nil {
			t.Fatal(err)
		}
		u.FirstName, u.LastName, u.IsStaff = "A", "B", true
		if _, err := d.UpdateUser(t.Context(), by, root, u); err != nil {
			t.Fatal(err)
		}
		bulk(t, d, by, db.Bulk{Action: "delete", IDs: members[:25]})
		r := resource(t, d, "history")
		rows := func(query string) (list []string) {
			t.Helper()
			q := parsed(t, r, query)
			page, err := d.Rows(t.Context(), r, q)
			if err != nil || page.Total != len(page.Rows) {
				t.Fatalf("%s: %d of %d, %v", query, len(page.Rows), page.Total, err)
			}
			for _, row := range page.Rows {
				c := row.Cells
				list = append(list, fmt.Sprintf("%s %s %s>%s x%s", c["action"], c["field"], c["old"], c["new"], c["alike"]))
			}
			return list
		}
		mine := "by_id=" + fmt.Sprint(root.ID)
		want := []string{"delete  > x25", "change is_staff false>true x1", "change last_name >B x1", "change first_name >A x1",
			"change is_active false>true x20", "change is_active true>false x20", "change is_active true>false x10"}
		if got := rows(mine); !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
		if n := len(rows("")); fmt.Sprint(n-len(want)) != before {
			t.Errorf("%d rows, %s before", n, before)
		}
		for query, n := range map[string]int{mine + "&field=is_active": 3, mine + "&action=delete": 1, "resource=users&object_id=" + fmt.Sprint(members[29]): 3,
			"event_id=" + fmt.Sprint(off): 20, mine + "&q=p29": 2} {
			if got := rows(query); len(got) != n {
				t.Errorf("%s: %q, want %d", query, got, n)
			}
		}
		told, err := d.Told(t.Context(), off)
		if err != nil || told.Count != 20 || told.Old != "true" || told.New != "false" || !told.Undone || told.Undoes || !slices.Equal(told.Fields, []string{"is_active"}) {
			t.Errorf("%+v, %v", told, err)
		}
		exported, _, err := d.RowsAfter(t.Context(), r, parsed(t, r, mine+"&n=500"))
		if err != nil || len(exported) != 10+20+20+3+25 {
			t.Errorf("the export has %d lines, %v", len(exported), err)
		}
	})
}

func values(t *testing.T, query string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parsed(t *testing.T, r admin.Resource, query string) admin.Query {
	t.Helper()
	q, err := r.ParseQuery(values(t, query))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return q
}

// TestLastDays narrows a list to what is from one day on.
func TestLastDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		add(t, d, account.User{Username: "old"})
		c.pass(6 * 24 * time.Hour)
		add(t, d, account.User{Username: "kept"})
		c.pass(3 * 24 * time.Hour)
		for _, name := range []string{"history", "users"} {
			r := resource(t, d, name)
			q := parsed(t, r, "")
			last := r.Steps(q, d.Now(), d.Now(), d.Now())[0]
			if last.Label != "Last 7 days" || last.Query.Filters[r.DateHierarchy+"__gte"] != d.Now().AddDate(0, 0, -6).Format(time.DateOnly) {
				t.Fatalf("%+v", last)
			}
			if steps := r.Steps(last.Query, d.Now(), d.Now(), d.Now()); len(steps) != 2 || !steps[1].Here || steps[1].Label != last.Label || len(steps[0].Query.Filters) != 0 {
				t.Errorf("back: %+v", steps)
			}
			total := 0
			if name == "users" {
				page, err := d.People(t.Context(), last.Query)
				if err != nil {
					t.Fatal(err)
				}
				total = page.Total
			} else {
				page, err := d.Rows(t.Context(), r, last.Query)
				if err != nil {
					t.Fatal(err)
				}
				total = page.Total
			}
			if total != 1 {
				t.Errorf("%s: %d of the last days", name, total)
			}
			for _, bad := range []string{"__gte=x", "__gte=2026-13-01", "__gte=2026-01-01&" + r.DateHierarchy + "__year=2026"} {
				if _, err := r.ParseQuery(values(t, r.DateHierarchy+bad)); err == nil {
					t.Errorf("%s is taken", bad)
				}
			}
		}
	})
}

// TestHistoryCanBeNarrowedToEveryField that the program writes: those that stand in its text, and those that an action leaves behind.
func TestHistoryCanBeNarrowedToEveryField(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 4)
		by := db.Author{ID: root.ID}
		group, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range admin.People(d.Profile()).Actions {
			if action.Name == "export_csv" {
				continue
			}
			dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at, id) VALUES ('t%s', %d, '', 9000000000000, 0, 0, 1)", action.Name, members[1]))
			bulk(t, d, by, db.Bulk{Action: action.Name, IDs: members, Group: group.ID})
		}
		written := map[string]bool{}
		files, err := filepath.Glob("*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if matched, _ := filepath.Match("*_test.go", file); matched {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`change\{field: "(\w+)"`).FindAllSubmatch(text, -1) {
				written[string(m[1])] = true
			}
		}
		if len(written) < 5 {
			t.Fatalf("only %v are written", written)
		}
		for _, attr := range append(profile.UserAttributes(), d.Profile().Attributes...) {
			written[attr.Name] = true
		}
		r := resource(t, d, "history")
		lines, _, err := d.RowsAfter(t.Context(), r, parsed(t, r, "n=500"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if field := line.Cells["field"]; field != "" {
				written[field] = true
			}
		}
		column, _ := r.Column("field")
		for field := range written {
			if _, err := r.ParseQuery(values(t, "field="+field)); err != nil {
				t.Errorf("%s: %v", field, err)
			}
			if word := column.Word(field); word == field || word == "" {
				t.Errorf("%s is shown as %q", field, word)
			}
		}
	})
}

// TestMigratedHistoryStandsForMany: lines from before there was a number among those that are alike get theirs.
func TestMigratedHistoryStandsForMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 12)
		by := db.Author{ID: root.ID}
		bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members})
		bulk(t, d, by, db.Bulk{Action: "delete", IDs: members})
		const sum = "SELECT sum(id * nth) || ' ' || max(nth) FROM history"
		want := dbtest.Text(t, d, sum)
		dbtest.Exec(t, d, "UPDATE history SET nth = 1")
		for _, dialect := range []string{"sqlite", "postgres"} {
			text, err := os.ReadFile(filepath.Join("migrations", dialect, "0015_history.sql"))
			if err != nil {
				t.Fatal(err)
			}
			dbtest.Exec(t, d, string(regexp.MustCompile(`(?s)UPDATE .*?;`).Find(text)))
			if got := dbtest.Text(t, d, sum); got != want {
				t.Errorf("%s: %s, want %s", dialect, got, want)
			}
		}
	})
}

// TestTakenBackAndBackAgain: what was taken back stands again once that is taken back itself, and can be taken back once more.
func TestTakenBackAndBackAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 5)
		by := db.Author{ID: root.ID}
		_, event := bulk(t, d, by, db.Bulk{Action: "deactivate", IDs: members})
		first := lastLine(t, d)
		want := func(what string, undone bool) {
			t.Helper()
			c, err := d.Change(t.Context(), first)
			if err != nil {
				t.Fatal(err)
			}
			told, err := d.Told(t.Context(), event)
			if err != nil {
				t.Fatal(err)
			}
			line, err := d.EventLine(t.Context(), root.ID, event)
			if err != nil || c.Undone != undone || told.Undone != undone || (line == 0) != undone {
				t.Errorf("%s: %v %v, line %d, %v", what, c.Undone, told.Undone, line, err)
			}
			for _, row := range rowsOf(t, d, "history") {
				if row.Cells["event_id"] == fmt.Sprint(event) && (row.Cells["undone"] == "1") != undone {
					t.Errorf("%s: the list says %q", what, row.Cells["undone"])
				}
			}
		}
		want("done", false)
		for i, undone := range []bool{true, false, true, false} {
			line := lastLine(t, d) // each takes back the one before
			if _, err := d.Undo(t.Context(), by, line); err != nil {
				t.Fatal(err)
			}
			want(fmt.Sprint("step ", i), undone)
		}
		if _, err := d.Undo(t.Context(), by, first); err != nil {
			t.Fatal(err)
		}
		want("taken back once more", true)
	})
}

// TestHistoryTellsOfMail: what staff do with mail that failed, and that they mail somebody a link. Neither is taken back.
func TestHistoryTellsOfMail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, clerk, members := team(t, d, 1)
		by := db.Author{ID: root.ID, IP: "192.0.2.1"}
		for range 2 {
			dbtest.Exec(t, d, "INSERT INTO mail (kind, address, created_at, tries, error) VALUES ('reset_password', 'p@example.org', 0, 9, 'no')")
		}
		failed, r := rowsOf(t, d, "mail"), resource(t, d, "mail")
		for i, name := range []string{"retry", "delete"} {
			action, _ := r.Action(name)
			if n, event, err := d.Act(t.Context(), by, r, action, []int64{failed[i].ID}); n != 1 || event == 0 || err != nil {
				t.Fatalf("%s: %d %d %v", name, n, event, err)
			}
		}
		if err := d.MailPasswordLink(t.Context(), by, members[0]); err != nil {
			t.Fatal(err)
		}
		if err := d.MailPasswordLink(t.Context(), db.Author{ID: clerk.ID}, root.ID); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("by who does not reach them: %v", err)
		}
		var got []string
		for _, row := range rowsOf(t, d, "history")[:3] {
			got = append(got, row.Cells["by_username"]+" "+row.Cells["action"]+" "+row.Cells["object_repr"])
			if !cant(d, t, by, row.ID) {
				t.Errorf("%s is taken back", row.Cells["action"])
			}
		}
		want := []string{"root mail p00", fmt.Sprint("root give_up Mail ", failed[1].ID), fmt.Sprint("root retry Mail ", failed[0].ID)}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if n := dbtest.Text(t, d, "SELECT count(*) FROM mail WHERE kind = 'reset_password' AND address = 'p00@example.org'"); n != "1" {
			t.Errorf("%s links are mailed", n)
		}
	})
}
