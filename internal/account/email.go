package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nameplate/internal/form"
)

// EmailMax is the most characters of an e-mail address: what fits into an SMTP envelope.
const EmailMax = 254

// ParseEmail reads one plain e-mail address, as Django's EmailField does: no display name, no quotes, no comment, ASCII before
// the @, a host name with a dot (or localhost) after it, in which any script may stand. An empty one is an error.
// Its error is a form.Message.
func ParseEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", form.Message("Enter an e-mail address.")
	}
	if n := utf8.RuneCountInString(s); n > EmailMax {
		return "", emailTooLong(n)
	}
	if err := checkEmailText(s); err != nil {
		return "", err
	}
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok:
		return "", form.Message("Enter the whole e-mail address, with an @ in it, such as ada@example.org.")
	case strings.Contains(domain, "@"):
		return "", form.Message("Enter one e-mail address, with one @ in it.")
	case local == "":
		return "", form.Message("Enter the part of the address before the @ too.")
	}
	if err := checkLocal(local); err != nil {
		return "", err
	}
	domain = norm.NFKC.String(domain)
	if err := checkDomain(domain); err != nil {
		return "", err
	}
	s = local + "@" + domain
	if n := utf8.RuneCountInString(s); n > EmailMax {
		return "", emailTooLong(n)
	}
	return s, nil
}

func checkEmailText(s string) error {
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			return form.Message("Type the e-mail address again: a part of it arrived broken.")
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return form.Message("Leave out tabs, line breaks and other control characters.")
		case unicode.Is(unicode.Bidi_Control, r) || invisible(r):
			return form.Message("Leave out the invisible character " + describe(r) + ".")
		case unicode.IsSpace(r):
			return form.Message("Leave out the space: enter one e-mail address and nothing else, such as ada@example.org.")
		case strings.ContainsRune(`<>()[]",;:\`, r):
			return form.Message("Leave out " + describe(r) + ": enter the address alone, such as ada@example.org.")
		}
	}
	return nil
}

// checkLocal takes the characters of RFC 5322's dot-atom.
func checkLocal(local string) error {
	for _, r := range local {
		switch {
		case r >= utf8.RuneSelf:
			return form.Message("Leave out " + describe(r) + ": before the @ only the letters a to z, digits and some signs can stand.")
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r):
			return form.Message("Leave out " + describe(r) + " before the @.")
		}
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return form.Message("Check the dots before the @: none can stand first, last or beside another.")
	}
	if len(local) > 64 {
		return form.Message("Shorten the part before the @ to 64 characters.")
	}
	return nil
}

func checkDomain(domain string) error {
	if Key(domain) == "localhost" {
		return nil
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return form.Message("Enter the whole part after the @, such as example.org.")
	}
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return err
		}
	}
	last := labels[len(labels)-1]
	if utf8.RuneCountInString(last) < 2 || strings.Trim(last, "0123456789") == "" {
		return form.Message("Check the end of the address: '" + last + "' is no domain, an address ends like example.org.")
	}
	return nil
}

func checkLabel(label string) error {
	if label == "" {
		return form.Message("Check the dots after the @: none can stand first, last or beside another.")
	}
	if len(label) > 63 {
		return form.Message("Check the part after the @: between two dots there are 63 characters at most.")
	}
	if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return form.Message("Check the hyphens after the @: none can stand beside a dot or at an end.")
	}
	for _, r := range label {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-' || invisible(r) {
			return form.Message("Leave out " + describe(r) + " after the @: a domain has letters, digits and hyphens only.")
		}
	}
	return nil
}

func emailTooLong(n int) error {
	return form.Message(fmt.Sprintf("Enter an e-mail address of at most %d characters: this one has %d.", EmailMax, n))
}
