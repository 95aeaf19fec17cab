package e2e

import (
	"strings"
	"testing"
)

// What stands right before the fields of the register form.
const (
	usernameHint  = "It is part of the address of your page."
	passwordHint  = "easy to remember and hard to guess."
	portfolioHint = "A page about you or your work."
)

// TestLynx goes the whole way in a text browser, but for choosing a file: no script, no style, and neither an Origin
// nor a Sec-Fetch-Site, so that the form's token alone tells that a form is the site's own.
func TestLynx(t *testing.T) {
	s := start(t)
	s.superuser("root")
	s.superuser("second")
	newClient(t, s).register("taken", nil)

	l := openLynx(t, s, "/")
	l.follow("", "Create account")
	inOrder(t, l.page, "Create your account", "Username", "E-mail", "Password", "Portfolio", "Picture", "Create account")
	l.fill("", usernameHint, "TAKEN")
	l.fill("", "E-mail", "grace@example.org")
	l.fill("", passwordHint, password)
	l.fill("", portfolioHint, "https://example.org/grace")
	l.follow(portfolioHint, "Create account")
	l.see("is taken", "TAKEN", "grace@example.org", "https://example.org/")
	if strings.Contains(l.page, password) {
		t.Error("a refused form shows the password")
	}
	l.fill("", usernameHint, "grace")
	l.fill("", passwordHint, password)
	l.follow(portfolioHint, "Create account")
	l.see("Your profile", "/@grace", "example.org/grace")
	linkInLynx(t, s, l)
	adminInLynx(t, s, l)
}

// linkInLynx changes one's own link, with a wrong one first, and logs out.
func linkInLynx(t *testing.T, s *server, l *lynx) {
	t.Helper()
	l.goTo("/settings/profile")
	l.follow("Portfolio", "Edit portfolio")
	l.fill("", portfolioHint, "javascript:alert(1)")
	l.follow(portfolioHint, "Save")
	l.see("javascript:alert(1)")
	l.fill("", portfolioHint, "https://example.org/new")
	l.follow(portfolioHint, "Save")
	l.see("example.org/new", "Saved")
	if got := s.strings("SELECT portfolio_site FROM profiles WHERE user_id = ?", s.id("grace"))[0]; got != "https://example.org/new" {
		t.Errorf("the link is %q", got)
	}
	l.goTo("/@grace")
	l.see("grace", "example.org/new")
	l.follow("", "Log out")
	l.see("Log in")
}

// adminInLynx edits grace's row, and is told when somebody else was first.
func adminInLynx(t *testing.T, s *server, l *lynx) {
	t.Helper()
	id := s.id("grace")
	email := func() string { return s.strings("SELECT email FROM users WHERE id = ?", id)[0] }
	l.goTo("/admin/users?q=grace")
	l.see("Username or e-mail")
	l.fill("", "Username or e-mail", "root")
	l.fill("Username or e-mail", "Password", rootPassword)
	l.follow("Stay logged in", "Log in")
	l.see("People", "grace@example.org")

	const row = "Change the picture of grace"
	l.follow("grace@example.org", "Edit")
	l.fill(row, "E-mail", "taken@example.org")
	l.follow("People", "Save")
	l.see("is taken")
	l.fill(row, "E-mail", "grace@example.net")
	l.follow("People", "Save")
	l.see("grace@example.net", "Saved")

	l.goTo("/admin/users?edit=" + id) // not the address from before, of which lynx keeps a copy
	second := newClient(t, s)
	second.login("second", rootPassword)
	second.submit(303, second.get("/admin/users?edit="+id), "[name=version]", map[string]string{"email": "theirs@example.org"})
	l.fill(row, "E-mail", "mine@example.org")
	l.follow("People", "Save")
	l.see("Was", "grace@example.net", "Theirs", "theirs@example.org", "Yours", "mine@example.org")
	if got := email(); got != "theirs@example.org" {
		t.Errorf("the second save undid the first: %s", got)
	}
	l.follow("People", "Save mine")
	l.see("mine@example.org")
	if got := email(); got != "mine@example.org" {
		t.Errorf("after choosing mine the address is %s", got)
	}

	l.goTo("/admin/")
	l.see("The last 30 days", "Sign-ups 2", "As a table", "How things stand", "What changed last", "E-mail changed")
}

// inOrder checks that the words come one after the other.
func inOrder(t *testing.T, page string, words ...string) {
	t.Helper()
	rest := page
	for _, word := range words {
		_, after, found := strings.Cut(rest, word)
		if !found {
			t.Errorf("%q does not come in its order in:\n%s", word, page)
			return
		}
		rest = after
	}
}
