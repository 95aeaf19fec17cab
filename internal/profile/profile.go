// Package profile knows the attributes of a person: how they are declared, and how each kind of value is read and checked.
package profile

import "slices"

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

	// check is a further rule beside the kind's own; nil for none.
	check func(value string) error
}

// Parse reads what somebody typed and returns the value as it is stored. Its error is a form.Message for the person.
// For a picture the text is the token of a waiting picture, which db resolves; Parse then only checks its form.
func (a Attribute) Parse(text string) (string, error) {
	panic("written by the profile helper")
}

// IsPicture says whether the value is a picture, which travels as a file.
func (a Attribute) IsPicture() bool { return a.Kind.Name == "picture" }

// Profile is the list of attributes that profile.toml declares, in its order.
type Profile struct {
	Attributes []Attribute
}

// Rows returns everything that people edit on their own profile page: username, first_name and last_name, then the
// attributes of profile.toml.
func (p Profile) Rows() []Attribute {
	panic("written by the profile helper")
}

// Row returns the attribute of Rows that has this name.
func (p Profile) Row(name string) (Attribute, bool) {
	rows := p.Rows()
	i := slices.IndexFunc(rows, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return rows[i], true
}

// Registering returns the attributes that the register form asks for.
func (p Profile) Registering() []Attribute {
	return slices.DeleteFunc(slices.Clone(p.Attributes), func(a Attribute) bool { return !a.Register })
}
