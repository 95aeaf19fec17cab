package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

const another = "a quite different password"

// TestPasswordIsChanged changes one's own password: a cookie that was stolen before lets nobody in, and neither does this browser's own
// former one.
func TestPasswordIsChanged(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.add("ada")
		c, elsewhere := s.as(ada), s.as(ada)
		stolen := s.client()
		stolen.cookies["session"] = c.cookies["session"]
		r := c.post("/settings/password", "old_password", password, "new_password", another)
		if r.status != http.StatusSeeOther || r.location() != "/settings/account?saved=password" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		if r := c.get(r.location()); r.status != http.StatusOK || !r.says("Your password is changed") {
			t.Errorf("this browser is at %d", r.status)
		}
		for name, other := range map[string]*client{"another browser": elsewhere, "a stolen cookie of this one": stolen} {
			if r := other.get("/settings/account"); r.status != http.StatusSeeOther {
				t.Errorf("%s: %d", name, r.status)
			}
		}
		for typed, want := range map[string]int{password: http.StatusUnprocessableEntity, another: http.StatusSeeOther} {
			if r := s.client().post("/login", "username", "ada", "password", typed); r.status != want {
				t.Errorf("%q: %d", typed, r.status)
			}
		}
		if m := p.last(t, "ada@example.org", 1); m.Subject != "Your password was changed · Nameplate" {
			t.Errorf("%s", m.Subject)
		}
		if got := dbtest.Text(t, s.db, "SELECT field || old || new || by_username FROM history WHERE action = 'change'"); got != "passwordada" {
			t.Errorf("history: %s", got)
		}
	}, withMail)
}

func TestPasswordIsNotChanged(t *testing.T) {
	tests := []struct{ name, old, new, says string }{
		{"without the present one", "", another, "This is not your password"},
		{"with a wrong one", "wrong password", another, "This is not your password"},
		{"to nothing", password, "", "Enter a password"},
		{"to one that is too short", password, "short", "Make the password longer"},
		{"to a common one", password, "password1234", "among the first to be guessed"},
		{"to one like the username", password, "ada.lovelace1", "too much like"},
		{"to one like the address", password, "mathematics1", "too much like"},
		{"to a long one", password, strings.Repeat("lang ", 1000), "Shorten"},
	}
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("ada.lovelace", func(u *account.User) { u.Email = "mathematics@example.org" }))
		for _, test := range tests {
			r := c.post("/settings/password", "old_password", test.old, "new_password", test.new)
			if r.status != http.StatusUnprocessableEntity || !r.says(test.says) {
				t.Errorf("%s: %d", test.name, r.status)
			}
			if strings.Contains(r.body, password) || test.new != "" && test.new != "short" && strings.Contains(r.body, test.new) {
				t.Errorf("%s: a password is sent back", test.name)
			}
		}
	}, func(a *App) { a.Throttle = false })
}

// TestPresentPasswordIsNotGuessed: whoever has a browser of somebody has not their password.
func TestPresentPasswordIsNotGuessed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		c := s.as(s.add("ada"))
		var r answer
		for range 10 {
			r = c.post("/settings/password", "old_password", "wrong password", "new_password", another)
		}
		if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" || !r.says("Please wait") {
			t.Errorf("%d", r.status)
		}
		if r := c.post("/settings/password", "old_password", password, "new_password", another); r.status != http.StatusTooManyRequests {
			t.Errorf("the right one: %d", r.status)
		}
	})
}

func TestChangePasswordURL(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	r := s.client().get("/.well-known/change-password")
	if to, err := url.Parse(r.location()); err != nil || to.Path != "/settings/password" {
		t.Errorf("%d to %q", r.status, r.location())
	}
}
