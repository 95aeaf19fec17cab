package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBulkJourney ticks two people, deactivates them, and takes it back: with a mouse, with JavaScript and without.
func TestBulkJourney(t *testing.T) {
	s := start(t)
	s.superuser("root")
	for _, name := range []string{"ada", "bob", "cyd"} {
		newClient(t, s).register(name, nil)
	}
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			b := openTab(t, s, mode.script)
			b.login("root", rootPassword)
			b.open("/admin/users?sort=-username")
			for _, name := range []string{"ada", "cyd"} {
				b.click("#user-" + s.id(name) + " [name=id]")
			}
			b.pick("#action", "Deact")
			b.axeAll("people chosen")
			b.look(1280, false)
			b.click(".acting button")
			b.see("main", "Deactivate: 2 people?")
			b.axeAll("people to deactivate")
			b.look(1280, false)
			b.click("main form .button")
			b.see("main", "Deactivate: done with 2 people.")
			if n := s.strings("SELECT group_concat(username) FROM users WHERE NOT is_active")[0]; n != "ada,cyd" {
				t.Errorf("deactivated: %s", n)
			}
			b.axeAll("people deactivated")
			b.look(1280, false)
			b.click("form.undo button")
			b.see("main", "The deactivation of 2 people was taken back.")
			if n := s.strings("SELECT count(*) FROM users WHERE NOT is_active")[0]; n != "0" {
				t.Errorf("%s are still deactivated", n)
			}
		})
	}
}

// TestBulkByKeyboard chooses everybody of the page, and deletes them, without a mouse.
func TestBulkByKeyboard(t *testing.T) {
	s := start(t)
	s.superuser("root")
	s.command(nil, "seed", "20", "--yes")
	b := openTab(t, s, true)
	b.login("root", rootPassword)
	b.open("/admin/users?q=person")
	b.tabTo("thead [data-all] input")
	b.press(" ")
	if n := eval[int](b, "document.querySelectorAll('tbody [name=id]:checked').length"); n != 20 {
		t.Fatalf("%d are chosen", n)
	}
	b.press("\t", chromedp.ModifierShift) // what to do with them stands above the rows
	for !eval[bool](b, "document.activeElement.matches('#action')") {
		b.press("\t", chromedp.ModifierShift)
	}
	b.press("Del")
	b.press("\t")
	b.press("\r")
	b.see("main", "Delete: 20 people?")
	b.tabTo("main form .button")
	b.press("\r")
	b.see("main", "Delete: done with 20 people.")
	b.tabTo("form.undo button")
	b.press("\r")
	b.see("main", "The deletion of 20 people was taken back.")
	if n := s.strings("SELECT count(*) FROM users")[0]; n != "21" {
		t.Errorf("%s people", n)
	}
}

// TestKilledInTheMiddleOfAJob leaves nothing of a deletion of 100,000 people, and says so.
func TestKilledInTheMiddleOfAJob(t *testing.T) {
	s := start(t)
	s.superuser("root")
	s.command(nil, "seed", "100000", "--yes")
	c := newClient(t, s)
	c.login("root", rootPassword)
	begin := func(action string) string {
		asked := c.submit(http.StatusOK, c.get("/admin/users?q=person"), "#action", map[string]string{"action": action, "across": "1"})
		if !strings.Contains(asked.doc.Find("h1").Text(), "100,000 people") {
			t.Fatal(asked.doc.Find("main").Text())
		}
		return c.submit(http.StatusSeeOther, asked, "[name=confirm]", nil).header.Get("Location")
	}
	at := begin("delete")
	under := func() int {
		n, _ := strconv.Atoi(c.get(at).doc.Find("progress").AttrOr("value", "0"))
		return n
	}
	for began := time.Now(); under() < 3000; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("it does not begin")
		}
	}
	s.kill()
	s.up()
	if people, deleted := s.strings("SELECT count(*) FROM users")[0], s.strings("SELECT count(*) FROM deleted_users")[0]; people != "100001" || deleted != "0" {
		t.Fatalf("%s people are left, %s were deleted", people, deleted)
	}
	ended := func(words string) {
		t.Helper()
		for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			page := c.get(at).doc.Find("main").Text()
			if strings.Contains(page, words) {
				return
			}
			if time.Since(began) > 2*time.Minute {
				t.Fatalf("%s", page)
			}
		}
	}
	ended("The server was stopped meanwhile. Nothing was changed")
	at = begin("deactivate")
	ended("people changed")
	if n := s.strings("SELECT count(*) FROM users WHERE is_active")[0]; n != "1" {
		t.Errorf("%s are active", n)
	}
}

// TestJobInABrowser deactivates more people than a page does at once, and takes that back: the page says how far it is, and when it is done.
func TestJobInABrowser(t *testing.T) {
	s := start(t)
	s.superuser("root")
	s.command(nil, "seed", "1500", "--yes")
	s.change("UPDATE users SET is_active = TRUE")
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			b := openTab(t, s, mode.script)
			b.login("root", rootPassword)
			b.open("/admin/users?q=person")
			b.click("[name=across]")
			b.pick("#action", "Deact")
			b.click(".acting button")
			b.see("main", "Deactivate: 1,500 people?")
			b.click("main form .button")
			b.done("Done: 1,500 people changed.")
			b.axeAll("job done")
			b.look(1280, false)
			if n := s.strings("SELECT count(*) FROM users WHERE is_active")[0]; n != "1" {
				t.Errorf("%s are active", n)
			}
			b.click("main form button")
			b.done("Done: The deactivation of 1,500 people was taken back.")
			if n := s.strings("SELECT count(*) FROM users WHERE is_active")[0]; n != "1501" {
				t.Errorf("%s are active", n)
			}
		})
	}
}

// done waits for the end of a job: with JavaScript the page says it by itself, without a link asks again.
func (b *tab) done(words string) {
	b.t.Helper()
	for end := time.Now().Add(patience); !b.script && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		b.wait("document.body")
		if eval[bool](b, "!!document.querySelector('#job progress')") {
			b.click("#job a")
		} else if eval[bool](b, fmt.Sprintf("!!document.querySelector('#job')?.innerText.includes(%s)", quote(words))) {
			break
		}
	}
	b.see("#job", words)
}

// TestLookingAsSomebody shows their pages under a banner, until one stops.
func TestLookingAsSomebody(t *testing.T) {
	s := start(t)
	s.superuser("root")
	newClient(t, s).register("ada", map[string]string{"portfolio_site": "https://example.org/ada"})
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			b := openTab(t, s, mode.script)
			b.login("root", rootPassword)
			b.open("/admin/users/" + s.id("ada"))
			b.click("a[href$='/view-as']")
			b.fill("#reason", "her picture is gone")
			b.click("main form .button")
			b.see(".looking", "You are looking as ada.")
			b.axeAll("looking as somebody")
			b.look(1280, false)
			b.open("/@ada")
			b.see(".looking", "Nothing can be changed.")
			b.open("/settings/profile/first_name")
			b.fill("#first_name", "Eve")
			b.press("\r")
			b.see("body", "You are only looking")
			b.click(".looking button")
			b.see("h1", "ada")
			b.see("main", "looked as")
			if got := s.strings("SELECT first_name FROM users WHERE username = 'ada'")[0]; got != "" {
				t.Errorf("ada is called %q now", got)
			}
		})
	}
}
