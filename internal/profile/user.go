package profile

import (
	"nameplate/internal/account"
)

// UserAttributes returns what every user has and types: username, email, first_name and last_name. They are columns of the
// user itself (OfUser) and read by the rules of account.
func UserAttributes() []Attribute {
	return []Attribute{
		{
			Name: "username", Label: "Username", Autocomplete: "username", Max: account.UsernameMax,
			Help:     "Letters, digits and @ . + - _, at most 150. It is part of the address of your page.",
			Register: true, Required: true, OfUser: true,
			Kind: &Kind{Name: "text", Input: "text", parse: func(_ Attribute, text string) (string, error) {
				return account.ParseUsername(text)
			}},
		},
		{
			Name: "email", Label: "E-mail", Autocomplete: "email", Max: account.EmailMax,
			Register: true, Required: true, OfUser: true,
			Kind: &Kind{Name: "email", Input: "email", parse: func(_ Attribute, text string) (string, error) {
				return account.ParseEmail(text)
			}},
		},
		userName("first_name", "First name", "given-name"),
		userName("last_name", "Last name", "family-name"),
	}
}

func userName(name, label, autocomplete string) Attribute {
	return Attribute{
		Name: name, Label: label, Autocomplete: autocomplete, Max: account.NameMax, OfUser: true,
		Kind: &Kind{Name: "text", Input: "text", parse: func(a Attribute, text string) (string, error) {
			return account.ParseName(a.Label, text)
		}},
	}
}
