package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// TestPasswordIsReset goes from the forgotten password to a new one. What was guessed at the account is forgiven.
func TestPasswordIsReset(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		ada := s.add("ada")
		stolen := s.as(ada)
		for range 10 {
			s.client().post("/login", "username", "ada", "password", "wrong password")
		}
		c := s.client()
		if r := c.post("/reset-password", "email", "ADA@example.org"); r.status != http.StatusSeeOther || r.location() != "/reset-password?sent=1" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		now.pass(time.Hour) // the mail server is slow: the half hour begins when the mail leaves
		m := p.last(t, "ada@example.org", 1)
		now.pass(29 * time.Minute)
		if r := c.get(m.Link()); r.status != http.StatusOK || r.header.Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("the page of the link: %d", r.status)
		}
		if r := c.post(m.Link(), "new_password", "ada@example.org"); r.status != http.StatusUnprocessableEntity || !r.says("too much like") {
			t.Errorf("a password like the address: %d", r.status)
		}
		if r := c.post(m.Link(), "new_password", another); r.location() != "/login?reset=1" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		if r := c.post("/login", "username", "ada", "password", another); r.status != http.StatusSeeOther {
			t.Errorf("the new password: %d", r.status)
		}
		if r := stolen.get("/settings/account"); r.status != http.StatusSeeOther {
			t.Errorf("whoever was in the account still is")
		}
		if r := c.post(m.Link(), "new_password", "and one more of them"); r.status != http.StatusNotFound || !r.says("does not work any more") {
			t.Errorf("the link once more: %d", r.status)
		}
		u, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		if u.EmailVerified.IsZero() {
			t.Error("the mail has reached its owner, and the address is not proven by it")
		}
	}, withMail)
}

// TestResetEnds lists what makes a link to choose a password dead.
func TestResetEnds(t *testing.T) {
	for name, end := range map[string]func(s *site, p *post, ada account.User, now *clock){
		"half an hour": func(_ *site, _ *post, _ account.User, now *clock) { now.pass(30 * time.Minute) },
		"a newer link": func(s *site, p *post, _ account.User, _ *clock) {
			s.client().post("/reset-password", "email", "ada@example.org")
			p.last(s.t, "ada@example.org", 2)
		},
		"a changed password": func(s *site, _ *post, ada account.User, _ *clock) {
			must(s.t, s.db.SetPassword(s.t.Context(), dbAuthor(ada), ada.ID, "hash"))
		},
		"a changed address": func(s *site, _ *post, ada account.User, _ *clock) {
			_, err := s.db.ChangeEmail(s.t.Context(), dbAuthor(ada), ada.ID, "new@example.org", db.NoProof)
			must(s.t, err)
		},
		"deactivation": func(s *site, _ *post, ada account.User, _ *clock) {
			boss := s.add("boss", asSuperuser)
			ada, err := s.db.User(s.t.Context(), ada.ID)
			must(s.t, err)
			ada.IsActive = false
			_, err = s.db.UpdateUser(s.t.Context(), dbAuthor(boss), boss, ada)
			must(s.t, err)
		},
		"deletion": func(s *site, _ *post, ada account.User, _ *clock) {
			boss := s.add("boss", asSuperuser)
			err := s.db.DeleteUser(s.t.Context(), dbAuthor(boss), boss, ada.ID)
			must(s.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				p, now := s.mails(&mailtest.Server{}), s.clock()
				ada := s.add("ada")
				s.client().post("/reset-password", "email", "ada@example.org")
				link := p.last(t, "ada@example.org", 1).Link()
				if r := s.client().get(link); r.status != http.StatusOK {
					t.Fatalf("before: %d", r.status)
				}
				end(s, p, ada, now)
				for _, r := range []answer{s.client().get(link), s.client().post(link, "new_password", another)} {
					if r.status != http.StatusNotFound {
						t.Errorf("after: %d", r.status)
					}
				}
			}, withMail)
		})
	}
}

// TestQueuedResetEnds: a link that is still to be mailed is not made any more once it would be dead.
func TestQueuedResetEnds(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.add("ada")
		s.client().post("/reset-password", "email", "ada@example.org")
		must(t, s.db.SetPassword(t.Context(), dbAuthor(ada), ada.ID, "hash"))
		if p.send(t); p.linkTo(t, "ada@example.org", "/reset-password/") != "" {
			t.Error("it was mailed")
		}
	}, withMail)
}

// TestLoggingInEndsNoReset: who knows the password can't keep its owner from choosing another.
func TestLoggingInEndsNoReset(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.add("ada")
		s.client().post("/reset-password", "email", "ada@example.org")
		s.as(ada) // before the mail is sent
		link := p.linkTo(t, "ada@example.org", "/reset-password/")
		s.as(ada) // and after
		if r := s.client().post(link, "new_password", another); r.location() != "/login?reset=1" {
			t.Errorf("%d to %q", r.status, r.location())
		}
	}, withMail)
}

func TestResetIsUsedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("ada")
		s.client().post("/reset-password", "email", "ada@example.org")
		link := p.last(t, "ada@example.org", 1).Link()
		if used := atOnce(func() bool { return s.client().post(link, "new_password", another).status == http.StatusSeeOther }); used != 1 {
			t.Errorf("it was used %d times", used)
		}
	}, withMail)
}

// TestResetTellsNothing asks for links to addresses that somebody has, has not, and can't have.
func TestResetTellsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("ada")
		gone := s.add("gone")
		gone.IsActive = false
		_, err := s.db.UpdateUser(t.Context(), dbAuthor(gone), s.add("boss", asSuperuser), gone)
		must(t, err)
		for _, email := range []string{"ada@example.org", "nobody@example.org", "gone@example.org"} {
			if r := s.client().post("/reset-password", "email", email); r.status != http.StatusSeeOther || r.location() != "/reset-password?sent=1" {
				t.Errorf("%s: %d", email, r.status)
			}
		}
		p.send(t)
		if list := p.Mails(); len(list) != 1 || list[0].To != "ada@example.org" {
			t.Errorf("%v", list)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM mail"); n != "0" {
			t.Errorf("%s mails wait", n)
		}
		if r := s.client().get("/reset-password?sent=1"); !r.says("If somebody here has that address") {
			t.Error("the page does not say what happens now")
		}
		for email, says := range map[string]string{"": "Enter an e-mail address", "ada": "with an @", "a@b@c": "one @", "a\r\nb@example.org": "Leave out"} {
			if r := s.client().post("/reset-password", "email", email); r.status != http.StatusUnprocessableEntity || !r.says(says) {
				t.Errorf("%q: %d", email, r.status)
			}
		}
	}, withMail)
}

// TestResetIsNotAskedForTooOften: one address gets a few mails, and one network asks for some addresses.
func TestResetIsNotAskedForTooOften(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.clock()
		s.add("ada")
		for _, email := range []string{"ada@example.org", "nobody@example.org"} {
			for i := range 10 {
				if r := s.client().post("/reset-password", "email", email); r.location() != "/reset-password?sent=1" {
					t.Errorf("%s: form %d: %d", email, i+1, r.status)
				}
				p.send(t)
			}
		}
		if n := len(p.Mails()); n < 3 || n > 5 {
			t.Errorf("%d mails", n)
		}
		var r answer
		first := 0
		for i := range 150 {
			if r = s.client().post("/reset-password", "email", "a"+strings.Repeat("b", i%60)+string(rune('a'+i/60))+"@example.org"); r.status == http.StatusTooManyRequests {
				first = i
				break
			}
		}
		if first == 0 || r.header.Get("Retry-After") == "" || !r.says("Please wait") {
			t.Error("one network may ask for as many as it likes")
		}
	}, withMail)
}
