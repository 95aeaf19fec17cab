package auth

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nameplate/internal/form"
)

const (
	// PasswordMin and PasswordMax are the fewest and the most characters of a password.
	PasswordMin = 8
	PasswordMax = 128

	passwordBytes = 4 * PasswordMax
)

// CheckPassword says what is wrong with a new password: its length, that it is among the first to be guessed, or that it is
// like something of one's own (username, e-mail address, names; empty ones don't count). It asks for no particular
// characters. Its error is a form.Message.
func CheckPassword(password string, own ...string) error {
	if password == "" {
		return form.Message("Enter a password.")
	}
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		return form.Message("Leave out tabs, line breaks and other control characters.")
	}
	// Bytes first: nothing long is ever normalised.
	if len(password) > 4*passwordBytes {
		return form.Message(fmt.Sprintf("Shorten the password to %d characters.", PasswordMax))
	}
	password = norm.NFKC.String(password)
	n := utf8.RuneCountInString(password)
	if n < PasswordMin {
		return form.Message(fmt.Sprintf("Make the password longer: it needs %d characters, this one has %d.", PasswordMin, n))
	}
	if n > PasswordMax || len(password) > passwordBytes {
		return form.Message(fmt.Sprintf("Shorten the password to %d characters: this one has %d.", PasswordMax, n))
	}
	folded := strings.ToLower(password)
	if part := likeOwn(folded, own); part != "" {
		return form.Message("Choose another password: this one is too much like '" + part + "', which others know about you.")
	}
	if common(folded) {
		return form.Message("Choose another password: this one is among the first to be guessed. Three or four unrelated words are good.")
	}
	return nil
}

// likeOwn returns the part of someone's own that a password is too similar to, empty for none.
func likeOwn(password string, own []string) string {
	for _, value := range own {
		value = strings.ToLower(norm.NFKC.String(strings.TrimSpace(value)))
		parts := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
		local, _, _ := strings.Cut(value, "@")
		for _, part := range append([]string{value, local}, parts...) {
			if part != "" && similar(password, part) {
				return part
			}
		}
	}
	return ""
}

// similar says whether a part makes up most of a password, or at least seven tenths of their letters are the same.
func similar(password, part string) bool {
	p, q := []rune(password), []rune(part)
	if len(q) >= 4 && 2*len(q) > len(p) && strings.Contains(password, part) {
		return true
	}
	count := map[rune]int{}
	for _, r := range p {
		count[r]++
	}
	same := 0
	for _, r := range q {
		if count[r] > 0 {
			count[r]--
			same++
		}
	}
	return 20*same >= 7*(len(p)+len(q))
}
