package e2e

import (
	"net/http"
	"testing"
	"time"
)

// looks are the ways in which a page is looked at.
var looks = []struct {
	name  string
	width int64
	dark  bool
}{
	{"light-1280", 1280, false},
	{"light-320", 320, false},
	{"dark-320", 320, true},
	{"dark-1280", 1280, true},
}

// axeAll looks at the page as it stands in every look; with JavaScript off, where little differs, in two of them.
func (b *tab) axeAll(name string) {
	b.t.Helper()
	ink := map[bool]int{}
	for i, l := range looks {
		if !b.script && i%2 == 0 {
			continue
		}
		b.look(l.width, l.dark)
		b.axe(name + "-" + l.name)
		ink[l.dark] = eval[int](b, "getComputedStyle(document.body).color.match(/[\\d.]+/g).slice(0, 3).reduce((a, c) => a + Number(c), 0) * 1000 | 0")
	}
	if ink[true] <= ink[false] {
		b.t.Errorf("%s: in the dark the text is not lighter than in the light", name)
	}
}

// TestEveryPage looks at every page as a visitor, as a member and as a superuser.
func TestEveryPage(t *testing.T) {
	s := start(t, "NAMEPLATE_AVATARS=on")
	s.superuser("root")
	s.command(nil, "seed", "120", "--yes")
	ada := newClient(t, s)
	page := ada.get("/register")
	if a, err := ada.post(page, "[name=email]", map[string]string{
		"username": "ada", "email": "ada@example.org", "password": password,
		"portfolio_site": "https://example.org/a-rather-long-address/that-has-no-place-to-break/" + long,
	}, map[string][]byte{"profile_pic": snapshot(1)}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("register ada: %v %v", a, err)
	}
	newClient(t, s).register(long, map[string]string{"email": "long@example.org"})
	id := s.id("ada")
	fillLists(t, s)
	line := s.strings("SELECT max(id) FROM history WHERE field = 'last_name'")[0]
	busy(s)
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			visitor, member, admin := openTab(t, s, mode.script), openTab(t, s, mode.script), openTab(t, s, mode.script)
			member.login("ada", password)
			admin.login("root", rootPassword)
			for _, page := range []struct {
				name   string
				who    *tab
				path   string
				status int
			}{
				{"home", visitor, "/", 200},
				{"register", visitor, "/register", 200},
				{"login", visitor, "/login", 200},
				{"person", visitor, "/@ada", 200},
				{"person without a picture", visitor, "/@" + long, 200},
				{"nothing there", visitor, "/nothing-here", 404},
				{"profile", member, "/settings/profile", 200},
				{"own page", member, "/@ada", 200},
				{"row username", member, "/settings/profile/username", 200},
				{"row first name", member, "/settings/profile/first_name", 200},
				{"row last name", member, "/settings/profile/last_name", 200},
				{"row link", member, "/settings/profile/portfolio_site", 200},
				{"row picture", member, "/settings/profile/profile_pic", 200},
				{"own account", member, "/settings/account", 200},
				{"own address", member, "/settings/account?edit=email", 200},
				{"own password", member, "/settings/password", 200},
				{"own sessions", member, "/settings/sessions", 200},
				{"own data", member, "/settings/data", 200},
				{"own account to delete", member, "/settings/delete", 200},
				{"reset password", visitor, "/reset-password", 200},
				{"dead reset link", visitor, "/reset-password/NONE", 404},
				{"account that waits", visitor, "/register/waiting", 200},
				{"not allowed", member, "/admin/users", 403},
				{"dashboard", admin, "/admin/", 200},
				{"people", admin, "/admin/users?n=20", 200},
				{"people sorted", admin, "/admin/users?n=20&sort=-date_joined&is_active=1", 200},
				{"people none", admin, "/admin/users?q=nobody-is-called-that", 200},
				{"people row", admin, "/admin/users?n=20&edit=" + id, 200},
				{"person to add", admin, "/admin/users/new", 200},
				{"person in the admin", admin, "/admin/users/" + id, 200},
				{"person to delete", admin, "/admin/users/" + id + "/delete", 200},
				{"password of a person", admin, "/admin/users/" + id + "/password", 200},
				{"second factor of a person", admin, "/admin/users/" + id + "/two-factor", 200},
				{"invitations", admin, "/admin/invitations", 200},
				{"who waits", admin, "/admin/waiting", 200},
				{"mail that failed", admin, "/admin/mail", 200},
				{"people with counts", admin, "/admin/users?n=20&facets=1&is_active=1", 200},
				{"person one looks as", admin, "/admin/users/" + id + "/view-as", 200},
				{"jobs", admin, "/admin/jobs", 200},
				{"job that was cancelled", admin, "/admin/jobs/1", 200},
				{"groups", admin, "/admin/groups", 200},
				{"group", admin, "/admin/groups/1", 200},
				{"group to add", admin, "/admin/groups/new", 200},
				{"group to delete", admin, "/admin/groups/1/delete", 200},
				{"sessions", admin, "/admin/sessions", 200},
				{"who was deleted", admin, "/admin/deleted", 200},
				{"history", admin, "/admin/history?field=&resource=users", 200},
				{"history of a person", admin, "/admin/users/" + id + "/history", 200},
				{"what was changed", admin, "/admin/history/" + line, 200},
				{"list that can't be shown", admin, "/admin/history?sort=password", 400},
			} {
				page.who.look(1280, false)
				if status := page.who.open(page.path); status != page.status {
					t.Errorf("%s: status %d, want %d", page.path, status, page.status)
				}
				page.who.axeAll(page.name)
			}
			refusals(visitor, admin)
			admin.look(1280, false)
			admin.open("/admin/")
			admin.click(".days summary")
			admin.wait("document.querySelector('.days').open")
			admin.axeAll("dashboard in numbers")
		})
	}
}

// fillLists leaves rows in every list of the admin.
func fillLists(t *testing.T, s *server) {
	root := newClient(t, s)
	root.login("root", rootPassword)
	at := "/admin/users/" + s.id("ada")
	root.submit(http.StatusSeeOther, root.get(at), "[name=version]", map[string]string{"first_name": "Ada", "last_name": long[:90]})
	gone := "/admin/users/" + s.id("person0000003") + "/delete"
	root.submit(http.StatusSeeOther, root.get(gone), ".grave", nil)
	root.submit(http.StatusOK, root.get("/admin/invitations"), "[name=max_uses]", map[string]string{"max_uses": "3"})
	s.change("INSERT INTO jobs (kind, by_id, ip, state, total, created_at, ended_at) VALUES ('deactivate', 1, '', 'cancelled', 5000, 1, 1)")
	s.change("INSERT INTO mail (kind, address, created_at, tries, error) VALUES ('reset_password', '" + long + "@example.org', 1764000000000, 9, '550 5.1.1 no such user here')")
}

// busy makes up what happened in the last month, and who waits.
func busy(s *server) {
	for i := range 29 {
		day := time.Now().UTC().AddDate(0, 0, -1-i).Format(time.DateOnly)
		for what, n := range map[string]int{"registered": i * i % 11, "logged_in": 900 + 140*(i*5%9), "login_failed": 30 * (i % 7 / 6)} {
			s.change("INSERT INTO daily (day, what, n) VALUES (?, ?, ?)", day, what, n)
		}
	}
	s.change("UPDATE users SET awaits_approval = TRUE, is_active = FALSE WHERE username IN ('person0000004', 'person0000005', 'person0000006')")
}

// refusals looks at forms that were refused.
func refusals(visitor, admin *tab) {
	visitor.look(1280, false)
	visitor.open("/register")
	visitor.fill("#username", "no spaces please")
	visitor.fill("#password", "x")
	visitor.click("#register .actions button")
	visitor.wait("document.querySelector('[role=alert] a[href=\"#email\"]')")
	visitor.axeAll("register refused")

	visitor.look(1280, false)
	visitor.open("/login")
	visitor.fill("#username", "nobody")
	visitor.fill("#password", "nothing right")
	visitor.press("\r")
	visitor.see("main", "The username or the password is not right")
	visitor.axeAll("login refused")

	admin.look(1280, false)
	admin.open("/admin/users/new")
	admin.fill("#username", "ada")
	admin.press("\r")
	admin.see("[role=alert]", "ada")
	admin.axeAll("person to add refused")
}

// long is a name that leaves a narrow page no place to break.
const long = "a-name-of-the-greatest-length-that-anybody-would-ever-choose-for-themselves-or-for-a-machine-0123456789"
