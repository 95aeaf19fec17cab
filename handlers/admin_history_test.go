package handlers

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// TestUndoFromTheMessage takes an edit back from what is said after it: on the list, in the row, and on the person's page.
func TestUndoFromTheMessage(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		name := func() string {
			u, err := s.db.User(t.Context(), ada.ID)
			must(t, err)
			return u.FirstName
		}
		edit := func(c *client, text string, fields ...string) answer {
			u, err := s.db.User(t.Context(), ada.ID)
			must(t, err)
			return c.post(row, append(fields, "first_name", text, "version", fmt.Sprint(u.Version))...)
		}
		// On the list, without htmx.
		said := boss.get(edit(boss, "one", "list", "q=ada").location())
		undo := said.Find("form.undo")
		if undo.Length() != 1 || undo.ParentsFiltered("form, table").Length() != 0 {
			t.Fatalf("%d undo forms", undo.Length())
		}
		if r := boss.post(undo.AttrOr("action", ""), "back", undo.Find("[name=back]").AttrOr("value", "")); r.status != http.StatusSeeOther || name() != "" {
			t.Errorf("%d, the name is %q", r.status, name())
		}
		// In the row, without htmx.
		said = boss.get(edit(boss, "one", "list", "q=ada&sort=-email").location())
		inRow := said.Find("tr#user-" + fmt.Sprint(ada.ID) + " button[formaction]")
		r := boss.post(inRow.AttrOr("formaction", ""), "list", said.Find("#actions [name=list]").AttrOr("value", ""))
		if r.location() != path("/admin/users?q=ada&sort=-email&undone=1#user-ID", ada.ID) || name() != "" {
			t.Errorf("%d to %q, the name is %q", r.status, r.location(), name())
		}
		// In the row, with htmx.
		part := edit(boss.htmx(), "two", "list", "")
		button := part.Find("button[hx-post]")
		r = boss.htmx().post(button.AttrOr("hx-post", ""), "row", fmt.Sprint(ada.ID))
		if r.status != http.StatusOK || !r.says("Taken back") || r.Find("tr#user-"+fmt.Sprint(ada.ID)).Length() != 1 || name() != "" {
			t.Errorf("%d: %s", r.status, r.body)
		}
		// On the person's page.
		said = boss.get(edit(boss, "three").location())
		undo = said.Find("form.undo")
		r = boss.post(undo.AttrOr("action", ""), "back", undo.Find("[name=back]").AttrOr("value", ""))
		if r.location() != row+"?undone=1" || !boss.get(r.location()).says("The change of ada (First name) was taken back.") || name() != "" {
			t.Errorf("to %q", r.location())
		}
		// What somebody has changed since is told.
		said = boss.get(edit(boss, "four").location())
		edit(boss, "five")
		if r := boss.post(said.Find("form.undo").AttrOr("action", "")); r.status != http.StatusConflict || !r.says("has been changed again since") || name() != "five" {
			t.Errorf("%d, the name is %q", r.status, name())
		}
		event := strings.TrimSuffix(said.Find("form.undo").AttrOr("action", ""), "/undo")
		if r := boss.get(event); !r.says("has been changed again since") || r.Find("form[action$='/undo']").Length() != 0 {
			t.Errorf("the page offers what can't be done: %s", r.Find("main").Text())
		}
		// An address of another site is nowhere to go back to.
		said = boss.get(edit(boss, "six").location())
		if r := boss.post(said.Find("form.undo").AttrOr("action", ""), "back", "//evil.example/admin/"); r.location() != "/admin/history?undone=1" {
			t.Errorf("to %q", r.location())
		}
	})
}

// TestUndoIsOfWhoDidIt offers nobody the undo of what somebody else did last.
func TestUndoIsOfWhoDidIt(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, other, ada := s.as(s.add("boss", asSuperuser)), s.add("other", asSuperuser), s.add("ada")
		ada.FirstName = "X"
		_, err := s.db.UpdateUser(t.Context(), dbAuthor(other), other, ada)
		must(t, err)
		if boss.get(path("/admin/users/ID?saved=1", ada.ID)).Find("form.undo").Length() != 0 {
			t.Error("another one's change is offered")
		}
		must(t, s.db.SetPassword(t.Context(), dbAuthor(s.add("third", asSuperuser)), ada.ID, "x"))
		if r := boss.get(path("/admin/users/ID?saved=1", ada.ID)); r.Find("form.undo").Length() != 0 {
			t.Error("a password is offered to be taken back")
		}
	})
}

func TestHistory(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		root := s.add("boss", asSuperuser)
		boss, ada := s.as(root), s.add("ada")
		ada.FirstName, ada.LastName = "<b>Ada</b>", `=1+1`
		_, err := s.db.UpdateUser(t.Context(), db.Author{ID: root.ID, IP: "192.0.2.7"}, root, ada)
		must(t, err)
		must(t, s.db.SetPassword(t.Context(), dbAuthor(root), ada.ID, "$argon2id$secret"))
		r := boss.get("/admin/history")
		if r.status != http.StatusOK || !r.says("<b>Ada</b>") || !r.says("192.0.2.7") || strings.Contains(r.body, "argon2id") || !r.says("Password") {
			t.Errorf("%d: %s", r.status, r.Find("tbody").Text())
		}
		for address, want := range map[string]int{
			"?field=first_name": 1, "?q=%3Cb%3E": 1, "?action=delete": 0, path("?object_id=ID&resource=users", ada.ID): 4, "?resource=groups": 0,
			path("?by_id=ID", root.ID): 3, "?at__year=1999": 0, fmt.Sprintf("?at__year=%d", s.db.Now().Year()): 5, "?q=%27%3B--": 0,
		} {
			if got := boss.get("/admin/history" + address).Find("tbody tr").Length(); got != want {
				t.Errorf("%s: %d lines, want %d", address, got, want)
			}
		}
		for _, address := range []string{"?field=nothing", "?action=drop", "?object_id=x", "?at__month=1", "?at__year=2026&at__month=2&at__day=30", "?at__hour=1",
			"?sort=old", "?sort=password", "?password=1", "?after=%25", "?count=all", "?at__year=0", "?n=501"} {
			if r := boss.get("/admin/history" + address); r.status != http.StatusBadRequest || r.Find("h1").Length() != 1 {
				t.Errorf("%s: %d", address, r.status)
			}
		}
		if r := boss.get(path("/admin/users/ID/history", ada.ID)); r.Find("tbody tr").Length() != 4 {
			t.Errorf("of one person: %d", r.Find("tbody tr").Length())
		}
		lines, err := csv.NewReader(strings.NewReader(boss.get("/admin/history/export.csv?field=last_name").body)).ReadAll()
		if err != nil || len(lines) != 2 || lines[1][6] != "'=1+1" || !strings.HasPrefix(lines[1][0], fmt.Sprint(s.db.Now().Year())) {
			t.Errorf("%v, %v", lines, err)
		}
		// All that was changed at once, and its undo.
		link := boss.get("/admin/history?field=first_name").Find("tbody td:last-child a").AttrOr("href", "")
		event := boss.get(link)
		if event.Find(".row").Length() != 2 || !event.says("<b>Ada</b>") || !event.says("=1+1") {
			t.Errorf("%s", event.Find("main").Text())
		}
		if r := boss.post(event.Find("main form").AttrOr("action", ""), "back", "/admin/history"); r.location() != "/admin/history?undone=1" {
			t.Errorf("%d to %q", r.status, r.location())
		}
		if got, err := s.db.User(t.Context(), ada.ID); err != nil || got.FirstName+got.LastName != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if r := boss.get(link); !r.says("This was taken back") || r.Find("main form").Length() != 0 {
			t.Error("it can be taken back twice")
		}
		final := boss.get("/admin/history?field=password").Find("tbody td:last-child a").AttrOr("href", "")
		if r := boss.get(final); !r.says("can't be taken back") || r.Find("main form").Length() != 0 {
			t.Error("a password can be taken back")
		}
	})
}

// TestHistoryLeadsSomewhere: to what somebody did, to whom it was done to, and back to the list that one came from, as it was.
func TestHistoryLeadsSomewhere(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		root := s.add("boss", asSuperuser)
		boss, ada, gone, hidden := s.as(root), s.add("ada"), s.add("gone"), s.add("hidden")
		for _, u := range []account.User{ada, gone, hidden} {
			boss.post(path("/admin/users/ID", u.ID), "first_name", "X", "is_active", "0", "version", "1")
		}
		must(t, s.db.EraseUser(t.Context(), dbAuthor(root), root, gone.ID))
		must(t, s.db.DeleteUser(t.Context(), dbAuthor(root), root, hidden.ID))
		group, err := s.db.SaveGroup(t.Context(), dbAuthor(root), account.Group{Name: "Desk"})
		must(t, err)
		must(t, s.db.DeleteGroup(t.Context(), dbAuthor(root), group.ID))

		const list = "/admin/history?by_id=1&field=is_active&n=2&sort=at"
		at := strings.Replace(list, "=1&", fmt.Sprintf("=%d&", root.ID), 1)
		r := boss.get(at)
		if !r.says("Only what boss did.") || r.Find("tbody tr").Length() != 2 || !r.says("yes") || r.says("true") {
			t.Errorf("%s", r.Find("main").Text())
		}
		for _, link := range boss.get("/admin/history").Find("tbody td a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") }) {
			if r := boss.get(link); r.status != http.StatusOK {
				t.Errorf("%s: %d", link, r.status)
			}
			for _, deeper := range boss.get(link).Find("main dl a[href^='/admin/'], main .row a").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") }) {
				if r := boss.get(deeper); r.status != http.StatusOK {
					t.Errorf("%s: %d", deeper, r.status)
				}
			}
		}
		if r := boss.get(path("/admin/deleted?id=ID", hidden.ID)); r.Find("tbody tr").Length() != 1 {
			t.Error("who is deleted is not found")
		}
		event := boss.get(r.Find("tbody td:last-child a").First().AttrOr("href", ""))
		if event.Find(path("main .row a[href='/admin/users/ID']", ada.ID)).Length() != 2 || event.Find(path("main dl a[href='/admin/users/ID']", root.ID)).Length() != 1 ||
			!event.says("ada – First name") || event.says("ada changed") {
			t.Errorf("%s", event.Find("main").Text())
		}
		back := event.Find("[name=back]").AttrOr("value", "")
		if event.Find("main p a").First().AttrOr("href", "") != back {
			t.Errorf("up to %q", back)
		}
		done := boss.post(event.Find("main form").AttrOr("action", ""), "back", back)
		now := boss.get(done.location())
		if now.Find("tbody tr").Length() != 2 || now.Find("#field option[selected]").AttrOr("value", "") != "is_active" || !now.says("Only what boss did.") || !now.says("The change of ada (First name, Active) was taken back.") {
			t.Errorf("to %q: %s", done.location(), now.Find("main").Text())
		}
		if r := boss.get(path("/admin/users/ID/history", ada.ID)); r.Find("h1").Text() != "History of ada" || r.Find("main p a").First().AttrOr("href", "") != path("/admin/users/ID", ada.ID) {
			t.Errorf("%s", r.Find("h1").Text())
		}
		reader := s.as(s.add("reader", func(u *account.User) { u.IsStaff, u.Permissions = true, []string{"history.view"} }))
		if n := reader.get("/admin/history").Find("tbody a[href^='/admin/users/'], tbody a[href^='/admin/deleted']").Length(); n != 0 {
			t.Errorf("%d links to people for who may not see them", n)
		}
	})
}

// TestHistoryIsAppendOnly: nothing of the site changes a line, or removes one.
func TestHistoryIsAppendOnly(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		boss.post(row, "first_name", "one", "version", "1")
		dump := func(most string) string {
			return dbtest.Text(t, s.db, "SELECT string_agg(id || ' ' || at || ' ' || by_username || ' ' || resource || ' ' || object_id || ' ' || object_repr || ' ' || action || ' ' || field"+
				" || ' ' || old || ' ' || new || ' ' || ip || ' ' || version || ' ' || event_id || ' ' || undoes || ' ' || nth, '; ' ORDER BY id) FROM history WHERE id <= "+most)
		}
		last := dbtest.Text(t, s.db, "SELECT max(id) FROM history")
		before := dump(last)
		boss.post("/admin/history/" + last + "/undo")
		boss.post(row+"/delete", "")
		boss.post("/admin/deleted/actions", "action", "restore", "id", fmt.Sprint(ada.ID), "confirm", "1")
		if after := dump(last); after != before {
			t.Errorf("%s, was %s", after, before)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM history"); n != "6" {
			t.Errorf("%s lines", n)
		}
	})
}

// TestNobodySeesWhatTheyMayNot: the navigation, the first page, and the buttons of who may only look.
func TestNobodySeesWhatTheyMayNot(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		mail := s.as(s.add("mailer", func(u *account.User) { u.IsStaff, u.Permissions = true, []string{"mail.view"} }))
		if r := mail.get("/admin/"); r.status != http.StatusOK || r.says("Sign-ups") && r.says("people") && r.Find("a[href*='/admin/users']").Length() > 0 {
			t.Errorf("the dashboard of who may see mail alone: %s", r.Find("main").Text())
		}
		if links := mail.get("/admin/mail").Find("nav.sub a"); links.Length() != 2 || links.Text() != "DashboardMail" {
			t.Errorf("offered: %s", links.Text())
		}
		none := s.as(s.add("none", func(u *account.User) { u.IsStaff = true }))
		if r := none.get("/admin/"); r.status != http.StatusOK || !r.says("Ask a superuser") {
			t.Errorf("%d", r.status)
		}
		viewer := s.as(s.add("viewer", asViewer))
		page := viewer.get(path("/admin/users/ID", ada.ID))
		if page.Find("main form").Length() != 0 || !page.says("ada@example.org") {
			t.Errorf("who may look: %s", page.Find("main").Text())
		}
		if r := viewer.get("/admin/users"); r.Find("tbody a[href*=edit], a[href*=import], a[href*=new]").Length() != 0 {
			t.Error("who may look is offered to change")
		}
		if r := viewer.get("/admin/sessions"); r.Find("#actions").Length() != 0 || r.Find("tbody tr").Length() != 3 {
			t.Error("who may look is offered to end sessions")
		}
	})
}

// TestUndoShowsNobody to who may not view people, nor anybody whom it is not of.
func TestUndoShowsNobody(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		root, ada, bob := s.add("boss", asSuperuser), s.add("ada"), s.add("bob")
		inviter := s.as(s.add("inviter", func(u *account.User) {
			u.IsStaff, u.Permissions = true, []string{"invitations.view", "invitations.add", "invitations.change"}
		}))
		last := func() string {
			return "/admin/history/" + dbtest.Text(t, s.db, "SELECT max(id) FROM history") + "/undo"
		}
		inviter.post("/admin/invitations", "max_uses", "1", "days", "1")
		if r := inviter.htmx().post(last(), "row", fmt.Sprint(root.ID)); strings.Contains(r.body, "boss") || r.header.Get("HX-Redirect") == "" {
			t.Errorf("who may not view people: %d %s", r.status, r.body)
		}
		ada.FirstName = "X"
		_, err := s.db.UpdateUser(t.Context(), dbAuthor(root), root, ada)
		must(t, err)
		if r := s.as(root).htmx().post(last(), "row", fmt.Sprint(bob.ID)); strings.Contains(r.body, "bob") || r.header.Get("HX-Redirect") == "" {
			t.Errorf("the row of another: %d %s", r.status, r.body)
		}
		// It leads where they may look.
		inviter.post("/admin/invitations", "max_uses", "1", "days", "1")
		if r := inviter.post(last()); r.location() != "/admin/?undone=1" || inviter.get(r.location()).status != http.StatusOK {
			t.Errorf("%d to %q", r.status, r.location())
		}
	})
}

// TestUndoOfManyIsRefusedAtOnce where it is not to be done, and not by a job that fails.
func TestUndoOfManyIsRefusedAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		root := s.add("boss", asSuperuser)
		boss, none := s.as(root), s.as(s.add("none", func(u *account.User) { u.IsStaff = true }))
		must(t, s.db.Seed(t.Context(), 1200, "", nil))
		ids, err := s.db.PeopleIDs(t.Context(), admin.Query{Filters: map[string]string{"is_staff": "0"}})
		must(t, err)
		_, event, err := s.db.ActOnPeople(t.Context(), dbAuthor(root), db.Bulk{Action: "deactivate", IDs: ids})
		must(t, err)
		line, err := s.db.EventLine(t.Context(), root.ID, event)
		must(t, err)
		undo := fmt.Sprintf("/admin/history/%d/undo", line)
		jobs := func() string { return dbtest.Text(t, s.db, "SELECT count(*) FROM jobs") }
		if r := none.post(undo); r.status != http.StatusForbidden || jobs() != "0" {
			t.Errorf("by who may do nothing: %d, %s jobs", r.status, jobs())
		}
		_, err = s.db.Undo(t.Context(), dbAuthor(root), line)
		must(t, err)
		if r := boss.post(undo); r.status != http.StatusConflict || !r.says("It was taken back already.") || jobs() != "0" {
			t.Errorf("again: %d, %s jobs", r.status, jobs())
		}
	})
}

// TestUndoIsOfferedToWhoMayDoIt: to take back that somebody was added is to delete them.
func TestUndoIsOfferedToWhoMayDoIt(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		for permissions, want := range map[string]int{"users.view users.add": 0, "users.view users.add users.delete history.view": 1} {
			adder := s.add(fmt.Sprintf("adder%d", want), func(u *account.User) { u.IsStaff, u.Permissions = true, strings.Fields(permissions) })
			c := s.as(adder)
			said := c.get(c.post("/admin/users/new", "username", fmt.Sprintf("new%d", want)).location())
			if n := said.Find("form.undo").Length(); said.status != http.StatusOK || n != want {
				t.Errorf("%s: %d with %d undo forms", permissions, said.status, n)
			}
		}
	})
}
