package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestViewAs lets a superuser see the site as somebody does, tells that person, and changes nothing.
func TestViewAs(t *testing.T) {
	const declared = "[[attribute]]\nname='bio'\nkind='text'\n[[attribute]]\nname='diary'\nkind='text'\nsee='oneself'\n[[attribute]]\nname='face'\nkind='picture'\n"
	dbtest.EachWith(t, declared, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, func(a *App) { a.Profile = d.Profile() })
		now := s.clock()
		root := s.add("boss", asSuperuser)
		boss := s.as(root)
		ada := s.add("ada", func(u *account.User) {
			u.Attributes = map[string]string{"bio": "what all see", "diary": "what nobody sees"}
		})
		own := s.as(ada)
		at := path("/admin/users/ID/view-as", ada.ID)
		for _, bad := range []string{"", "  ", strings.Repeat("x", 201), "a\u202eb"} {
			if r := boss.post(at, "reason", bad); r.status != http.StatusUnprocessableEntity || r.Find("#reason").AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%.10q: %d", bad, r.status)
			}
		}
		if r := boss.post(at, "reason", "her picture is <b>upside down</b>"); r.location() != "/settings/profile" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		for _, page := range []string{"/settings/profile", "/settings/profile/bio", "/@ada", "/settings/account", "/settings/sessions", "/nothing"} {
			r := boss.get(page)
			if r.Find("form.looking").Length() != 1 || !r.says("You are looking as ada. Nothing can be changed. It ends by itself at "+now.now().Add(viewTime).UTC().Format("15:04")+" UTC.") || strings.Contains(r.body, "what nobody sees") {
				t.Errorf("%s: %d without its banner, or with what only ada sees", page, r.status)
			}
		}
		if r := boss.get("/settings/profile"); !r.says("what all see") || r.says("Diary") {
			t.Errorf("%s", r.Find("main").Text())
		}
		for page, want := range map[string]int{"/admin/users": 403, "/admin/": 403, "/admin": 403, "/nothing/at/all": 404, "/reset-password/x": 404, "/settings/two-factor": 403, "/settings/Two-Factor": 403, "/settings/two-factor/": 403, "/SETTINGS/two-factor?x=1": 403, "/settings/profile/diary": 403, "/settings/profile/face/whole": 403, "/@ada/diary": 404} {
			if r := boss.get(page); r.status != want || r.Find("form.looking").Length() != 1 {
				t.Errorf("%s: %d, want %d, %d banners", page, r.status, want, r.Find("form.looking").Length())
			}
		}
		if r := boss.htmx().get("/settings/profile?row=diary"); strings.Contains(r.body, "what nobody sees") {
			t.Error("a row alone shows what only ada sees")
		}
		if r := boss.get("/settings/profile/face"); r.status != http.StatusOK || r.Find(".whole img").Length() != 0 {
			t.Errorf("the picture to frame: %d", r.status)
		}
		before := dbtest.Text(t, d, "SELECT max(version) || ' ' || count(*) FROM users")
		for _, row := range routes {
			method, _, _ := strings.Cut(row.route, " ")
			if method != "POST" || row.path == "/logout" || row.path == endViewPath {
				continue
			}
			if r := boss.post(path(strings.NewReplacer("BOSS", "ID", "SPARE", "ID", "UNDO", "1").Replace(row.path), ada.ID), "first_name", "X", "password", password); r.status != http.StatusForbidden {
				t.Errorf("POST %s: %d", row.path, r.status)
			}
		}
		if after := dbtest.Text(t, d, "SELECT max(version) || ' ' || count(*) FROM users"); after != before {
			t.Errorf("something was changed: %s, was %s", after, before)
		}
		data, err := s.db.Data(t.Context(), ada.ID, "")
		must(t, err)
		last := data.History[len(data.History)-1]
		if last.Action != "view" || last.By != "boss" || last.New != "her picture is <b>upside down</b>" {
			t.Errorf("what ada is told: %+v", last)
		}
		if own.get("/settings/profile").Find("form.looking").Length() != 0 {
			t.Error("ada sees the banner")
		}
		if r := boss.post(endViewPath); r.location() != fmt.Sprintf("/admin/users/%d", ada.ID) || boss.get("/admin/users").status != http.StatusOK {
			t.Errorf("stop: %d to %q", r.status, r.location())
		}
		// It ends by itself, and with the rights to it.
		boss.post(at, "reason", "again")
		now.pass(viewTime - 1)
		if boss.get("/settings/profile").Find("form.looking").Length() != 1 {
			t.Error("it ends too early")
		}
		now.pass(2)
		if boss.get("/settings/profile").Find("form.looking").Length() != 0 || boss.get("/admin/users").status != http.StatusOK {
			t.Error("it does not end")
		}
		boss.post(at, "reason", "once more")
		active := func(yes bool) {
			u, err := s.db.User(t.Context(), ada.ID)
			must(t, err)
			u.IsActive = yes
			_, err = s.db.UpdateUser(t.Context(), db.Author{ID: root.ID}, root, u)
			must(t, err)
		}
		active(false)
		if r := boss.get("/settings/profile"); r.Find("form.looking").Length() != 0 || boss.get("/admin/users").status != http.StatusOK {
			t.Error("one looks as somebody who was deactivated")
		}
		active(true)
		if boss.get("/settings/profile").Find("form.looking").Length() != 0 {
			t.Error("it begins again by itself")
		}
		boss.post(at, "reason", "and again")
		must(t, s.db.DeleteUser(t.Context(), db.Author{ID: root.ID}, root, ada.ID))
		if boss.get("/admin/users").status != http.StatusOK {
			t.Error("one looks as somebody who is gone")
		}
	})
}
