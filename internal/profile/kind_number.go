package profile

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"nameplate/internal/form"
)

// A number has so many digits at the most that both databases keep it exactly.
const (
	digitsMax   = 15
	decimalsMax = 4
	numberTyped = 24 // characters
)

// numberKind is a decimal number, kept exactly.
func numberKind() *Kind {
	return &Kind{
		declared: "name = \"shoe_size\"\nkind = \"number\"\nmin = 30\nmax = 52\nstep = 0.5\nunit = \"EU\"",
		Name:     "number", About: "A number, with bounds, a step and a unit where these are set.", Example: "42",
		Input: "text", Mode: "decimal", Store: Number, Filter: ByRange, Sortable: true,
		Keys: []string{"min", "max", "step", "unit", "unique"}, max: numberTyped,
		declare: declareNumber,
		parse:   parseNumber,
		sample:  sampleNumber,
		show: func(a Attribute, value string) []Piece {
			return []Piece{{Text: strings.TrimSpace(value + " " + a.Unit)}}
		},
		json: func(_ Attribute, value string) any { return json.Number(value) },
	}
}

func declareNumber(a *Attribute, d declaration) *mistake {
	for _, bound := range []struct {
		key   string
		value any
		into  *string
	}{{"min", d.min, &a.least}, {"max", d.max, &a.most}, {"step", d.step, &a.step}} {
		if !d.has(bound.key) {
			continue
		}
		text, _ := scalar(bound.value)
		switch bound.value.(type) {
		case int64, float64:
		default:
			return &mistake{bound.key, fmt.Sprintf("%s is a number, without quotes; write %s = %s", bound.key, bound.key, map[string]string{"min": "0", "max": "80", "step": "0.5"}[bound.key])}
		}
		plain, ok := plainNumber(text)
		if !ok {
			return &mistake{bound.key, fmt.Sprintf("%s is a number of at most %d digits, %d of them after the point; write %s = 1.5, say", bound.key, digitsMax, decimalsMax, bound.key)}
		}
		*bound.into = plain
	}
	if a.step != "" && rational(a.step).Sign() <= 0 {
		return &mistake{"step", "step is more than 0; write step = 1 for whole numbers, or 0.5 for halves"}
	}
	if a.least != "" && a.most != "" && rational(a.least).Cmp(rational(a.most)) > 0 {
		return &mistake{"max", "max is less than min; exchange the two"}
	}
	if a.step == "" || !strings.Contains(a.step, ".") {
		a.Autocomplete = orElse(a.Autocomplete, "off")
	}
	return nil
}

func orElse(text, other string) string {
	if text != "" {
		return text
	}
	return other
}

// Spaces may keep thousands apart. A comma before three digits may mean thousands too, so that has to be written in another way.
var (
	decimal   = regexp.MustCompile(`^[-+\x{2212}]?([0-9]+|[0-9]{1,3}([ \x{a0}\x{2009}\x{202f}][0-9]{3})+)([.,][0-9]+)?$`)
	thousands = regexp.MustCompile(`^[-+\x{2212}]?[1-9][0-9]{0,2}([,.'’ \x{a0}\x{2009}\x{202f}][0-9]{3})*(,[0-9]{3}|[,.'’][0-9]{3}[,.'’][0-9]+|['’][0-9]{3})$`)
)

// plainNumber writes a decimal number in the one way in which it is stored: no needless zeros, a point, a plain minus sign.
func plainNumber(text string) (string, bool) {
	if len(text) > 3*numberTyped || !decimal.MatchString(text) {
		return "", false
	}
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u2009", "", "\u202f", "", "\u2212", "-", "+", "", ",", ".").Replace(text)
	minus := strings.HasPrefix(text, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(whole)+len(fraction) > digitsMax || len(fraction) > decimalsMax {
		return "", false
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if minus && whole != "0" {
		whole = "-" + whole
	}
	return whole, true
}

// rational is a number that plainNumber has written.
func rational(text string) *big.Rat { r, _ := new(big.Rat).SetString(text); return r }

func parseNumber(a Attribute, text string) (string, error) {
	if a.Unit != "" {
		text = strings.TrimSpace(strings.TrimSuffix(text, a.Unit))
	}
	if len(text) <= 3*numberTyped && thousands.MatchString(text) {
		return "", form.Message(a.Label + ": write thousands without a sign between them, and a point before decimals, such as 1234 or 1234.5.")
	}
	value, ok := plainNumber(text)
	if !ok {
		return "", form.Message(fmt.Sprintf("%s: enter a number, such as 42 or 1.5, of at most %d digits, %d of them after the point.", a.Label, digitsMax, decimalsMax))
	}
	n := rational(value)
	switch {
	case a.least != "" && n.Cmp(rational(a.least)) < 0:
		return "", form.Message(a.Label + ": enter " + a.least + " or more.")
	case a.most != "" && n.Cmp(rational(a.most)) > 0:
		return "", form.Message(a.Label + ": enter " + a.most + " or less.")
	case a.step == "":
		return value, nil
	}
	from := new(big.Rat)
	if a.least != "" {
		from = rational(a.least)
	}
	if !new(big.Rat).Quo(new(big.Rat).Sub(n, from), rational(a.step)).IsInt() {
		if a.step == "1" {
			return "", form.Message(a.Label + ": enter a whole number.")
		}
		return "", form.Message(a.Label + ": enter a number in steps of " + a.step + ".")
	}
	return value, nil
}
