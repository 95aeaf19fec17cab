package profile

import "slices"

// key is one that profile.toml can have in an [[attribute]]: what it means, for the documentation, and what is right for it, for errors.
type key struct {
	name    string
	sort    string // what its value is, in TOML's sense
	meaning string
	without string // what holds where it is not written
	example string // a value as it is written
}

// right says what would be right.
func (k key) right() string {
	return k.name + " is " + k.sort + "; write " + k.name + " = " + k.example
}

const (
	aText    = "a text, in quotes"
	yesOrNo  = "true or false, without quotes"
	aNumber  = "a number, without quotes"
	someList = "a list of texts, each in quotes"
)

// allKeys are the keys of every kind, and after them those that some kinds have.
func allKeys() []key {
	return []key{
		{"name", aText, "The name of the column, of the field in forms, in tables (CSV) and in JSON: small letters a to z, digits and `_`.", "it has to be there", `"portfolio_site"`},
		{"kind", aText, "What sort of value it is: one of the kinds below.", "it has to be there", `"text"`},
		{"label", aText, "What people read beside the value and its field.", "made of the name: `home_page` is Home page", `"Portfolio"`},
		{"help", aText, "A hint below the label in forms.", "no hint", `"A page about you or your work."`},
		{"group", aText, "The section that it stands in, by its title. See Groups.", "the first section, without a title", `"Contact"`},
		{"register", yesOrNo, "Whether the form for signing up asks for it.", "false", "true"},
		{"required", yesOrNo, "Whether a form is refused where it is left empty.", "false", "true"},
		{"see", "anyone, members, staff or oneself, in quotes", "Who sees it of others. See below.", "`\"anyone\"`", `"members"`},
		{"edit", "oneself or staff, in quotes", "Who changes it. See below.", "`\"oneself\"`", `"staff"`},
		{"default", "a value as somebody would type it", "What forms begin with and, where it is required, what people have who had nothing.", "nothing", `"M"`},
		{"was", aText, "The name that it had before; its values are kept.", "it is a new one", `"website"`},
		{"column", yesOrNo, "Whether the admin's list of people has a column for it.", "true", "false"},
		{"autocomplete", aText, "What browsers fill in: a token of HTML's autocomplete.", "follows from the kind", `"organization"`},
		{"property", aText, "Its property in the h-card of the public page.", "follows from the name or the kind", `"p-org"`},
		{"max", "a whole number, without quotes", "How many characters it may have at the most.", "follows from the kind", "80"},
		{"min", aNumber, "The least that is taken.", "no bound", "0"},
		{"step", "a number of more than 0, without quotes", "What a number is a multiple of, counted from `min`.", "any number of at most 4 decimals", "0.5"},
		{"unit", aText, "What a number counts, shown after it.", "none", `"kg"`},
		{"choices", someList, "What can be chosen, in this order.", "it has to be there", `["one", "another"]`},
		{"other", yesOrNo, "Whether something else can be written too.", "false", "true"},
		{"pattern", "a regular expression in quotes (Go's syntax, RE2)", "What the whole text has to match.", "any text", `"[A-Z]{2}-[0-9]+"`},
		{"pattern_help", aText, "What people read where the pattern does not match: say what to do.", "a general message", `"write two capitals, a hyphen and a number"`},
		{"region", "the two letters of a country, in quotes", "The country whose numbers may be typed without its code.", "every number needs its country's code", `"DE"`},
		{"search", yesOrNo, "Whether the admin's search looks at it.", "false", "true"},
		{"unique", yesOrNo, "Whether no two people may have the same value. Whoever can type one learns whether somebody has it, whatever `see` says.", "false", "true"},
	}
}

// keyNamed returns a key by its name. It is empty for an unknown one.
func keyNamed(name string) key {
	all := allKeys()
	i := slices.IndexFunc(all, func(k key) bool { return k.name == name })
	if i < 0 {
		return key{}
	}
	return all[i]
}
