package views

import (
	"strconv"
	"time"

	"github.com/mileusna/useragent"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// Account is what /settings/account shows.
type Account struct {
	Person    account.User
	Mail      bool   // addresses are proven by mail
	Open      bool   // the address is being changed
	Email     string // as typed
	Errors    form.Errors
	Wait      string // how long to wait, in words; empty for not at all
	Saved     string // what has just been done
	Passkeys  bool   // they can be made here
	TwoFactor bool   // a second factor is asked for
	Sessions  int    // in how many browsers one is logged in
	Avatars   bool   // other programs may ask for pictures
}

// said is what has been done with the address.
func (a Account) said() string {
	switch a.Saved {
	case "email":
		return "Saved"
	case "resent", "sent":
		return "Mail sent"
	}
	return ""
}

// status is what the page says once.
func (a Account) status() string {
	switch a.Saved {
	case "password":
		return "Your password is changed. Every other browser is logged out."
	case "email":
		return "Your e-mail address is saved."
	case "sent", "resent":
		return "We have sent a mail to " + a.Person.NewEmail + ". Open the link in it to confirm the address."
	}
	return ""
}

func (a Account) field() Field {
	hint := "It is used for logging in and for a new password. Nobody else sees it."
	if a.Mail {
		hint = "We send a mail there. The address changes when you open the link in it."
	}
	return Field{
		Attribute: profile.Attribute{
			Kind: profile.Control("email"), Name: "email", Label: "E-mail", Help: hint, Autocomplete: "email", Max: account.EmailMax, Required: true,
		},
		Value: a.Email, Error: a.Errors["email"], Focus: len(a.Errors) == 0,
	}
}

func password(name, label, autocomplete, help, message string) Field {
	return Field{
		Attribute: profile.Attribute{Kind: profile.Control("text"), Name: name, Label: label, Autocomplete: autocomplete, Help: help, Required: true},
		Type:      "password", Error: message,
	}
}

const newPasswordHelp = "At least 8 characters. A few words in a row are easy to remember and hard to guess."

func passwordFields(errs form.Errors) []Field {
	return []Field{
		password("old_password", "Current password", "current-password", "", errs["old_password"]),
		password("new_password", "New password", "new-password", newPasswordHelp, errs["new_password"]),
	}
}

// Confirm asks again who is there, in the middle of something else.
type Confirm struct {
	ID       string // of the element that htmx swaps
	Path     string // where the form that waits goes
	Values   []KeptValue
	Username string
	Swap     bool // the answer is swapped in by htmx, as the question was
	Passkeys bool // one may answer with a passkey, too
	Error    string
}

// KeptValue is what a form that waits holds.
type KeptValue struct{ Name, Value string }

func (c Confirm) fields() []Field {
	return []Field{password("password", "Password", "current-password", "", c.Error)}
}

func (c Confirm) errors() form.Errors {
	if c.Error == "" {
		return nil
	}
	return form.Errors{"password": c.Error}
}

// waitingText says what whoever waits for approval waits for.
func waitingText(page Page) string {
	if page.Mail {
		return "An administrator of " + page.Site + " looks at it. When it is approved you get a mail, and can log in."
	}
	return "An administrator of " + page.Site + " looks at it. Try to log in later: once it is approved, you can."
}

func plainText() *profile.Kind { return profile.Control("text") }

// Session is a browser that somebody is logged in with.
type Session struct {
	ID        string // says which it is, and lets nobody in
	Browser   string
	IP        string
	CreatedAt time.Time
	SeenAt    time.Time
	This      bool
}

// NewSession tells a browser by what it says of itself.
func NewSession(id, userAgent, ip string, created, seen time.Time, this bool) Session {
	return Session{ID: id, Browser: browser(userAgent), IP: ip, CreatedAt: created, SeenAt: seen, This: this}
}

// browser is a User-Agent in words, such as "Firefox on Linux".
func browser(userAgent string) string {
	ua := useragent.Parse(userAgent)
	switch {
	case ua.Name == "" || ua.Name == userAgent && len(userAgent) > 40:
		return "An unknown browser"
	case ua.Device != "":
		return ua.Name + " on " + ua.Device
	case ua.OS != "":
		return ua.Name + " on " + ua.OS
	}
	return ua.Name
}

// moment writes a time for people, in UTC.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// iso writes a time for programs.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func sessionsCount(n int) string {
	if n == 1 {
		return "You are logged in with this browser alone."
	}
	return "You are logged in with " + strconv.Itoa(n) + " browsers."
}

func (look LookAtMail) field() Field {
	return Field{
		Attribute: profile.Attribute{Kind: profile.Control("email"), Name: "email", Label: "E-mail", Autocomplete: "email", Max: account.EmailMax, Required: true},
		Value:     look.Email, Error: look.Error,
	}
}

func (r Reset) field() Field {
	return Field{
		Attribute: profile.Attribute{
			Kind: profile.Control("email"), Name: "email", Label: "E-mail", Help: "The address of your account. A mail with a link goes there.", Autocomplete: "email", Max: account.EmailMax, Required: true,
		},
		Value: r.Email, Error: r.Error,
	}
}
