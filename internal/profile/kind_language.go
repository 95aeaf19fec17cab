package profile

import "nameplate/internal/form"

func languageKind() *Kind {
	return &Kind{
		Name: "language", About: "A language.", Example: "XX",
		Widget: Select, Filter: ByOption, Sortable: true, Keys: []string{"search"}, max: 60,
		options: func(Attribute) []Option { return []Option{{"DE", "Germany"}, {"FR", "France"}} },
		parse: func(a Attribute, text string) (string, error) {
			if option, ok := oneOf(a.Options(), text); ok {
				return option.Value, nil
			}
			return "", form.Message(a.Label + ": choose one of those that are listed.")
		},
		show: func(a Attribute, value string) []Piece { return []Piece{{Text: labelOf(a, value)}} },
	}
}
