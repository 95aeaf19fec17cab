package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestKeyboard goes through the profile and the admin's list without a mouse.
func TestKeyboard(t *testing.T) {
	s := start(t)
	s.superuser("root")
	newClient(t, s).register("ada", map[string]string{"portfolio_site": "https://example.org/ada"})
	id := s.id("ada")

	b := openTab(t, s, true)
	b.login("root", rootPassword)
	b.open("/settings/profile")
	b.press("\t")
	if !eval[bool](b, "document.activeElement.matches('a[href=\"#main\"]') && document.activeElement.getBoundingClientRect().width > 20") {
		t.Errorf("the first Tab comes to %s, want a skip link that can be seen", b.focused())
	}
	link, field := "#row-first_name a[href$='/first_name']", "#row-first_name input[name=first_name]"
	b.tabTo(link)
	if eval[string](b, "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow") == "nonenone" {
		t.Error("the focus can't be seen")
	}
	b.press("\r")
	b.wait("document.activeElement.matches('" + field + "')")
	b.write("Ruth")
	b.press("\r")
	b.see("#row-first_name", "Ruth")
	b.wait("document.activeElement.matches(`" + link + "`)")

	b.press("\r")
	b.wait("document.activeElement.matches('" + field + "')")
	b.write(" not kept")
	b.press("\x1b")
	b.wait("!document.querySelector('" + field + "')")
	b.wait("document.activeElement.matches(`" + link + "`)")
	if text := eval[string](b, "document.querySelector('#row-first_name').innerText"); text == "" || s.strings("SELECT first_name FROM users WHERE username = 'root'")[0] != "Ruth" {
		t.Errorf("Escape did not cancel: %q", text)
	}

	b.open("/admin/users")
	edit := "#user-" + id + " a[href*='edit']"
	b.tabTo(edit)
	b.press("\r")
	b.wait("document.activeElement.matches('#user-" + id + " input')")
	b.press("\x1b")
	b.wait("!document.querySelector('" + cell(id, "email") + "')")
	b.wait("document.activeElement.matches(`" + edit + "`)")
	b.press("\r")
	b.wait("document.activeElement.matches('#user-" + id + " input')")
	b.tabTo(cell(id, "portfolio_site"))
	eval[bool](b, "(document.activeElement.select(), true)")
	b.write("https://example.org/by-keyboard")
	b.press("\r")
	b.see("#user-"+id, "example.org/by-keyboard")
	b.wait("document.activeElement.matches(`" + edit + "`)")
}

// TestCells opens rows by their cells, with a mouse and by the arrow keys: the cursor is in the cell, and comes back to it. Several rows are
// open at once.
func TestCells(t *testing.T) {
	s := start(t)
	s.superuser("root")
	for _, name := range []string{"ada", "bob"} {
		newClient(t, s).register(name, nil)
	}
	ada, bob := s.id("ada"), s.id("bob")
	b := openTab(t, s, true)
	b.login("root", rootPassword)
	b.open("/admin/users")
	at := func(selector string) { t.Helper(); b.wait("document.activeElement.matches(`" + selector + "`)") }
	b.mark()
	b.click("#user-" + ada + " [data-field=email]")
	at(cell(ada, "email"))
	b.click("#user-" + bob + " [data-field=portfolio_site]")
	at(cell(bob, "portfolio_site"))
	if n := eval[int](b, "document.querySelectorAll('tr.open').length"); n != 2 {
		t.Errorf("%d rows are open", n)
	}
	b.write("https://example.org/bob")
	b.press("\r")
	at("#user-" + bob + " [data-field=portfolio_site]")
	b.see("#user-"+bob, "example.org/bob")
	b.see("#user-"+bob+" [role=status]", "Saved")
	b.click("#user-" + bob + " button[hx-post]") // Undo
	b.see("#user-"+bob+" [role=status]", "Taken back")
	if got := s.strings("SELECT portfolio_site FROM profiles WHERE user_id = " + bob)[0]; got != "" {
		t.Errorf("after the undo the link is %q", got)
	}
	b.click("#user-" + bob + " [data-field=portfolio_site]")
	at(cell(bob, "portfolio_site"))
	b.press("\x1b")
	at("#user-" + bob + " [data-field=portfolio_site]")
	b.press(kb.ArrowLeft)
	at("#user-" + bob + " [data-field=email]")
	if eval[string](b, "getComputedStyle(document.activeElement).outlineStyle") != "solid" {
		t.Error("the cell that has the focus can't be seen")
	}
	b.press("\r")
	at(cell(bob, "email"))
	b.press("\t")
	at(cell(bob, "portfolio_site"))
	b.press("\x1b")
	at("#user-" + bob + " [data-field=email]")
	b.press(kb.ArrowDown)
	at("#user-" + s.id("root") + " [data-field=email]")
	b.press(kb.ArrowRight)
	b.press(kb.ArrowRight)
	at("#user-" + s.id("root") + " [data-field=is_staff]")
	b.press("\r")
	at(cell(s.id("root"), "is_staff"))
	b.marked("going through cells")
	if email := eval[string](b, "document.querySelector('"+cell(ada, "email")+"').value"); email != "ada@example.org" {
		t.Errorf("the row that stayed open has %q", email)
	}
}

// TestRowsLoseNothing: a tick outlasts its row's being open, and what was typed outlasts a session.
func TestRowsLoseNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.superuser("root")
	newClient(t, s).register("ada", nil)
	id := s.id("ada")
	b := openTab(t, s, true)
	b.login("root", rootPassword)
	b.open("/admin/users?sort=-username")
	b.mark()
	tick := "#user-" + id + " [name=id]"
	b.tabTo(tick)
	b.press(kb.ArrowUp)
	b.wait("document.activeElement.matches('tr:first-child [name=id]')")
	b.press(kb.ArrowDown)
	b.press(" ")
	b.see(".chosen", "1 chosen")
	b.press(kb.ArrowRight)
	b.wait("document.activeElement.matches('#user-" + id + " [data-field=username]')")
	b.press("\r")
	b.wait("document.activeElement.matches('" + cell(id, "username") + "')")
	b.wait("document.querySelector('" + tick + "').checked")
	b.press("\x1b")
	b.wait("!document.querySelector('tr.open')")
	b.wait("document.querySelector('" + tick + "').checked")

	b.click("#user-" + id + " [data-field=email]")
	b.wait("document.activeElement.matches('" + cell(id, "email") + "')")
	b.write("typed@example.org")
	s.change("DELETE FROM sessions")
	b.press("\r")
	b.see("#notice", "You are logged out. What you typed is still here")
	b.wait("document.querySelector('" + cell(id, "email") + "').value.includes('typed@example.org')")
	b.marked("an end of the session")
	newWindow := openTab(t, s, true)
	newWindow.login("root", rootPassword)
	b.open("/admin/users")
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held != 1 {
		t.Errorf("it was asked %d times whether to leave what was typed", b.held)
	}
}

// TestKeyboardGoesThroughAWideRow tabs through a row of many columns: a wrong field takes the cursor, and nothing that has the cursor is below
// the columns that stay in sight.
func TestKeyboardGoesThroughAWideRow(t *testing.T) {
	t.Parallel()
	s := startWith(t, everyKind("members")+checkedKinds)
	s.superuser("root")
	newClient(t, s).register("ada", nil)
	id := s.id("ada")
	b := openTab(t, s, true)
	b.login("root", rootPassword)
	b.open("/admin/users?edit=" + id)
	b.fill("#my_number-"+id, "many")
	b.press("\r")
	b.see(".open .error", "enter")
	b.wait("document.activeElement.id === 'my_number-" + id + "'")
	const hidden = `(e => {
		if (!e.matches('.open td:not(.is-title, :last-child) *')) return '';
		const here = e.getBoundingClientRect(), edge = n => document.querySelector('.open td' + n).getBoundingClientRect();
		return here.left < edge('.is-title').right - 1 || here.right > edge(':last-child').left + 1 ? e.id + ' ' + e.name : '';
	})(document.activeElement)`
	for range 40 {
		if name := eval[string](b, hidden); name != "" {
			t.Errorf("the cursor is hidden in %s", name)
		}
		b.press("\t")
		if eval[bool](b, "document.activeElement.matches('.open td:last-child .button')") {
			return
		}
	}
	t.Error("the cursor never comes to Save")
}
