package account

import (
	"slices"
	"strings"
	"unicode"

	"nameplate/internal/form"
)

// together lists the scripts that one language writes side by side: the "highly restrictive" level of UTS 39.
var together = [][]string{
	{"Latin", "Han", "Hiragana", "Katakana"},
	{"Latin", "Han", "Bopomofo"},
	{"Latin", "Han", "Hangul"},
}

// plain are the characters without a script of their own that names are really written with. Others of them look like
// punctuation, and are refused.
var plain = []rune{'\u02bb', '\u02bc', '\u02ec', '\u3006', '\u303c', '\u30fc'}

// checkScripts refuses a username whose letters come from scripts that nobody mixes, and digits of two systems.
func checkScripts(s string) error {
	var scripts []string
	zero := rune(-1)
	for _, r := range s {
		if r < '\u0080' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if unicode.IsDigit(r) {
			if z := zeroOf(r); zero >= 0 && zero != z {
				return form.Message("Use digits of one kind: " + describe(r) + " and " + describe(zero) + " belong to different ones.")
			} else {
				zero = z
			}
		}
		name := script(r)
		if name == "" && !unicode.IsDigit(r) && !slices.Contains(plain, r) {
			return form.Message("Leave out " + describe(r) + ": it can be taken for a mark of punctuation.")
		}
		if name != "" && !slices.Contains(scripts, name) {
			scripts = append(scripts, name)
		}
	}
	if len(scripts) < 2 || slices.ContainsFunc(together, func(set []string) bool { return within(scripts, set) }) {
		return nil
	}
	return form.Message("Use letters of one script: these mix " + strings.Join(scripts, " and ") +
		", and could be taken for another name.")
}

func within(scripts, set []string) bool {
	return !slices.ContainsFunc(scripts, func(s string) bool { return !slices.Contains(set, s) })
}

// script returns the script of a character, empty for one that many scripts share.
func script(r rune) string {
	switch {
	case r >= '\u0660' && r <= '\u0669':
		return "Arabic" // these digits count as shared, yet only Arabic and its neighbours use them
	case r == '\u30fc':
		return "Katakana"
	case r < '\u0080' && unicode.IsLetter(r):
		return "Latin"
	case unicode.In(r, unicode.Common, unicode.Inherited):
		return ""
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return "unknown"
}

// zeroOf returns the zero of the system a digit belongs to: each system's ten stand together, in order.
func zeroOf(r rune) rune {
	zero := r
	for r-zero < 9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return zero
}
