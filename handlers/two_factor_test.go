package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// code is what an app with this secret shows at a moment.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	must(t, err)
	return code
}

// turnOn turns the second factor on in a browser, and returns its secret and the recovery codes.
func (c *client) turnOn(now *clock) (secret string, codes []string) {
	c.t.Helper()
	if r := c.post("/settings/two-factor", "begin", "1"); r.status != http.StatusSeeOther {
		c.t.Fatalf("begin: %d", r.status)
	}
	r := c.get("/settings/two-factor")
	secret = strings.ReplaceAll(r.Find("code.key").Text(), " ", "")
	if r.Find("svg.qr path").AttrOr("d", "") == "" || len(secret) != 32 {
		c.t.Fatalf("no QR code or no key: %q", secret)
	}
	r = c.post("/settings/two-factor", "code", code(c.t, secret, now.now()))
	r.Find(".codes code").Each(func(_ int, s *goquery.Selection) { codes = append(codes, s.Text()) })
	if r.status != http.StatusOK || len(codes) != 10 || r.header.Get("Cache-Control") != "no-store" {
		c.t.Fatalf("turn on: %d with %d recovery codes", r.status, len(codes))
	}
	return secret, codes
}

// half is a browser whose password was right.
func (s *site) half(name string, fields ...string) *client {
	s.t.Helper()
	c := s.client()
	r := c.post("/login", append([]string{"username", name, "password", password}, fields...)...)
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.location(), "/login/code") {
		s.t.Fatalf("%s: %d to %q", name, r.status, r.location())
	}
	return c
}

func (c *client) in() bool {
	c.t.Helper()
	return c.get("/settings/account").status == http.StatusOK
}

func TestTwoFactor(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		ada := s.add("ada")
		c, elsewhere := s.as(ada), s.as(ada)
		secret, codes := c.turnOn(now)
		if !c.in() || elsewhere.in() {
			t.Errorf("this browser is in: %v, another: %v", c.in(), elsewhere.in())
		}
		if m := p.last(t, "ada@example.org", 1); !strings.Contains(m.Subject, "turned on") {
			t.Errorf("%s", m.Subject)
		}
		if r := c.get("/settings/two-factor"); !r.says("It has been on since") || !r.says("10 recovery codes left") || strings.Contains(r.body, secret) || strings.Contains(r.body, codes[0]) {
			t.Error("the page shows what is shown once, or not what it should")
		}
		for _, column := range []string{"SELECT group_concat(code_hash) FROM recovery_codes", "SELECT string_agg(code_hash, ',') FROM recovery_codes"} {
			if strings.Contains(column, "string_agg") == strings.HasSuffix(t.Name(), "postgres") {
				if kept := dbtest.Text(t, s.db, column); strings.Contains(kept, codes[0]) || strings.Contains(kept, strings.ReplaceAll(codes[0], "-", "")) {
					t.Error("a recovery code is kept as it is")
				}
			}
		}

		half := s.half("ada", "next", "/settings/profile?x=1")
		if half.in() {
			t.Fatal("the password alone lets in")
		}
		used := code(t, secret, now.now())
		if r := half.post("/login/code", "code", used, "next", "/settings/profile?x=1"); r.status != http.StatusUnprocessableEntity || strings.Contains(r.body, used) || half.in() {
			t.Errorf("the code that turned it on, again: %d", r.status)
		}
		now.pass(30 * time.Second)
		if r := half.post("/login/code", "code", code(t, secret, now.now()), "next", "/settings/profile?x=1"); r.location() != "/settings/profile?x=1" || !half.in() {
			t.Errorf("the next code: %d to %q", r.status, r.location())
		}
		if r := s.half("ada").post("/login/code", "code", code(t, secret, now.now())); r.status != http.StatusUnprocessableEntity {
			t.Errorf("the same code in another browser: %d", r.status)
		}

		for i, typed := range []string{codes[0], strings.ToUpper(strings.ReplaceAll(codes[1], "-", " "))} {
			half = s.half("ada")
			if r := half.post("/login/code", "recovery_code", typed); r.status != http.StatusSeeOther || !half.in() {
				t.Errorf("recovery code %d: %d", i, r.status)
			}
			if r := s.half("ada").post("/login/code", "recovery_code", typed); r.status != http.StatusUnprocessableEntity || !r.says("used already") {
				t.Errorf("recovery code %d again: %d", i, r.status)
			}
		}
		r := c.post("/settings/two-factor", "codes", "1")
		if r.Find(".codes code").Length() != 10 {
			t.Fatal("no new recovery codes")
		}
		if r := s.half("ada").post("/login/code", "recovery_code", codes[2]); r.status != http.StatusUnprocessableEntity {
			t.Errorf("a recovery code of before: %d", r.status)
		}

		if r := c.post("/settings/two-factor", "off", "1"); r.location() != "/settings/two-factor?saved=off" || !c.in() {
			t.Errorf("turn off: %d", r.status)
		}
		if !s.as(ada).in() || half.in() {
			t.Error("it is not off")
		}
		if got := dbtest.Text(t, s.db, "SELECT count(*) FROM history WHERE field IN ('two_factor', 'recovery_codes') AND by_username = 'ada'"); got != "3" {
			t.Errorf("%s lines of history", got)
		}
	}, withMail)
}

// TestTwoFactorAsksAgain: who has found an open browser can't change it.
func TestTwoFactorAsksAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		c := s.as(s.add("ada"))
		c.turnOn(now)
		now.pass(10 * time.Minute)
		for _, field := range []string{"off", "codes", "begin"} {
			r := c.htmx().post("/settings/two-factor", field, "1")
			if r.Find("[name=password]").Length() != 1 || r.value(field) != "1" || r.Find("#two-factor").Length() != 1 || r.Find(".codes").Length() > 0 {
				t.Errorf("%s: %d", field, r.status)
			}
		}
		if r := c.post("/settings/two-factor", "off", "1", "password", password); r.location() != "/settings/two-factor?saved=off" {
			t.Errorf("%d", r.status)
		}
	})
}

// TestTwoFactorIsConfirmed: a secret that no code was entered for is not asked for.
func TestTwoFactorIsConfirmed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		ada := s.add("ada")
		c := s.as(ada)
		c.post("/settings/two-factor", "begin", "1")
		first := c.get("/settings/two-factor").Find("code.key").Text()
		r := c.post("/settings/two-factor", "code", "123")
		if r.status != http.StatusUnprocessableEntity || !r.says("This code is not right") || r.Find("code.key").Text() != first {
			t.Errorf("a wrong code: %d", r.status)
		}
		if !s.as(ada).in() {
			t.Error("it is asked for already")
		}
		if r := c.post("/settings/two-factor", "codes", "1"); r.location() != "/settings/two-factor" {
			t.Errorf("recovery codes without it: %d", r.status)
		}
		c.post("/settings/two-factor", "begin", "1")
		if c.get("/settings/two-factor").Find("code.key").Text() == first {
			t.Error("beginning again keeps the secret")
		}
	})
}

func TestTwoFactorIsRequired(t *testing.T) {
	for _, who := range []string{"staff", "everyone"} {
		t.Run(who, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				now := s.clock()
				s.add("staff", asStaff)
				member, staff := s.as(s.add("ada")), s.as(account.User{Username: "staff"})
				if member.in() == (who == "everyone") {
					t.Errorf("a member is in: %v", member.in())
				}
				for _, path := range []string{"/admin/", "/admin/users", "/settings/profile"} {
					if r := staff.get(path); r.location() != "/settings/two-factor?next="+url.QueryEscape(path) {
						t.Errorf("%s: %d to %q", path, r.status, r.location())
					}
					if r := staff.htmx().get(path); !strings.HasPrefix(r.header.Get("HX-Redirect"), "/settings/two-factor") {
						t.Errorf("%s for htmx: %d", path, r.status)
					}
				}
				for _, path := range []string{"/settings/data", "/settings/delete"} { // one may always go
					if r := staff.get(path); r.status != http.StatusOK {
						t.Errorf("%s: %d", path, r.status)
					}
				}
				if r := staff.get("/settings/two-factor?next=%2Fadmin%2Fusers"); r.value("next") != "/admin/users" {
					t.Errorf("where one was going is lost: %q", r.value("next"))
				}
				if r := staff.get("/settings/two-factor?next=%2F%2Fevil.example"); r.value("next") != "" {
					t.Errorf("goes on to %q", r.value("next"))
				}
				if r := staff.get("/settings/two-factor"); r.status != http.StatusOK || !r.says("asks for a second factor") {
					t.Errorf("%d", r.status)
				}
				secret, _ := staff.turnOn(now)
				if r := staff.get("/admin/users"); r.status != http.StatusOK {
					t.Errorf("afterwards: %d", r.status)
				}
				now.pass(time.Minute)
				half := s.half("staff")
				half.post("/login/code", "code", code(t, secret, now.now()))
				if r := half.get("/admin/users"); r.status != http.StatusOK {
					t.Errorf("logged in with it: %d", r.status)
				}
				staff.post("/settings/two-factor", "off", "1")
				if r := staff.get("/admin/users"); r.location() != "/settings/two-factor?next=%2Fadmin%2Fusers" {
					t.Errorf("once it is off: %d to %q", r.status, r.location())
				}
			}, func(a *App) { a.RequireTwoFactor = who })
		})
	}
}

// TestPasskeyIsTheSecondFactor: whoever has one, and comes with the password alone, adds no other factor.
func TestPasskeyIsTheSecondFactor(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		ada := s.add("ada")
		must(t, s.db.AddPasskey(t.Context(), dbAuthor(ada), db.Passkey{UserID: ada.ID, Handle: []byte("h"), KeyID: []byte("k"), Data: "{}", Name: "phone"}))
		c := s.as(ada)
		if r := c.get("/settings/two-factor"); !r.says("You have a passkey: log in with it") || r.Find("[name=begin]").Length() > 0 {
			t.Errorf("%d: %s", r.status, r.Find("main").Text())
		}
		for _, path := range []string{"/settings/two-factor", "/settings/passkeys"} {
			if r := c.post(path, "begin", "1"); r.location() != "/settings/two-factor" {
				t.Errorf("%s: %d to %q", path, r.status, r.location())
			}
		}
		if r := c.post("/settings/two-factor", "code", code(t, "JBSWY3DPEHPK3PXP", now.now())); r.location() != "/settings/two-factor" {
			t.Errorf("%d", r.status)
		}
		if second, err := s.db.TwoFactor(t.Context(), ada.ID); err != nil || second.Secret != "" {
			t.Errorf("%+v %v", second, err)
		}
	}, func(a *App) { a.RequireTwoFactor = "everyone" })
}

// TestThePasswordAloneTakesNothingAlong: whoever has a factor comes with it, also to take the data along and to go.
func TestThePasswordAloneTakesNothingAlong(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		none := s.as(ada)
		must(t, s.db.AddPasskey(t.Context(), dbAuthor(ada), db.Passkey{UserID: ada.ID, Handle: []byte("h"), KeyID: []byte("k"), Data: "{}", Name: "phone"}))
		for _, c := range []*client{none, s.as(ada)} {
			for _, path := range []string{"/settings/data", "/settings/delete"} {
				for _, r := range []answer{c.get(path), c.post(path, "username", "ada", "password", password)} {
					if r.status != http.StatusSeeOther || !strings.HasPrefix(r.location(), "/settings/two-factor") {
						t.Errorf("%s: %d to %q", path, r.status, r.location())
					}
				}
			}
		}
		if _, err := s.db.User(t.Context(), ada.ID); err != nil {
			t.Error("the password alone has deleted the account")
		}
		if r := s.as(s.add("bob")).post("/settings/data"); r.status != http.StatusOK {
			t.Errorf("who has no factor: %d", r.status)
		}
	}, func(a *App) { a.RequireTwoFactor = "everyone" })
}
