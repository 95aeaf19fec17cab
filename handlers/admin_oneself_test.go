package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// TestStaffChangeThemselvesInTheirAccount: the pages of the admin are no way round the questions that stand there.
func TestStaffChangeThemselvesInTheirAccount(t *testing.T) {
	for role, as := range map[string]func(*account.User){"staff": asStaff, "superuser": asSuperuser} {
		t.Run(role, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				now := s.clock()
				me := s.add("ada", as)
				c := s.as(me)
				c.turnOn(now)
				now.pass(15 * time.Minute)
				for page, to := range map[string]string{"/admin/users/ID/two-factor": "/settings/two-factor", "/admin/users/ID/password": "/settings/password"} {
					for _, r := range []answer{c.get(path(page, me.ID)), c.post(path(page, me.ID), "new_password", another)} {
						if r.status != http.StatusSeeOther || r.location() != to {
							t.Errorf("%s: %d to %q", page, r.status, r.location())
						}
					}
				}
				u, err := s.db.User(t.Context(), me.ID)
				must(t, err)
				r := c.post(path("/admin/users/ID", me.ID), "email", "thief@evil.example", "version", strconv.FormatInt(u.Version, 10))
				if r.status != http.StatusUnprocessableEntity || !r.says("Change your own address in your account.") || r.value("email") != "thief@evil.example" {
					t.Errorf("another address: %d", r.status)
				}
				if r := c.upload(importPath, "file", "a.csv", []byte("username,email\nada,thief@evil.example\n")); !r.says("Change your own address in your account.") {
					t.Errorf("another address in a table: %d %s", r.status, r.Find("main").Text())
				}
				after, err := s.db.User(t.Context(), me.ID)
				must(t, err)
				second, err := s.db.TwoFactor(t.Context(), me.ID)
				must(t, err)
				if after.Email != me.Email || after.Password != me.Password || !second.On() {
					t.Errorf("%s %v", after.Email, second.On())
				}
				r = c.post(path("/admin/users/ID", me.ID), "email", me.Email, "first_name", "Ada", "version", strconv.FormatInt(u.Version, 10))
				if r.status != http.StatusSeeOther {
					t.Errorf("one's own name: %d", r.status)
				}
			})
		})
	}
}

// TestNobodyDeactivatesThemselves in a row, on their page, or by taking something back.
func TestNobodyDeactivatesThemselves(t *testing.T) {
	for role, as := range map[string]func(*account.User){"staff": asStaff, "superuser": asSuperuser} {
		t.Run(role, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				boss := s.add("boss", asSuperuser)
				me := s.add("ada", as, func(u *account.User) { u.IsActive = false })
				me.IsActive = true
				_, err := s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, me)
				must(t, err)
				line := dbtest.Text(t, s.db, "SELECT max(id) FROM history")
				c := s.as(me)
				for _, asks := range []*client{c, c.htmx()} {
					r := asks.post(path("/admin/users/ID", me.ID), "is_active", "0", "portfolio_site", "https://ada.example/", "version", "2")
					beside := r.Find("#is_active-" + strconv.FormatInt(me.ID, 10) + "-error").Text()
					if r.status != http.StatusUnprocessableEntity || !strings.Contains(beside, "Leave your own account active") || r.value("portfolio_site") != "https://ada.example/" {
						t.Errorf("%d: %s", r.status, r.Text())
					}
				}
				if r := c.post("/admin/history/" + line + "/undo"); r.status != http.StatusConflict || !r.says("Leave your own account active") {
					t.Errorf("by an undo: %d", r.status)
				}
				if u, err := s.db.User(t.Context(), me.ID); err != nil || !u.IsActive || !c.in() {
					t.Errorf("%+v, %v", u, err)
				}
			})
		})
	}
}

// TestStaffAreAskedAgain before they set a password or remove a second factor.
func TestStaffAreAskedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		ada := s.add("ada")
		s.as(ada).turnOn(now)
		for _, page := range []string{"/admin/users/ID/two-factor", "/admin/users/ID/password"} {
			page := path(page, ada.ID)
			c := s.as(s.add("staff"+strconv.Itoa(len(page)), asStaff))
			now.pass(10 * time.Minute)
			if r := c.get(path("/admin/users/ID/password", ada.ID)); r.Find("[name=password]").Length() != 1 {
				t.Error("a password to be set is asked for that will be lost")
			}
			if r := c.post(page, "new_password", another); r.status != http.StatusOK || r.Find("[name=password]").Length() != 1 || r.value("new_password") != "" {
				t.Errorf("%s: %d", page, r.status)
			}
			if r := c.post(page, "password", "wrong password"); r.status != http.StatusUnprocessableEntity {
				t.Errorf("%s with a wrong password: %d", page, r.status)
			}
			now.pass(time.Minute)
			r := c.post(page, "password", password)
			if page == path("/admin/users/ID/password", ada.ID) {
				if r.status != http.StatusOK || r.Find("[name=new_password]").Length() != 1 {
					t.Errorf("the password to be set is not asked for: %d", r.status)
				}
				r = c.post(page, "new_password", another)
			}
			if r.status != http.StatusSeeOther {
				t.Errorf("%s: %d to %q", page, r.status, r.location())
			}
		}
		second, err := s.db.TwoFactor(t.Context(), ada.ID)
		must(t, err)
		if u, err := s.db.User(t.Context(), ada.ID); err != nil || second.On() || u.Password == ada.Password {
			t.Errorf("%+v %v", u, second.On())
		}
	})
}

// TestAnAdminsChangeOfAddressIsTold to the former one, with a way back, where that was proven.
func TestAnAdminsChangeOfAddressIsTold(t *testing.T) {
	for way, move := range map[string]func(c *client, u account.User){
		"the row": func(c *client, u account.User) {
			c.post(path("/admin/users/ID", u.ID), "email", "new@evil.example", "version", strconv.FormatInt(u.Version, 10))
		},
		"a table": func(c *client, u account.User) {
			r := c.upload(importPath, "file", "a.csv", []byte("username,email\n"+u.Username+",new@evil.example\n"))
			c.post(importPath, "confirm", "1", "import", r.value("import"), "seen", r.value("seen"))
		},
	} {
		t.Run(way, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				p := s.mails(&mailtest.Server{})
				ada := s.add("ada", proven)
				move(s.as(s.add("staff", asStaff)), ada)
				if u, err := s.db.User(t.Context(), ada.ID); err != nil || u.Email != "new@evil.example" {
					t.Fatalf("%+v %v", u, err)
				}
				link := p.linkTo(t, "ada@example.org", "/undo-email/")
				if link == "" {
					t.Fatal("the former address is not told")
				}
				if r := s.client().post(link); r.location() != "/login?undone=1" {
					t.Errorf("the way back: %d", r.status)
				}
				if u, err := s.db.User(t.Context(), ada.ID); err != nil || u.Email != "ada@example.org" {
					t.Errorf("%+v %v", u, err)
				}
			}, withMail)
		})
	}
}

// TestAnotherSpellingIsNotTold: it is the same address.
func TestAnotherSpellingIsNotTold(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.add("ada", proven)
		s.as(s.add("staff", asStaff)).post(path("/admin/users/ID", ada.ID), "email", "Ada@Example.org", "version", strconv.FormatInt(ada.Version, 10))
		if p.send(t); len(p.Mails()) > 0 {
			t.Errorf("%d mails", len(p.Mails()))
		}
	}, withMail)
}
