package handlers

import (
	"net/http"
	"testing"
	"time"

	"nameplate/internal/account"
)

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
