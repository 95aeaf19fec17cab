package e2e

import (
	"fmt"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

// modes are the two ways in which everything has to work.
var modes = []struct {
	name   string
	script bool
}{
	{"with JavaScript", true},
	{"with JavaScript off", false},
}

// TestMemberJourney goes the way of somebody who signs up with a photograph, edits the profile in place and leaves.
func TestMemberJourney(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			s := start(t)
			newClient(t, s).register("taken", nil)
			b := openTab(t, s, mode.script)
			registerWithPhoto(b)
			editLink(b)
			changePicture(b, s)

			b.open("/@grace")
			b.see("h1", "grace")
			b.see("main a[rel~=me]", "example.org/grace")
			b.click("form[action='/logout'] button")
			b.wait("location.pathname === '/'")
			b.open("/settings/profile")
			b.wait("location.pathname === '/login' && location.search === '?next=%2Fsettings%2Fprofile'")
			b.fill("#username", "grace@example.org")
			b.fill("#password", "not my password")
			b.mark()
			b.press("\r")
			b.see("main", "The username or the password is not right")
			b.marked("a wrong password")
			b.fill("#password", password)
			b.press("\r")
			b.wait("location.pathname === '/settings/profile'")
		})
	}
}

// registerWithPhoto signs up as grace, with a wrong field first: its message comes beside the field, and the picture
// survives the refused form.
func registerWithPhoto(b *tab) {
	b.t.Helper()
	b.open("/register")
	b.mark()
	b.fill("#username", "TAKEN")
	if b.script {
		b.press("\t")
		b.wait(wrong("username", "is taken"))
		b.marked("leaving a wrong field")
		if !b.requested("POST /register/check") {
			b.t.Error("the field was not checked as it was left")
		}
		if got := eval[string](b, "document.querySelector('#username').value"); got != "TAKEN" {
			b.t.Errorf("checking a field replaced its text by %q", got)
		}
	}
	b.fill("#email", "grace@example.org")
	b.fill("#password", password)
	b.fill("#portfolio_site", "https://example.org/grace")
	b.choose("#profile_pic", file(b.t, "IMG 0001.JPG", photograph()))
	b.click("#register .actions button")
	b.wait("document.querySelector('[name=waiting_profile_pic]')?.value")
	b.marked("sending a form with a wrong field")
	b.wait(wrong("username", "is taken"))
	b.wait("document.activeElement.matches('[role=alert], [role=alert] *')")
	b.see("[role=alert] a[href='#username']", "")
	kept := map[string]string{"username": "TAKEN", "email": "grace@example.org", "portfolio_site": "https://example.org/grace"}
	if !b.script { // the server never sends a password back; a script may leave the field alone
		kept["password"] = ""
	}
	for id, want := range kept {
		if got := eval[string](b, fmt.Sprintf("document.getElementById(%s).value", quote(id))); got != want {
			b.t.Errorf("after a refused form %s holds %q, want %q", id, got, want)
		}
	}
	b.wait("[...document.querySelectorAll('#field-profile_pic img')].some(i => i.complete && i.naturalWidth > 0)")
	b.axe("register-refused")

	b.fill("#username", "grace")
	b.fill("#password", password)
	b.click("#register .actions button")
	b.wait("location.pathname === '/settings/profile'")
	checkPictures(b.t, newClient(b.t, &server{url: b.origin}), b.pictureName())
	b.wait("(i => i.currentSrc.endsWith('.webp') && i.naturalWidth > 0)(document.querySelector('#row-profile_pic img'))")
}

// wrong is true when a field is marked as wrong, and the text that describes it says the words.
func wrong(field, words string) string {
	return fmt.Sprintf(`(f => f && f.getAttribute('aria-invalid') === 'true' && (f.getAttribute('aria-describedby') || '').split(' ')
		.some(id => document.getElementById(id)?.checkVisibility() && document.getElementById(id).innerText.includes(%s)))(document.getElementById(%s))`, quote(words), quote(field))
}

// pictureName returns the name of the picture that one's own profile shows.
func (b *tab) pictureName() string {
	b.t.Helper()
	b.wait("document.querySelector('#row-profile_pic img')?.complete")
	src := eval[string](b, "new URL(document.querySelector('#row-profile_pic img').src).pathname")
	name, ok := strings.CutPrefix(src, "/uploads/profile_pics/")
	if !ok {
		b.t.Fatalf("the profile shows %s, want an uploaded picture", src)
	}
	return name[:strings.LastIndex(name, "-")]
}

// editLink changes the link in place: a dangerous one is refused, a good one saved.
func editLink(b *tab) {
	b.t.Helper()
	b.open("/settings/profile")
	b.mark()
	b.click("#row-portfolio_site a[href='/settings/profile/portfolio_site']")
	b.wait("document.querySelector('#row-portfolio_site input[name=portfolio_site]')")
	b.marked("opening a row")
	b.wait("document.activeElement.matches('#row-portfolio_site input[name=portfolio_site]')")

	b.mark()
	b.fill("#portfolio_site", "javascript:alert(1)")
	b.press("\r")
	b.wait(wrong("portfolio_site", "http"))
	b.marked("saving a wrong link")
	if got := eval[string](b, "document.querySelector('#portfolio_site').value"); got != "javascript:alert(1)" {
		b.t.Errorf("a refused link became %q", got)
	}
	b.mark()
	b.fill("#portfolio_site", "https://example.org/grace/new")
	b.press("\r")
	b.see("#row-portfolio_site", "example.org/grace/new")
	b.wait("!document.querySelector('#portfolio_site')")
	b.marked("saving a link")
	b.see("[role=status]", "Saved")
	b.axe("profile-saved")
}

// changePicture replaces one's picture, then removes it; neither leaves a file behind.
func changePicture(b *tab, s *server) {
	b.t.Helper()
	visitor := newClient(b.t, s)
	first := b.pictureName()
	b.mark()
	b.click("#row-profile_pic a[href='/settings/profile/profile_pic']")
	b.wait("document.querySelector('#row-profile_pic input[type=file]')")
	b.choose("#row-profile_pic input[type=file]", file(b.t, "other.jpg", snapshot(2)))
	b.click("#row-profile_pic button:not([name])")
	b.wait(fmt.Sprintf("!document.querySelector('#row-profile_pic input[type=file]') && !document.querySelector('#row-profile_pic img').src.includes(%s)", quote(first)))
	b.marked("replacing a picture")
	second := b.pictureName()
	checkPictures(b.t, visitor, second)
	gone(b.t, visitor, first)

	b.mark()
	b.click("#row-profile_pic a[href='/settings/profile/profile_pic']")
	b.wait("document.activeElement.closest('#row-profile_pic') && document.querySelector('.whole img')?.complete") // which moves what is below it
	b.click("#row-profile_pic .removal summary")
	b.wait("document.querySelector('.removal[open]')")
	b.click("#row-profile_pic [name=remove]")
	b.wait("document.querySelector('#row-profile_pic img')?.src.includes('/public/initials/')")
	b.marked("removing a picture")
	gone(b.t, visitor, second)
}

func gone(t testing.TB, c *client, name string) {
	t.Helper()
	for _, size := range profile.PictureSizes {
		for _, path := range []string{picturePath(name, size), webpPath(name, size)} {
			if a := c.get(path); a.status != 404 {
				t.Errorf("%s is still there: status %d", path, a.status)
			}
		}
	}
}
