package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/pquerna/otp/totp"
)

// TestTwoFactorJourney turns a second factor on, logs in with it and with a recovery code, and turns it off.
func TestTwoFactorJourney(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			newClient(t, s).register("grace", nil)
			b := openTab(t, s, mode.script)
			b.login("grace", password)
			b.open("/settings/account")
			b.axeAll("account")
			b.look(1280, false)
			b.click("#row-two-factor a")
			b.wait("location.pathname === '/settings/two-factor'")
			b.axeAll("two-factor off")
			b.look(1280, false)
			b.mark()
			b.click("main form button")
			b.wait("document.querySelector('code.key')")
			secret := strings.ReplaceAll(eval[string](b, "document.querySelector('code.key').innerText"), " ", "")
			b.fill("#code", "000000")
			b.press("\r")
			b.see("[role=alert]", "This code is not right")
			b.axeAll("two-factor begun")
			b.look(1280, false)
			used := appCode(t, secret, 0)
			b.fill("#code", used)
			b.press("\r")
			b.wait("document.querySelectorAll('.codes code').length === 10")
			b.axeAll("recovery codes")
			b.look(1280, false)
			recovery := eval[string](b, "document.querySelector('.codes code').innerText")
			b.click("main a.button")
			b.see("main", "10 recovery codes left")
			b.axeAll("two-factor on")
			b.look(1280, false)

			leave := func() {
				b.click("form[action='/logout'] button")
				b.wait("location.pathname === '/'")
				b.open("/login?next=%2Fsettings%2Faccount")
				b.fill("#username", "grace")
				b.fill("#password", password)
				b.press("\r")
				b.wait("location.pathname === '/login/code'")
			}
			leave()
			b.fill("#code", used) // the one that turned it on
			b.press("\r")
			b.see("[role=alert]", "This code is not right")
			b.axeAll("code refused")
			b.look(1280, false)
			b.fill("#code", appCode(t, secret, 30*time.Second))
			b.press("\r")
			b.wait("location.pathname === '/settings/account'")
			leave()
			b.click("a[href*='recovery']")
			b.wait("document.querySelector('#recovery_code')")
			b.axeAll("recovery code")
			b.look(1280, false)
			b.fill("#recovery_code", strings.ToUpper(recovery))
			b.press("\r")
			b.wait("location.pathname === '/settings/account'")
			b.open("/settings/two-factor")
			b.see("main", "9 recovery codes left")
			b.click("button[name=off]")
			b.see("main", "The second factor is off")
		})
	}
}

// appCode is what an authenticator app shows some time from now.
func appCode(t *testing.T, secret string, in time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(in))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// authenticator plugs a virtual one into the browser window, which says yes to everything.
func (b *tab) authenticator() webauthn.AuthenticatorID {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	return call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}).AuthenticatorID
}

// TestPasskeys adds a passkey, logs in with it without a user name, names it anew and removes it, after which it lets nobody in.
func TestPasskeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	newClient(t, s).register("grace", nil)
	_, port, _ := strings.Cut(s.addr, ":")
	s.url = "http://localhost:" + port // passkeys belong to a name
	b := openTab(t, s, true)
	b.authenticator()
	b.login("grace", password)
	b.open("/settings/passkeys")
	b.see("main", "You have none yet")
	b.axeAll("passkeys none")
	b.look(1280, false)
	b.click("button[name=begin]")
	b.wait("document.querySelector('#name')")
	b.axeAll("passkey to make")
	b.look(1280, false)
	b.click("[data-passkey]") // without a name
	b.see("[role=alert]", "Give the passkey a name")
	b.fill("#name", "my <b>phone</b>")
	b.click("[data-passkey]")
	b.see("[role=status]", "The passkey is added")
	b.see("#passkeys .name", "my <b>phone</b>")
	b.axeAll("passkeys")
	b.look(1280, false)

	enter := func() {
		b.click("form[action='/logout'] button")
		b.wait("location.pathname === '/'")
		b.open("/login?next=%2Fsettings%2Fpasskeys")
		b.click("[data-passkey]")
	}
	enter()
	b.wait("location.pathname === '/settings/passkeys'")
	b.see("#passkeys", "last used")
	b.click("#passkeys .row a.edit")
	b.wait("document.querySelector('#name')")
	b.fill("#name", "")
	b.press("\r")
	b.see("[role=alert]", "Give the passkey a name")
	b.fill("#name", "my tablet")
	b.press("\r")
	b.see("#passkeys .name", "my tablet")

	b.click("button[name=begin]") // the same device again
	b.wait("document.querySelector('#name')")
	b.fill("#name", "twice")
	b.click("[data-passkey]")
	b.see("#notice", "No passkey was used")
	b.open("/settings/passkeys")

	b.click("button[name=remove]")
	b.see("[role=status]", "The passkey is removed")
	enter()
	b.see("[role=alert]", "This passkey lets nobody in here")
	b.axeAll("passkey refused")
	if n := s.strings("SELECT count(*) FROM history WHERE field = 'passkey'")[0]; n != "3" {
		t.Errorf("%s lines of history", n)
	}
}

// TestPasskeysWithoutScript: what can't be done is not offered.
func TestPasskeysWithoutScript(t *testing.T) {
	t.Parallel()
	s := start(t)
	newClient(t, s).register("grace", nil)
	_, port, _ := strings.Cut(s.addr, ":")
	s.url = "http://localhost:" + port
	b := openTab(t, s, false)
	b.open("/login")
	b.wait("!document.querySelector('[data-passkey]').checkVisibility()")
	b.login("grace", password)
	b.open("/settings/passkeys")
	b.click("button[name=begin]")
	b.see("main", "needs JavaScript")
	b.wait("!document.querySelector('[data-passkey]').checkVisibility()")
}

// TestAskedAgain changes the address long after logging in: the password is asked for in place, and the form goes on. A passkey answers, too.
func TestAskedAgain(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			newClient(t, s).register("grace", nil)
			_, port, _ := strings.Cut(s.addr, ":")
			s.url = "http://localhost:" + port
			b := openTab(t, s, mode.script)
			b.login("grace", password)
			if mode.script {
				b.authenticator()
				b.open("/settings/passkeys")
				b.click("button[name=begin]")
				b.wait("document.querySelector('#name')")
				b.fill("#name", "phone")
				b.click("[data-passkey]")
				b.see("[role=status]", "The passkey is added")
			}
			later := func() {
				s.change("UPDATE sessions SET data = CAST(json_set(CAST(data AS TEXT), '$.values.proof', '0') AS BLOB) WHERE user_id = ?", s.id("grace"))
			}
			change := func(email string) {
				later()
				b.open("/settings/account?edit=email")
				b.mark()
				b.fill("#email", email)
				b.press("\r")
				b.wait("document.querySelector('#row-email #password')")
				b.marked("asking again")
			}
			change("hopper@example.org")
			b.axeAll("asked again")
			b.look(1280, false)
			b.fill("#password", "not my password")
			b.press("\r")
			b.see("[role=alert]", "This is not your password")
			b.fill("#password", password)
			b.press("\r")
			b.see("#row-email", "hopper@example.org")
			b.marked("going on")
			if mode.script {
				change("grace@example.net")
				b.click("[data-passkey]")
				b.see("#row-email .value", "grace@example.net")
			}
		})
	}
}

// TestRequiredSecondFactor lets nobody go on without one, and takes a passkey for it.
func TestRequiredSecondFactor(t *testing.T) {
	t.Parallel()
	s := start(t, "NAMEPLATE_REQUIRE_2FA=everyone")
	newClient(t, s).register("grace", nil)
	_, port, _ := strings.Cut(s.addr, ":")
	s.url = "http://localhost:" + port
	b := openTab(t, s, true)
	b.authenticator()
	enter := func() {
		b.open("/login")
		b.fill("#username", "grace")
		b.fill("#password", password)
		b.press("\r")
		b.wait("location.pathname === '/settings/two-factor'")
	}
	enter()
	b.axeAll("second factor required")
	b.look(1280, false)
	b.open("/settings/profile")
	b.wait("location.pathname === '/settings/two-factor'")
	b.click("a[href='/settings/passkeys'].aside, .aside a")
	b.wait("location.pathname === '/settings/passkeys' && document.readyState === 'complete'")
	b.click("button[name=begin]")
	b.wait("document.querySelector('#name')")
	b.fill("#name", "phone")
	b.click("[data-passkey]")
	b.see("[role=status]", "The passkey is added")
	b.open("/settings/profile")
	b.wait("location.pathname === '/settings/profile'")
	b.click("form[action='/logout'] button")
	b.wait("location.pathname === '/'")
	enter() // the password alone
	b.see("main", "You have a passkey: log in with it")
	b.wait("!document.querySelector('[name=begin]')")
	b.axeAll("passkey required")
	b.look(1280, false)
	b.open("/settings/passkeys")
	b.wait("location.pathname === '/settings/two-factor'")
	b.click("main [data-passkey]")
	b.wait("location.pathname === '/settings/account'")
}

// TestTwoFactorInLynx turns a second factor on, logs in with a recovery code, and deletes the account, in a text browser.
func TestTwoFactorInLynx(t *testing.T) {
	t.Parallel()
	s := start(t)
	newClient(t, s).register("grace", nil)
	l := openLynx(t, s, "/login")
	l.fill("", "Username or e-mail", "grace")
	l.fill("", "Password", password)
	l.follow("Stay logged in", "Log in")
	l.see("Your profile")
	l.goTo("/settings/two-factor")
	l.follow("Two-factor authentication", "Turn it on")
	l.see("Or type this key into it")
	l.fill("", "Six digits", appCode(t, s.strings("SELECT secret FROM two_factor")[0], 0))
	l.follow("Six digits", "Confirm the code")
	l.see("Your recovery codes", "They are not shown again")
	code := recoveryCode.FindString(l.page)
	l.goTo("/settings/sessions")
	l.follow("", "Log out")
	l.goTo("/login")
	l.fill("", "Username or e-mail", "grace")
	l.fill("", "Password", password)
	l.follow("Stay logged in", "Log in")
	l.see("The six digits that your app shows")
	l.follow("The six digits", "Use a recovery code")
	l.fill("", "It is taken once", code)
	l.follow("It is taken once", "Log in")
	l.see("Your profile")
	l.goTo("/settings/delete")
	l.fill("", "to say that you mean it", "grace")
	l.fill("to say that you mean it", "Password", password)
	l.follow("to say that you mean it", "Delete my account")
	l.see("Your account is deleted")
	if n := s.strings("SELECT count(*) FROM users")[0]; n != "0" {
		t.Errorf("%s people are left", n)
	}
}

var recoveryCode = regexp.MustCompile(`[a-z0-9]{4}(-[a-z0-9]{4}){3}`)
