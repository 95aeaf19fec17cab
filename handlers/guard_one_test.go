package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// givenBy are the permissions each of which alone opens a route of the admin. What is not named here is opened by none alone.
var givenBy = map[string][]string{
	"GET /admin":                                     account.Permissions(),
	"GET /admin/users":                               {"users.view", "users.change"},
	"GET /admin/users/export.csv":                    {"users.view", "users.change"},
	"GET /admin/users/import":                        {"users.add", "users.change"},
	"POST /admin/users/import":                       {"users.add", "users.change"},
	"GET /admin/users/new":                           {"users.add"},
	"POST /admin/users/new":                          {"users.add"},
	"GET /admin/users/:id<int>":                      {"users.view", "users.change"},
	"POST /admin/users/:id<int>":                     {"users.change"},
	"GET /admin/users/:id<int>/edit":                 {"users.change"},
	"GET /admin/users/:id<int>/password":             {"users.change"},
	"POST /admin/users/:id<int>/password":            {"users.change"},
	"GET /admin/users/:id<int>/two-factor":           {"users.change"},
	"POST /admin/users/:id<int>/two-factor":          {"users.change"},
	"POST /admin/users/:id<int>/proof":               {"users.change"},
	"GET /admin/users/:id<int>/history":              {"history.view"},
	"GET /admin/waiting":                             {"users.view", "users.change"},
	"POST /admin/waiting":                            {"users.change"},
	"GET /admin/deleted":                             {"users.view", "users.change"},
	"GET /admin/deleted/export.csv":                  {"users.view", "users.change"},
	"GET /admin/groups":                              {"groups.view", "groups.change"},
	"GET /admin/groups/export.csv":                   {"groups.view", "groups.change"},
	"GET /admin/groups/new":                          {"groups.add"},
	"POST /admin/groups/new":                         {"groups.add"},
	"GET /admin/groups/:id<int>":                     {"groups.view", "groups.change"},
	"POST /admin/groups/:id<int>":                    {"groups.change"},
	"GET /admin/invitations":                         {"invitations.view", "invitations.change"},
	"GET /admin/invitations/export.csv":              {"invitations.view", "invitations.change"},
	"GET /admin/sessions":                            {"sessions.view"},
	"GET /admin/sessions/export.csv":                 {"sessions.view"},
	"GET /admin/mail":                                {"mail.view", "mail.change"},
	"GET /admin/mail/export.csv":                     {"mail.view", "mail.change"},
	"GET /admin/history":                             {"history.view"},
	"GET /admin/history/export.csv":                  {"history.view"},
	"GET /admin/history/:id<int>":                    {"history.view"},
	"POST /admin/history/:id<int>/undo":              {"users.change"},
	"POST /admin/users/actions deactivate":           {"users.change"},
	"POST /admin/users/actions export_csv":           {"users.view", "users.change"},
	"POST /admin/invitations/actions revoke":         {"invitations.change"},
	"POST /admin/mail/actions retry":                 {"mail.change"},
	"POST /admin/users/actions add_to_group":         {"users.change"},
	"POST /admin/users/actions verify_email":         {"users.change"},
	"POST /admin/users/actions end_sessions":         {"users.change"},
	"POST /admin/users/actions activate":             {"users.change"},
	"POST /admin/users/actions remove_from_group":    {"users.change"},
	"POST /admin/users/actions require_new_password": {"users.change"},
}

// TestOnePermissionGivesNoMore: staff who hold a single permission open and do what it says, and see of others what it shows.
func TestOnePermissionGivesNoMore(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		one, gone := s.add("markedname"), s.add("markedgone")
		boss := s.add("boss", asSuperuser)
		one.FirstName = "Marked"
		_, err := s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, one)
		must(t, err)
		undo := dbtest.Text(t, s.db, "SELECT max(id) FROM history")
		_, err = s.db.AddInvitation(t.Context(), dbAuthor(boss), "markedmail@example.org", 1, 7, false)
		must(t, err)
		must(t, s.db.DeleteUser(t.Context(), dbAuthor(boss), boss, gone.ID))
		dbtest.Exec(t, s.db, "INSERT INTO mail (kind, address, error, created_at) VALUES ('reset_password', 'markedmail@example.org', 'refused', 1)")
		people := map[string]string{}
		for _, u := range []string{"markedname", "boss"} {
			people[u] = dbtest.Text(t, s.db, "SELECT version || CASE WHEN is_active THEN '+' ELSE '-' END FROM users WHERE username = '"+u+"'")
		}
		type ask struct{ route, path, body string }
		var asks []ask
		for _, row := range routes {
			method, _, _ := strings.Cut(row.route, " ")
			if strings.Contains(row.path, "/admin") && !strings.Contains(row.path, "BOSS") && !strings.Contains(row.path, "99") && !strings.HasSuffix(row.route, "/actions") && !strings.Contains(row.path, "jobs") {
				at := strings.NewReplacer("SPARE", path("ID", one.ID), "UNDO", undo).Replace(path(row.path, one.ID))
				asks = append(asks, ask{row.route, method + " " + at, ""})
			}
		}
		for _, r := range admin.Resources(s.db.Profile()) {
			for _, action := range r.Actions {
				asks = append(asks, ask{"POST " + r.Path() + "/actions " + action.Name, "POST " + r.Path() + "/actions", "action=" + action.Name + "&across=1"})
			}
		}
		for i, permission := range account.Permissions() {
			c := s.as(s.add(fmt.Sprintf("s%d", i), func(u *account.User) { u.IsStaff, u.Permissions = true, []string{permission} }))
			for _, a := range asks {
				method, at, _ := strings.Cut(a.path, " ")
				given := slices.Contains(givenBy[a.route], permission)
				for _, asker := range []*client{c, c.htmx()} {
					if given && strings.HasSuffix(at, "/undo") {
						continue // it would take from the others what they are to try
					}
					request := httptest.NewRequest(method, at, strings.NewReader(a.body))
					request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					r := asker.do(request)
					if (r.status == http.StatusForbidden) == given {
						t.Errorf("%s with %s: %d", a.path+" "+a.body, permission, r.status)
					}
					if to := r.location(); to != "" && strings.HasPrefix(to, "/admin") && c.get(to).status == http.StatusForbidden {
						t.Errorf("%s with %s: leads to %s, which they may not see", a.path, permission, to)
					}
					if !given && strings.Contains(r.body, "arked") {
						t.Errorf("%s with %s shows somebody", a.path, permission)
					}
				}
			}
			r := c.get("/admin/")
			if resource, _, _ := strings.Cut(permission, "."); strings.Contains(r.body, "arked") && resource != "users" && resource != "history" {
				t.Errorf("the dashboard with %s shows somebody", permission)
			}
		}
		for u, was := range people {
			if now := dbtest.Text(t, s.db, "SELECT version || CASE WHEN is_active THEN '+' ELSE '-' END FROM users WHERE username = '"+u+"'"); now != was {
				t.Errorf("%s is %s, was %s", u, now, was)
			}
		}
	}, func(a *App) { a.Throttle = false })
}

// TestWhoMayOnlyAdd is led on to where they may be.
func TestWhoMayOnlyAdd(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		adder := s.add("adder", func(u *account.User) {
			u.IsStaff, u.Permissions = true, []string{"users.add", "groups.add", "invitations.add", "users.delete"}
		})
		only := s.as(adder)
		for what, r := range map[string]answer{
			"The person was added.": only.post("/admin/users/new", "username", "bob"),
			"The group was added.":  only.post("/admin/groups/new", "name", "Desk"),
		} {
			if to := only.get(r.location()); r.status != http.StatusSeeOther || to.status != http.StatusOK || !to.says(what) {
				t.Errorf("%s: %d to %q, %d", what, r.status, r.location(), to.status)
			}
		}
		preview := only.upload(importPath, "file", "a.csv", []byte("username,email\ncyd,cyd@example.org\n"))
		r := only.post(importPath, "confirm", "1", "import", preview.value("import"), "seen", preview.value("seen"))
		if to := only.get(r.location()); to.status != http.StatusOK || !to.says("Imported: 1 person added") {
			t.Errorf("%d to %q, %d", r.status, r.location(), to.status)
		}
		for _, r := range []answer{
			only.post("/admin/invitations", "max_uses", "1", "days", "7"),
			only.post("/admin/users/actions?q=ada", "action", "delete", "across", "1"),
			only.post("/admin/users/actions", "action", "delete", "id", fmt.Sprint(ada.ID), "confirm", "1"),
			only.get(path("/admin/users/ID/delete", ada.ID)), only.post(path("/admin/users/ID/delete", ada.ID)),
		} {
			if r.status != http.StatusForbidden || r.says("ada") {
				t.Errorf("%d: %s", r.status, r.Find("main").Text())
			}
		}
		if _, _, err := s.db.ActOnPeople(t.Context(), dbAuthor(adder), db.Bulk{Action: "delete", IDs: []int64{ada.ID}}); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("below the pages: %v", err)
		}
	})
}
