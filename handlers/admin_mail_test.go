package handlers

import (
	"net/http"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"nameplate/internal/mail/mailtest"
)

// TestFailedMail is listed, tried again, and deleted.
func TestFailedMail(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		refuse, why := true, strings.Repeat("not here, ", 12)+"and nowhere"
		p := s.mails(&mailtest.Server{Refuse: func(string) error {
			if refuse {
				return &smtp.SMTPError{Code: 550, Message: "<b>no such user</b>: " + why}
			}
			return nil
		}})
		staff := s.as(s.add("staff", asStaff))
		s.add("ada")
		for range 2 {
			s.client().post("/reset-password", "email", "ada@example.org")
			p.send(t)
		}
		r := staff.get("/admin/mail")
		if !rowSays(r, "<b>no such user</b>", "Choose a new password", "ada@example.org") {
			t.Fatalf("%s", r.Find("main").Text())
		}
		if whole := r.Find("td details").Text(); !strings.Contains(whole, "…") || !strings.Contains(whole, "and nowhere") {
			t.Errorf("why it failed: %s", whole)
		}
		if asked := staff.post("/admin/mail/actions", "action", "retry", "id", r.value("id")); !asked.says("Choose a new password, ada@example.org") {
			t.Errorf("it is asked about %s", asked.Find("main li").Text())
		}
		refuse = false
		if r := staff.act("/admin/mail", "retry"); !staff.get(r.location()).says("Try again: done with 1 mail that failed.") {
			t.Errorf("%d", r.status)
		}
		if m := p.last(t, "ada@example.org", 1); !strings.HasPrefix(m.Link(), "/reset-password/") || s.client().get(m.Link()).status != http.StatusOK {
			t.Errorf("the link of a mail that was tried again: %s", m.Link())
		}
		refuse = true
		s.client().post("/reset-password", "email", "ada@example.org")
		p.send(t)
		if r := staff.act("/admin/mail", "delete"); !staff.get(r.location()).says("done with 1 mail that failed") {
			t.Errorf("%d", r.status)
		}
		if r := staff.get("/admin/mail"); !r.says("Nothing is here") {
			t.Error("it is still there")
		}
	}, withMail)
}
