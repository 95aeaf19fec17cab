package e2e

import (
	"strings"
	"testing"
)

// TestLynx goes the whole way in a text browser, but for choosing a file: no script, no style, and neither an Origin
// nor a Sec-Fetch-Site, so that the form's token alone tells that a form is the site's own.
func TestLynx(t *testing.T) {
	s := start(t)
	s.superuser("root")
	newClient(t, s).register("taken", nil)

	l := openLynx(t, s, "/")
	l.follow("", "Create")
	inOrder(t, l.page, "Username", "E-mail", "Password", "Portfolio", "Picture", "Create account")
	const form = "Username"
	l.fill("", "Username", "TAKEN")
	l.fill(form, "E-mail", "grace@example.org")
	l.fill("E-mail", "Password", password)
	l.fill("Password", "Portfolio", "https://example.org/grace")
	l.follow("Portfolio", "Create account")
	l.see("TAKEN", "grace@example.org", "https://example.org/grace")
	if strings.Contains(l.page, password) {
		t.Error("a refused form shows the password")
	}
	h1 := heading("Create your account")
	l.fill(h1, "Username", "grace")
	l.fill("E-mail", "Password", password)
	l.follow("Portfolio", "Create account")
	l.see("grace", "https://example.org/grace")

	l.follow("Portfolio", "Edit")
	l.fill("Portfolio", "Portfolio", "javascript:alert(1)")
	l.follow("Portfolio", "Save")
	l.see("http", "javascript:alert(1)")
	l.fill("Portfolio", "Portfolio", "https://example.org/new")
	l.follow("Portfolio", "Save")
	l.see("https://example.org/new", "Saved")
	if got := s.strings("SELECT portfolio_site FROM profiles WHERE portfolio_site LIKE '%new'"); len(got) != 1 {
		t.Errorf("the link was not saved: %q", got)
	}
	l.goTo("/@grace")
	l.see("grace", "example.org/new")
	l.follow("", "Log out")
	adminInLynx(t, s, l)
}

func adminInLynx(t *testing.T, s *server, l *lynx) {
	t.Helper()
	id := s.id("grace")
	l.goTo("/admin/users?q=grace")
	l.see("Log in")
	l.fill(heading("Log in"), "Username or e-mail", "root")
	l.fill(heading("Log in"), "Password", rootPassword)
	l.follow("Password", "Log in")
	l.see("grace@example.org", "People")
	l.follow("grace@example.org", "Edit")
	l.fill("Cancel", "E-mail", "taken@example.org")
	l.follow("taken@", "Save")
	_ = id
}

// heading is a page's h1 as lynx writes it.
func heading(text string) string { return " " + text + " " }

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
