package profile

import (
	"regexp"
	"strings"

	"nameplate/internal/form"
)

var hex = regexp.MustCompile(`^#?([0-9a-f]{3}|[0-9a-f]{6})$`)

// colorKind is a colour of a screen (sRGB), as #rrggbb.
func colorKind() *Kind {
	return &Kind{
		declared: "name = \"favourite_colour\"\nkind = \"color\"\nlabel = \"Favourite colour\"",
		Name:     "color", About: "A colour.", Example: "#7a5a14",
		Input: "text", Sortable: true, max: 20,
		parse: func(a Attribute, text string) (string, error) {
			digits := hex.FindStringSubmatch(strings.ToLower(text))
			if digits == nil {
				return "", form.Message(a.Label + ": enter a colour as # and six digits from 0 to f, such as #7a5a14.")
			}
			value := digits[1]
			if len(value) == 3 {
				value = strings.Repeat(value[:1], 2) + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:], 2)
			}
			return "#" + value, nil
		},
		show:   func(_ Attribute, value string) []Piece { return []Piece{{Text: value, Colour: value}} },
		sample: sampleColor,
	}
}
