package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

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
		"a log-in":     func(s *site, _ *post, ada account.User, _ *clock) { s.as(ada) },
		"a newer link": func(s *site, p *post, _ account.User, _ *clock) {
			s.client().post("/reset-password", "email", "ada@example.org")
			p.last(s.t, "ada@example.org", 2)
		},
		"a changed password": func(s *site, _ *post, ada account.User, _ *clock) {
			must(s.t, s.db.SetPassword(s.t.Context(), dbAuthor(ada), ada.ID, "hash"))
		},
		"a changed address": func(s *site, _ *post, ada account.User, _ *clock) {
			_, err := s.db.ChangeEmail(s.t.Context(), dbAuthor(ada), ada.ID, "new@example.org", false)
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
			_, err := s.db.DeleteUser(s.t.Context(), dbAuthor(boss), boss, ada.ID)
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
		s.as(ada)
		p.send(t)
		if n := len(p.Mails()); n != 0 {
			t.Errorf("%d mails were sent", n)
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

func TestResetIsNotAskedForTooOften(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		s.add("ada")
		for _, email := range []string{"ada@example.org", "nobody@example.org"} {
			var r answer
			for range 5 {
				r = s.client().post("/reset-password", "email", email)
			}
			if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" || !r.says("Please wait") {
				t.Errorf("%s: %d", email, r.status)
			}
		}
		first := 0
		for i := range 150 {
			if r := s.client().post("/reset-password", "email", "a"+strings.Repeat("b", i%60)+string(rune('a'+i/60))+"@example.org"); r.status == http.StatusTooManyRequests {
				first = i
				break
			}
		}
		if first == 0 {
			t.Error("one network may ask for as many as it likes")
		}
	})
}

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

// TestSessionsPage logs out one browser, then all others.
func TestSessionsPage(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		bob := s.as(s.add("bob"))
		c := s.as(ada)
		var others []*client
		for _, agent := range []string{
			"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Lynx/2.9.0dev.12 libwww-FM/2.14", `<script>alert(1)</script>`,
		} {
			other := s.client().with("User-Agent", agent)
			other.post("/login", "username", "ada", "password", password)
			others = append(others, other)
		}
		r := c.get("/settings/sessions")
		if n := r.Find(".row").Length(); n != 4 || !r.says("This browser") || !r.says("Firefox on Linux") || !r.says("Lynx") || !r.says("0.0.0.0") {
			t.Fatalf("%d rows: %s", n, r.Text())
		}
		id := r.Find(`.row:contains("Firefox") button[name=session]`).AttrOr("value", "")
		if r := bob.post("/settings/sessions", "session", id); r.status != http.StatusSeeOther {
			t.Error(r.status)
		}
		if r := others[0].get("/settings/account"); r.status != http.StatusOK {
			t.Error("somebody else has ended it")
		}
		if r := c.post("/settings/sessions", "session", id); r.location() != "/settings/sessions?saved=one" {
			t.Error(r.location())
		}
		if r := others[0].get("/settings/account"); r.status != http.StatusSeeOther {
			t.Error("it was not ended")
		}
		if r := c.post("/settings/sessions", "all", "1"); r.location() != "/settings/sessions?saved=all" {
			t.Error(r.location())
		}
		if r := c.get("/settings/sessions?saved=all"); r.Find(".row").Length() != 1 || !r.says("Every other browser is logged out") {
			t.Errorf("%d rows", r.Find(".row").Length())
		}
		for _, other := range others {
			if r := other.get("/settings/account"); r.status != http.StatusSeeOther {
				t.Error("another was not ended")
			}
		}
	})
}

// TestStaffAreLoggedOutSooner lets time pass for a member, somebody remembered, and staff.
func TestStaffAreLoggedOutSooner(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		member, staff := s.as(s.add("member")), s.as(s.add("staff", asStaff))
		remembered, boss := s.client(), s.client()
		remembered.post("/login", "username", "member", "password", password, "remember", "1")
		s.add("boss", asSuperuser)
		boss.post("/login", "username", "boss", "password", password, "remember", "1")
		in := func(c *client) bool { return c.get("/settings/account").status == http.StatusOK }
		for range 24 { // twelve hours in half-hours but a second
			now.pass(30*time.Minute - time.Second)
			if !in(staff) || !in(boss) {
				t.Fatal("staff who use it are out")
			}
		}
		now.pass(24 * time.Second)
		if in(staff) || in(boss) {
			t.Error("staff are in after twelve hours")
		}
		boss = s.as(account.User{Username: "boss"})
		now.pass(30 * time.Minute)
		if in(boss) {
			t.Error("staff are in who have done nothing for half an hour")
		}
		now.pass(24 * time.Hour)
		if in(member) {
			t.Error("a member is in who has done nothing for a day")
		}
		now.pass(28 * 24 * time.Hour)
		if !in(remembered) {
			t.Error("somebody remembered is out after four weeks")
		}
		now.pass(30*24*time.Hour - time.Minute)
		if !in(remembered) {
			t.Error("somebody remembered is out though they came back")
		}
		now.pass(30 * 24 * time.Hour)
		if in(remembered) {
			t.Error("somebody remembered is in after a month")
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
