package profile

import "nameplate/internal/account"

// emailKind is an e-mail address, read by the rules of account.
func emailKind() *Kind {
	return &Kind{
		declared: "name = \"work_email\"\nkind = \"email\"\nunique = true\nsee = \"members\"",
		Name:     "email", About: "An e-mail address, beside the one that the account has.", Example: "ada@example.org",
		Input: "email", Sortable: true, Keys: []string{"search", "unique"}, max: account.EmailMax, autocomplete: "email", property: "u-email",
		parse:  func(_ Attribute, text string) (string, error) { return account.ParseEmail(text) },
		show:   func(_ Attribute, value string) []Piece { return []Piece{{Text: value, Href: "mailto:" + value}} },
		sample: sampleEmail,
	}
}
