package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// TestConfirmedAgain comes back to the form of the address after ten minutes: the password is asked for, and the form goes on.
func TestConfirmedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		ada := s.add("ada")
		for _, htmx := range []bool{false, true} {
			c := s.as(ada)
			if htmx {
				c = c.htmx()
			}
			now.pass(10 * time.Minute)
			email := map[bool]string{false: "new@example.org", true: "newer@example.org"}[htmx]
			r := c.post("/settings/account", "email", email, "other", `<b>"kept"</b>`)
			if r.status != http.StatusOK || r.Find("[name=password]").Length() != 1 || r.value("email") != email || r.value("other") != `<b>"kept"</b>` {
				t.Fatalf("it is not asked again: %d", r.status)
			}
			if htmx && r.Find("#row-email").Length() != 1 {
				t.Error("the part is not the one that is swapped")
			}
			if r = c.post("/settings/account", "email", email, "password", "wrong password"); r.status != http.StatusUnprocessableEntity || !r.says("This is not your password") || r.value("email") != email || strings.Contains(r.body, "wrong password") {
				t.Errorf("a wrong one: %d", r.status)
			}
			if u, err := s.db.User(t.Context(), ada.ID); err != nil || u.Email == email {
				t.Fatalf("%+v %v", u, err)
			}
			form := []string{"password", password}
			r.Find("input[type=hidden]").Each(func(_ int, input *goquery.Selection) {
				if name := input.AttrOr("name", ""); name != "" && name != "csrfmiddlewaretoken" {
					form = append(form, name, input.AttrOr("value", ""))
				}
			})
			if r = c.post("/settings/account", form...); htmx && r.status != http.StatusOK || !htmx && r.status != http.StatusSeeOther {
				t.Errorf("the right one: %d", r.status)
			}
			if u, err := s.db.User(t.Context(), ada.ID); err != nil || u.Email != email {
				t.Errorf("%+v %v", u, err)
			}
			now.pass(9 * time.Minute)
			if r := c.post("/settings/account", "email", "more-"+email); r.Find("[name=password]").Length() != 0 {
				t.Error("it is asked again too soon")
			}
		}
	})
}

func TestConfirmingIsNotGuessed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		c := s.as(s.add("ada"))
		now.pass(time.Hour)
		var r answer
		for range 10 {
			r = c.post("/settings/account", "email", "new@example.org", "password", "wrong password")
		}
		if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" || r.value("email") != "new@example.org" {
			t.Errorf("%d", r.status)
		}
	})
}

// TestStrangersDontKeepOneFromConfirming: failing to log in as somebody is free to everybody.
func TestStrangersDontKeepOneFromConfirming(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		ada := s.add("ada")
		c := s.as(ada)
		for range 10 {
			s.client().post("/login", "username", "ada", "password", "wrong password")
			now.pass(time.Minute)
			s.client().post("/login", "username", "ada", "password", "wrong password")
		}
		if r := c.post("/settings/account", "email", "new@example.org", "password", password); r.status != http.StatusSeeOther {
			t.Errorf("asked again: %d", r.status)
		}
		if r := c.post("/settings/password", "old_password", password, "new_password", another); r.status != http.StatusSeeOther {
			t.Errorf("the present password: %d", r.status)
		}
		if r := c.post("/settings/delete", "username", "ada", "password", another); r.location() != "/login?gone=1" {
			t.Errorf("going: %d to %q", r.status, r.location())
		}
	})
}
