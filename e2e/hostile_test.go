package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// hostile are texts that would do harm if a page took them for more than text.
var hostile = []string{
	`"><script>window.hacked=1;alert(1)</script>`,
	`'><img src=//evil.example/x onerror=alert(1)>`,
	`</textarea></title><svg onload=alert(1)>`,
	`" autofocus onfocus=alert(1) x="`,
	`<a href="javascript:alert(1)">`,
	`<div hx-get="/logout" hx-trigger="load">`,
	`{{alert(1)}} ${alert(1)} <%= 1 %>`,
	`<meta http-equiv=refresh content=0;url=//evil.example>`,
}

// TestHostileText fills every field with such texts, as a member and as an admin, and opens each page that shows them.
// The tab itself fails the test for a script, a request elsewhere, a broken policy or a dialog.
func TestHostileText(t *testing.T) {
	s := start(t)
	s.superuser("root")
	root := newClient(t, s)
	root.login("root", rootPassword)
	var names []string
	for i, text := range hostile {
		name := fmt.Sprintf("person%d", i)
		c := newClient(t, s)
		c.register(name, nil)
		row := func(field, value string) int {
			page := c.get("/settings/profile/" + field)
			a, err := c.post(page, "[name="+field+"]", map[string]string{field: value}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return a.status
		}
		for _, field := range []string{"first_name", "last_name"} {
			if status := row(field, text); status != http.StatusSeeOther {
				t.Errorf("%s as a %s: status %d", text, field, status)
			}
		}
		if status := row("username", text); status != http.StatusUnprocessableEntity {
			t.Errorf("%s as a user name: status %d, want 422", text, status)
		}
		for _, link := range []string{text, "javascript:alert(1)//" + text, "data:text/html," + text, "//evil.example/" + text} {
			if status := row("portfolio_site", link); status != http.StatusUnprocessableEntity {
				t.Errorf("%s as a link: status %d, want 422", link, status)
			}
		}
		row("portfolio_site", "https://example.org/?"+text) // may be refused or kept; it may not do harm
		names = append(names, name)
	}
	b := openTab(t, s, true)
	harmless := func(path, text string) {
		t.Helper()
		b.open(path)
		if text != "" && !strings.Contains(eval[string](b, shownJS), text) {
			t.Errorf("%s does not show %s as text", path, text)
		}
		if eval[bool](b, "window.hacked !== undefined || !!document.querySelector('main svg[onload], main img[onerror], [onfocus], main meta, a[href^=javascript], main [hx-trigger=load]')") {
			t.Errorf("%s took %s for more than text", path, text)
		}
	}
	for i, text := range hostile {
		harmless("/@"+names[i], text)
		harmless("/login?next="+url.QueryEscape(text), "")
		harmless("/"+url.PathEscape(text), "")
	}
	typedBack(b)
	b.login(names[1], password)
	harmless("/settings/profile", hostile[1])
	harmless("/settings/profile/first_name", hostile[1])
	b.click("form[action='/logout'] button")
	b.wait("location.pathname === '/'")
	b.login("root", rootPassword)
	harmless("/admin/users", "")
	harmless("/admin/", "")
	for i, text := range hostile {
		id := s.id(names[i])
		harmless("/admin/users?q="+url.QueryEscape(text), text)
		harmless("/admin/users?edit="+id, "")
		harmless("/admin/users/"+id, text)
		harmless("/admin/users/"+id+"/delete", "")
	}
}

// shownJS is everything that a page shows: its text and what stands in its fields.
const shownJS = "document.title + document.body.innerText + [...document.querySelectorAll('input, textarea')].map(i => i.value).join(' ')"

// typedBack sends the texts in forms that are refused and so show them again.
func typedBack(b *tab) {
	b.t.Helper()
	for _, text := range hostile {
		b.open("/login")
		b.fill("#username", text)
		b.fill("#password", "wrong")
		b.press("\r")
		b.see("main", "The username or the password is not right")
		if got := eval[string](b, "document.querySelector('#username').value"); got != text {
			b.t.Errorf("the login form kept %q, want %q", got, text)
		}
		b.open("/register")
		for _, id := range []string{"username", "email", "portfolio_site"} {
			b.fill("#"+id, text)
		}
		b.press("\r")
		b.wait("document.querySelector('[role=alert] a[href=\"#username\"]')")
		if got := eval[string](b, "document.querySelector('#username').value"); got != text {
			b.t.Errorf("the register form kept %q, want %q", got, text)
		}
	}
}
