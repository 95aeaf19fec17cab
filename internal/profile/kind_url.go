package profile

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"nameplate/internal/form"
)

// urlMax is the most characters of a link.
const urlMax = 2000

// urlKind is a link to a page: http or https, with a host.
func urlKind() *Kind {
	return &Kind{
		declared: "name = \"home_page\"\nkind = \"url\"\nregister = true",
		Name:     "url", About: "The address of a web page, http or https.", Example: "https://example.org/me",
		Input: "url", Sortable: true, Keys: []string{"max", "search", "unique"}, max: urlMax, autocomplete: "url", property: "u-url",
		declare: func(a *Attribute, d declaration) *mistake { return a.setMax(d, urlMax) },
		parse:   parseURL,
		sample:  sampleURL,
		show:    func(_ Attribute, value string) []Piece { return []Piece{{Text: linkText(value), Href: value}} },
	}
}

// parseURL reads a link as people type it, with or without https:// in front, and writes it anew, so that a browser can
// understand it in one way only.
func parseURL(a Attribute, text string) (string, error) {
	text = strings.TrimSpace(text)
	if err := checkURLText(a, text); err != nil {
		return "", err
	}
	text, err := withScheme(text)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", form.Message("Check the link: it can't be read. It looks like https://example.org/me.")
	}
	if u.User != nil {
		return "", form.Message("Leave out what stands before the @: a link shows no user name and no password.")
	}
	if u.Host, err = parseHost(u); err != nil {
		return "", err
	}
	link := u.String()
	if len(link) > a.Max {
		return "", form.Message(fmt.Sprintf("Enter a shorter link: at most %d characters.", a.Max))
	}
	return link, nil
}

func checkURLText(a Attribute, text string) error {
	if !utf8.ValidString(text) {
		return form.Message("Type the link again: a part of it arrived broken.")
	}
	if n := utf8.RuneCountInString(text); n > a.Max {
		return form.Message(fmt.Sprintf("Enter a shorter link: at most %d characters, this one has %d.", a.Max, n))
	}
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) && !unicode.IsControl(r):
			return form.Message("Leave out the space: enter one link and nothing else.")
		case r == '\\':
			return form.Message(`Write / instead of \ in the link.`)
		case !unicode.IsGraphic(r) || r == utf8.RuneError || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point):
			return form.Message(fmt.Sprintf("Leave out the invisible character U+%04X.", r))
		}
	}
	return nil
}

// withScheme puts https:// in front of a link that begins with its host, and refuses every scheme but http and https.
func withScheme(text string) (string, error) {
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return text, nil
	}
	if strings.HasPrefix(text, "/") {
		return "", form.Message("Enter the whole link, with https:// in front, such as https://example.org/me.")
	}
	host := text
	if end := strings.IndexAny(text, "/?#"); end >= 0 {
		host = text[:end]
	}
	if strings.Contains(host, "@") && !strings.Contains(host, ":") {
		return "", form.Message("Enter the link of a page, such as https://example.org/me: this looks like an e-mail address.")
	}
	name, port, colon := strings.Cut(host, ":")
	dotted := strings.Contains(strings.Trim(name, "."), ".")
	if colon && !(port != "" && strings.Trim(port, "0123456789") == "" && (dotted || strings.EqualFold(name, "localhost"))) {
		return "", form.Message("Enter a link that begins with http:// or https://: '" + clip(name) + ":' is not taken.")
	}
	if !dotted && !strings.EqualFold(name, "localhost") {
		return "", form.Message("Enter the whole link, such as https://example.org/me.")
	}
	return "https://" + text, nil
}

// parseHost returns the host of a link in the form that the net uses: lower case, other scripts in Punycode, with its port.
func parseHost(u *url.URL) (string, error) {
	name, port := u.Hostname(), u.Port()
	if name == "" {
		return "", form.Message("Enter the whole link, with the name of the site, such as https://example.org/me.")
	}
	if name == "http" || name == "https" {
		return "", form.Message("Write https:// once only.")
	}
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return "", form.Message("Check the number after the colon: a port is 1 to 65535.")
	}
	if strings.HasPrefix(u.Host, "[") {
		ip, err := netip.ParseAddr(name)
		if err != nil || !ip.Is6() || ip.Zone() != "" {
			return "", badHost(name)
		}
		name = "[" + ip.String() + "]"
	} else {
		plain, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.VerifyDNSLength(true),
			idna.StrictDomainName(false)).ToASCII(name)
		if err != nil || strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || !named(plain) {
			return "", badHost(name)
		}
		name = plain
	}
	if port != "" {
		return name + ":" + port, nil
	}
	return name, nil
}

// named says whether a host is a name that can be looked up, or four numbers that are an address.
func named(host string) bool {
	labels := strings.Split(host, ".")
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		ip, err := netip.ParseAddr(host)
		return err == nil && ip.Is4()
	}
	for _, label := range labels {
		if label == "" || strings.HasPrefix(label, "-") {
			return false
		}
	}
	return true
}

func badHost(name string) error {
	return form.Message("Check the name of the site: '" + clip(name) + "' is none. It looks like example.org.")
}

// clip shortens what was typed so that a message stays a message.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}
