package views

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// pictureSources returns the src and the srcset of a person's picture, shown size pixels wide. Without a picture it is the
// drawing of the initials, sharp at every size.
func pictureSources(person account.User, attr string, size int) (src, srcset string) {
	name := person.Value(attr)
	if name == "" {
		return profile.InitialsPath(person), ""
	}
	one, two := stored(size), stored(2*size)
	src = profile.PicturePath(name, one)
	if two != one {
		srcset = fmt.Sprintf("%s 1x, %s 2x", src, profile.PicturePath(name, two))
	}
	return src, srcset
}

// stored is the smallest stored size that is at least size, or the largest there is.
func stored(size int) int {
	for _, s := range profile.PictureSizes {
		if s >= size {
			return s
		}
	}
	return profile.PictureSizes[len(profile.PictureSizes)-1]
}

// safeLink returns value as a link's target when it is a web address. Anything else is shown as text only.
func safeLink(value string) (templ.SafeURL, bool) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	return templ.URL(value), true
}

// linkText is an address as people say it: without its scheme, and without a slash that says nothing.
func linkText(value string) string {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		return value
	}
	host, path, _ := strings.Cut(rest, "/")
	if path == "" {
		return host
	}
	return host + "/" + escaped.ReplaceAllStringFunc(path, readable)
}

// escaped is a run of escaped bytes outside of ASCII. What is escaped within ASCII means something else when it is not.
var escaped = regexp.MustCompile(`(?:%[89A-Fa-f][0-9A-Fa-f])+`)

// readable is the letters that a run of escaped bytes stands for. It stays as it is where one of them can't be seen, or
// is no text at all.
func readable(run string) string {
	text, err := url.PathUnescape(run)
	if err != nil || !utf8.ValidString(text) {
		return run
	}
	for _, r := range text {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			return run
		}
	}
	return text
}

// breaking is a text that breaks after @, . and / rather than within a word.
func breaking(text string) templ.Component {
	return templ.Raw(breaks.ReplaceAllString(templ.EscapeString(text), "$0<wbr>"))
}

// breaks is where an address may break: before the next of its parts.
var breaks = regexp.MustCompile(`[@./]+`)

// isLong says whether a name needs smaller letters on the plate.
func isLong(name string) bool { return utf8.RuneCountInString(name) > 40 }

// personPath is the path of somebody's public page.
func personPath(person account.User) string { return "/@" + url.PathEscape(person.Username) }

// ownAddress is the absolute address of a public page, or its path where the page has none.
func (page Page) ownAddress(person account.User) templ.SafeURL {
	if page.Canonical != "" {
		return templ.URL(page.Canonical)
	}
	return templ.SafeURL(personPath(person))
}

// username is the name in the address of a public page.
func (page Page) username() string {
	_, escaped, ok := strings.Cut(page.Canonical, "/@")
	name, err := url.PathUnescape(escaped)
	if !ok || err != nil {
		return ""
	}
	return name
}

func (page Page) isMe(person account.User) bool { return page.Me != nil && page.Me.ID == person.ID }

// picture returns the first attribute that is a picture.
func picture(attrs []profile.Attribute) string {
	for _, attr := range attrs {
		if attr.IsPicture() {
			return attr.Name
		}
	}
	return ""
}

// lower is a label inside of a sentence.
func lower(label string) string { return strings.ToLower(label) }
