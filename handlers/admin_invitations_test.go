package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

var counter atomic.Uint64

func byInvitation(a *App) { a.Registration = "invite" }

// invite makes an invitation and returns its token.
func (c *client) invite(fields ...string) string {
	c.t.Helper()
	form := map[string]string{"max_uses": "1", "days": "7"}
	for i := 0; i < len(fields); i += 2 {
		form[fields[i]] = fields[i+1]
	}
	r := c.post("/admin/invitations", "email", form["email"], "max_uses", form["max_uses"], "days", form["days"])
	link, err := url.Parse(r.Find("code.key").Text())
	if r.status != http.StatusOK || err != nil || link.Path != "/register" {
		c.t.Fatalf("invite: %d %v %v", r.status, link, err)
	}
	return link.Query().Get("invitation")
}

// act does something with the first row of a list, having been asked whether it should.
func (c *client) act(list, action string) answer {
	c.t.Helper()
	asked := c.post(list+"/actions", "action", action, "id", c.get(list).value("id"))
	if asked.status != http.StatusOK || asked.value("confirm") != "1" {
		c.t.Fatalf("%s of %s does not ask: %d", action, list, asked.status)
	}
	return c.post(list+"/actions", "action", action, "id", asked.value("id"), "confirm", "1")
}

// rowSays says whether the first row of a list has all of these texts in its cells.
func rowSays(r answer, texts ...string) bool {
	row := strings.Join(strings.Fields(r.Find("tbody tr").First().Text()), " ")
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(row, text) })
}

// come registers by an invitation.
func (c *client) come(token, name, email string) answer {
	c.t.Helper()
	return c.post("/register", "invitation", token, "username", name, "email", email, "password", password)
}

func TestInvitation(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		staff := s.as(s.add("staff", asStaff))
		if r := s.client().get("/register"); r.status != http.StatusOK || r.Find("form#register").Length() != 0 || !r.says("by invitation") {
			t.Errorf("without one: %d", r.status)
		}
		for _, token := range []string{"", "NONE", strings.Repeat("A", 5000), "\x00"} {
			if r := s.client().come(token, "eve", "eve@example.org"); r.status != http.StatusForbidden {
				t.Errorf("with %.10q: %d", token, r.status)
			}
			if r := s.client().htmx().post("/register/check", "field", "username", "username", "eve", "invitation", token); r.status != http.StatusForbidden {
				t.Errorf("a check with %.10q: %d", token, r.status)
			}
		}
		token := staff.invite("max_uses", "2")
		if r := staff.get("/admin/invitations"); strings.Contains(r.body, token) || !rowSays(r, "whoever has the link", "0", "2") {
			t.Error("the link is shown again, or the invitation is not")
		}
		r := s.client().get("/register?invitation=" + token)
		if r.status != http.StatusOK || r.value("invitation") != token || r.header.Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("the form: %d", r.status)
		}
		if r := s.client().htmx().post("/register/check", "field", "username", "username", "ada", "invitation", token); r.status != http.StatusOK {
			t.Errorf("a check: %d", r.status)
		}
		c := s.client()
		if r := c.come(token, "no spaces please", "ada@example.org"); r.status != http.StatusUnprocessableEntity || r.value("invitation") != token {
			t.Errorf("a refused form loses its invitation: %d", r.status)
		}
		if r := c.come(token, "ada", "ada@example.org"); r.status != http.StatusSeeOther || !c.in() {
			t.Errorf("the first: %d", r.status)
		}
		used := atOnce(func() bool {
			name := "many" + strconv.FormatUint(counter.Add(1), 10)
			return s.client().come(token, name, name+"@example.org").status == http.StatusSeeOther
		})
		if used != 1 {
			t.Errorf("%d came by the last use", used)
		}
		if r := s.client().get("/register?invitation=" + token); !r.says("does not work any more") {
			t.Errorf("used up: %d", r.status)
		}
		if r := staff.get("/admin/invitations"); !rowSays(r, "whoever has the link", "2") || r.Find(`td a:contains("many")`).Length() != 1 {
			t.Errorf("who came by it is not told: %s", r.Find("tbody").Text())
		}

		token = staff.invite("days", "1")
		now.pass(24*time.Hour - time.Second)
		if r := s.client().get("/register?invitation=" + token); r.value("invitation") != token {
			t.Error("it ends too early")
		}
		now.pass(time.Second)
		if r := s.client().come(token, "late", "late@example.org"); r.status != http.StatusForbidden || !r.says("does not work any more") {
			t.Errorf("after its end: %d", r.status)
		}
		staff = s.as(account.User{Username: "staff"})
		token = staff.invite()
		if r := staff.act("/admin/invitations", "revoke"); !staff.get(r.location()).says("Take back: done with 1 invitation.") {
			t.Errorf("take back: %d", r.status)
		}
		if r := s.client().come(token, "late", "late@example.org"); r.status != http.StatusForbidden {
			t.Errorf("after it was taken back: %d", r.status)
		}
	}, byInvitation, func(a *App) { a.Throttle = false })
}

func TestInvitationForOneAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		token := s.as(s.add("staff", asStaff)).invite("email", "Ada@example.org")
		if r := s.client().get("/register?invitation=" + token); r.value("email") != "Ada@example.org" {
			t.Errorf("the form does not know it: %q", r.value("email"))
		}
		if r := s.client().come(token, "eve", "eve@example.org"); r.status != http.StatusUnprocessableEntity || !r.says("that the invitation is for") {
			t.Errorf("another address: %d", r.status)
		}
		if r := s.client().come(token, "ada", "ada@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("the address: %d", r.status)
		}
	}, byInvitation)
}

// TestMailedInvitation: nobody but the owner of the address has seen the link, so that it is proven.
func TestMailedInvitation(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		staff := s.as(s.add("staff", asStaff))
		r := staff.post("/admin/invitations", "email", "ada@example.org", "max_uses", "1", "days", "7")
		if r.location() != "/admin/invitations?saved=sent" {
			t.Fatalf("%d", r.status)
		}
		m := p.last(t, "ada@example.org", 1)
		if !strings.Contains(m.Text, "'staff' invites you") || !strings.HasPrefix(m.Link(), "/register?invitation=") {
			t.Fatalf("%s", m.Text)
		}
		token := strings.TrimPrefix(m.Link(), "/register?invitation=")
		c := s.client()
		if r := c.come(token, "ada", "ada@example.org"); r.status != http.StatusSeeOther || !c.in() {
			t.Errorf("%d to %q", r.status, r.location())
		}
		u, err := s.db.UserByName(t.Context(), "ada")
		must(t, err)
		if u.Email != "ada@example.org" || u.EmailVerified.IsZero() {
			t.Errorf("%+v", u)
		}
		staff.post("/admin/invitations", "email", "bob@example.org", "max_uses", "1", "days", "7")
		staff.act("/admin/invitations", "revoke")
		p.send(t)
		for _, m := range p.Mails() {
			if m.To == "bob@example.org" {
				t.Error("an invitation that was taken back is mailed")
			}
		}
	}, byInvitation, withMail)
}

// TestInvitationOfWhoeverHasTheLink: the address is proven as by any registration.
func TestInvitationOfWhoeverHasTheLink(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		token := s.as(s.add("staff", asStaff)).invite()
		if r := s.client().come(token, "ada", "ada@example.org"); r.location() != "/verify-email" {
			t.Errorf("%d to %q", r.status, r.location())
		}
	}, byInvitation, withMail)
}

func TestWrongInvitations(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		staff := s.as(s.add("staff", asStaff))
		for _, row := range []struct{ email, uses, days, says string }{
			{"no address", "1", "7", "E-mail"},
			{"", "0", "7", "from 1 to 1000"}, {"", "1001", "7", "from 1 to 1000"}, {"", "", "7", "from 1 to 1000"}, {"", "one", "7", "from 1 to 1000"},
			{"", "1", "0", "from 1 to 365"}, {"", "1", "366", "from 1 to 365"}, {"", "1", "99999999999999999999", "from 1 to 365"}, {"", "1", "-7", "from 1 to 365"},
			{"ada@example.org", "2", "7", "belongs to one account"},
		} {
			r := staff.post("/admin/invitations", "email", row.email, "max_uses", row.uses, "days", row.days)
			if r.status != http.StatusUnprocessableEntity || !r.says(row.says) || r.value("email") != row.email {
				t.Errorf("%+v: %d", row, r.status)
			}
		}
	})
}

// TestClosedRegistration: an invitation lets nobody in there.
func TestClosedRegistration(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		token := s.as(s.add("staff", asStaff)).invite()
		if r := s.client().get("/register?invitation=" + token); !r.says("Registration is closed") {
			t.Errorf("%d", r.status)
		}
		if r := s.client().come(token, "ada", "ada@example.org"); r.status != http.StatusForbidden {
			t.Errorf("%d", r.status)
		}
	}, func(a *App) { a.Registration = "closed" })
}

// TestInvitationOverPlainHTTP: the page of the link tells no referrer, so that browsers say that its form comes from nowhere.
func TestInvitationOverPlainHTTP(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		token := s.as(s.add("staff", asStaff)).invite()
		c := s.client().with("Sec-Fetch-Site", "").with("Origin", "null")
		csrf := c.get("/register?invitation=" + token).value("csrfmiddlewaretoken")
		if r := c.come(token, "ada", "ada@example.org"); r.status != http.StatusForbidden {
			t.Errorf("without the form's token: %d", r.status)
		}
		r := c.post("/register", "csrfmiddlewaretoken", csrf, "invitation", token, "username", "ada", "email", "ada@example.org", "password", password)
		if r.status != http.StatusSeeOther {
			t.Errorf("with it: %d", r.status)
		}
	}, byInvitation)
}

// TestInvitationsEndWithTheRightToInvite: of who may invite no more nobody comes, also by a link that is still to be mailed. Who may again, has
// them again.
func TestInvitationsEndWithTheRightToInvite(t *testing.T) {
	for name, lose := range map[string]func(u *account.User){
		"deactivated":            func(u *account.User) { u.IsActive = false },
		"no longer staff":        func(u *account.User) { u.IsStaff = false },
		"no longer permitted to": func(u *account.User) { u.Permissions = []string{"users.view"} },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *site) {
				p := s.mails(&mailtest.Server{})
				boss, clerk := s.add("boss", asSuperuser), s.add("clerk", asStaff)
				c := s.as(clerk)
				token := c.invite("max_uses", "2")
				other := s.client()
				if r := other.get("/register?invitation=" + token); r.status != http.StatusOK || r.value("invitation") == "" {
					t.Fatalf("before: %d", r.status)
				}
				c.post("/admin/invitations", "email", "ada@example.org", "max_uses", "1", "days", "7")
				set := func(change func(u *account.User)) {
					u, err := s.db.User(t.Context(), clerk.ID)
					must(t, err)
					u.Permissions = account.Permissions()
					change(&u)
					_, err = s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, u)
					must(t, err)
				}
				set(lose)
				if r := other.get("/register?invitation=" + token); !r.says("This invitation does not work any more") {
					t.Errorf("its page: %d", r.status)
				}
				if r := other.come(token, "ada", "ada@example.org"); r.status != http.StatusForbidden || !r.says("does not work any more") {
					t.Errorf("coming by it: %d", r.status)
				}
				_, err := s.db.Register(t.Context(), db.Author{}, account.User{Username: "eve", Email: "eve@example.org", IsActive: true}, token, true)
				if !errors.Is(err, db.ErrNotFound) {
					t.Errorf("coming by it at the same moment: %v", err)
				}
				if p.send(t); len(p.Mails()) > 0 {
					t.Error("the link is mailed")
				}
				set(func(u *account.User) { u.IsActive, u.IsStaff = true, true })
				if r := other.come(token, "ada", "ada@example.org"); r.status != http.StatusSeeOther {
					t.Errorf("afterwards: %d", r.status)
				}
			}, byInvitation, withMail)
		})
	}
}

// TestInvitationsEndWithWhoMadeThem, and come back with them: to be deleted opens nothing that being deactivated has closed.
func TestInvitationsEndWithWhoMadeThem(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, clerk := s.add("boss", asSuperuser), s.add("clerk", asStaff)
		token := s.as(clerk).invite("max_uses", "2")
		must(t, s.db.DeleteUser(t.Context(), dbAuthor(boss), boss, clerk.ID))
		if r := s.client().come(token, "ada", "ada@example.org"); r.status != http.StatusForbidden || !r.says("does not work any more") {
			t.Errorf("%d", r.status)
		}
		last, err := strconv.ParseInt(dbtest.Text(t, s.db, "SELECT max(id) FROM history"), 10, 64)
		must(t, err)
		_, err = s.db.Undo(t.Context(), dbAuthor(boss), last)
		must(t, err)
		if r := s.client().come(token, "ada", "ada@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("once they are back: %d", r.status)
		}
		must(t, s.db.EraseUser(t.Context(), dbAuthor(boss), boss, clerk.ID))
		if r := s.client().come(token, "bob", "bob@example.org"); r.status != http.StatusForbidden {
			t.Errorf("once they are erased: %d", r.status)
		}
	}, byInvitation)
}
