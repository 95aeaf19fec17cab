package handlers

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
)

func TestLogin(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.add("Ada")
		s.add("gone", func(u *account.User) { u.IsActive = false })
		s.add("nobody", func(u *account.User) { u.Password = "" })
		tests := []struct {
			name, username, password string
			in                       bool
		}{
			{"by user name", "Ada", password, true},
			{"by user name in another case", "aDA", password, true},
			{"by address", "ada@example.org", password, true},
			{"by address in another case", "ADA@example.ORG", password, true},
			{"with a wrong password", "Ada", "wrong password", false},
			{"as nobody", "eve", password, false},
			{"as somebody deactivated", "gone", password, false},
			{"as somebody without a password", "nobody", "", false},
			{"with nothing", "", "", false},
			{"with a password of a megabyte", "Ada", strings.Repeat("a", 1<<20), false},
			{"with a name of a megabyte", strings.Repeat("a", 1<<20), password, false},
			{"with zero bytes", "Ada\x00", password, false},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				c := s.client()
				r := c.post("/login", "username", test.username, "password", test.password)
				if test.in {
					if r.status != http.StatusSeeOther || r.location() != "/settings/profile" || c.get("/settings/profile").status != http.StatusOK {
						t.Errorf("%d to %q", r.status, r.location())
					}
					return
				}
				if r.status != http.StatusUnprocessableEntity || !r.says(wrongLogin) || c.cookies["session"] != "" {
					t.Errorf("%d, cookies %v", r.status, c.cookies)
				}
				if strings.Contains(r.body, password) {
					t.Error("the password came back")
				}
			})
		}
	})
}

func TestLoginRefusesEveryCauseWithTheSameBytes(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.add("ada")
		s.add("bob", func(u *account.User) { u.IsActive = false })
		bodies := map[string]bool{}
		for _, name := range []string{"ada", "bob", "eve"} {
			r := s.client().post("/login", "username", name, "password", "wrong password")
			r.Find("[name=csrfmiddlewaretoken]").Remove()
			html, err := r.Html()
			must(t, err)
			bodies[strings.ReplaceAll(html, name, "NAME")] = true
		}
		if len(bodies) != 1 {
			t.Errorf("%d different answers", len(bodies))
		}
	})
}

func TestLoginNext(t *testing.T) {
	tests := []struct{ next, to string }{
		{"/admin/users?q=a", "/admin/users?q=a"},
		{"", "/settings/profile"},
		{"https://evil.example/", "/settings/profile"},
		{"//evil.example/", "/settings/profile"},
		{`/\evil.example/`, "/settings/profile"},
		{"/\t/evil.example/", "/settings/profile"},
		{"javascript:alert(1)", "/settings/profile"},
		{"settings", "/settings/profile"},
		{"/a\r\nSet-Cookie: a=b", "/settings/profile"},
	}
	onEach(t, func(t *testing.T, s *site) {
		s.add("ada")
		for _, test := range tests {
			t.Run(test.next, func(t *testing.T) {
				r := s.client().post("/login", "username", "ada", "password", password, "next", test.next)
				if r.status != http.StatusSeeOther || r.location() != test.to {
					t.Errorf("%d to %q, want %q", r.status, r.location(), test.to)
				}
			})
		}
		if r := s.client().get("/settings/profile/portfolio_site?x=1"); r.location() != "/login?next=%2Fsettings%2Fprofile%2Fportfolio_site%3Fx%3D1" {
			t.Errorf("a page for members sends to %q", r.location())
		}
		if r := s.client().post("/settings/profile/first_name", "first_name", "A"); r.location() != "/login?next=%2Fsettings%2Fprofile%2Ffirst_name" {
			t.Errorf("a form of a session that has ended sends to %q", r.location())
		}
		if r := s.client().htmx().post("/settings/profile/first_name/check", "first_name", "A"); r.header.Get("HX-Redirect") != "/login?next=%2Fsettings%2Fprofile%2Ffirst_name" {
			t.Errorf("a check of a session that has ended sends to %q", r.header.Get("HX-Redirect"))
		}
		if r := s.client().get("/login?next=%2Fsettings%2Fprofile"); !r.says("Log in to go on") {
			t.Error("the page does not say why it asks")
		}
		if r := s.client().htmx().get("/settings/profile"); r.status != http.StatusUnauthorized || !strings.HasPrefix(r.header.Get("HX-Redirect"), "/login") {
			t.Errorf("htmx: %d, %q", r.status, r.header.Get("HX-Redirect"))
		}
	})
}

func TestLoginIsSlowedPerAccount(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		s.db.Now = func() time.Time { return now }
		s.add("ada")
		in := s.as(account.User{Username: "ada"})
		waits := 0
		for i := 1; i <= 10; i++ {
			name := []string{"ada", "ADA@example.org"}[i%2] // both are one account, and counted each
			r := s.client().post("/login", "username", name, "password", "wrong password")
			if r.status == http.StatusTooManyRequests {
				waits++
				if r.header.Get("Retry-After") == "" || !r.says("Too many tries") || r.value("username") != name {
					t.Errorf("try %d: a wait without its length", i)
				}
			}
			if i <= 3 && r.status != http.StatusUnprocessableEntity {
				t.Errorf("mistake %d is answered %d: three are free", i, r.status)
			}
		}
		if waits == 0 {
			t.Fatal("ten mistakes at once without a wait")
		}
		if r := s.client().post("/login", "username", "ada", "password", password); r.status != http.StatusTooManyRequests {
			t.Errorf("the right password within the wait: %d", r.status)
		}
		if r := in.get("/settings/profile"); r.status != http.StatusOK {
			t.Errorf("who is signed in was locked out: %d", r.status)
		}
		now = now.Add(time.Hour)
		if r := s.client().post("/login", "username", "ada", "password", password); r.status != http.StatusSeeOther {
			t.Errorf("the right password after the wait: %d", r.status)
		}
		if r := s.client().post("/login", "username", "ada", "password", "wrong password"); r.status != http.StatusUnprocessableEntity {
			t.Errorf("a mistake after a success: %d, the count begins anew", r.status)
		}
	})
}

func TestLoginIsSlowedPerNetwork(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		for i := 1; ; i++ {
			r := s.client().post("/login", "username", strings.Repeat("x", i), "password", "wrong password")
			if r.status == http.StatusTooManyRequests {
				break
			}
			if i > 150 {
				t.Fatal("150 names from one address without a wait")
			}
		}
	})
}

func TestLogout(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("ada"))
		stolen := s.client()
		stolen.cookies["session"] = c.cookies["session"]
		r := c.post("/logout")
		if r.status != http.StatusSeeOther || r.header.Get("Clear-Site-Data") != `"cache", "storage"` || c.cookies["session"] != "" {
			t.Errorf("%d, %v", r.status, r.header)
		}
		if r := stolen.get("/settings/profile"); r.status != http.StatusSeeOther {
			t.Errorf("the session lives on: %d", r.status)
		}
	})
}

func TestSession(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		t.Run("its id changes when somebody logs in", func(t *testing.T) {
			c := s.as(ada)
			before := c.cookies["session"]
			c.post("/login", "username", "ada", "password", password)
			if c.cookies["session"] == before {
				t.Error("the same id")
			}
			old := s.client()
			old.cookies["session"] = before
			if r := old.get("/settings/profile"); r.status != http.StatusSeeOther {
				t.Errorf("the old id still works: %d", r.status)
			}
		})
		t.Run("its cookie is for this browser and site alone", func(t *testing.T) {
			r := s.client().post("/login", "username", "ada", "password", password)
			cookie := sessionCookie(r, "session")
			if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Secure || !cookie.Expires.IsZero() {
				t.Errorf("%+v", cookie)
			}
		})
		t.Run("it lasts 30 days when it is remembered", func(t *testing.T) {
			cookie := sessionCookie(s.client().post("/login", "username", "ada", "password", password, "remember", "on"), "session")
			if days := time.Until(cookie.Expires).Hours() / 24; days < 29 || days > 30.1 {
				t.Errorf("%v days", days)
			}
		})
		t.Run("it ends when its owner is deactivated", func(t *testing.T) {
			boss, bob := s.add("boss", asSuperuser), s.add("bob")
			c := s.as(bob)
			bob.IsActive = false
			_, err := s.db.UpdateUser(context.Background(), dbAuthor(boss), boss, bob)
			must(t, err)
			if r := c.get("/settings/profile"); r.status != http.StatusSeeOther {
				t.Errorf("%d", r.status)
			}
		})
		t.Run("an invented id is nobody's", func(t *testing.T) {
			c := s.client()
			c.cookies["session"] = "invented"
			if r := c.get("/settings/profile"); r.status != http.StatusSeeOther || c.cookies["session"] == "invented" && r.status == 200 {
				t.Errorf("%d", r.status)
			}
		})
	})
}

func TestCookiesOverHTTPS(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.add("ada")
		r := s.client().with("Host", "").post("/login", "username", "ada", "password", password)
		if cookie := sessionCookie(r, "__Host-session"); !cookie.Secure || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("%+v", cookie)
		}
		if r.header.Get("Strict-Transport-Security") == "" {
			t.Error("no HSTS")
		}
	}, func(a *App) { a.BaseURL = "https://people.example.org" })
}

func sessionCookie(r answer, name string) *http.Cookie {
	for _, cookie := range (&http.Response{Header: r.header}).Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	return &http.Cookie{}
}

func TestLoginUnderWayAsThePasswordChangesLetsNobodyIn(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		other, err := auth.NewTestHasher().Hash(t.Context(), "another horse battery")
		must(t, err)
		slow, err := auth.NewHasher(1).Hash(t.Context(), password)
		must(t, err)
		must(t, s.db.SetPassword(t.Context(), db.Author{}, ada.ID, slow))
		done := make(chan answer)
		const clients = 5 // each checks the password for some 20 ms, one after the other
		for range clients {
			go func() { done <- s.client().post("/login", "username", "ada", "password", password) }()
		}
		time.Sleep(30 * time.Millisecond)
		must(t, s.db.SetPassword(t.Context(), db.Author{}, ada.ID, other))
		for range clients {
			<-done
		}
		sessions, _, err := s.db.BelongsTo(t.Context(), ada.ID)
		must(t, err)
		if sessions != 0 {
			t.Errorf("%d sessions outlived the password that began them", sessions)
		}
	}, func(a *App) { a.Hasher = auth.NewHasher(1) })
}

func TestLoginSaysOfNobodyWhatItSaysOfSomebody(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.add("ada")
		for _, name := range []string{"ada", "nobody"} {
			var statuses []int
			for i := range 8 {
				statuses = append(statuses, s.client().post("/login", "username", strings.Repeat(" ", i)+name, "password", "wrong").status)
			}
			if statuses[7] != http.StatusTooManyRequests {
				t.Errorf("%s with spaces in front: %v", name, statuses)
			}
		}
	})
}
