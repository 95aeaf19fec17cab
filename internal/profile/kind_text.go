package profile

import (
	"nameplate/internal/account"
)

// textDefault is the most characters of a text whose declaration sets no max.
const textDefault = 200

// textKind is one line of text.
func textKind() Kind {
	return Kind{Name: "text", Input: "text", max: textDefault, parse: func(a Attribute, text string) (string, error) {
		return account.ParseText(a.Label, text, a.Max)
	}}
}
