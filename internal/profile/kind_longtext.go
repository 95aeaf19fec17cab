package profile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// longDefault and longMost are the most characters of a long text: where its declaration sets no max, and at all.
const (
	longDefault = 2_000
	longMost    = 20_000
)

// longtextKind is a text of several lines. It is plain: nothing in it is markup, and web addresses become links.
func longtextKind() *Kind {
	return &Kind{
		Name: "longtext", About: "A plain text of several lines. Web addresses in it become links.",
		Example: "I repair clocks.\nMore at https://example.org/clocks", Widget: Area,
		Keys: []string{"max", "search"}, max: longDefault, property: "p-note",
		declare: func(a *Attribute, d declaration) *mistake { return a.setMax(d, longMost) },
		parse:   parseLongtext,
		show:    showLongtext,
	}
}

func parseLongtext(a Attribute, text string) (string, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	if n := utf8.RuneCountInString(text); n > a.Max {
		return "", form.Message(fmt.Sprintf("%s: shorten it to %d characters, it has %d.", a.Label, a.Max, n))
	}
	all := strings.Split(text, "\n")
	for i, line := range all {
		line, err := account.ParseText(a.Label, strings.ReplaceAll(line, "\t", "    "), a.Max)
		if err != nil {
			return "", err
		}
		all[i] = line
	}
	return strings.TrimSpace(strings.Join(all, "\n")), nil
}

func showLongtext(_ Attribute, value string) []Piece { return []Piece{{Text: value}} }
