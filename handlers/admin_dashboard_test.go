package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/mail/mailtest"
)

// numbers are the totals of the charts: sign-ups, log-ins, failed log-ins.
func (c *client) numbers() string {
	c.t.Helper()
	r := c.get("/admin/")
	if r.status != http.StatusOK {
		c.t.Fatalf("the dashboard: %d", r.status)
	}
	var totals []string
	for i := range 3 {
		totals = append(totals, r.Find(".chart .total").Eq(i).Text())
	}
	return strings.Join(totals, " ")
}

func TestWhatTheDashboardCounts(t *testing.T) {
	for name, change := range map[string]func(*App){"slowed": func(*App) {}, "not slowed": func(a *App) { a.Throttle = false }} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				now := s.clock()
				staff := s.as(s.add("staff", asStaff))
				s.add("gone", func(u *account.User) { u.IsActive = false })
				want := func(what, numbers string) {
					t.Helper()
					if got := staff.numbers(); got != numbers {
						t.Errorf("%s: %s, want %s", what, got, numbers)
					}
				}
				login := func(name, password string) { s.client().post("/login", "username", name, "password", password) }
				want("the log-in of who looks", "0 1 0")
				ada := s.client()
				ada.registered("ada", "ada@example.org") // and is in
				want("somebody registered", "1 2 0")
				s.client().registered("ada", "other@example.org")
				want("a name that is taken", "1 2 0")
				login("ada", "wrong password")
				want("a wrong password", "1 2 1")
				login("nobody", password)
				want("a name that nobody has", "1 2 2")
				login("gone", password)
				want("somebody deactivated", "1 2 3")
				login("ada", password)
				want("a log-in", "1 3 3")
				now.pass(15 * time.Minute) // the next asks for the password again
				ada.post("/settings/password", "old_password", "not mine", "new_password", "another horse battery")
				want("a wrong password of who is signed in already", "1 3 3")

				secret, _ := s.as(account.User{Username: "ada"}).turnOn(now)
				now.pass(time.Minute)
				want("a log-in, and a code that turns the second factor on", "1 4 3")
				half := s.half("ada")
				want("half a log-in", "1 4 3")
				half.post("/login/code", "code", "000000x")
				want("a wrong code", "1 4 4")
				half.post("/login/code", "recovery_code", "none")
				want("a wrong recovery code", "1 4 5")
				half.post("/login/code", "code", code(t, secret, now.now()))
				want("the right code", "1 5 5")

				key := s.client()
				key.post("/login/passkey", "passkey", "{}")
				want("a passkey that nobody asked for", "1 5 5")
				key.post("/login/passkey/options")
				want("a passkey that is asked for", "1 5 5")
				for range 2 { // the second answers nothing
					key.post("/login/passkey", "passkey", "{}")
				}
				want("a passkey that is refused", "1 5 6")
			}, change)
		})
	}
}

func TestWhoHasToWaitIsNotCounted(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		staff := s.as(s.add("staff", asStaff))
		refused := 0
		for range 10 {
			if r := s.client().post("/login", "username", "nobody", "password", "wrong"); r.status == http.StatusUnprocessableEntity {
				refused++
			}
		}
		if got := staff.numbers(); refused == 10 || got != "0 1 "+strconv.Itoa(refused) {
			t.Errorf("%d were refused: %s", refused, got)
		}
	})
}

func TestRegisteringWithMailCounts(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		staff := s.as(s.add("staff", asStaff))
		s.client().registered("ada", "ada@example.org")
		if got := staff.numbers(); got != "1 1 0" {
			t.Errorf("before the address is proven: %s", got)
		}
		s.client().post("/login", "username", "ada", "password", password)
		if got := staff.numbers(); got != "1 1 0" {
			t.Errorf("the right password before the address is proven: %s", got)
		}
		s.client().post(p.last(t, "ada@example.org", 1).Link())
		if got := staff.numbers(); !strings.HasPrefix(got, "1 ") || !strings.HasSuffix(got, " 0") {
			t.Errorf("after it: %s", got)
		}
	}, withMail)
}

func TestDashboard(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		boss, ada := s.add("boss", asSuperuser), s.add("ada")
		staff := s.as(boss)
		c := s.client()
		c.registered("waits", "waits@example.org")
		c.post(p.last(t, "waits@example.org", 1).Link())
		ada.FirstName = `<script>alert(1)</script>`
		_, err := s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, ada)
		must(t, err)
		must(t, s.db.SetPassword(t.Context(), db.Author{}, ada.ID, "secret hash"))

		for _, address := range []string{"/admin/", "/admin"} {
			r := staff.get(address)
			if r.status != http.StatusOK || r.Find("nav [aria-current=page]").Length() != 2 || r.Find("h1").Text() != "Dashboard" {
				t.Errorf("%s: %d", address, r.status)
			}
		}
		r := staff.get("/admin/")
		for selector, want := range map[string]string{
			"#row-people .value": "3", "#row-waiting .value": "1", "#row-waiting .below a": "waits", "#row-mail .value": "0",
			"#changes li:nth-child(1) .value": "ada – Password changed", "#changes li:nth-child(2) .value": "ada – First name changed",
			"#row-uploads .value": "Being counted",
		} {
			if got := strings.Join(strings.Fields(r.Find(selector).Text()), " "); got != want {
				t.Errorf("%s is %q, want %q", selector, got, want)
			}
		}
		if strings.Contains(r.body, "secret hash") || strings.Contains(r.body, "alert(1)") {
			t.Error("it shows what something was changed to")
		}
		if r.Find(`a[href="/admin/waiting"]`).Length() < 2 || r.Find("#row-free .value").Text() == "" {
			t.Error("something has no link, or the room is missing")
		}
	}, withMail, needsApproval)
}

// TestDashboardTakesNamesForText shows names that no form lets through, as an older program or somebody with a shell may have left them.
func TestDashboardTakesNamesForText(t *testing.T) {
	const hostile = `"><script>alert(1)</script>`
	onEach(t, func(t *testing.T, s *site) {
		staff := s.as(s.add("staff", asStaff))
		s.client().registered("ada", "ada@example.org")
		dbtest.Exec(t, s.db, "UPDATE users SET username = '"+hostile+"' WHERE username = 'ada'")
		dbtest.Exec(t, s.db, "UPDATE history SET object_repr = '"+hostile+"', by_username = '"+hostile+"', field = '"+hostile+"', action = 'change'")
		r := staff.get("/admin/")
		if r.Find("main script").Length() > 0 || strings.Contains(r.body, "<script>alert") {
			t.Error("a name is taken for markup")
		}
		if waiting, changes := r.Find("#row-waiting").Text(), r.Find("#changes").Text(); !strings.Contains(waiting, hostile) || strings.Count(changes, hostile) != 6 {
			t.Errorf("the names are not shown: %s %s", waiting, changes)
		}
	}, needsApproval)
}

func TestDashboardNamesNothingPrivate(t *testing.T) {
	dbtest.EachWith(t, string(nameplate.ProfileTOML)+"\n[[attribute]]\nname = 'diary'\nkind = 'text'\nsee = 'oneself'\n", func(t *testing.T, d *db.DB) {
		s := newSite(t, d, func(a *App) { a.Profile = d.Profile() })
		staff, ada := s.as(s.add("staff", asSuperuser)), s.as(s.add("ada"))
		if r := ada.post("/settings/profile/diary", "diary", "dear me"); r.status != http.StatusSeeOther {
			t.Fatal(r.status)
		}
		r := staff.get("/admin/")
		if !r.says("ada – Something private changed") || strings.Contains(strings.ToLower(r.body), "diary") || strings.Contains(r.body, "dear me") {
			t.Errorf("%s", r.Find("#changes").Text())
		}
	})
}

func TestDashboardTellsHowMuchTheUploadsTake(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		r := s.as(s.add("boss", asSuperuser)).get("/admin/")
		if got := r.Find("#row-uploads .value").Text(); got != "12 bytes in 1 file" || !strings.Contains(r.Find("#row-uploads .hint").Text(), "Counted 20") {
			t.Errorf("%q", got)
		}
	}, func(a *App) {
		must(t, a.Pictures.PutFile(t.Context(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ/cv.txt", []byte("twelve bytes")))
		must(t, a.Pictures.Count(t.Context()))
	})
}

// TestDashboardIsOfWhatOneMaySee: log-ins are of who may see sessions, and the room that everything takes of superusers.
func TestDashboardIsOfWhatOneMaySee(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		root := s.add("boss", asSuperuser)
		s.as(root).post(path("/admin/users/ID/view-as", s.add("ada").ID), "reason", "to see")
		_, _, err := s.db.ActOnPeople(t.Context(), dbAuthor(root), db.Bulk{Action: "require_new_password", Query: admin.Query{}})
		must(t, err)
		with := func(name string, permissions ...string) answer {
			return s.as(s.add(name, func(u *account.User) { u.IsStaff, u.Permissions = true, permissions })).get("/admin/")
		}
		for name, row := range map[string]struct {
			page       answer
			there, not string
		}{
			"people":   {with("people", "users.view"), "#sign-ups, #row-people", "#log-ins, #failed, #row-database, #row-uploads, #row-free, #changes, #row-mail"},
			"sessions": {with("sessions", "sessions.view"), "#log-ins, #failed", "#sign-ups, #row-people, #row-database, #row-free, #changes"},
			"mail":     {with("mail", "mail.view"), "#row-mail", ".chart, .days, #row-people, #row-database, #changes"},
			"history":  {with("history", "history.view"), "#changes", ".chart, #row-people, #row-database, #changes a[href^='/admin/users']"},
			"all":      {s.as(s.add("other", asSuperuser)).get("/admin/"), "#sign-ups, #log-ins, #failed, #row-people, #row-mail, #row-database, #row-uploads, #row-free, #changes", "#row-jobs"},
		} {
			for _, selector := range strings.Split(row.there, ", ") {
				if row.page.Find(selector).Length() == 0 {
					t.Errorf("%s: %s is missing", name, selector)
				}
			}
			if found := row.page.Find(row.not); found.Length() != 0 {
				t.Errorf("%s: %s is there", name, found.Text())
			}
		}
		said := strings.Join(strings.Fields(with("reads", "history.view", "users.view").Find("#changes").Text()), " ")
		for _, words := range []string{"boss and 1 more – Must choose a new password changed", "Looked as ada", "by boss", "by the command line"} {
			if !strings.Contains(said, words) {
				t.Errorf("%q is missing in: %s", words, said)
			}
		}
		_, err = s.db.AddJob(t.Context(), db.Job{Kind: "deactivate", By: dbAuthor(root), Total: 1200})
		must(t, err)
		if r := s.as(s.add("third", asSuperuser)).get("/admin/"); !strings.Contains(r.Find("#row-jobs").Text(), "Deactivate 1,200 people") {
			t.Error("a job that waits is not shown")
		}
	})
}
