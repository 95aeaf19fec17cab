package profile

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"mvdan.cc/xurls/v2"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// longDefault and longMost are the most characters of a long text: where its declaration sets no max, and at all.
const (
	longDefault = 2_000
	longMost    = 20_000
	emptyMost   = 2 // empty lines one after the other
)

// longtextKind is a text of several lines. It is plain: nothing in it is markup, and web addresses become links.
func longtextKind() *Kind {
	return &Kind{
		declared: "name = \"bio\"\nkind = \"longtext\"\nmax = 1000\nsearch = true",
		Name:     "longtext", About: "A plain text of several lines. Web addresses in it become links.",
		Example: "I repair clocks.\nMore at https://example.org/clocks", Widget: Area,
		Keys: []string{"max", "search"}, max: longDefault, property: "p-note",
		declare: func(a *Attribute, d declaration) *mistake { return a.setMax(d, longMost) },
		parse:   parseLongtext,
		show:    showLongtext,
		sample:  sampleLongtext,
	}
}

func parseLongtext(a Attribute, text string) (string, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	if err := checkLength(a, text); err != nil {
		return "", err
	}
	var all []string
	empty := 0
	for line := range strings.SplitSeq(text, "\n") {
		line, err := parseLongLine(a, line)
		if err != nil {
			return "", err
		}
		if line == "" {
			empty++
		} else {
			empty = 0
		}
		if empty <= emptyMost {
			all = append(all, line)
		}
	}
	text = strings.TrimSpace(strings.Join(all, "\n"))
	return text, checkLength(a, text)
}

// parseLongLine keeps the spaces that a line begins with, because verses and lists are set in by them.
func parseLongLine(a Attribute, line string) (string, error) {
	line = strings.ReplaceAll(line, "\t", "    ")
	text := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(text)]
	text, err := account.ParseText(a.Label, text, a.Max)
	if err != nil || text == "" {
		return "", err
	}
	return indent + text, nil
}

func checkLength(a Attribute, text string) error {
	if n := utf8.RuneCountInString(text); n > a.Max {
		return form.Message(fmt.Sprintf("%s: shorten it to %d characters, it has %d.", a.Label, a.Max, n))
	}
	return nil
}

// addresses finds web addresses in a text, without what ends a sentence after them.
var addresses = sync.OnceValue(func() *regexp.Regexp {
	found, err := xurls.StrictMatchingScheme("https?://")
	if err != nil {
		panic(fmt.Errorf("the pattern of web addresses, which is part of the program: %w", err))
	}
	return found
})

// showLongtext makes links of the addresses that a url would take too. All pieces together are the text.
func showLongtext(_ Attribute, value string) []Piece {
	if !strings.Contains(value, "://") {
		return []Piece{{Text: value}}
	}
	var pieces []Piece
	rest := 0
	for _, at := range addresses().FindAllStringIndex(value, -1) {
		href, err := parseURL(Attribute{Max: urlMax}, value[at[0]:at[1]])
		if err != nil {
			continue
		}
		if rest < at[0] {
			pieces = append(pieces, Piece{Text: value[rest:at[0]]})
		}
		pieces = append(pieces, Piece{Text: value[at[0]:at[1]], Href: href})
		rest = at[1]
	}
	if rest < len(value) {
		pieces = append(pieces, Piece{Text: value[rest:]})
	}
	return pieces
}
