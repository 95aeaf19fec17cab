package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nameplate/internal/form"
)

// UsernameMax is the most characters of a username, as in Django.
const UsernameMax = 150

// ParseUsername reads a username: trimmed, in NFKC, of Django's characters (letters and digits of any script, @ . + - _), at
// most UsernameMax of them, and in one script, so that it can't pass for another name. Its error is a form.Message.
func ParseUsername(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", form.Message("Type the username again: a part of it arrived broken.")
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return "", form.Message("Enter a username.")
	}
	if n := utf8.RuneCountInString(s); n > 8*UsernameMax {
		return "", usernameTooLong(n)
	}
	for _, r := range s { // ahead of NFKC, which turns some of them into others
		if err := checkUsernameRune(r, true); err != nil {
			return "", err
		}
	}
	s = norm.NFKC.String(s)
	if n := utf8.RuneCountInString(s); n > UsernameMax {
		return "", usernameTooLong(n)
	}
	for _, r := range s {
		if err := checkUsernameRune(r, false); err != nil {
			return "", err
		}
	}
	return s, checkScripts(s)
}

// checkUsernameRune refuses what can't stand in a username. Typed text may still hold what NFKC makes into letters.
func checkUsernameRune(r rune, typed bool) error {
	switch {
	case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
		return form.Message("Leave out tabs, line breaks and other control characters.")
	case unicode.Is(unicode.Bidi_Control, r):
		return form.Message("Leave out the character that changes the direction of writing (" + describe(r) + ").")
	case invisible(r):
		return form.Message("Leave out the invisible character " + describe(r) + ".")
	case unicode.IsSpace(r):
		return form.Message("Leave out the space: a username is one word. You may join words with . - or _.")
	case typed || unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("@.+-_", r):
		return nil
	}
	return form.Message("Leave out " + describe(r) + ": a username has letters, digits and @ . + - _ only.")
}

func usernameTooLong(n int) error {
	return form.Message(fmt.Sprintf("Shorten the username to %d characters: it has %d.", UsernameMax, n))
}

// UsernameIsForeignEmail says whether a username is an e-mail address and not the person's own: who logs in with that address
// would be taken for another.
func UsernameIsForeignEmail(username, email string) bool {
	_, err := ParseEmail(username)
	return err == nil && Key(username) != Key(email)
}
