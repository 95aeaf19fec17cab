package handlers

import (
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func dbAuthor(u account.User) db.Author { return db.Author{ID: u.ID} }

// The columns of the table: nobody, another member, oneself, staff who may view everything, staff who may do everything, superuser, somebody
// deactivated while signed in.
// ID is an ordinary person's, BOSS a superuser's.
var routes = []struct {
	route, path string
	want        [7]int
}{
	{"GET /healthz", "/healthz", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /readyz", "/readyz", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /public/initials/:file", "INITIALS", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /public/pattern/:file", "PATTERN", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /avatar/:hash", "/avatar/40f8d096a3777232204cb3f796c577b7", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /.well-known/webfinger", "/.well-known/webfinger?resource=acct:one@localhost", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /public/:file", "STYLE", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /uploads/profile_pics/:file", "/uploads/profile_pics/none.jpg", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /", "/", [7]int{200, 303, 303, 303, 303, 303, 200}},
	{"GET /register", "/register", [7]int{200, 303, 303, 303, 303, 303, 200}},
	{"POST /register", "/register", [7]int{422, 303, 303, 303, 303, 303, 422}},
	{"POST /register/check", "/register/check", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /register/waiting", "/register/waiting", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /login", "/login", [7]int{200, 303, 303, 303, 303, 303, 200}},
	{"POST /login", "/login", [7]int{422, 422, 422, 422, 422, 422, 422}},
	{"GET /login/code", "/login/code", [7]int{303, 303, 303, 303, 303, 303, 303}},
	{"POST /login/code", "/login/code", [7]int{303, 303, 303, 303, 303, 303, 303}},
	{"POST /login/passkey", "/login/passkey", [7]int{422, 422, 422, 422, 422, 422, 422}},
	{"POST /login/passkey/options", "/login/passkey/options", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /.well-known/passkey-endpoints", "/.well-known/passkey-endpoints", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /verify-email", "/verify-email", [7]int{200, 303, 303, 303, 303, 303, 200}},
	{"POST /verify-email", "/verify-email", [7]int{303, 303, 303, 303, 303, 303, 303}},
	{"GET /verify-email/:token", "/verify-email/NONE", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"POST /verify-email/:token", "/verify-email/NONE", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /undo-email/:token", "/undo-email/NONE", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"POST /undo-email/:token", "/undo-email/NONE", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /reset-password", "/reset-password", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"POST /reset-password", "/reset-password", [7]int{422, 422, 422, 422, 422, 422, 422}},
	{"GET /reset-password/:token", "/reset-password/NONE", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"POST /reset-password/:token", "/reset-password/NONE", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /.well-known/change-password", "/.well-known/change-password", [7]int{302, 302, 302, 302, 302, 302, 302}},
	{"GET /@:username", "/@one", [7]int{200, 200, 200, 200, 200, 200, 200}},
	{"GET /@:username/:attribute", "/@one/portfolio_site", [7]int{404, 404, 404, 404, 404, 404, 404}},
	{"GET /settings/profile", "/settings/profile", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"GET /settings/profile/:attribute", "/settings/profile/portfolio_site", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/profile/:attribute", "/settings/profile/first_name", [7]int{303, 422, 422, 422, 422, 422, 303}},
	{"POST /settings/profile/:attribute/check", "/settings/profile/first_name/check", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"GET /settings/profile/:attribute/whole", "/settings/profile/profile_pic/whole", [7]int{303, 404, 404, 404, 404, 404, 303}},
	{"GET /settings/account", "/settings/account", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/account", "/settings/account", [7]int{303, 422, 422, 422, 422, 422, 303}},
	{"GET /settings/password", "/settings/password", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/password", "/settings/password", [7]int{303, 422, 422, 422, 422, 422, 303}},
	{"GET /settings/two-factor", "/settings/two-factor", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/two-factor", "/settings/two-factor", [7]int{303, 303, 303, 303, 303, 303, 303}},
	{"GET /settings/passkeys", "/settings/passkeys", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/passkeys", "/settings/passkeys", [7]int{303, 422, 422, 422, 422, 422, 303}},
	{"GET /settings/data", "/settings/data", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/data", "/settings/data", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"GET /settings/delete", "/settings/delete", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/delete", "/settings/delete", [7]int{303, 422, 422, 422, 422, 422, 303}},
	{"GET /settings/sessions", "/settings/sessions", [7]int{303, 200, 200, 200, 200, 200, 303}},
	{"POST /settings/sessions", "/settings/sessions", [7]int{303, 303, 303, 303, 303, 303, 303}},
	{"GET /admin", "/admin/", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/users", "/admin/users", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/users/export.csv", "/admin/users/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/users/import", "/admin/users/import", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"POST /admin/users/import", "/admin/users/import", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"GET /admin/users/new", "/admin/users/new", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"POST /admin/users/new", "/admin/users/new", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"GET /admin/users/:id<int>", "/admin/users/ID", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/users/:id<int>", "/admin/users/BOSS", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/users/:id<int>", "/admin/users/ID", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"POST /admin/users/:id<int>", "/admin/users/BOSS", [7]int{303, 403, 403, 403, 403, 422, 303}},
	{"GET /admin/users/:id<int>/edit", "/admin/users/ID/edit", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"GET /admin/users/:id<int>/edit", "/admin/users/BOSS/edit", [7]int{303, 403, 403, 403, 403, 200, 303}},
	{"GET /admin/users/:id<int>/delete", "/admin/users/ID/delete", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"GET /admin/users/:id<int>/delete", "/admin/users/BOSS/delete", [7]int{303, 403, 403, 403, 403, 403, 303}},
	{"POST /admin/users/:id<int>/delete", "/admin/users/BOSS/delete", [7]int{303, 403, 403, 403, 403, 403, 303}},
	{"GET /admin/users/:id<int>/password", "/admin/users/ID/password", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"GET /admin/users/:id<int>/password", "/admin/users/BOSS/password", [7]int{303, 403, 403, 403, 403, 303, 303}},
	{"POST /admin/users/:id<int>/password", "/admin/users/ID/password", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"POST /admin/users/:id<int>/password", "/admin/users/BOSS/password", [7]int{303, 403, 403, 403, 403, 303, 303}},
	{"GET /admin/invitations", "/admin/invitations", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/invitations", "/admin/invitations", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"GET /admin/waiting", "/admin/waiting", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/waiting", "/admin/waiting", [7]int{303, 403, 403, 403, 303, 303, 303}},
	{"GET /admin/mail", "/admin/mail", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/mail/export.csv", "/admin/mail/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/mail/actions", "/admin/mail/actions", [7]int{303, 403, 403, 400, 400, 400, 303}},
	{"GET /admin/invitations/export.csv", "/admin/invitations/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/invitations/actions", "/admin/invitations/actions", [7]int{303, 403, 403, 400, 400, 400, 303}},
	{"GET /admin/sessions", "/admin/sessions", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/sessions/export.csv", "/admin/sessions/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/sessions/actions", "/admin/sessions/actions", [7]int{303, 403, 403, 400, 400, 400, 303}},
	{"GET /admin/deleted", "/admin/deleted", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/deleted/export.csv", "/admin/deleted/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/deleted/actions", "/admin/deleted/actions", [7]int{303, 403, 403, 400, 400, 400, 303}},
	{"GET /admin/history", "/admin/history", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/history/export.csv", "/admin/history/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/history/:id<int>", "/admin/history/UNDO", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/history/:id<int>/undo", "/admin/history/999999/undo", [7]int{303, 403, 403, 404, 404, 404, 303}},
	{"POST /admin/history/:id<int>/undo", "/admin/history/UNDO/undo", [7]int{303, 403, 403, 403, 403, 303, 303}},
	{"GET /admin/users/:id<int>/history", "/admin/users/ID/history", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/users/actions", "/admin/users/actions", [7]int{303, 403, 403, 303, 303, 303, 303}},
	{"POST /admin/users/actions", "/admin/users/actions", [7]int{303, 403, 403, 400, 400, 400, 303}},
	{"GET /admin/jobs", "/admin/jobs", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/jobs/:id<int>", "/admin/jobs/99", [7]int{303, 403, 403, 404, 404, 404, 303}},
	{"GET /admin/jobs/:id<int>", "/admin/jobs/1", [7]int{303, 403, 403, 403, 403, 200, 303}},
	{"POST /admin/jobs/:id<int>/cancel", "/admin/jobs/1/cancel", [7]int{303, 403, 403, 403, 403, 303, 303}},
	{"GET /admin/users/:id<int>/view-as", "/admin/users/ID/view-as", [7]int{303, 403, 403, 403, 403, 200, 303}},
	{"POST /admin/users/:id<int>/view-as", "/admin/users/ID/view-as", [7]int{303, 403, 403, 403, 403, 422, 303}},
	{"POST /view-as/end", "/view-as/end", [7]int{303, 303, 303, 303, 303, 303, 303}},
	{"GET /admin/groups", "/admin/groups", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/groups/export.csv", "/admin/groups/export.csv", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"GET /admin/groups/new", "/admin/groups/new", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"POST /admin/groups/new", "/admin/groups/new", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"GET /admin/groups/:id<int>", "/admin/groups/1", [7]int{303, 403, 403, 200, 200, 200, 303}},
	{"POST /admin/groups/:id<int>", "/admin/groups/1", [7]int{303, 403, 403, 403, 422, 422, 303}},
	{"GET /admin/groups/:id<int>/delete", "/admin/groups/1/delete", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"POST /admin/groups/:id<int>/delete", "/admin/groups/999/delete", [7]int{303, 403, 403, 403, 404, 404, 303}},
	{"GET /admin/users/:id<int>/two-factor", "/admin/users/ID/two-factor", [7]int{303, 403, 403, 403, 200, 200, 303}},
	{"GET /admin/users/:id<int>/two-factor", "/admin/users/BOSS/two-factor", [7]int{303, 403, 403, 403, 403, 303, 303}},
	{"POST /admin/users/:id<int>/two-factor", "/admin/users/ID/two-factor", [7]int{303, 403, 403, 403, 303, 303, 303}},
	{"POST /admin/users/:id<int>/two-factor", "/admin/users/BOSS/two-factor", [7]int{303, 403, 403, 403, 403, 303, 303}},
	{"POST /admin/users/:id<int>/proof", "/admin/users/ID/proof", [7]int{303, 403, 403, 403, 303, 303, 303}},
	{"POST /admin/users/:id<int>/proof", "/admin/users/BOSS/proof", [7]int{303, 403, 403, 403, 403, 303, 303}},
	// These two end what the others need, and come last.
	{"POST /admin/users/:id<int>/delete", "/admin/users/SPARE/delete", [7]int{303, 403, 403, 403, 303, 404, 303}},
	{"POST /logout", "/logout", [7]int{303, 303, 303, 303, 303, 303, 303}},
}

func TestRoutesTimesWhoAsks(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		one, boss, spare := s.add("one"), s.add("boss", asSuperuser), s.add("spare")
		gone := s.add("gone")
		who := []*client{s.client(), s.as(s.add("other")), s.as(one), s.as(s.add("viewer", asViewer)), s.as(s.add("staff", asStaff)), s.as(boss), s.as(gone)}
		names := []string{"nobody", "another", "oneself", "viewer", "staff", "superuser", "deactivated"}
		gone.IsActive = false
		_, err := s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, gone)
		must(t, err)
		changed := boss
		changed.FirstName = "Boss"
		_, err = s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, changed)
		must(t, err)
		_, err = s.db.AddJob(t.Context(), db.Job{Kind: "activate", By: dbAuthor(boss)})
		must(t, err)
		undoable := dbtest.Text(t, s.db, "SELECT max(id) FROM history WHERE object_repr = 'boss'") // a superuser was changed
		asked := map[string]bool{}
		for _, row := range routes {
			asked[row.route] = true
			method, _, _ := strings.Cut(row.route, " ")
			for i, c := range who {
				at := path(row.path, one.ID)
				at = strings.ReplaceAll(at, "BOSS", path("ID", boss.ID))
				at = strings.ReplaceAll(at, "SPARE", path("ID", spare.ID))
				at = strings.ReplaceAll(at, "UNDO", undoable)
				at = strings.ReplaceAll(at, "STYLE", styleSheet(s))
				at = strings.ReplaceAll(at, "INITIALS", initialsOf(one))
				at = strings.ReplaceAll(at, "PATTERN", patternOf(one))
				for _, part := range []bool{false, true} {
					if part && (row.route == "POST /logout" || strings.HasPrefix(row.path, "/admin/users/SPARE") || strings.HasSuffix(row.path, "UNDO/undo")) {
						continue // the first try has ended what the second would need
					}
					asker := c
					if part {
						asker = c.htmx()
					}
					r := asker.do(httptest.NewRequest(method, at, nil))
					want := row.want[i]
					if part && want == http.StatusSeeOther {
						if r.status != http.StatusUnauthorized && r.status != http.StatusOK || r.header.Get("HX-Redirect") == "" {
							t.Errorf("%s %s as %s with htmx: %d without HX-Redirect", method, at, names[i], r.status)
						}
						continue
					}
					if r.status != want {
						t.Errorf("%s %s as %s (htmx %v): %d, want %d", method, at, names[i], part, r.status, want)
					}
				}
			}
		}
		registered := []string{}
		for _, r := range s.app.GetRoutes(true) {
			if r.Method != http.MethodHead {
				registered = append(registered, r.Method+" "+r.Path)
			}
		}
		sort.Strings(registered)
		for _, route := range registered {
			if !asked[route] {
				t.Errorf("%s has no row in the table", route)
			}
		}
	}, func(a *App) { a.Throttle, a.Avatars = false, true })
}

func TestSameOrigin(t *testing.T) {
	const forged = http.StatusForbidden
	tests := []struct {
		name, site, origin, host string
		want                     int
	}{
		{"from this site", "same-origin", "http://localhost:8080", "", 422},
		{"typed by the person", "none", "", "", 422},
		{"from another site", "cross-site", "https://evil.example", "", forged},
		{"from another site without its name", "cross-site", "", "", forged},
		{"from a neighbour", "same-site", "http://other.localhost:8080", "", forged},
		{"from another site that claims this origin", "cross-site", "http://localhost:8080", "", forged},
		{"over plain http from this host", "", "http://intranet:8080", "intranet:8080", 422},
		{"over plain http from the base URL", "", "http://localhost:8080", "intranet:8080", 422},
		{"over plain http from another port", "", "http://localhost:9090", "", forged},
		{"over plain http from another host", "", "http://evil.example", "", forged},
		{"from nowhere", "", "null", "", forged},
		{"with neither and no token", "", "", "", forged},
	}
	onEach(t, func(t *testing.T, s *site) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				r := httptest.NewRequest(http.MethodPost, "/login", nil)
				if test.host != "" {
					r.Host = test.host
				}
				c := s.client().with("Sec-Fetch-Site", test.site).with("Origin", test.origin)
				if got := c.do(r); got.status != test.want {
					t.Errorf("%d, want %d", got.status, test.want)
				}
			})
		}
		text := s.client().with("Sec-Fetch-Site", "")
		token := text.get("/login").value("csrfmiddlewaretoken")
		other := s.client().with("Sec-Fetch-Site", "")
		othersToken := other.get("/login").value("csrfmiddlewaretoken")
		for _, test := range []struct {
			name, token string
			want        int
		}{
			{"the token of the form", token, 422},
			{"the same token again", token, 422},
			{"the token of another browser", othersToken, forged},
			{"an invented token", strings.Repeat("A", len(token)), forged},
			{"half a token", token[:len(token)/2], forged},
			{"no token", "", forged},
		} {
			t.Run("a text browser with "+test.name, func(t *testing.T) {
				if r := text.post("/login", "csrfmiddlewaretoken", test.token); r.status != test.want {
					t.Errorf("%d, want %d", r.status, test.want)
				}
			})
		}
		if again := text.get("/login").value("csrfmiddlewaretoken"); again == token {
			t.Error("two pages carry the same token, which compression would give away")
		}
	})
}
