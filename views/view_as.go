package views

import "nameplate/internal/profile"

func (v ViewAs) field() Field {
	return Field{
		Attribute: profile.Attribute{Kind: profile.Control("text"), Name: "reason", Label: "Why", Help: "For example: they can't find their picture.", Autocomplete: "off", Required: true, Max: 200},
		Value:     v.Reason, Error: v.Error,
	}
}
