package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nameplate/internal/mail/mailtest"
)

const newPassword = "a wholly new password"

// TestMailJourney registers, confirms the address, forgets the password, changes the address and has that taken back, with a real mail
// server and with a real browser.
func TestMailJourney(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			m := startMail(t)
			s := start(t, m.setting(), "NAMEPLATE_MAIL_FROM=nameplate@example.org")
			s.superuser("taken")
			b := openTab(t, s, mode.script)
			register(b, "grace", "grace@example.org")
			b.see("main", "We have sent a mail to grace@example.org")
			b.axeAll("look at your mail")
			b.click("main form button")
			b.see("main", "The mail is sent")
			link := at(m.last("grace@example.org", "Confirm your e-mail address", 2))
			b.look(1280, false)
			b.open(link)
			b.see("main", "grace@example.org")
			b.axeAll("confirm the address")
			b.click("main form button")
			b.wait("location.pathname === '/settings/profile'")
			b.see("[role=status]", "Your account is ready")
			b.click("form[action='/logout'] button")
			b.wait("location.pathname === '/'")
			if status := b.open(link); status != http.StatusNotFound {
				t.Errorf("the link once more: %d", status)
			}
			b.see("main", "does not work any more")
			b.axeAll("dead link")

			forget(b, m)
			changeAddress(b, m)
			registerTaken(b, m)
		})
	}
}

// at is where the link of a mail leads, on the server under test.
func at(m mailtest.Mail) string { return m.Link() }

func register(b *tab, name, email string) {
	b.t.Helper()
	b.look(1280, false)
	b.open("/register")
	b.fill("#username", name)
	b.fill("#email", email)
	b.fill("#password", password)
	b.click("#register .actions button")
	b.wait("location.pathname === '/verify-email'")
}

// forget asks for another password, and logs in with it.
func forget(b *tab, m *mailServer) {
	b.t.Helper()
	b.look(1280, false)
	b.open("/login")
	b.click("a[href='/reset-password']")
	b.wait("location.pathname === '/reset-password'")
	b.fill("#email", "not an address")
	b.press("\r")
	b.see("[role=alert]", "E-mail")
	b.axeAll("reset refused")
	b.look(1280, false)
	b.fill("#email", "grace@example.org")
	b.press("\r")
	b.see("main", "If somebody here has that address")
	b.axeAll("reset asked for")
	b.look(1280, false)
	b.open(at(m.last("grace@example.org", "Choose a new password", 1)))
	b.fill("#new_password", "grace")
	b.press("\r")
	b.see("[role=alert]", "New password")
	b.axeAll("choose a password")
	b.look(1280, false)
	b.fill("#new_password", newPassword)
	b.press("\r")
	b.see("[role=status]", "Your password is changed")
	b.fill("#username", "grace")
	b.fill("#password", newPassword)
	b.press("\r")
	b.wait("location.pathname === '/settings/profile'")
	m.last("grace@example.org", "Your password was changed", 1)
}

// changeAddress changes one's own address in place, confirms the new one, and takes that back from the former one.
func changeAddress(b *tab, m *mailServer) {
	b.t.Helper()
	b.open("/settings/account")
	b.mark()
	b.click("#row-email a.edit")
	b.wait("document.querySelector('#row-email #email')")
	b.marked("opening the row of the address")
	b.fill("#email", "hopper@example.org")
	b.press("\r")
	b.see("#row-email", "hopper@example.org takes its place")
	b.marked("saving the address")
	b.axeAll("address that waits")
	b.look(1280, false)
	b.open(at(m.last("hopper@example.org", "Confirm your e-mail address", 1)))
	b.click("main form button")
	b.see("#row-email", "hopper@example.org")
	b.open(at(m.last("grace@example.org", "The e-mail address of your account was changed", 1)))
	b.axeAll("take the change back")
	b.look(1280, false)
	b.click("main form button")
	b.see("[role=status]", "The address is yours again")
	b.wait("!document.querySelector('form[action=\"/logout\"]')")
	m.last("grace@example.org", "Choose a new password", 2)
}

// registerTaken registers with somebody else's address: the browser sees what it sees with any.
func registerTaken(b *tab, m *mailServer) {
	b.t.Helper()
	register(b, "eve", "taken@example.org")
	b.see("main", "We have sent a mail to taken@example.org")
	if mail := m.last("taken@example.org", "You have an account already", 1); !strings.Contains(mail.Text, "'taken'") {
		b.t.Errorf("the owner is told:\n%s", mail.Text)
	}
}

// TestMailInLynx goes the same way in a text browser.
func TestMailInLynx(t *testing.T) {
	t.Parallel()
	m := startMail(t)
	s := start(t, m.setting())
	l := openLynx(t, s, "/register")
	l.fill("", usernameHint, "grace")
	l.fill("", "E-mail", "grace@example.org")
	l.fill("", passwordHint, password)
	l.follow(portfolioHint, "Create account")
	l.see("We have sent a mail to grace@example.org")
	l.goTo(at(m.last("grace@example.org", "Confirm", 1)))
	l.follow("Is grace@example.org your address", "Confirm the address")
	l.see("Your account is ready")
	l.goTo("/settings/account")
	l.follow("Your account", "Edit e-mail")
	l.fill("", "We send a mail there", "hopper@example.org")
	l.follow("We send a mail there", "Save e-mail")
	l.see("hopper@example.org takes its place")
	l.goTo("/settings/sessions")
	l.see("Lynx", "This browser")
	l.goTo("/settings/password")
	l.fill("", "Current password", password)
	l.fill("", passwordHint, newPassword)
	l.follow(passwordHint, "Change password")
	l.see("Your password is changed")
	l.follow("", "Log out")
	l.goTo("/reset-password")
	l.fill("", "A mail with a link goes there", "grace@example.org")
	l.follow("A mail with a link goes there", "Send me a link")
	l.see("If somebody here has that address")
	l.goTo(at(m.last("grace@example.org", "Choose a new password", 1)))
	l.fill("", passwordHint, "one more new password")
	l.follow(passwordHint, "Save new password")
	l.see("Log in with the new one")
}

// TestKilledBeforeItsMail kills the server when a registration is answered and its mail is not sent, and when a mail is under way.
func TestKilledBeforeItsMail(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	defer close(hang)
	hung := make(chan struct{}, 10)
	box := mailtest.Start(t, &mailtest.Server{Refuse: func(string) error {
		hung <- struct{}{}
		<-hang
		return nil
	}})
	s := start(t, "NAMEPLATE_SMTP="+box.Setting())
	c := newClient(t, s)
	began := time.Now()
	for _, name := range []string{"one", "two"} {
		page := c.get("/register")
		if a, err := c.post(page, "[name=email]", map[string]string{"username": name, "email": name + "@example.org", "password": password}, nil); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("register: %v %v", a, err)
		}
		c = newClient(t, s)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a mail server that hangs has delayed pages: %v", took)
	}
	<-hung // the first is under way, the second waits
	s.kill()

	well := mailtest.Start(t, &mailtest.Server{})
	s.env = append(s.env, "NAMEPLATE_SMTP="+well.Setting())
	s.up()
	well.To(t, "two@example.org", 1)
	if n := s.strings("SELECT count(*) FROM mail WHERE address = 'one@example.org' AND next_at IS NOT NULL")[0]; n != "1" {
		t.Errorf("the mail that was under way: %s rows", n)
	}
}
