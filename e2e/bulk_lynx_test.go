package e2e

import "testing"

// TestBulkInLynx makes a group, puts somebody into it, and deactivates and brings back people, in a text browser.
func TestBulkInLynx(t *testing.T) {
	s := start(t)
	s.superuser("root")
	for _, name := range []string{"ada", "bob"} {
		newClient(t, s).register(name, nil)
	}
	l := openLynx(t, s, "/login")
	l.fill("", "Username or e-mail", "root")
	l.fill("Username or e-mail", "Password", rootPassword)
	l.follow("Stay logged in", "Log in")

	l.goTo("/admin/groups/new")
	l.fill("Add a group", "Name", "Desk")
	l.tick("People", "view")
	l.follow("History", "Save group")
	l.see("Saved", "Desk")
	if got := s.strings("SELECT permission FROM group_permissions gp JOIN groups g ON g.id = gp.group_id WHERE g.name = 'Desk'"); len(got) != 1 || got[0] != "users.view" {
		t.Errorf("%v", got)
	}

	l.goTo("/admin/users/" + s.id("ada"))
	l.tick("Groups", "Desk")
	l.follow("Groups", "Save person")
	l.see("Saved", "ada")
	if n := s.strings("SELECT count(*) FROM user_groups")[0]; n != "1" {
		t.Errorf("%s are in groups", n)
	}

	l.goTo("/admin/deleted")
	l.see("Nothing is here.")
	l.goTo("/admin/users/" + s.id("bob") + "/delete")
	l.follow("", "Delete bob")
	l.see("The person was deleted.")
	l.follow("The person was deleted.", "Undo")
	l.see("The deletion of bob was taken back.", "bob@example.org")
	if n := s.strings("SELECT count(*) FROM users")[0]; n != "3" {
		t.Errorf("%s people", n)
	}
	l.goTo("/admin/history")
	l.see("deleted", "brought back", "bob")
}
