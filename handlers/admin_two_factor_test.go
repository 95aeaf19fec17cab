package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nameplate/db/dbtest"
	"nameplate/internal/mail/mailtest"
)

// TestAdminRemovesTwoFactor of a person who has lost it.
func TestAdminRemovesTwoFactor(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		ada := s.add("ada")
		c := s.as(ada)
		c.turnOn(now)
		boss, staff := s.as(s.add("boss", asSuperuser)), s.as(s.add("staff", asStaff))
		if r := boss.get(path("/admin/users/ID/two-factor", ada.ID)); !r.says("has lost it?") {
			t.Errorf("%d", r.status)
		}
		if r := staff.post(path("/admin/users/ID/two-factor", ada.ID)); r.status != http.StatusSeeOther {
			t.Errorf("%d", r.status)
		}
		if c.in() || !s.as(ada).in() {
			t.Error("it was not removed, or whoever was in still is")
		}
		p.send(t)
		if list := p.Mails(); !strings.Contains(list[len(list)-1].Subject, "turned off") {
			t.Error("nobody is told")
		}
		if got := dbtest.Text(t, s.db, "SELECT by_username || ' ' || object_repr || ' ' || old || ' ' || new FROM history WHERE field = 'two_factor' ORDER BY id DESC LIMIT 1"); got != "staff ada on off" {
			t.Errorf("history: %s", got)
		}
	}, withMail)
}
