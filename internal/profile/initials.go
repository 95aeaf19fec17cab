package profile

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/account"
)

// Shades is how many colours the default picture comes in.
const Shades = 8

// InitialsPath returns the path of a person's default picture: their initials in a shade that follows from the username.
func InitialsPath(u account.User) string {
	hash := fnv.New32a()
	hash.Write([]byte(account.Key(u.Username)))
	return "/public/initials/" + url.PathEscape(fmt.Sprintf("%d-%s.svg", hash.Sum32()%Shades, u.Initials()))
}

// ParseInitials takes the last part of an InitialsPath apart, not escaped. It is not ok for a file that InitialsPath
// doesn't make.
func ParseInitials(file string) (letters string, shade int, ok bool) {
	name, ok := strings.CutSuffix(file, ".svg")
	if !ok {
		return "", 0, false
	}
	number, letters, ok := strings.Cut(name, "-")
	shade, err := strconv.Atoi(number)
	if !ok || err != nil || shade < 0 || shade >= Shades || strconv.Itoa(shade) != number {
		return "", 0, false
	}
	if n := utf8.RuneCountInString(letters); n < 1 || n > 2 || !utf8.ValidString(letters) {
		return "", 0, false
	}
	for _, r := range letters {
		if single := (account.User{Username: string(r)}).Initials(); single != string(r) || !letterOrNumber(r) {
			return "", 0, false
		}
	}
	return letters, shade, true
}

func letterOrNumber(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
