package profile

import (
	"strings"

	"nameplate/internal/form"
)

// booleanKind is a question that is answered with yes or no, or not yet.
func booleanKind() *Kind {
	return &Kind{
		declared: "name = \"newsletter\"\nkind = \"boolean\"\nrequired = true\ndefault = false\nsee = \"oneself\"",
		Name:     "boolean", About: "Yes or no; nothing until it is answered.", Example: "yes",
		Widget: Select, Store: Boolean, Filter: ByOption, Sortable: true,
		options: func(Attribute) []Option { return []Option{{"yes", "Yes"}, {"no", "No"}} },
		parse: func(a Attribute, text string) (string, error) {
			switch strings.ToLower(text) {
			case "yes", "y", "1", "true", "t", "on":
				return "yes", nil
			case "no", "n", "0", "false", "f", "off":
				return "no", nil
			}
			return "", form.Message(a.Label + ": choose yes or no.")
		},
		show:   func(a Attribute, value string) []Piece { return []Piece{{Text: labelOf(a, value)}} },
		json:   func(_ Attribute, value string) any { return value == "yes" },
		sample: sampleOption,
	}
}
