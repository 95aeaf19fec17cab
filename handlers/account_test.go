package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/mail/mailtest"
)

// TestAddressChanges changes one's own address, and takes that back with the link that the former address got.
func TestAddressChanges(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		ada := s.add("ada", proven)
		c := s.as(ada)
		r := c.post("/settings/account", "email", "new@example.org")
		if r.status != http.StatusSeeOther || r.location() != "/settings/account?saved=sent#row-email" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		if r := c.get("/settings/account?saved=sent"); !r.says("We have sent a mail to new@example.org") || !r.says("ada@example.org") {
			t.Error("the page does not say what waits")
		}
		s.client().post("/login", "username", "ada@example.org", "password", password)
		link := p.last(t, "new@example.org", 1)
		if !strings.Contains(link.Text, "'ada'") {
			t.Errorf("%s", link.Text)
		}
		if r := c.post(link.Link()); r.location() != "/settings/account?saved=email" {
			t.Fatalf("confirm: %d to %q", r.status, r.location())
		}
		told := p.last(t, "ada@example.org", 1)
		if !strings.Contains(told.Subject, "was changed") || strings.Contains(told.Text, "new@example.org") {
			t.Errorf("the former address is told: %s\n%s", told.Subject, told.Text)
		}
		if r := s.client().post("/login", "username", "ada@example.org", "password", password); r.status != http.StatusUnprocessableEntity {
			t.Error("the former address still logs in")
		}
		now.pass(7*24*time.Hour - time.Second)
		if r := s.client().get(told.Link()); r.status != http.StatusOK || !r.says("gets the address ada@example.org back") {
			t.Fatalf("the way back: %d", r.status)
		}
		stolen := s.as(ada)
		if used := atOnce(func() bool { return s.client().post(told.Link()).location() == "/login?undone=1" }); used != 1 {
			t.Errorf("the way back was used %d times", used)
		}
		if r := stolen.get("/settings/profile"); r.status != http.StatusSeeOther {
			t.Error("whoever was in the account still is")
		}
		u, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		if u.Email != "ada@example.org" || u.EmailVerified.IsZero() {
			t.Errorf("%+v", u)
		}
		if m := p.last(t, "ada@example.org", 2); !strings.HasPrefix(m.Link(), "/reset-password/") {
			t.Errorf("no link to choose a password came: %s", m.Text)
		}
	}, withMail)
}

func TestTheWayBackEndsAfterAWeek(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		c := s.as(s.add("ada", proven))
		c.post("/settings/account", "email", "new@example.org")
		c.post(p.last(t, "new@example.org", 1).Link())
		told := p.last(t, "ada@example.org", 1)
		now.pass(7 * 24 * time.Hour)
		if r := s.client().post(told.Link()); r.status != http.StatusNotFound {
			t.Errorf("%d", r.status)
		}
	}, withMail)
}

// TestChangingToATakenAddress: the page says what it says for a free one, and its owner is told.
func TestChangingToATakenAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("bob")
		ada := s.add("ada")
		c := s.as(ada)
		free := c.htmx().post("/settings/account", "email", "free@example.org")
		taken := c.htmx().post("/settings/account", "email", "bobb@example.org")
		if free.status != http.StatusOK || free.status != taken.status {
			t.Errorf("%d %d", free.status, taken.status)
		}
		if r := c.post("/settings/account", "email", "bob@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("%d", r.status)
		}
		if m := p.last(t, "bob@example.org", 1); !strings.Contains(m.Subject, "in use already") || strings.Contains(m.Text, "/verify-email/") {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
		if r := c.post("/settings/account", "cancel", "1"); r.status != http.StatusSeeOther {
			t.Error(r.status)
		}
		u, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		if u.Email != "ada@example.org" || u.NewEmail != "" {
			t.Errorf("%+v", u)
		}
	}, withMail)
}

// TestAddressesWithoutMail are what one says they are, and a taken one is told.
func TestAddressesWithoutMail(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.add("bob")
		ada := s.add("ada")
		c := s.as(ada)
		for email, words := range map[string]string{"bob@example.org": "taken", "": "Enter an e-mail address", "ada": "@"} {
			r := c.post("/settings/account", "email", email)
			if r.status != http.StatusUnprocessableEntity || !r.says(words) || r.value("email") != email {
				t.Errorf("%q: %d", email, r.status)
			}
		}
		if r := c.post("/settings/account", "email", "new@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("%d", r.status)
		}
		u, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		if u.Email != "new@example.org" || u.NewEmail != "" {
			t.Errorf("%+v", u)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM history WHERE field = 'email'"); n != "1" {
			t.Errorf("%s lines of history", n)
		}
	})
}

// TestTheWayBackRemovesWaysIn: whoever took the account over has added a passkey and a second factor, and knows the password. What is older than
// a week stays.
func TestTheWayBackRemovesWaysIn(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p, now := s.mails(&mailtest.Server{}), s.clock()
		ada := s.add("ada", proven)
		key := func(name string) {
			must(t, s.db.AddPasskey(t.Context(), dbAuthor(ada), db.Passkey{UserID: ada.ID, Handle: []byte("h"), KeyID: []byte(name), Data: "{}", Name: name}))
		}
		key("her own")
		now.pass(time.Second)
		key("before")
		now.pass(7 * 24 * time.Hour)
		thief := s.as(ada)
		thief.post("/settings/account", "email", "thief@example.org")
		thief.post(p.last(t, "thief@example.org", 1).Link())
		p.send(t)
		key("after")
		thief.turnOn(now)
		now.pass(7*24*time.Hour - time.Second) // the owner has been away
		var link string
		for _, m := range p.To(t, "ada@example.org", 1) {
			if strings.HasPrefix(m.Link(), "/undo-email/") {
				link = m.Link()
			}
		}
		if r := s.client().post(link); r.location() != "/login?undone=1" {
			t.Fatalf("%d", r.status)
		}
		keys, err := s.db.Passkeys(t.Context(), ada.ID)
		must(t, err)
		if len(keys) != 1 || keys[0].Name != "her own" {
			t.Errorf("%+v", keys)
		}
		if second, err := s.db.TwoFactor(t.Context(), ada.ID); err != nil || second.On() || dbtest.Text(t, s.db, "SELECT count(*) FROM recovery_codes") != "0" {
			t.Errorf("%+v %v", second, err)
		}
		for range 2 { // the password is nobody's until its owner has chosen another: logging in is no way to defeat that
			if r := s.client().post("/login", "username", "ada", "password", password); r.status != http.StatusUnprocessableEntity {
				t.Errorf("with the password that the thief knows: %d", r.status)
			}
		}
		reset := p.linkTo(t, "ada@example.org", "/reset-password/")
		if list := p.Mails(); strings.Contains(list[len(list)-1].Text, "stays as it is") {
			t.Error("the mail says that the password stays")
		}
		if r := s.client().post(reset, "new_password", another); r.location() != "/login?reset=1" {
			t.Errorf("another password: %d to %q", r.status, r.location())
		}
		if r := s.client().post("/login", "username", "ada", "password", another); r.status != http.StatusSeeOther {
			t.Errorf("with it: %d", r.status)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM history WHERE field = 'password'"); n != "2" {
			t.Errorf("%s lines of history", n)
		}
	}, withMail)
}

// TestSpacesDontMakeAnotherAddress: however often one asks, and however it is typed, one address gets a few mails.
func TestSpacesDontMakeAnotherAddress(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.clock()
		c := s.as(s.add("ada"))
		for i := range 20 {
			c.post("/settings/account", "email", strings.Repeat(" ", i/2)+"Victim@example.org"+strings.Repeat(" ", i))
			p.send(t)
		}
		if n := len(p.Mails()); n < 3 || n > 5 {
			t.Errorf("%d mails", n)
		}
	}, withMail)
}
