package views

import "nameplate/internal/profile"

// fields are the two inputs of the form.
func (login Login) fields() []Field {
	return []Field{
		{
			Attribute: profile.Attribute{
				Kind: profile.Control("text"),
				Name: "username", Label: "Username or e-mail", Autocomplete: "username", Required: true,
			},
			Value: login.Username,
		},
		{
			Attribute: profile.Attribute{
				Kind: profile.Control("text"),
				Name: "password", Label: "Password", Autocomplete: "current-password", Required: true,
			},
			Type: "password",
		},
	}
}
