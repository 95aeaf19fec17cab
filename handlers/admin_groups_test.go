package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"nameplate/internal/account"
)

func TestGroupPages(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		r := boss.post("/admin/groups/new", "name", "<i>Desk</i>", "permissions", "", "permissions", "users.view", "permissions", "users.change", "permissions", "forged.right")
		at, _, _ := strings.Cut(r.location(), "?")
		if r.status != http.StatusSeeOther || !strings.HasPrefix(at, "/admin/groups/") {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		page := boss.get(at)
		if page.Find("h1").Text() != "<i>Desk</i>" || page.Find("main a[href='/admin/users?groups="+strings.TrimPrefix(at, "/admin/groups/")+"']").Length() != 1 {
			t.Errorf("it is called %q", page.Find("h1").Text())
		}
		if page.value("name") != "<i>Desk</i>" || page.Find("[name=permissions][checked]").Length() != 2 || page.Find("i").Length() != 0 {
			t.Errorf("%s", page.Find("main").Text())
		}
		if r := boss.post("/admin/groups/new", "name", "<I>desk</I>"); r.status != http.StatusUnprocessableEntity || !r.says("there is a group") || r.value("name") != "<I>desk</I>" {
			t.Errorf("a name twice: %d", r.status)
		}
		version := page.value("version")
		if r := boss.post(at, "name", "Desk", "permissions", "users.view", "version", version); r.status != http.StatusSeeOther || !boss.get(r.location()).says("Saved") {
			t.Errorf("%d", r.status)
		}
		r = boss.post(at, "name", "Front desk", "permissions", "users.view", "permissions", "mail.view", "version", version)
		if r.status != http.StatusConflict || !strings.Contains(strings.Join(strings.Fields(r.Find(".conflict").Text()), " "), "<i>Desk</i>") {
			t.Fatalf("%d: %s", r.status, r.Find(".conflict").Text())
		}
		if hints := r.Find(".conflict .hint").Length(); hints != 0 {
			t.Errorf("%d fields are said to stay theirs", hints)
		}
		if r := boss.post(at, "name", "<i>Desk</i>", "permissions", "mail.view", "version", version); r.status != http.StatusConflict || r.value("name") != "Desk" || r.Find(".conflict .hint").Length() != 1 {
			t.Errorf("a name that was not touched: %d, %q", r.status, r.value("name"))
		}
		if again := boss.post(at, "name", "Front desk", "permissions", "mail.view", "version", r.value("version"), "before", r.value("before")); again.status != http.StatusConflict {
			t.Errorf("sent without a choice: %d", again.status)
		}
		if r := boss.post(at, "name", "Front desk", "permissions", "mail.view", "version", r.value("version"), "before", r.value("before"), "resolve", "mine"); r.status != http.StatusSeeOther {
			t.Errorf("mine: %d", r.status)
		}
		undo := boss.get(at + "?saved=1").Find("form.undo")
		if r := boss.post(undo.AttrOr("action", ""), "back", at); r.location() != at+"?undone=1" || boss.get(at).value("name") != "Desk" {
			t.Errorf("undo: %d", r.status)
		}
		page = boss.get(at)
		same := boss.post(at, "name", page.value("name"), "permissions", "users.view", "version", page.value("version"))
		if r := boss.get(same.location()); !r.says("Nothing was changed") || r.Find("form.undo").Length() != 0 {
			t.Errorf("the same again: %d to %s", same.status, same.location())
		}
		if r := boss.get(at + "/delete"); !r.says("0 members") {
			t.Errorf("%d", r.status)
		}
		said := boss.get(boss.post(at + "/delete").location())
		if !said.says("The group was deleted.") || boss.get(at).status != http.StatusNotFound {
			t.Error("it is not deleted")
		}
		if r := boss.post(said.Find("form.undo").AttrOr("action", "")); r.status != http.StatusSeeOther || boss.get(at).value("name") != "Desk" {
			t.Errorf("bring back: %d", r.status)
		}
	})
}

// TestAGroupOfWhomOneMayNotChange says who can.
func TestAGroupOfWhomOneMayNotChange(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		at, _, _ := strings.Cut(boss.post("/admin/groups/new", "name", "Board").location(), "?")
		boss.post("/admin/users/actions", "action", "add_to_group", "group", strings.TrimPrefix(at, "/admin/groups/"), "id", "1", "confirm", "1")
		staff := s.as(s.add("staff", asStaff))
		for _, r := range []answer{staff.post(at, "name", "Board", "permissions", "users.view", "version", "1"), staff.post(at + "/delete"), staff.htmx().post(at + "/delete")} {
			if r.status != http.StatusForbidden || !r.says("whom only a superuser may change") {
				t.Errorf("%d: %s", r.status, r.Text())
			}
		}
		if boss.get(at).status != http.StatusOK || !boss.get(at).says("1 member.") {
			t.Error("the group is another")
		}
	})
}

// TestPersonIsPermitted by groups and permissions on their page, which end their sessions, and which nobody forges.
func TestPersonIsPermitted(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		clerk := s.add("clerk", func(u *account.User) { u.IsStaff = true })
		own := s.as(clerk)
		if r := own.get("/admin/users"); r.status != http.StatusForbidden {
			t.Errorf("without a permission: %d", r.status)
		}
		at := path("/admin/users/ID", clerk.ID)
		page := boss.get(at)
		group := page.Find("label:contains('Staff') input[name=groups]").AttrOr("value", "") // the group that every site begins with
		r := boss.post(at, "groups", "", "groups", group, "permissions", "", "permissions", "history.view", "version", page.value("version"))
		if r.status != http.StatusSeeOther {
			t.Fatalf("%d: %s", r.status, r.Text())
		}
		page = boss.get(at)
		if page.Find("[name=groups][checked]").Length() != 1 || page.Find("[name=permissions][checked]").Length() != 1 {
			t.Errorf("%d groups, %d permissions", page.Find("[name=groups][checked]").Length(), page.Find("[name=permissions][checked]").Length())
		}
		if own.in() {
			t.Error("their session has the old rights")
		}
		own = s.as(clerk)
		if r := own.get("/admin/users"); r.status != http.StatusOK {
			t.Errorf("by the group: %d", r.status)
		}
		if r := own.get("/admin/history"); r.status != http.StatusOK {
			t.Errorf("by a permission: %d", r.status)
		}
		if r := own.get("/admin/groups"); r.status != http.StatusForbidden {
			t.Errorf("by nothing: %d", r.status)
		}
		// Nobody raises themselves, or others.
		plain := s.add("plain")
		for _, id := range []int64{clerk.ID, plain.ID} {
			u, err := s.db.User(t.Context(), id)
			must(t, err)
			r := own.post(path("/admin/users/ID", id), "permissions", "groups.change", "version", fmt.Sprint(u.Version))
			if r.status != http.StatusForbidden {
				t.Errorf("user %d: %d", id, r.status)
			}
		}
		// A row that says nothing of rights leaves them.
		if r := boss.post(at, "first_name", "Cleo", "version", page.value("version")); r.status != http.StatusSeeOther {
			t.Errorf("%d", r.status)
		}
		if page := boss.get(at); page.Find("[name=groups][checked]").Length() != 1 {
			t.Error("the group is gone")
		}
		for to, name := range map[string]string{at: "clerk", "/admin/users/new": "newcomer"} {
			r := boss.post(to, "username", name, "groups", "999", "groups", group, "version", boss.get(at).value("version"))
			if r.status != http.StatusUnprocessableEntity || !strings.Contains(r.Find("#groups-error").Text(), "one of the groups is gone") || r.value("username") != name ||
				r.Find("[name=groups][checked]").Length() != 1 {
				t.Errorf("%s with a group that is none: %d %s", to, r.status, r.Find(".summary").Text())
			}
		}
	})
}

// TestGroupNarrowsPeople: the list has the groups as a filter.
func TestGroupNarrowsPeople(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		at, _, _ := strings.Cut(boss.post("/admin/groups/new", "name", "Desk", "permissions", "").location(), "?")
		id := strings.TrimPrefix(at, "/admin/groups/")
		boss.post(path("/admin/users/ID", ada.ID), "groups", id, "version", "1")
		r := boss.get("/admin/users?groups=" + id)
		if r.Find("tr[id^=user-]").Length() != 1 || !r.says("1 person") || r.Find("#groups [selected]").Text() != "Desk" || r.Find("[type=hidden][name=groups]").Length() != 0 {
			t.Errorf("%s", r.Find("main").Text())
		}
		if r := boss.get("/admin/users?groups=999"); r.status != 200 || r.Find("tr[id^=user-]").Length() != 0 || r.Find("[type=hidden][name=groups]").Length() != 1 {
			t.Errorf("a group that is none: %d", r.status)
		}
		if r := boss.get("/admin/users?groups=desk"); r.status != 400 {
			t.Errorf("a name: %d", r.status)
		}
		if r := boss.get("/admin/users?groups=" + id + "&facets=1&is_active=1"); r.status != 200 || !r.says("1 person") {
			t.Errorf("with counts: %d", r.status)
		}
	})
}
