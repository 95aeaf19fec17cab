package profile

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"nameplate/internal/form"
)

// countryKind is a country or a territory, by its code of two letters (ISO 3166-1 alpha-2).
func countryKind() *Kind {
	return &Kind{
		declared: "name = \"country\"\nkind = \"country\"\ngroup = \"Contact\"",
		Name:     "country", About: "A country or a territory, chosen from a list and kept as its code of two letters (ISO 3166-1).",
		Example: "Germany", Widget: Select, Filter: ByOption, Sortable: true, Keys: []string{"search"}, max: 100,
		autocomplete: "country", property: "p-country-name",
		options: func(Attribute) []Option { return allCountries() },
		parse:   parseCountry,
		show:    func(a Attribute, value string) []Piece { return []Piece{{Text: labelOf(a, value)}} },
		sample:  sampleOption,
	}
}

// renamed are the countries that took another name after x/text's data was made (CLDR 32, of 2017). The old names are read too.
var renamed = map[string]string{"MK": "North Macedonia", "SZ": "Eswatini", "TR": "Türkiye"}

// unM49 is the end of the numbers that the United Nations have given out. CLDR numbers what has no code of its own from there.
const unM49 = 900

// allCountries is built when it is first asked for. Kosovo's code is no part of the standard, but everybody uses it.
var allCountries = sync.OnceValue(func() []Option {
	var all []Option
	for _, code := range pairs('A', 'Z') {
		region, err := language.ParseRegion(code)
		if err != nil || !region.IsCountry() || region.Canonicalize().String() != code {
			continue
		}
		official := region.M49() > 0 && region.M49() < unM49 || code == "XK"
		if name := countryName(code); official && name != "" {
			all = append(all, Option{code, name})
		}
	}
	return byLabel(all)
})

func countryName(code string) string {
	if name := renamed[code]; name != "" {
		return name
	}
	return oldCountryName(code)
}

func oldCountryName(code string) string {
	return display.English.Regions().Name(language.MustParseRegion(code))
}

func parseCountry(a Attribute, text string) (string, error) {
	if option, ok := oneOf(allCountries(), text); ok {
		return option.Value, nil
	}
	for code := range renamed {
		if strings.EqualFold(oldCountryName(code), text) {
			return code, nil
		}
	}
	if option, ok := looseCountry(text); ok {
		return option.Value, nil
	}
	return "", form.Message(a.Label + ": choose one of those that are listed, or write its code of two letters, such as DE.")
}

// looseCountry finds a country whose name is written without its accents, or with words for its signs.
func looseCountry(text string) (Option, bool) {
	if len(text) > 100 {
		return Option{}, false
	}
	signs := strings.NewReplacer("'", "’", " and ", " & ", " And ", " & ", "Saint ", "St. ", "saint ", "st. ")
	text, order := signs.Replace(text), collate.New(language.English, collate.Loose)
	i := slices.IndexFunc(allCountries(), func(o Option) bool { return order.CompareString(o.Label, text) == 0 })
	if i < 0 {
		return Option{}, false
	}
	return allCountries()[i], true
}

// pairs lists all codes of two letters.
func pairs(first, last rune) []string {
	var all []string
	for a := first; a <= last; a++ {
		for b := first; b <= last; b++ {
			all = append(all, string([]rune{a, b}))
		}
	}
	return all
}

// byLabel sorts options as people expect them in English: Åland among the A's.
func byLabel(options []Option) []Option {
	order := collate.New(language.English)
	slices.SortFunc(options, func(a, b Option) int { return order.CompareString(a.Label, b.Label) })
	return options
}
