package profile

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"nameplate/internal/form"
)

// languageKind is a language, by the first part of its tag in BCP 47.
func languageKind() *Kind {
	return &Kind{
		declared: "name = \"mother_tongue\"\nkind = \"language\"\nsearch = true",
		Name:     "language", About: "A language, chosen from a list and kept as its tag (BCP 47, mostly the two letters of ISO 639-1).",
		Example: "German", Widget: Select, Filter: ByOption, Sortable: true, Keys: []string{"search"}, max: 100,
		options: func(Attribute) []Option { return allLanguages() },
		parse:   parseLanguage,
		show:    func(a Attribute, value string) []Piece { return []Piece{{Text: labelOf(a, value)}} },
		sample:  sampleOption,
	}
}

// allLanguages is built when it is first asked for: every code of two letters that x/text knows and that no other has replaced,
// and those of three into which CLDR is translated.
var allLanguages = sync.OnceValue(func() []Option {
	codes := pairs('a', 'z')
	for _, base := range display.Supported.BaseLanguages() {
		if code := base.String(); len(code) == 3 {
			codes = append(codes, code)
		}
	}
	var all []Option
	named := map[string]bool{} // Norwegian has two codes for one name: nb stays, no is read
	for _, code := range codes {
		if option, ok := languageOption(code); ok && !named[option.Label] {
			named[option.Label] = true
			all = append(all, option)
		}
	}
	return byLabel(all)
})

// languageTags knows which codes others have replaced, but leaves Norwegian its two written languages.
const languageTags = language.DeprecatedBase | language.Legacy

// languageOption has the English name of a language, and in brackets its own where that is another.
func languageOption(code string) (Option, bool) {
	tag, err := languageTags.Parse(code)
	if err != nil || tag.String() != code {
		return Option{}, false
	}
	english, own := display.English.Languages().Name(tag), display.Self.Name(tag)
	switch {
	case english == "":
		return Option{}, false
	case own == "" || strings.EqualFold(own, english):
		return Option{code, english}, true
	}
	return Option{code, english + " (" + own + ")"}, true
}

// parseLanguage takes either name, the tag, and codes that stand for the same language, such as deu or no.
func parseLanguage(a Attribute, text string) (string, error) {
	for _, option := range allLanguages() {
		english, own, _ := strings.Cut(strings.TrimSuffix(option.Label, ")"), " (")
		for _, name := range []string{option.Value, option.Label, english, own} {
			if name != "" && strings.EqualFold(name, text) {
				return option.Value, nil
			}
		}
	}
	if len(text) <= 3 {
		if tag, err := languageTags.Parse(text); err == nil {
			base, _ := tag.Base()
			for _, code := range []string{base.String(), display.English.Languages().Name(tag) + " (" + display.Self.Name(tag) + ")"} {
				if option, ok := oneOf(allLanguages(), code); ok {
					return option.Value, nil
				}
			}
		}
	}
	return "", form.Message(a.Label + ": choose one of those that are listed, or write its code, such as de.")
}
