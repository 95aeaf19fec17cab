package views

import (
	"strconv"
	"strings"

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

// what says in words what a mail is about.
func (m FailedMail) what() string {
	text := strings.ReplaceAll(m.Kind, "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
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
