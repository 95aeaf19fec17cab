package handlers

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// clock is a time that a test sets. It may be read while it is set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (s *site) clock() *clock {
	c := &clock{at: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	s.db.Now = c.now
	return c
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// registered fills in the form with a name and an address.
func (c *client) registered(name, email string) answer {
	c.t.Helper()
	return c.post("/register", "username", name, "email", email, "password", password)
}

// TestRegisteringProvesTheAddress goes from the form to one's own profile.
func TestRegisteringProvesTheAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		c := s.client()
		if r := c.registered("ada", "Ada@example.org"); r.status != http.StatusSeeOther || r.location() != "/verify-email" {
			t.Fatalf("register: %d to %q", r.status, r.location())
		}
		if r := c.get("/verify-email"); !r.says("Ada@example.org") {
			t.Error("the page does not say where the mail went")
		}
		for path, want := range map[string]int{"/settings/profile": http.StatusSeeOther, "/@ada": http.StatusNotFound} {
			if r := c.get(path); r.status != want {
				t.Errorf("%s before the address is proven: %d", path, r.status)
			}
		}
		m := p.last(t, "Ada@example.org", 1)
		for range 3 { // a scanner of mail, and its friends
			if r := s.client().get(m.Link()); r.status != http.StatusOK || r.header.Get("Referrer-Policy") != "no-referrer" || r.header.Get("Cache-Control") != "no-store" {
				t.Fatalf("the page of the link: %d %v", r.status, r.header)
			}
		}
		r := c.post(m.Link())
		if r.status != http.StatusSeeOther || r.location() != "/settings/profile?saved=account" {
			t.Fatalf("confirm: %d to %q", r.status, r.location())
		}
		if r := c.get("/settings/account"); r.status != http.StatusOK || !r.says("Ada@example.org") || r.says("Not confirmed") {
			t.Errorf("the account afterwards: %d", r.status)
		}
		if r := s.client().get("/@ada"); r.status != http.StatusOK {
			t.Errorf("the public page afterwards: %d", r.status)
		}
		for _, r := range []answer{s.client().get(m.Link()), s.client().post(m.Link())} {
			if r.status != http.StatusNotFound || !r.says("does not work any more") {
				t.Errorf("the link a second time: %d", r.status)
			}
		}
	}, withMail)
}

// TestAnotherBrowserIsNotLoggedInByTheLink: who has the mail need not be who has the browser.
func TestAnotherBrowserIsNotLoggedInByTheLink(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada", "ada@example.org")
		other := s.client()
		if r := other.post(p.last(t, "ada@example.org", 1).Link()); r.location() != "/login?verified=1" {
			t.Fatalf("to %q", r.location())
		}
		if r := other.get("/login?verified=1"); !r.says("Your address is confirmed") {
			t.Error("the page does not say so")
		}
		if r := other.get("/settings/profile"); r.status != http.StatusSeeOther {
			t.Error("the link alone has logged somebody in")
		}
		s.as(account.User{Username: "ada"})
	}, withMail)
}

// TestTakenAddressIsNotTold registers with a free and with a taken address: nothing that the site says differs, before and after.
func TestTakenAddressIsNotTold(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("owner")
		seen := map[string][]string{}
		for name, email := range map[string]string{"free1": "other@example.org", "free2": "OWNER@example.org"} {
			c := s.client()
			note := func(r answer) {
				body := strings.NewReplacer(name, "NAME", email, "ADDRESS").Replace(r.body)
				if csrf := r.value("csrfmiddlewaretoken"); csrf != "" {
					body = strings.ReplaceAll(body, csrf, "")
				}
				seen[name] = append(seen[name], http.StatusText(r.status)+r.location()+body)
			}
			note(c.htmx().post("/register/check", "field", "email", "email", email))
			note(c.registered(name, email))
			note(c.get("/verify-email"))
			note(c.post("/verify-email"))
			note(s.client().registered(name, "third@example.org")) // the name is taken by either
			note(s.client().get("/@" + name))
			note(c.post("/login", "username", name, "password", password))
			note(c.post("/login", "username", name, "password", "wrong password"))
			note(s.client().post("/reset-password", "email", email))
		}
		for i := range seen["free1"] {
			if a, b := strings.ReplaceAll(seen["free1"][i], "free1", ""), strings.ReplaceAll(seen["free2"][i], "free2", ""); a != b {
				t.Errorf("answer %d differs:\n%s\n%s", i, a, b)
			}
		}
		m := p.last(t, "OWNER@example.org", 1)
		if m.Subject != "You have an account already · Nameplate" || !strings.Contains(m.Text, "'owner'") || strings.Contains(m.Text, "verify-email") {
			t.Errorf("the owner gets %q\n%s", m.Subject, m.Text)
		}
		if m := p.last(t, "other@example.org", 1); m.Subject != "Confirm your e-mail address · Nameplate" {
			t.Errorf("somebody new gets %q", m.Subject)
		}
	}, withMail)
}

// TestUnprovenLogin logs in with the right password before the address is proven: another mail comes.
func TestUnprovenLogin(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		s.client().registered("ada", "ada@example.org")
		first := p.last(t, "ada@example.org", 1)
		now.pass(23 * time.Hour)
		c := s.client()
		if r := c.post("/login", "username", "ada@example.org", "password", password); r.status != http.StatusUnprocessableEntity {
			t.Errorf("by an address that is not proven: %d", r.status)
		}
		if r := c.post("/login", "username", "ada", "password", password); r.location() != "/verify-email" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		if r := c.get("/settings/profile"); r.status != http.StatusSeeOther {
			t.Error("logged in without a proof")
		}
		second := p.last(t, "ada@example.org", 2)
		if r := c.post(first.Link()); r.status != http.StatusNotFound {
			t.Errorf("the link of the first mail: %d", r.status)
		}
		now.pass(24*time.Hour - time.Second)
		if r := s.client().get(second.Link()); r.status != http.StatusOK {
			t.Errorf("the link of the second before a day is over: %d", r.status)
		}
		now.pass(time.Second)
		if r := c.post(second.Link()); r.status != http.StatusNotFound {
			t.Errorf("the link of the second after a day: %d", r.status)
		}
	}, withMail)
}

// TestProofIsMailedAgainNotTooOften asks for the mail as often as one may.
func TestProofIsMailedAgainNotTooOften(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.clock()
		c := s.client()
		c.registered("ada", "ada@example.org")
		p.send(t)
		var last answer
		sent := 0
		for range 8 {
			if last = c.post("/verify-email"); last.status == http.StatusSeeOther {
				sent++
				p.send(t)
			}
		}
		if sent < 3 || sent > 5 || last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" || !last.says("Please wait") {
			t.Errorf("%d were sent, then %d", sent, last.status)
		}
		if n := len(p.Mails()); n != 1+sent {
			t.Errorf("%d mails, not %d", n, 1+sent)
		}
		if r := s.client().post("/verify-email"); r.location() != "/login" {
			t.Errorf("another browser: %d to %q", r.status, r.location())
		}
	}, withMail)
}

// TestLinkIsUsedOnce uses one link many times at once.
func TestLinkIsUsedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada", "ada@example.org")
		link := p.last(t, "ada@example.org", 1).Link()
		if used := atOnce(func() bool { return s.client().post(link).status == http.StatusSeeOther }); used != 1 {
			t.Errorf("it was used %d times", used)
		}
	}, withMail)
}

// atOnce does something eight times at once, and counts how often it was true.
func atOnce(do func() bool) (n int) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if do() {
				mu.Lock()
				defer mu.Unlock()
				n++
			}
		})
	}
	all.Wait()
	return n
}

// TestLinksAreForOneThing tries the links of mails where they don't belong, cut, and with other letters.
func TestLinksAreForOneThing(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("ada")
		must(t, s.db.RequestReset(t.Context(), "ada@example.org"))
		s.client().registered("bob", "bob@example.org")
		reset := strings.TrimPrefix(p.last(t, "ada@example.org", 1).Link(), "/reset-password/")
		verify := strings.TrimPrefix(p.last(t, "bob@example.org", 1).Link(), "/verify-email/")
		for _, path := range []string{
			"/verify-email/" + reset, "/undo-email/" + reset, "/undo-email/" + verify, "/reset-password/" + verify,
			"/reset-password/" + reset[:25], "/reset-password/" + reset + "A", "/reset-password/" + strings.ToLower(reset), "/verify-email/" + verify[1:],
			"/verify-email/%00", "/verify-email/" + strings.Repeat("A", 5000), "/verify-email/%FF%FE", "/reset-password/'%20OR%201=1",
		} {
			for _, r := range []answer{s.client().get(path), s.client().post(path, "new_password", "a quite new password")} {
				if r.status != http.StatusNotFound {
					t.Errorf("%.60s: %d", path, r.status)
				}
			}
		}
	}, withMail)
}

// TestTwoProveOneAddress: whoever is first has it.
func TestTwoProveOneAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada", "one@example.org")
		first := p.last(t, "one@example.org", 1)
		s.client().registered("bob", "ONE@example.org")
		second := p.last(t, "ONE@example.org", 1)
		if r := s.client().post(first.Link()); r.status != http.StatusSeeOther {
			t.Fatalf("the first: %d", r.status)
		}
		if r := s.client().post(second.Link()); r.status != http.StatusNotFound || !r.says("Another account has this address") {
			t.Errorf("the second: %d", r.status)
		}
	}, withMail)
}

// TestTokenPagesOverPlainHTTP: they tell no referrer, and browsers then say that their form comes from nowhere.
func TestTokenPagesOverPlainHTTP(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada", "ada@example.org")
		link := p.last(t, "ada@example.org", 1).Link()
		c := s.client().with("Sec-Fetch-Site", "").with("Origin", "null")
		token := c.get(link).value("csrfmiddlewaretoken")
		if r := c.post(link); r.status != http.StatusForbidden {
			t.Errorf("without the form's token: %d", r.status)
		}
		if r := c.post("/login", "csrfmiddlewaretoken", token, "username", "ada"); r.status != http.StatusForbidden {
			t.Errorf("another page from nowhere: %d", r.status)
		}
		if r := c.post(link, "csrfmiddlewaretoken", token); r.status != http.StatusSeeOther {
			t.Errorf("with it: %d", r.status)
		}
	}, withMail)
}

// TestMistypedAddressIsCorrected while the registration waits. A taken address is not told there either.
func TestMistypedAddressIsCorrected(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("owner")
		c := s.client()
		c.registered("ada", "ada@exmaple.org")
		former := p.last(t, "ada@exmaple.org", 1).Link()
		for typed, says := range map[string]string{"ada": "with an @", "": "Enter an e-mail address"} {
			if r := c.post("/verify-email", "email", typed); r.status != http.StatusUnprocessableEntity || r.value("email") != typed || !r.says(says) {
				t.Errorf("%q: %d", typed, r.status)
			}
		}
		for _, email := range []string{"owner@example.org", "ada@example.org"} {
			if r := c.post("/verify-email", "email", email); r.location() != "/verify-email?sent=1" {
				t.Errorf("%s: %d to %q", email, r.status, r.location())
			}
			if r := c.get("/verify-email"); !r.says("We have sent a mail to " + email) {
				t.Errorf("%s is not shown", email)
			}
		}
		if r := s.client().post(former); r.status != http.StatusNotFound {
			t.Errorf("the link to the mistyped address: %d", r.status)
		}
		if r := c.post(p.last(t, "ada@example.org", 1).Link()); r.status != http.StatusSeeOther || !c.in() {
			t.Errorf("the link to the right one: %d", r.status)
		}
		if r := s.client().post("/verify-email", "email", "eve@example.org"); r.location() != "/login" {
			t.Errorf("somebody who has not registered: %d", r.status)
		}
	}, withMail)
}

// TestAdminSeesWhoIsUnproven, and sends the mail again.
func TestAdminSeesWhoIsUnproven(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.client().registered("ada", "ada@example.org")
		p.send(t)
		staff := s.as(s.add("staff", asStaff))
		if r := staff.get("/admin/users"); !r.says("ada@example.org not confirmed") {
			t.Error("the list does not tell")
		}
		ada, err := s.db.UserByName(t.Context(), "ada")
		must(t, err)
		r := staff.get(path("/admin/users/ID", ada.ID))
		if r.Find("form[action$='/proof']").Length() != 1 || !r.says("ada@example.org") {
			t.Error("the person's page does not tell")
		}
		if r := staff.post(path("/admin/users/ID/proof", ada.ID)); r.location() != path("/admin/users/ID?saved=proof", ada.ID) {
			t.Errorf("%d to %q", r.status, r.location())
		}
		p.last(t, "ada@example.org", 2)
	}, withMail)
}
