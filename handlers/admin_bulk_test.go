package handlers

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestActionsAskFirst: how many and whom; then they do it, and offer to take it back.
func TestActionsAskFirst(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		var ids []string
		for i := range 15 {
			ids = append(ids, "id", fmt.Sprint(s.add(fmt.Sprintf("p%02d", i)).ID))
		}
		active := func() string { return dbtest.Text(t, s.db, "SELECT count(*) FROM users WHERE is_active") }
		asked := boss.post("/admin/users/actions", append(ids, "action", "deactivate", "list", "q=p0")...)
		if asked.status != http.StatusOK || !asked.says("Deactivate: 15 people?") || !asked.says("p00") || !asked.says("and 5 more") || active() != "16" {
			t.Fatalf("%d: %s", asked.status, asked.Find("main").Text())
		}
		if asked.Find("main form [name=id]").Length() != 15 || asked.value("list") != "q=p0" {
			t.Error("the form that confirms has not all of it")
		}
		done := boss.post("/admin/users/actions", append(ids, "action", "deactivate", "list", "q=p0", "confirm", "1", "count", "15")...)
		said := boss.get(done.location())
		if done.status != http.StatusSeeOther || !said.says("Deactivate: done with 15 people.") || said.value("q") != "p0" || active() != "1" {
			t.Fatalf("%d to %q", done.status, done.location())
		}
		undo := said.Find("form.undo")
		if r := boss.post(undo.AttrOr("action", ""), "back", undo.Find("[name=back]").AttrOr("value", "")); r.location() != "/admin/users?q=p0&undone=1" || active() != "16" || !boss.get(r.location()).says("The deactivation of 15 people was taken back.") {
			t.Errorf("undo: %d to %q, %s", r.status, r.location(), active())
		}
		// All that match, by the filter.
		if r := boss.post("/admin/users/actions?q=p1", "action", "deactivate", "across", "1"); !r.says("Deactivate: 5 people?") || r.value("across") != "1" || r.Find("[name=id]").Length() != 0 {
			t.Errorf("across: %s", r.Find("main").Text())
		}
		s.add("p15")
		if r := boss.post("/admin/users/actions", "list", "q=p1", "action", "deactivate", "across", "1", "confirm", "1", "count", "5"); r.status != http.StatusConflict || !r.says("come or gone meanwhile") || active() != "17" {
			t.Errorf("another number than was asked about: %d", r.status)
		}
		if r := boss.post("/admin/users/actions", "list", "q=p1", "action", "deactivate", "across", "1", "confirm", "1", "count", "6"); r.status != http.StatusSeeOther || active() != "11" {
			t.Errorf("across: %d, %s", r.status, active())
		}
		// Who thinks better of it, or forgets to say what to do, has the same page again with the same ticks.
		second := boss.get("/admin/users?sort=-email&n=5").Find("a[rel=next]").AttrOr("href", "")
		one := boss.get(second).value("id")
		for status, field := range map[int]string{http.StatusOK: "cancel", http.StatusBadRequest: "across"} {
			r := boss.post("/admin/users/actions", "id", one, "list", strings.TrimPrefix(second, "/admin/users?"), field, "1")
			if r.status != status || r.Find("#list [name=id][checked]").Length() != 1 || r.Find("#list [name=id]").Length() != 5 || r.Find("#sort-email svg").Length() != 1 {
				t.Errorf("%s: %d with %d ticks", field, r.status, r.Find("#list [name=id][checked]").Length())
			}
			if again := r.Find("#action[aria-invalid]").Length(); again == 1 != (status == http.StatusBadRequest) {
				t.Errorf("%s: said %d times to be wrong", field, again)
			}
		}
		if r := boss.get("/admin/users/actions"); r.location() != "/admin/users" {
			t.Errorf("the address alone: %d to %q", r.status, r.location())
		}
		if r := boss.post("/admin/users/actions", "action", "delete"); r.location() != "/admin/users?done=none" || !boss.get(r.location()).says("Nothing was chosen") {
			t.Errorf("nothing: %d to %q", r.status, r.location())
		}
	})
}

func TestActionsRefuse(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		root := s.add("boss", asSuperuser)
		boss, clerk, viewer, ada := s.as(root), s.as(s.add("clerk", asStaff)), s.as(s.add("viewer", asViewer)), s.add("ada")
		id, rootID := fmt.Sprint(ada.ID), fmt.Sprint(root.ID)
		for name, row := range map[string]struct {
			who    *client
			fields []string
			want   int
			says   string
		}{
			"no action":                   {boss, []string{"id", id}, 400, "Choose what to do"},
			"an action that is none":      {boss, []string{"id", id, "action", "drop"}, 400, "Choose what to do"},
			"an id that is none":          {boss, []string{"id", "1; DROP TABLE users", "action", "delete"}, 400, "Choose them again"},
			"a filter that is none":       {boss, []string{"list", "password=1", "across", "1", "action", "delete"}, 400, ""},
			"a list that can't be read":   {boss, []string{"list", "q=%zz", "across", "1", "action", "delete", "confirm", "1"}, 400, "can't be read"},
			"a list without end":          {boss, []string{"list", "q=a&n=" + strings.Repeat("1", 5000), "across", "1", "action", "delete", "confirm", "1"}, 400, "can't be read"},
			"who may only look":           {viewer, []string{"id", id, "action", "delete", "confirm", "1"}, 403, ""},
			"a superuser by staff":        {clerk, []string{"id", id, "id", rootID, "action", "deactivate", "confirm", "1"}, 403, "Nothing was changed"},
			"everybody by staff":          {clerk, []string{"across", "1", "action", "require_new_password", "confirm", "1"}, 403, "filter by Staff"},
			"oneself":                     {boss, []string{"id", rootID, "action", "delete", "confirm", "1"}, 403, "You are among them"},
			"no group":                    {boss, []string{"id", id, "action", "add_to_group", "confirm", "1"}, 422, "Choose a group"},
			"a group that is none":        {boss, []string{"id", id, "action", "add_to_group", "group", "99", "confirm", "1"}, 403, "Choose a group"},
			"the same id a hundred times": {clerk, append(strings.Split(strings.Repeat("id,"+id+",", 100), ",")[:200], "action", "activate"), 200, "Activate: 1 person?"},
		} {
			if r := row.who.post("/admin/users/actions", row.fields...); r.status != row.want || !r.says(row.says) {
				t.Errorf("%s: %d %s", name, r.status, r.Find("main").Text())
			}
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM users WHERE is_active AND NOT password_expired"); n != "4" {
			t.Errorf("%s people are as they were", n)
		}
	})
}

// TestNewPasswordIsRequired before anything else of the site.
func TestNewPasswordIsRequired(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada", asStaff)
		own := s.as(ada)
		if r := boss.post("/admin/users/actions", "id", fmt.Sprint(ada.ID), "action", "require_new_password", "confirm", "1"); r.status != http.StatusSeeOther {
			t.Fatalf("%d", r.status)
		}
		for _, c := range []*client{own, s.as(ada)} {
			for _, at := range []string{"/settings/profile", "/admin/users", "/settings/sessions"} {
				if r := c.get(at); r.location() != "/settings/password?required=1" {
					t.Errorf("%s: %d to %q", at, r.status, r.location())
				}
			}
			if r := c.get("/settings/password"); !r.says("asks you to choose another password") {
				t.Error("it is not told why")
			}
			if r := c.post("/settings/password", "old_password", password, "new_password", password); r.status != http.StatusUnprocessableEntity || !r.says("another password than the present one") {
				t.Errorf("the same one: %d", r.status)
			}
		}
		if r := own.post("/settings/password", "old_password", password, "new_password", "another good password"); r.status != http.StatusSeeOther || !own.in() {
			t.Errorf("%d", r.status)
		}
	})
}

// TestManyAreAJob that says how far it is, and that nobody else sees.
func TestManyAreAJob(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, clerk := s.as(s.add("boss", asSuperuser)), s.as(s.add("clerk", asStaff))
		must(t, s.db.Seed(t.Context(), 1100, "", nil))
		dbtest.Exec(t, s.db, "UPDATE users SET is_active = TRUE")
		asked := boss.post("/admin/users/actions", "list", "q=person", "across", "1", "action", "deactivate")
		if !asked.says("Deactivate: 1,100 people?") {
			t.Fatalf("%s", asked.Find("main").Text())
		}
		r := boss.post("/admin/users/actions", "list", "q=person", "across", "1", "action", "deactivate", "confirm", "1", "count", "1100")
		at := r.location()
		if r.status != http.StatusSeeOther || !strings.HasPrefix(at, "/admin/jobs/") {
			t.Fatalf("%d to %q", r.status, at)
		}
		if r := boss.get(at); !r.says("begins in a moment") || r.Find("#job").AttrOr("hx-get", "") != at || r.Find("progress").Length() != 1 {
			t.Errorf("%s", r.Find("main").Text())
		}
		if r := clerk.get(at); r.status != http.StatusForbidden {
			t.Errorf("somebody else: %d", r.status)
		}
		if r := boss.get("/admin/jobs"); r.Find(".row a[href='"+at+"']").Text() != "Deactivate 1,100 people" || !r.says("begins in a moment") {
			t.Errorf("the list of jobs: %s", r.Find("main").Text())
		}
		if r := clerk.get("/admin/jobs"); r.status != http.StatusOK || r.Find(".row a").Length() != 0 {
			t.Error("somebody else's jobs are listed")
		}
		work := func() {
			job, err := s.db.NextJob(t.Context())
			must(t, err)
			must(t, s.db.RunJob(t.Context(), job))
		}
		work()
		done := boss.htmx().get(at)
		if !done.says("Done: 1,100 people changed.") || done.Find("[hx-get]").Length() != 0 {
			t.Errorf("%s", done.body)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM users WHERE is_active"); n != "2" {
			t.Errorf("%s are active", n)
		}
		// To take it back is a job, too.
		undo := boss.post(done.Find("form").AttrOr("action", ""))
		if !strings.HasPrefix(undo.location(), "/admin/jobs/") {
			t.Fatalf("%d to %q", undo.status, undo.location())
		}
		work()
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM users WHERE is_active"); n != "1102" {
			t.Errorf("%s are active", n)
		}
		if r := boss.get(undo.location()); r.Find("h1").Text() != "Take back the deactivation of 1,100 people" || !r.says("Done: The deactivation of 1,100 people was taken back.") {
			t.Errorf("%s", r.Find("main").Text())
		}
		if r := boss.get(at); !r.says("That was taken back.") || r.Find("#job form").Length() != 0 {
			t.Errorf("%s", r.Find("main").Text())
		}
		if r := boss.get("/admin/jobs"); !r.says("done, and taken back") {
			t.Errorf("the list of jobs: %s", r.Find("main").Text())
		}
		r = boss.post("/admin/users/actions", "list", "q=person", "across", "1", "action", "delete", "confirm", "1")
		if r := boss.post(r.location() + "/cancel"); !boss.get(r.location()).says("Cancelled. Nothing was changed.") {
			t.Error("it is not cancelled")
		}
	})
}

func TestExportOfTheChosen(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		ada, bob := s.add("ada"), s.add("bob", func(u *account.User) { u.FirstName = "=1" })
		_, err := s.db.CreateUser(t.Context(), db.Author{}, account.User{Username: "cyd"})
		must(t, err)
		r := boss.post("/admin/users/actions", "id", fmt.Sprint(bob.ID), "id", fmt.Sprint(ada.ID), "action", "export_csv")
		lines, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
		if err != nil || len(lines) != 3 || lines[1][0] != "ada" || lines[2][2] != "'=1" {
			t.Errorf("%v, %v", lines, err)
		}
		if r := boss.post("/admin/users/actions", "list", "q=cyd", "across", "1", "action", "export_csv"); r.location() != "/admin/users/export.csv?q=cyd" {
			t.Errorf("%d to %q", r.status, r.location())
		}
	})
}
