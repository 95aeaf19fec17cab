package handlers

import (
	"fmt"
	"net/http"
	"testing"

	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// undo takes back what a page offers to.
func (c *client) undo(said answer) answer {
	c.t.Helper()
	form := said.Find("form.undo, .summary.fine form")
	if form.Length() != 1 {
		c.t.Fatalf("%d undo forms: %s", form.Length(), said.Find("main").Text())
	}
	r := c.post(form.AttrOr("action", ""), "back", form.Find("[name=back]").AttrOr("value", ""))
	if r.status != http.StatusSeeOther {
		c.t.Fatalf("undo: %d %s", r.status, r.Find("main").Text())
	}
	return c.get(r.location())
}

// TestUndoOfLists: what is done on a list can be taken back from the message after it, and the list is as it was.
func TestUndoOfLists(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.mails(&mailtest.Server{})
		root := s.add("boss", asSuperuser)
		boss, ada := s.as(root), s.add("ada")
		open := func() string {
			return dbtest.Text(t, s.db, "SELECT count(*) FROM invitations WHERE expires_at > created_at + 3600000")
		}

		made := boss.post("/admin/invitations", "email", "", "max_uses", "1", "days", "7")
		if r := boss.undo(made); open() != "0" || !r.says("Invitation 1 was taken back.") {
			t.Errorf("%s are open: %s", open(), r.Find("main").Text())
		}
		mailed := boss.post("/admin/invitations", "email", "x@example.org", "max_uses", "1", "days", "7")
		if r := boss.undo(boss.get(mailed.location())); open() != "0" || !r.says("Invitation 2 was taken back.") {
			t.Errorf("%s are open: %s", open(), r.Find("main").Text())
		}
		boss.invite()
		revoked := boss.post("/admin/invitations/actions", "list", "sort=uses&n=2", "action", "revoke", "id", "3", "confirm", "1")
		if r := boss.undo(boss.get(revoked.location())); open() != "1" || !r.says("The end of Invitation 3 was taken back.") || r.Find("tbody tr").Length() != 2 {
			t.Errorf("%s are open: %s", open(), r.Find("main").Text())
		}
		must(t, s.db.DeleteUser(t.Context(), dbAuthor(root), root, ada.ID))
		back := boss.post("/admin/deleted/actions", "action", "restore", "id", fmt.Sprint(ada.ID), "confirm", "1")
		if r := boss.undo(boss.get(back.location())); !r.says("The return of ada was taken back.") || r.Find("tbody tr").Length() != 1 {
			t.Errorf("%s", r.Find("main").Text())
		}
		adds := s.as(s.add("adds", func(u *account.User) {
			u.IsStaff, u.Permissions = true, []string{"invitations.view", "invitations.add"}
		}))
		if r := adds.post("/admin/invitations", "email", "", "max_uses", "1", "days", "7"); r.Find(".summary.fine form").Length() != 0 || r.Find("code.key").Length() != 1 {
			t.Error("who may not end an invitation is offered to")
		}
		blind := s.as(s.add("blind", func(u *account.User) { u.IsStaff, u.Permissions = true, []string{"invitations.add"} }))
		for _, days := range []string{"7", "x"} {
			if r := blind.post("/admin/invitations", "email", "", "max_uses", "1", "days", days); r.says("x@example.org") || r.Find("tbody tr").Length() != 0 {
				t.Errorf("who may not view invitations is shown them: %s", r.Find("main").Text())
			}
		}
	}, withMail)
}

// TestMailIsSaidBefore it goes out, because it can't be taken back.
func TestMailIsSaidBefore(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		boss := s.as(s.add("boss", asSuperuser))
		c := s.client()
		c.registered("waits", "waits@example.org")
		c.post(p.last(t, "waits@example.org", 1).Link())
		waits, err := s.db.UserByName(t.Context(), "waits")
		must(t, err)
		at := path("/admin/users/ID", waits.ID)
		active, address := "Made active, they get a mail, which can't be taken back", "The present address is told of another by mail, which can't be taken back"
		for page, want := range map[string][]string{
			"/admin/waiting": {"They get a mail then, which can't be taken back"}, at: {active, address}, "/admin/users?edit=" + fmt.Sprint(waits.ID): {active, address},
			at + "/password":     {"The mail can't be taken back", "It can't be taken back, and neither can the mail that tells them"},
			"/admin/invitations": {"mailed there, which can't be taken back"},
		} {
			for _, words := range want {
				if r := boss.get(page); !r.says(words) {
					t.Errorf("%s does not say %q: %s", page, words, r.Find("main").Text())
				}
			}
		}
		if r := boss.post("/admin/waiting"); !boss.get(r.location()).says("Nobody was chosen.") || boss.get(r.location()).says("is approved") {
			t.Errorf("nobody: to %q", r.location())
		}
		said := boss.get(boss.post("/admin/waiting", "approve", fmt.Sprint(waits.ID)).location())
		if !said.says("waits is approved, and gets a mail.") {
			t.Errorf("%s", said.Find("main").Text())
		}
		if r := boss.undo(said); !r.says("The activation of waits was taken back.") {
			t.Errorf("%s", r.Find("main").Text())
		}
		if r := boss.get("/admin/waiting?saved=" + fmt.Sprint(waits.ID)); !r.says("They wait no more") || r.says("is approved") {
			t.Errorf("%s", r.Find("main").Text())
		}
	}, withMail, needsApproval)
}

// TestDeletingKeepsTheList that somebody was opened from; to erase is asked a second time.
func TestDeletingKeepsTheList(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada, bob := s.as(s.add("boss", asSuperuser)), s.add("ada"), s.add("bob")
		const list = "/admin/users?is_staff=0&sort=-username"
		follow := func(r answer, selector string) answer {
			t.Helper()
			link := r.Find(selector)
			if link.Length() != 1 {
				t.Fatalf("%d %s in %s", link.Length(), selector, r.Find("main").Text())
			}
			return boss.get(link.AttrOr("href", ""))
		}
		send := func(asked answer) answer {
			t.Helper()
			form := asked.Find("main form")
			return boss.get(boss.post(form.AttrOr("action", ""), "from", asked.value("from"), "erase", asked.value("erase")).location())
		}
		asks := func(id int64) answer {
			return follow(follow(boss.get(list), path("tbody a[href^='/admin/users/ID?']", id)), "main a.danger")
		}
		said := send(asks(ada.ID))
		if !said.says("The person was deleted.") || said.value("sort") != "-username" || said.Find("tbody tr").Length() != 1 {
			t.Errorf("%s", said.Find("main").Text())
		}
		if r := boss.undo(said); r.value("sort") != "-username" || r.Find("tbody tr").Length() != 2 || !r.says("The deletion of ada was taken back.") {
			t.Errorf("%s", r.Find("main").Text())
		}
		asked := asks(bob.ID)
		if asked.Find("main form [name=erase]").Length() != 0 {
			t.Error("one click erases")
		}
		asked = follow(asked, "main a.danger")
		if !asked.says("Erase bob now, for good?") || asked.Find("main form .grave").Length() != 1 {
			t.Errorf("%s", asked.Find("main").Text())
		}
		if said := send(asked); !said.says("erased, for good") || said.value("sort") != "-username" || boss.get("/admin/deleted").Find("tbody tr").Length() != 0 {
			t.Errorf("%s", said.Find("main").Text())
		}
		boss.post(path("/admin/users/ID/delete", ada.ID))
		if r := boss.get("/admin/deleted"); !r.says("Will be erased") || !r.says("ada@example.org") {
			t.Errorf("%s", r.Find("main").Text())
		}
	})
}
