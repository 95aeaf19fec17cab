package handlers

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"nameplate"
	"nameplate/db/dbtest"
	"nameplate/internal/mail/mailtest"
)

// TestNamesAreNotListed asks for one taken name after the other, in each way in which the site tells that one is.
func TestNamesAreNotListed(t *testing.T) {
	ways := map[string]func(c *client, name string) answer{
		"the check of the form": func(c *client, name string) answer {
			return c.htmx().post("/register/check", "field", "username", "username", name)
		},
		"the form": func(c *client, name string) answer {
			return c.post("/register", "username", name, "email", "eve@example.org", "password", password)
		},
		"the check of an address": func(c *client, name string) answer {
			return c.htmx().post("/register/check", "field", "email", "email", name+"@example.org")
		},
		"the check of one's own row": func(c *client, name string) answer {
			return c.htmx().post("/settings/profile/username/check", "username", name)
		},
		"one's own row": func(c *client, name string) answer {
			return c.post("/settings/profile/username", "username", name)
		},
	}
	for way, ask := range ways {
		t.Run(way, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				now := s.clock()
				c := s.client()
				if way == "one's own row" || way == "the check of one's own row" {
					c = s.as(s.add("eve"))
				}
				for i := range 40 {
					s.add("name" + strconv.Itoa(i))
				}
				for i := range 100 { // what is free tells little, and is what people type
					if r := ask(c, fmt.Sprintf("free %d", i)); r.status == http.StatusTooManyRequests {
						t.Fatalf("%d names that can't be are too many", i)
					}
				}
				told := 0
				var r answer
				for i := range 40 {
					if r = ask(c, "name"+strconv.Itoa(i)); r.says("is taken") {
						told++
					}
				}
				if told < 20 || told > 22 || r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" || !r.says("Please wait") {
					t.Errorf("%d names were told, then %d", told, r.status)
				}
				now.pass(24 * time.Hour)
				if r := s.client().htmx().post("/register/check", "field", "username", "username", "name1"); !r.says("is taken") {
					t.Errorf("a day later: %d", r.status)
				}
			})
		})
	}
}

// TestRegisteringIsSlowed: one network makes many accounts, and then has to wait, with its form intact.
func TestRegisteringIsSlowed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		made := 0
		var r answer
		for i := range 130 {
			c := s.client()
			r = c.upload("/register", "profile_pic", "a.jpg", photo(t, 7), "username", "name"+strconv.Itoa(i), "email", fmt.Sprintf("a%d@example.org", i), "password", password)
			if r.status != http.StatusSeeOther {
				break
			}
			made++
		}
		if made < 100 || made > 102 || r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" || !r.says("Please wait") {
			t.Fatalf("%d were made, then %d", made, r.status)
		}
		if r.value("username") != "name"+strconv.Itoa(made) || r.value("waiting_profile_pic") == "" {
			t.Error("what was typed is lost")
		}
		now.pass(2 * time.Second)
		if r := s.client().registered("more", "more@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("after the wait: %d", r.status)
		}
	})
}

// TestCountsSurviveARestart: another program on the same database knows them.
func TestCountsSurviveARestart(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	now := s.clock()
	s.add("ada")
	for range 10 {
		s.client().post("/login", "username", "ada", "password", "wrong password")
	}
	again := newSite(t, dbtest.Again(t, s.db, string(nameplate.ProfileTOML)))
	again.db.Now = now.now
	if r := again.client().post("/login", "username", "ada", "password", password); r.status != http.StatusTooManyRequests {
		t.Errorf("%d", r.status)
	}
}

// TestRegisteringIsNoMailBomb: one address gets a few mails, whoever has it. Beyond these all is as always: strangers don't keep anybody from
// using their own address.
func TestRegisteringIsNoMailBomb(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		now := s.clock()
		s.add("owner")
		for _, email := range []string{"owner@example.org", "nobody@example.org"} {
			var c *client
			for i := range 10 {
				c = s.client()
				if r := c.registered(fmt.Sprintf("%.3s%d", email, i), email); r.location() != "/verify-email" {
					t.Errorf("%s: form %d: %d to %q", email, i+1, r.status, r.location())
				}
			}
			p.send(t)
			if n := len(p.To(t, email, 1)); n < 3 || n > 5 {
				t.Errorf("%s got %d mails", email, n)
			}
			if r := c.get("/verify-email"); !r.says("We have sent a mail to " + email) {
				t.Errorf("%s: the page says something else than always", email)
			}
			if r := c.post("/verify-email"); r.status != http.StatusTooManyRequests || !r.says("Please wait") {
				t.Errorf("%s: one more is promised: %d", email, r.status)
			}
			now.pass(time.Minute)
			sent := len(p.Mails())
			if r := c.post("/verify-email"); r.location() != "/verify-email?sent=1" {
				t.Errorf("%s: after the wait: %d", email, r.status)
			}
			if p.send(t); len(p.Mails()) != sent+1 {
				t.Errorf("%s: no mail after the wait", email)
			}
		}
	}, withMail)
}

// TestAddressesThatOthersMailToo are taken by every form that takes addresses, without another mail.
func TestAddressesThatOthersMailToo(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.clock()
		bob := s.client()
		bob.registered("bob", "bob@example.org")
		ada := s.as(s.add("ada"))
		for i := range 10 {
			s.client().registered(fmt.Sprintf("eve%d", i), "mine@example.org")
			s.client().post("/reset-password", "email", "ada@example.org")
			p.send(t)
		}
		sent := len(p.Mails())
		if r := ada.post("/settings/account", "email", "mine@example.org"); r.location() != "/settings/account?saved=sent#row-email" {
			t.Errorf("one's account: %d to %q", r.status, r.location())
		}
		if r := bob.post("/verify-email", "email", "mine@example.org"); r.location() != "/verify-email?sent=1" {
			t.Errorf("a mistyped address: %d to %q", r.status, r.location())
		}
		if r := s.client().post("/reset-password", "email", "ada@example.org"); r.location() != "/reset-password?sent=1" {
			t.Errorf("a forgotten password: %d to %q", r.status, r.location())
		}
		if p.send(t); len(p.Mails()) != sent {
			t.Errorf("%d mails more", len(p.Mails())-sent)
		}
		if r := s.client().post(p.linkTo(t, "ada@example.org", "/reset-password/"), "new_password", another); r.location() != "/login?reset=1" {
			t.Errorf("the last link that was mailed: %d", r.status)
		}
		if u, err := s.db.UserByName(t.Context(), "bob"); err != nil || u.NewEmail != "mine@example.org" {
			t.Errorf("%s waits, %v", u.NewEmail, err)
		}
	}, withMail)
}

// TestWaitsTellNoAddress: whoever makes a username wait learns nothing of the address that goes with it.
func TestWaitsTellNoAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		s.add("ada")
		for range 10 {
			s.client().post("/login", "username", "ada", "password", "wrong password")
		}
		answers := map[string]answer{}
		for _, email := range []string{"ada@example.org", "eve@example.org"} {
			for i := range 10 {
				r := s.client().post("/login", "username", email, "password", "wrong password")
				if was, ok := answers[strconv.Itoa(i)]; ok && (was.status != r.status || was.header.Get("Retry-After") != r.header.Get("Retry-After")) {
					t.Errorf("mistake %d: %d for the one that belongs to the name, %d for another", i+1, was.status, r.status)
				}
				answers[strconv.Itoa(i)] = r
			}
		}
		if answers["9"].status != http.StatusTooManyRequests {
			t.Errorf("ten mistakes without a wait: %d", answers["9"].status)
		}
	})
}

// TestAResetForgivesBothNames under which one logs in, and what was guessed elsewhere.
func TestAResetForgivesBothNames(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.clock()
		in := s.as(s.add("ada"))
		for range 10 {
			for _, name := range []string{"ada", "Ada@example.org"} {
				s.client().post("/login", "username", name, "password", "wrong password")
			}
			in.post("/settings/password", "old_password", "wrong password", "new_password", another)
		}
		s.client().post("/reset-password", "email", "ada@example.org")
		s.client().post(p.linkTo(t, "ada@example.org", "/reset-password/"), "new_password", another)
		for _, name := range []string{"ada", "ada@example.org"} {
			if r := s.client().post("/login", "username", name, "password", another); r.status != http.StatusSeeOther {
				t.Errorf("%s: %d", name, r.status)
			}
		}
		c := s.client()
		c.post("/login", "username", "ada", "password", another)
		if r := c.post("/settings/password", "old_password", another, "new_password", password); r.status != http.StatusSeeOther {
			t.Errorf("where it is asked again: %d", r.status)
		}
	}, withMail)
}
