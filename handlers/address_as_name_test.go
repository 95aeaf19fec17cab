package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// named is somebody whose username is an address that is no longer theirs.
func (s *site) named(address string) account.User {
	s.t.Helper()
	u := s.add("owner", func(u *account.User) { u.Username, u.Email = address, address })
	u, err := s.db.ChangeEmail(s.t.Context(), dbAuthor(u), u.ID, "new@example.org", db.NoProof)
	must(s.t, err)
	return u
}

// TestAnAddressThatIsAName belongs to who has that username: they log in with it.
func TestAnAddressThatIsAName(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		owner, ada := s.named("Ada.L@example.org"), s.add("ada")
		for way, ask := range map[string]func() answer{
			"registering": func() answer { return s.client().registered("eve", "ada.l@example.org") },
			"a check": func() answer {
				return s.client().htmx().post("/register/check", "field", "email", "email", "ada.l@example.org")
			},
			"one's account": func() answer { return s.as(ada).post("/settings/account", "email", "ada.l@example.org") },
			"an admin": func() answer {
				return s.as(s.add("boss", asSuperuser)).post(path("/admin/users/ID", ada.ID), "email", "ada.l@example.org", "version", "1")
			},
			"a table": func() answer {
				return s.as(s.add("clerk", asStaff)).upload(importPath, "file", "a.csv", []byte("username,email\nada,ada.l@example.org\n"))
			},
		} {
			if r := ask(); !r.says("ada.l@example.org' is taken") {
				t.Errorf("%s: %d %s", way, r.status, r.Find("main").Text())
			}
		}
		if r := s.as(owner).post("/settings/account", "email", "ada.l@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("its owner: %d", r.status)
		}
		if r := s.client().post("/login", "username", "ada.l@example.org", "password", password); r.status != http.StatusSeeOther {
			t.Errorf("logging in with it: %d", r.status)
		}
	})
}

// TestAnAddressThatIsANameIsNotTold where there is mail.
func TestAnAddressThatIsANameIsNotTold(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.named("ada.l@example.org")
		ada := s.as(s.add("ada"))
		if r := s.client().registered("eve", "ada.l@example.org"); r.location() != "/verify-email" {
			t.Errorf("registering: %d", r.status)
		}
		if m := p.last(t, "ada.l@example.org", 1); !strings.HasPrefix(m.Subject, "You have an account already") || strings.Contains(m.Text, "/verify-email/") {
			t.Errorf("%s", m.Text)
		}
		if r := ada.post("/settings/account", "email", "ada.l@example.org"); r.location() != "/settings/account?saved=sent#row-email" {
			t.Errorf("one's account: %d", r.status)
		}
		if m := p.last(t, "ada.l@example.org", 2); strings.Contains(m.Text, "/verify-email/") {
			t.Errorf("%s", m.Text)
		}
	}, withMail)
}

// TestAnUnprovenNameKeepsNoAddress: whoever registers with somebody's address as the username has not shown that it is theirs.
func TestAnUnprovenNameKeepsNoAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada.l@example.org", "ada.l@example.org")
		p.send(t)
		s.client().registered("ada", "ada.l@example.org")
		if r := s.client().post(p.linkTo(t, "ada.l@example.org", "/verify-email/")); r.location() != "/login?verified=1" {
			t.Errorf("%d to %q", r.status, r.location())
		}
	}, withMail)
}
