package views

import (
	"strconv"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

func (inv Invitations) fields() []Field {
	help := "Leave it empty for whoever has the link."
	if inv.Mail {
		help = "The invitation is mailed there, and is for this address alone. Leave it empty for whoever has the link."
	}
	number := func(name, label, help, value string) Field {
		kind := profile.Control("text")
		kind.Mode = "numeric"
		return Field{
			Attribute: profile.Attribute{Kind: kind, Name: name, Label: label, Help: help, Autocomplete: "off", Required: true},
			Value:     value, Error: inv.Errors[name],
		}
	}
	return []Field{
		{
			Attribute: profile.Attribute{Kind: profile.Control("email"), Name: "email", Label: "E-mail", Help: help, Autocomplete: "off", Max: account.EmailMax},
			Value:     inv.Email, Error: inv.Errors["email"],
		},
		number("max_uses", "How many may come", "", inv.Uses),
		number("days", "Days until it ends", "", inv.Days),
	}
}

func (i Invitation) title() string {
	if i.Email != "" {
		return "For " + i.Email
	}
	return "For whoever has the link"
}

func (i Invitation) used() string {
	switch {
	case i.Open:
		return strconv.Itoa(i.Uses) + " of " + strconv.Itoa(i.MaxUses) + " came, open until " + day(i.ExpiresAt)
	case i.Uses >= i.MaxUses:
		return "Used up: " + strconv.Itoa(i.Uses) + " came"
	}
	return "Ended " + day(i.ExpiresAt) + ": " + strconv.Itoa(i.Uses) + " of " + strconv.Itoa(i.MaxUses) + " came"
}

func (i Invitation) made() string {
	text := "Made " + day(i.CreatedAt)
	if i.By != "" {
		text += " by " + i.By
	}
	return text
}

// mailWords say what each mail is about, as its subject does.
var mailWords = map[string]string{
	"verify_email":     "Confirm your e-mail address",
	"email_changed":    "The e-mail address was changed",
	"reset_password":   "Choose a new password",
	"password_changed": "The password was changed",
	"two_factor_on":    "Two-factor authentication was turned on",
	"two_factor_off":   "Two-factor authentication was turned off",
	"passkey_added":    "A passkey was added",
	"passkey_removed":  "A passkey was removed",
	"invitation":       "An invitation",
	"approved":         "The account is approved",
	"awaits_approval":  "An account waits for approval",
}

// what says in words what a mail is about.
func (m FailedMail) what() string {
	if words := mailWords[m.Kind]; words != "" {
		return words
	}
	return m.Kind
}

func (m FailedMail) state() string {
	tries := strconv.Itoa(m.Tries) + " tries"
	if m.Tries == 1 {
		tries = "1 try"
	}
	if m.NextAt.IsZero() {
		return "Given up after " + tries + ". Asked for " + moment(m.CreatedAt) + "."
	}
	return tries + " so far, the next " + moment(m.NextAt) + "."
}
