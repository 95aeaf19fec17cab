// Package profile knows the attributes of a person: how they are declared, and how each kind of value is read and checked.
package profile

import (
	"slices"
	"strings"

	"nameplate/internal/form"
)

// Attribute is one thing known about a person, declared once: forms, rows and columns follow from it.
type Attribute struct {
	Name         string // the field's and the column's name, such as portfolio_site
	Kind         Kind
	Label        string
	Help         string // a hint below the label; may be empty
	Autocomplete string // the HTML autocomplete token; empty for none
	Max          int    // most characters
	Register     bool   // asked for when signing up
	Required     bool
	OfUser       bool // a column of the user itself and not of its profile
}

// Parse reads what somebody typed and returns the value as it is stored, empty for nothing. Its error is a form.Message for
// the person. For a picture the text is the token of a waiting picture, which db resolves; Parse then only checks its form.
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
	case a.IsPicture():
		return "", form.Message(a.Label + ": choose a picture.")
	case a.OfUser:
		return a.Kind.parse(a, "")
	}
	return "", form.Message(a.Label + ": fill this in.")
}

// IsPicture says whether the value is a picture, which travels as a file.
func (a Attribute) IsPicture() bool { return a.Kind.Name == "picture" }

// Profile is the list of attributes that profile.toml declares, in its order.
type Profile struct {
	Attributes []Attribute
}

// Attribute returns the attribute of profile.toml that has this name.
func (p Profile) Attribute(name string) (Attribute, bool) { return find(p.Attributes, name) }

// Rows returns everything that people edit on their own profile page: username, first_name and last_name, then the
// attributes of profile.toml.
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
