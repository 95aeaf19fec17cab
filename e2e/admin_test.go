package e2e

import (
	"fmt"
	"testing"
)

// TestAdminJourney edits a row in place, and then lets two admins edit the same row at once.
func TestAdminJourney(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			s := start(t)
			s.superuser("root")
			s.superuser("second")
			for _, name := range []string{"ada", "bob", "cyd"} {
				newClient(t, s).register(name, map[string]string{"portfolio_site": "https://example.org/" + name})
			}
			one, two := openTab(t, s, mode.script), openTab(t, s, mode.script)
			one.login("root", rootPassword)
			two.login("second", rootPassword)
			editRow(one, s.id("bob"))
			conflict(one, two, s, "mine")
			conflict(one, two, s, "theirs")
		})
	}
}

// login signs in through the form.
func (b *tab) login(username, secret string) {
	b.t.Helper()
	b.open("/login")
	b.fill("#username", username)
	b.fill("#password", secret)
	b.press("\r")
	b.wait("location.pathname === '/settings/profile'")
}

// openRow opens the row of a person in the list, in place.
func (b *tab) openRow(id string) {
	b.t.Helper()
	b.click(fmt.Sprintf("#user-%s a[href*='edit']", id))
	b.wait("document.querySelector('" + cell(id, "email") + "')")
}

// cell is the selector of one input of a row in edit mode.
func cell(id, name string) string {
	return fmt.Sprintf("#user-%s [name=%s]:not([type=hidden])", id, name)
}

// save presses the row's own button.
func (b *tab) save(id string) {
	b.t.Helper()
	b.click(fmt.Sprintf("#user-%s button:not([name])", id))
}

func editRow(b *tab, id string) {
	b.t.Helper()
	b.open("/admin/users?q=bob")
	b.mark()
	b.openRow(id)
	b.marked("opening a row")
	b.axe("admin-row-open")

	b.mark()
	b.fill(cell(id, "email"), "ada@example.org")
	b.save(id)
	b.see("#user-"+id+" [role=alert]", "address")
	b.wait(fmt.Sprintf("document.querySelector(%s)?.getAttribute('aria-invalid') === 'true'", quote(cell(id, "email"))))
	b.marked("saving a wrong row")
	b.axe("admin-row-refused")

	b.mark()
	b.fill(cell(id, "email"), "robert@example.org")
	b.fill(cell(id, "portfolio_site"), "https://example.org/robert")
	b.click(cell(id, "is_staff"))
	b.save(id)
	b.see("#user-"+id, "robert@example.org")
	b.wait("!document.querySelector('" + cell(id, "email") + "')")
	b.marked("saving a row")
	b.see("[role=status]", "Saved")
	if at := b.where(); !b.script && (len(at) < len("/admin/users?q=bob") || eval[string](b, "location.hash") != "#user-"+id ||
		eval[string](b, "new URLSearchParams(location.search).get('q')") != "bob") {
		b.t.Errorf("after saving a row one is at %s, want the same list at the row", at)
	}
}

// conflict lets both admins open cyd's row. The first saves; the second is told, sees both, and chooses.
func conflict(one, two *tab, s *server, choice string) {
	t := one.t
	t.Helper()
	id := s.id("cyd")
	before := s.strings("SELECT email FROM users WHERE id = ?", id)[0]
	theirs, mine := "theirs-"+choice+"@example.org", "mine-"+choice+"@example.org"
	one.open("/admin/users")
	two.open("/admin/users")
	one.openRow(id)
	two.openRow(id)
	one.fill(cell(id, "email"), theirs)
	one.save(id)
	one.see("#user-"+id, theirs)
	one.wait("!document.querySelector('" + cell(id, "email") + "')")

	two.mark()
	two.fill(cell(id, "email"), mine)
	two.save(id)
	for _, words := range []string{before, theirs} {
		two.see("#user-"+id, words)
	}
	two.marked("a refused save")
	if !two.script && two.status() != 409 {
		t.Errorf("the second save: status %d, want 409", two.status())
	}
	if got := s.strings("SELECT email FROM users WHERE id = ?", id)[0]; got != theirs {
		t.Fatalf("the second save undid the first: %s", got)
	}
	two.see("#user-"+id, mine)
	two.axe("admin-conflict")
	if two.script {
		two.wait("document.activeElement.matches('#user-" + id + " [role=alert]')")
		two.wait("(document.querySelector('" + cell(id, "email") + "').focus(), true)")
		two.press("\r") // is no choice
		if got := s.strings("SELECT email FROM users WHERE id = ?", id)[0]; got != theirs {
			t.Errorf("Enter chose %s", got)
		}
	}

	two.mark()
	two.click("#user-" + id + " [name=resolve][value=" + choice + "]")
	want := map[string]string{"mine": mine, "theirs": theirs}[choice]
	two.wait("!document.querySelector('" + cell(id, "email") + "')")
	two.see("#user-"+id, want)
	two.marked("choosing")
	if got := s.strings("SELECT email FROM users WHERE id = ?", id)[0]; got != want {
		t.Errorf("after choosing %s the address is %s, want %s", choice, got, want)
	}
}

// TestPictureStaysBesideTheName on a phone, in a row that is open for editing: below its tick, and in place of it where there is none.
func TestPictureStaysBesideTheName(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.superuser("root")
	b := openTab(t, s, true)
	b.login("root", rootPassword)
	b.look(320, false)
	const below = `document.querySelector('.open .is-picture img').getBoundingClientRect().top - document.querySelector('.open .is-title input:not([type=hidden])').getBoundingClientRect().top`
	b.open("/admin/users?edit=" + s.id("root"))
	if y := eval[float64](b, below); y > 30 {
		t.Errorf("the picture is %.0f pixels below the name", y)
	}
	b.open("/admin/users")
	b.click("#user-" + s.id("root") + " a[hx-get]")
	b.wait("document.querySelector('.open')")
	if y := eval[float64](b, below); y > 30 {
		t.Errorf("below the tick, the picture is %.0f pixels below the name", y)
	}
	if eval[bool](b, "document.querySelector('.open .is-choice input').getBoundingClientRect().bottom > document.querySelector('.open .is-picture img').getBoundingClientRect().top") {
		t.Error("the picture hides the tick")
	}
}
