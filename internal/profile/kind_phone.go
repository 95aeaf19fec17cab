package profile

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"nameplate/internal/form"
)

// phoneKind is a telephone number, kept as E.164 has it: +, the country's code and digits alone.
func phoneKind() *Kind {
	return &Kind{
		declared: "name = \"mobile\"\nkind = \"phone\"\nregion = \"GB\"\nsee = \"members\"",
		Name:     "phone", About: "A telephone number, kept in the international form (E.164).", Example: "+44 20 7946 0018",
		Input: "tel", Sortable: true, Keys: []string{"region", "search", "unique"}, max: 40, autocomplete: "tel", property: "p-tel",
		declare: declareRegion,
		parse:   parsePhone,
		show: func(_ Attribute, value string) []Piece {
			number, err := phonenumbers.Parse(value, "")
			if err != nil {
				return []Piece{{Text: value}}
			}
			return []Piece{{Text: phonenumbers.Format(number, phonenumbers.INTERNATIONAL), Href: "tel:" + value}}
		},
		sample: samplePhone,
	}
}

func declareRegion(a *Attribute, d declaration) *mistake {
	if !d.has("region") {
		return nil
	}
	region := strings.ToUpper(d.region)
	if region == "UK" {
		return &mistake{"region", `'UK' is no code of a country; write region = "GB"`}
	}
	if phonenumbers.GetCountryCodeForRegion(region) == 0 {
		return &mistake{"region", "'" + clip(d.region) + "' is no country that has telephone numbers; " + keyNamed("region").right()}
	}
	a.region = region
	return nil
}

// parsePhone reads a number as people write it. An extension is refused: E.164 has no place for it, and it would be lost.
func parsePhone(a Attribute, text string) (string, error) {
	if len(text) > a.Max || strings.Trim(text, "+0123456789 \u00a0\u2009\u202f\u2010\u2011-()./") != "" {
		return "", form.Message(a.Label + ": enter one telephone number of digits, spaces and + ( ) - . / alone, such as +44 20 7946 0018.")
	}
	number, err := phonenumbers.Parse(text, a.region)
	switch {
	case err != nil && a.region == "" && !strings.HasPrefix(text, "+"):
		return "", form.Message(a.Label + ": begin with + and the country's code, such as +44 20 7946 0018.")
	case err != nil || !phonenumbers.IsPossibleNumber(number):
		return "", a.badPhone()
	}
	// What is written must be read as the same again: a few numbers that are only just possible are not.
	value := phonenumbers.Format(number, phonenumbers.E164)
	again, err := phonenumbers.Parse(value, "")
	if err != nil || !phonenumbers.IsPossibleNumber(again) || phonenumbers.Format(again, phonenumbers.E164) != value {
		return "", a.badPhone()
	}
	return value, nil
}

func (a Attribute) badPhone() error {
	return form.Message(a.Label + ": check the digits: there is no number of this length. One with its country's code looks like +44 20 7946 0018.")
}
