package views

import (
	"nameplate/internal/account"
	"nameplate/internal/profile"
)

func (inv Invitations) fields() []Field {
	help := "Leave it empty for whoever has the link."
	if inv.Mail {
		help = "The invitation is mailed there, which can't be taken back, and is for this address alone. Leave it empty for whoever has the link."
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
