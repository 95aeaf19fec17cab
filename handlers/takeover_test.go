package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// linkTo sends all that is due and returns the link that begins so of the last mail to an address; empty for none.
func (p *post) linkTo(t *testing.T, address, begins string) (link string) {
	t.Helper()
	p.send(t)
	for _, m := range p.Mails() {
		if m.To == address && strings.HasPrefix(m.Link(), begins) {
			link = m.Link()
		}
	}
	return link
}

// moves changes the address of who is signed in, proves it, and returns the link with which the former one undoes that.
func (c *client) moves(p *post, from, to string) (undo string) {
	c.t.Helper()
	c.post("/settings/account", "email", to)
	if r := c.post(p.linkTo(c.t, to, "/verify-email/")); r.location() != "/settings/account?saved=email" {
		c.t.Fatalf("to %s: %d to %q", to, r.status, r.location())
	}
	return p.linkTo(c.t, from, "/undo-email/")
}

// TestAnOlderAddressOutranksANewer: whoever takes an account over and changes its address twice has an undo link, too. It does not end that of
// the owner, which ends it.
func TestAnOlderAddressOutranksANewer(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		ada := s.add("ada", proven)
		thief := s.as(ada)
		owners := thief.moves(p, "ada@example.org", "one@evil.example")
		now.pass(time.Second)
		thiefs := thief.moves(p, "one@evil.example", "two@evil.example")
		if r := s.client().post(thiefs); r.location() != "/login?undone=1" {
			t.Fatalf("the newer link: %d", r.status)
		}
		now.pass(time.Second)
		if r := s.client().post(owners); r.location() != "/login?undone=1" {
			t.Fatalf("the older link after it: %d", r.status)
		}
		u, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		if u.Email != "ada@example.org" {
			t.Errorf("the account has the address %s", u.Email)
		}
	}, withMail)
}

// TestANewerWayBackEndsWithAnOlder: also one whose mail is still to be sent, because its server takes it late.
func TestANewerWayBackEndsWithAnOlder(t *testing.T) {
	for _, late := range []bool{false, true} {
		onEach(t, func(t *testing.T, s *site) {
			p, now := s.mails(&mailtest.Server{}), s.clock()
			thief := s.as(s.add("ada", proven))
			owners := thief.moves(p, "ada@example.org", "one@evil.example")
			now.pass(time.Second)
			thief.post("/settings/account", "email", "two@evil.example")
			thief.post(p.linkTo(t, "two@evil.example", "/verify-email/"))
			if !late {
				p.send(t)
			}
			if r := s.client().post(owners); r.location() != "/login?undone=1" {
				t.Fatalf("the older link: %d", r.status)
			}
			link := p.linkTo(t, "one@evil.example", "/undo-email/")
			if late {
				if link != "" {
					t.Error("another link was mailed")
				}
				return
			}
			if r := s.client().post(link); r.status != http.StatusNotFound {
				t.Errorf("the newer link after it: %d", r.status)
			}
		}, withMail)
	}
}

// TestTheWayBackCountsFromTheChange: a mail that arrives late makes no link that outranks an older one's.
func TestTheWayBackCountsFromTheChange(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		thief := s.as(s.add("ada", proven))
		thief.post("/settings/account", "email", "one@evil.example")
		thief.post(p.linkTo(t, "one@evil.example", "/verify-email/"))
		now.pass(time.Hour) // the server of the owner is slow
		owners := p.linkTo(t, "ada@example.org", "/undo-email/")
		now.pass(7*24*time.Hour - time.Hour - time.Second)
		if r := s.client().get(owners); r.status != http.StatusOK {
			t.Errorf("before a week is over: %d", r.status)
		}
		now.pass(time.Second)
		if r := s.client().get(owners); r.status != http.StatusNotFound {
			t.Errorf("after a week: %d", r.status)
		}
	}, withMail)
}

// TestAPasswordEndsAWaitingAddress, whoever sets it: who knew the former one may have asked for that address.
func TestAPasswordEndsAWaitingAddress(t *testing.T) {
	for way, set := range map[string]func(s *site, p *post, ada account.User){
		"a reset": func(s *site, p *post, _ account.User) {
			s.client().post("/reset-password", "email", "ada@example.org")
			s.client().post(p.linkTo(s.t, "ada@example.org", "/reset-password/"), "new_password", another)
		},
		"its owner": func(s *site, _ *post, ada account.User) {
			s.as(ada).post("/settings/password", "old_password", password, "new_password", another)
		},
		"an admin": func(s *site, _ *post, ada account.User) {
			s.as(s.add("boss", asSuperuser)).post(path("/admin/users/ID/password", ada.ID), "new_password", another)
		},
		"the command line": func(s *site, _ *post, ada account.User) {
			must(s.t, s.db.SetPassword(s.t.Context(), db.Author{}, ada.ID, "hash"))
		},
	} {
		for _, mailed := range []bool{true, false} {
			if way == "a reset" && !mailed {
				continue // its own mail goes out after that of the address
			}
			t.Run(fmt.Sprintf("%s mailed=%v", way, mailed), func(t *testing.T) {
				onEach(t, func(t *testing.T, s *site) {
					p := s.mails(&mailtest.Server{})
					ada := s.add("ada", proven)
					s.as(ada).post("/settings/account", "email", "thief@evil.example")
					link := "/verify-email/NONE"
					if mailed {
						link = p.linkTo(t, "thief@evil.example", "/verify-email/")
					}
					set(s, p, ada)
					if later := p.linkTo(t, "thief@evil.example", "/verify-email/"); !mailed && later != "" {
						t.Error("the link is mailed afterwards")
					}
					if r := s.client().post(link); r.status != http.StatusNotFound {
						t.Errorf("the link: %d", r.status)
					}
					u, err := s.db.User(t.Context(), ada.ID)
					must(t, err)
					if u.Email != "ada@example.org" || u.NewEmail != "" || u.Password == ada.Password {
						t.Errorf("%s, and %s waits", u.Email, u.NewEmail)
					}
				}, withMail)
			})
		}
	}
}

// TestARegistrationKeepsItsAddress when it gets another password: it has no other.
func TestARegistrationKeepsItsAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada", "ada@example.org")
		ada, err := s.db.UserByName(t.Context(), "ada")
		must(t, err)
		s.as(s.add("boss", asSuperuser)).post(path("/admin/users/ID/password", ada.ID), "new_password", another)
		if r := s.client().post(p.linkTo(t, "ada@example.org", "/verify-email/")); r.location() != "/login?verified=1" {
			t.Errorf("%d to %q", r.status, r.location())
		}
	}, withMail)
}

// TestAnAddressThatWasNeverProvenGetsNoWayBack: it may be anybody's.
func TestAnAddressThatWasNeverProvenGetsNoWayBack(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		c := s.as(s.add("ada"))
		c.post("/settings/account", "email", "new@example.org")
		c.post(p.linkTo(t, "new@example.org", "/verify-email/"))
		told := p.last(t, "ada@example.org", 1)
		if !strings.Contains(told.Subject, "was changed") || told.Link() != "/" && told.Link() != "" {
			t.Errorf("%s\n%s", told.Subject, told.Text)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM tokens"); n != "0" {
			t.Errorf("%s links", n)
		}
	}, withMail)
}
