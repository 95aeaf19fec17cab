package account

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Initials returns the one or two upper-case letters or digits that stand for a person without a picture: the first of the
// first and of the last name, else the first of the username's first two words. It is N for a name without any.
func (u User) Initials() string {
	words := []string{u.FirstName, u.LastName}
	if initial(u.FirstName)+initial(u.LastName) == "" {
		name, _, _ := strings.Cut(u.Username, "@")
		words = strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".+-_", r) })
	}
	letters, n := "", 0
	for _, word := range words {
		if letter := initial(word); letter != "" && n < 2 {
			letters += letter
			n++
		}
	}
	if letters == "" {
		return "N"
	}
	return letters
}

// initial returns the first letter or digit of a word in upper case, empty when there is none.
func initial(word string) string {
	for _, r := range norm.NFC.String(word) {
		if (unicode.IsLetter(r) || unicode.IsNumber(r)) && !invisible(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}
