package account

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Key returns the form of a username or an e-mail address that has to be unique: NFKC, case-folded, NFKC. Two spellings with
// one key are the same name. Key(Key(s)) is Key(s).
func Key(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	s = norm.NFKC.String(strings.ToValidUTF8(s, "\ufffd"))
	for range 4 { // a few characters need a second round, because folding and composing make new pairs
		next := norm.NFKC.String(cases.Fold().String(s))
		if next == s {
			break
		}
		s = next
	}
	return s
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
