package profile

import (
	"strings"

	"nameplate/internal/form"
)

// phoneKind is a telephone number.
func phoneKind() *Kind {
	return &Kind{
		Name: "phone", About: "A telephone number, kept in the international form (E.164).", Example: "+44 20 7946 0018",
		Input: "tel", Sortable: true, Keys: []string{"region", "search", "unique"}, max: 40, autocomplete: "tel", property: "p-tel",
		parse: func(a Attribute, text string) (string, error) {
			text = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "").Replace(text)
			if !strings.HasPrefix(text, "+") || len(text) < 8 || len(text) > 16 || strings.Trim(text[1:], "0123456789") != "" {
				return "", form.Message(a.Label + ": write it with the country's code, such as +44 20 7946 0018.")
			}
			return text, nil
		},
		show: func(_ Attribute, value string) []Piece { return []Piece{{Text: value, Href: "tel:" + value}} },
	}
}
