package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// affix is how many digits and signs before and behind a common password don't make it another one: those of a year, and one more.
const affix = 5

// leet are the signs that stand for letters in what people think is a clever password.
var leet = []*strings.Replacer{
	strings.NewReplacer(),
	strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t"),
	strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "l", "!", "l", "0", "o", "$", "s", "5", "s", "7", "t"),
}

// common says whether a password, in lower case, is on the list of those that are tried first: as it is, with signs for
// letters, or with a few digits and signs around it.
func common(password string) bool {
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	forms := []string{password}
	for _, core := range []string{strings.TrimFunc(password, notLetter), strings.TrimRightFunc(password, notLetter)} {
		if utf8.RuneCountInString(password)-utf8.RuneCountInString(core) <= affix {
			forms = append(forms, core)
		}
	}
	for _, form := range forms {
		for _, l := range leet {
			if listed(l.Replace(form)) {
				return true
			}
		}
	}
	return false
}
