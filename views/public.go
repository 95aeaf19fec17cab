package views

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// safeLink returns value as a link's target when it is a web address. Anything else is shown as text only.
func safeLink(value string) (templ.SafeURL, bool) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	return templ.URL(value), true
}

// pieceLink returns where a part of a value leads, for those schemes that can do no harm.
func pieceLink(attr profile.Attribute, piece profile.Piece) (templ.SafeURL, bool) {
	scheme, _, _ := strings.Cut(piece.Href, ":")
	if scheme == "mailto" && attr.Kind.Input == "email" || scheme == "tel" && attr.Kind.Input == "tel" {
		return templ.URL(piece.Href), true
	}
	return safeLink(piece.Href)
}

// pieceClass is the property of an h-card that a part of a value has. That of a long text stands on the whole.
func pieceClass(attr profile.Attribute) string {
	if attr.Kind.Widget == profile.Area {
		return ""
	}
	return attr.Property
}

// pieceRel says what a link is to the page: one of the person's own where it is a property of their h-card.
func pieceRel(attr profile.Attribute) string {
	switch {
	case attr.Kind.Widget == profile.Area:
		return "ugc nofollow noopener"
	case attr.Property == "":
		return "ugc noopener"
	}
	return "me ugc noopener"
}

// isFilled says whether anything of a section is shown, the portrait aside.
func isFilled(person account.User, section profile.Section, portrait string) bool {
	return slices.ContainsFunc(section.Attributes, func(a profile.Attribute) bool { return a.Name != portrait && person.Value(a.Name) != "" })
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

// picture returns the first attribute that is a picture, which has no name where none is.
func picture(attrs []profile.Attribute) profile.Attribute {
	for _, attr := range attrs {
		if attr.IsPicture() {
			return attr
		}
	}
	return profile.Attribute{}
}

// lower is a label inside of a sentence.
func lower(label string) string {
	for _, r := range label[min(1, len(label)):] {
		if unicode.IsUpper(r) {
			return label // an abbreviation or a name
		}
	}
	return strings.ToLower(label)
}
