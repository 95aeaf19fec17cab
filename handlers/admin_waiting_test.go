package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

func needsApproval(a *App) { a.Approval = true }

func TestApproval(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		staff := s.as(s.add("staff", asStaff))
		s.add("boss", asSuperuser)
		c := s.client()
		if r := c.registered("ada", "ada@example.org"); r.location() != "/verify-email" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		if r := staff.get("/admin/waiting"); !r.says("Nobody waits") {
			t.Error("somebody waits before the address is proven")
		}
		if r := c.post(p.last(t, "ada@example.org", 1).Link()); r.location() != "/register/waiting" || c.in() {
			t.Fatalf("proven: %d to %q", r.status, r.location())
		}
		if r := c.get("/register/waiting"); !r.says("Your account waits") {
			t.Errorf("%d", r.status)
		}
		if m := p.last(t, "boss@example.org", 1); m.Link() != "/admin/waiting" {
			t.Errorf("the superuser is told: %s", m.Text)
		}
		for typed, want := range map[string]string{password: "/register/waiting", "wrong password": ""} {
			if r := c.post("/login", "username", "ada", "password", typed); r.location() != want || c.in() {
				t.Errorf("log in with %q: %d to %q", typed, r.status, r.location())
			}
		}
		if r := s.client().get("/@ada"); r.status != http.StatusNotFound {
			t.Errorf("the public page: %d", r.status)
		}
		r := staff.get("/admin/waiting")
		if !r.says("ada@example.org") {
			t.Fatalf("%s", r.Text())
		}
		id := r.value("approve")
		if done := atOnce(func() bool {
			return staff.post("/admin/waiting", "approve", id).location() == "/admin/waiting?saved="+id
		}); done != 8 {
			t.Errorf("%d of eight were answered", done)
		}
		if m := p.last(t, "ada@example.org", 2); !strings.Contains(m.Subject, "is approved") {
			t.Errorf("%s", m.Subject)
		}
		if !s.as(account.User{Username: "ada"}).in() {
			t.Error("not in")
		}
		bob := s.client()
		bob.registered("bob", "bob@example.org")
		bob.post(p.last(t, "bob@example.org", 1).Link())
		at := staff.get("/admin/waiting").Find(".row a.danger").AttrOr("href", "")
		if r := staff.get(at); r.status != http.StatusOK || r.Find("form[action='"+at+"']").Length() != 1 {
			t.Errorf("deleting is not asked for: %d", r.status)
		}
		if r := staff.post(at); r.status != http.StatusSeeOther {
			t.Error(r.status)
		}
		if _, err := s.db.UserByName(t.Context(), "bob"); !isNotFound(err) {
			t.Errorf("somebody rejected is there: %v", err)
		}
	}, withMail, needsApproval)
}

func TestApprovalWithoutMail(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.client()
		if r := c.registered("ada", "ada@example.org"); r.location() != "/register/waiting" || c.in() {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		boss := s.as(s.add("boss", asSuperuser))
		token := boss.invite()
		invited := s.client()
		if r := invited.come(token, "bob", "bob@example.org"); r.status != http.StatusSeeOther || !invited.in() {
			t.Errorf("whoever is invited is approved: %d to %q", r.status, r.location())
		}
		ada, err := s.db.UserByName(t.Context(), "ada")
		must(t, err)
		u, err := s.db.UserByName(t.Context(), "boss")
		must(t, err)
		ada.IsActive = true // in the admin's form, which is the same
		_, err = s.db.UpdateUser(t.Context(), dbAuthor(u), u, ada)
		must(t, err)
		if ada, err = s.db.UserByName(t.Context(), "ada"); err != nil || ada.AwaitsApproval || !s.as(ada).in() {
			t.Errorf("%+v %v", ada, err)
		}
	}, needsApproval)
}
