package handlers

import (
	"net/http"
	"testing"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

func TestCodesAreNotGuessed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		c := s.as(s.add("ada"))
		secret, codes := c.turnOn(now)
		now.pass(time.Minute)
		var r answer
		for i := range 10 {
			half := s.half("ada") // each with a browser of its own
			r = half.post("/login/code", []string{"code", "recovery_code"}[i%2], "000000")
		}
		if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" || !r.says("Please wait") {
			t.Fatalf("%d", r.status)
		}
		half := s.half("ada")
		for field, right := range map[string]string{"code": code(t, secret, now.now()), "recovery_code": codes[0]} {
			if r := half.post("/login/code", field, right); r.status != http.StatusTooManyRequests {
				t.Errorf("the right %s: %d", field, r.status)
			}
		}
		now.pass(15 * time.Minute)
		half = s.half("ada")
		if r := half.post("/login/code", "code", code(t, secret, now.now())); r.status != http.StatusSeeOther {
			t.Errorf("after the wait: %d", r.status)
		}
	})
}

// TestHalfLoginEnds: the password was right, and no code comes.
func TestHalfLoginEnds(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		ada := s.add("ada")
		secret, codes := s.as(ada).turnOn(now)
		half, changed := s.half("ada"), s.half("ada")
		now.pass(10*time.Minute - time.Second)
		if r := half.get("/login/code"); r.status != http.StatusOK || r.Find("[name=code][autocomplete=one-time-code]").Length() != 1 {
			t.Errorf("before ten minutes are over: %d", r.status)
		}
		if r := half.get("/login/code?recovery=1&next=%2Fa"); r.Find("[name=recovery_code]").Length() != 1 || r.value("next") != "/a" {
			t.Errorf("for a recovery code: %d", r.status)
		}
		must(t, s.db.SetPassword(t.Context(), dbAuthor(ada), ada.ID, "another hash"))
		if r := changed.post("/login/code", "code", code(t, secret, now.now())); r.location() != "/login" {
			t.Errorf("after a change of password: %d to %q", r.status, r.location())
		}
		now.pass(time.Second)
		if r := half.post("/login/code", "recovery_code", codes[0], "next", "/a"); r.location() != "/login?next=%2Fa" || half.in() {
			t.Errorf("after ten minutes: %d to %q", r.status, r.location())
		}
	})
}

func TestCodeIsTakenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		secret, codes := s.as(s.add("ada")).turnOn(now)
		now.pass(time.Minute)
		for field, right := range map[string]string{"code": code(t, secret, now.now()), "recovery_code": codes[0]} {
			if used := atOnce(func() bool { return s.half("ada").post("/login/code", field, right).status == http.StatusSeeOther }); used != 1 {
				t.Errorf("the %s let in %d times", field, used)
			}
		}
	}, func(a *App) { a.Throttle = false })
}

// TestAPasswordForgivesCodes: who has the former password can lock its owner out of the codes, until there is another.
func TestAPasswordForgivesCodes(t *testing.T) {
	for way, set := range map[string]func(s *site, p *post, in *client, ada account.User){
		"a reset": func(s *site, p *post, _ *client, _ account.User) {
			s.client().post("/reset-password", "email", "ada@example.org")
			s.client().post(p.linkTo(s.t, "ada@example.org", "/reset-password/"), "new_password", another)
		},
		"its owner": func(_ *site, _ *post, in *client, _ account.User) {
			in.post("/settings/password", "old_password", password, "new_password", another)
		},
		"an admin": func(s *site, _ *post, _ *client, ada account.User) {
			s.as(s.add("boss", asSuperuser)).post(path("/admin/users/ID/password", ada.ID), "new_password", another)
		},
	} {
		t.Run(way, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				p, now := s.mails(&mailtest.Server{}), s.clock()
				ada := s.add("ada")
				in := s.as(ada)
				secret, _ := in.turnOn(now)
				now.pass(time.Minute)
				thief := s.half("ada")
				for range 10 {
					thief.post("/login/code", "code", "000000")
				}
				set(s, p, in, ada)
				c := s.client()
				c.post("/login", "username", "ada", "password", another)
				if r := c.post("/login/code", "code", code(t, secret, now.now())); r.status != http.StatusSeeOther || !c.in() {
					t.Errorf("the right code: %d to %q", r.status, r.location())
				}
			}, withMail)
		})
	}
}
