// Package profile knows the attributes of a person: how they are declared, who may see and change them, and how each kind of
// value is read, checked, shown and exported.
package profile

import (
	"regexp"
	"slices"
	"strings"

	"nameplate/internal/form"
)

// Attribute is one thing known about a person, declared once: forms, rows, columns and exports follow from it.
type Attribute struct {
	Name         string // the field's and the column's name, such as portfolio_site
	Kind         *Kind
	Label        string
	Help         string // a hint below the label; may be empty
	Group        string // the section it stands in; empty for none
	Autocomplete string // the HTML autocomplete token; empty for none
	Property     string // its property of an h-card, such as u-url; empty for none
	Default      string // what a form begins with, and what a new column is filled with where Required; may be empty
	Was          string // the name that it had before; empty for none
	Unit         string // what a number counts; may be empty
	Max          int    // most characters; 0 for no such limit
	Register     bool   // asked for when signing up
	Required     bool
	Unique       bool // no two people have the same value
	Search       bool // the admin's search looks at it
	Column       bool // the admin's list has a column for it
	OfUser       bool // a column of the user itself and not of its profile
	Other        bool // something else than the options may be written
	See          Audience
	Edit         Editor

	DefaultPattern bool // a picture's: somebody without one is shown as a pattern, and not as their initials

	choices     []string
	least, most string // bounds of a number or a date, as values; empty for none
	step        string // what a number is a multiple of
	region      string // where a telephone number without a country code is from; empty for nowhere
	count       int    // most items of a List
	pattern     *regexp.Regexp
	patternHelp string
}

// Parse reads what somebody typed and returns the value as it is stored, empty for nothing. Its error is a form.Message for
// the person. For a picture or a file the text is the token of a waiting one, which db resolves; Parse then only checks its form.
func (a Attribute) Parse(text string) (string, error) {
	if text = strings.TrimSpace(text); text != "" {
		value, err := a.Kind.parse(a, text)
		if err != nil || value != "" {
			return value, err
		}
	}
	switch {
	case !a.Required:
		return "", nil
	case a.OfUser:
		return a.Kind.parse(a, "")
	}
	return "", form.Message(a.Label + ": " + a.Kind.Widget.ask())
}

// ask says what to do with a control that was left empty.
func (w Widget) ask() string {
	switch w {
	case Select:
		return "choose one."
	case Checks:
		return "choose at least one."
	case Picture:
		return "choose a picture."
	case File:
		return "choose a file."
	}
	return "fill this in."
}

// Lookup reads a value that a list is narrowed by: an option, or a bound of a range. Bounds of the attribute itself don't count.
// Its error is a form.Message.
func (a Attribute) Lookup(text string) (string, error) {
	a.Required, a.least, a.most, a.step = false, "", "", ""
	return a.Parse(text)
}

// Typed puts together what a form's inputs hold for this attribute. Values returns all values that the form gives a field.
// The text is what Parse reads.
func (a Attribute) Typed(values func(field string) []string) string {
	if a.Kind.join != nil {
		return a.Kind.join(a, values)
	}
	if all := values(a.Name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Unchanged says whether what a form holds for this attribute is what is stored: such a text is not looked at again, because it may stem
// from an older declaration.
func (a Attribute) Unchanged(text, stored string) bool {
	plain := func(text string) string {
		text = strings.NewReplacer("\r\n", "\n", "\t", " ").Replace(text)
		if a.Kind.Store != List {
			return strings.TrimSpace(text)
		}
		var kept []string
		for _, line := range lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	return plain(text) == plain(stored)
}

// Fields returns the names of the inputs that ask for it: its own, and those that some kinds have beside it.
func (a Attribute) Fields() []string {
	switch {
	case a.IsUpload():
		return []string{a.Name, "waiting_" + a.Name, "remove_" + a.Name}
	case a.Other:
		return []string{a.Name, a.OtherField()}
	case a.Kind.Widget == Links:
		return []string{a.Name, a.LabelField()}
	}
	return []string{a.Name}
}

// OtherField is the name of the input for something else than the options.
func (a Attribute) OtherField() string { return a.Name + "_other" }

// LabelField is the name of the inputs for the labels of links.
func (a Attribute) LabelField() string { return a.Name + "_label" }

// Bounds returns the least and the most that a number or a day may be, as values; empty for none.
func (a Attribute) Bounds() (least, most string) { return a.least, a.most }

// Most returns how many of several choices there may be, 0 where that is all of them or none are chosen.
func (a Attribute) Most() int {
	if a.Kind.Widget != Checks || a.count == len(a.choices) {
		return 0
	}
	return a.count
}

// Options returns what can be chosen; nil for a kind that is not chosen.
func (a Attribute) Options() []Option {
	if a.Kind.options == nil {
		return nil
	}
	return a.Kind.options(a)
}

// Show puts a stored value into the pieces that a page shows. Nothing has no pieces.
func (a Attribute) Show(value string) []Piece {
	switch {
	case value == "":
		return nil
	case a.Kind.show == nil:
		return []Piece{{Text: value}}
	}
	return a.Kind.show(a, value)
}

// Words is a stored value as plain text for people: for mails, titles, conflicts and the search.
func (a Attribute) Words(value string) string {
	if a.Kind.Input == "url" || a.Kind.Widget == Links {
		return value // the whole address, which a page shortens
	}
	var words []string
	for _, piece := range a.Show(value) {
		words = append(words, piece.Text)
	}
	if a.Kind.Widget == Area {
		return strings.Join(words, "")
	}
	return strings.Join(words, ", ")
}

// JSON returns a stored value as it stands in JSON: a string, a number, true or false, a list, or nil for nothing.
// A table (CSV) has the stored value itself, and Parse reads it back.
func (a Attribute) JSON(value string) any {
	switch {
	case value == "":
		return nil
	case a.Kind.json == nil:
		return value
	}
	return a.Kind.json(a, value)
}

// Plain is the attribute without its property: for a list of people, which is nobody's h-card.
func (a Attribute) Plain() Attribute { a.Property = ""; return a }

// IsPicture says whether the value is a picture.
func (a Attribute) IsPicture() bool { return a.Kind.Widget == Picture }

// IsFile says whether the value is a file that can be downloaded.
func (a Attribute) IsFile() bool { return a.Kind.Widget == File }

// IsUpload says whether the value travels as a file, with a form of several parts.
func (a Attribute) IsUpload() bool { return a.IsPicture() || a.IsFile() }

// indexMax is the most characters of a text that an index holds: PostgreSQL's takes 2,704 bytes, and a character may have four.
const indexMax = 600

// Sortable says whether a list can be in the order of its values, which takes an index. A url is of ASCII, and always short enough.
func (a Attribute) Sortable() bool {
	return a.Kind.Sortable && (a.Max <= indexMax || a.Kind.Input == "url")
}

// Profile is the list of attributes that profile.toml declares, in its order.
type Profile struct {
	Attributes []Attribute
}

// Attribute returns the attribute of profile.toml that has this name.
func (p Profile) Attribute(name string) (Attribute, bool) { return find(p.Attributes, name) }

// Rows returns everything that people see of themselves on their own profile page: username, first_name and last_name, then
// the attributes of profile.toml.
func (p Profile) Rows() []Attribute {
	rows := slices.DeleteFunc(UserAttributes(), func(a Attribute) bool { return a.Name == "email" })
	return append(rows, p.Attributes...)
}

// Row returns the attribute of Rows that has this name.
func (p Profile) Row(name string) (Attribute, bool) { return find(p.Rows(), name) }

func find(attributes []Attribute, name string) (Attribute, bool) {
	i := slices.IndexFunc(attributes, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return attributes[i], true
}

// Registering returns the attributes that the register form asks for.
func (p Profile) Registering() []Attribute {
	return slices.DeleteFunc(slices.Clone(p.Attributes), func(a Attribute) bool { return !a.Register })
}

// Section is a part of a page: attributes of one group.
type Section struct {
	Title      string // empty for the attributes of no group
	Attributes []Attribute
}

// Sections sorts attributes by their groups: first those of none, then each group where its first attribute stands.
func Sections(attributes []Attribute) []Section {
	sections := []Section{{}}
	for _, a := range attributes {
		i := slices.IndexFunc(sections, func(s Section) bool { return s.Title == a.Group })
		if i < 0 {
			i, sections = len(sections), append(sections, Section{Title: a.Group})
		}
		sections[i].Attributes = append(sections[i].Attributes, a)
	}
	if len(sections[0].Attributes) == 0 {
		return sections[1:]
	}
	return sections
}
