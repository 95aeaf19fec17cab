package profile

import (
	"slices"

	"nameplate/internal/account"
)

// Audience is who sees an attribute of somebody. People always see what is kept about themselves.
type Audience int

// The audiences, from all to nobody else.
const (
	Anyone  Audience = iota // also who is not signed in, and search engines
	Members                 // who is signed in
	Staff                   // staff who may view people
	Oneself                 // nobody else, staff and superusers neither
)

var audiences = []string{"anyone", "members", "staff", "oneself"}

// String returns the word in profile.toml.
func (s Audience) String() string { return audiences[s] }

// Editor is who may change an attribute of somebody.
type Editor int

// The editors. Staff may change what they see, and whom account.MayChange lets them.
const (
	ByOneself Editor = iota // the person, and staff
	ByStaff                 // staff alone
)

var editors = []string{"oneself", "staff"}

// String returns the word in profile.toml.
func (e Editor) String() string { return editors[e] }

// MaySee says whether me, nil for who is not signed in, may see this attribute of person. Every page, list, search, export,
// API and picture asks here.
func (a Attribute) MaySee(me *account.User, person account.User) bool {
	switch {
	case a.See == Anyone:
		return true
	case me == nil:
		return false
	case me.ID == person.ID && !me.Viewed || a.See == Members:
		return true
	}
	return a.See == Staff && account.May(*me, account.View, account.Users)
}

// MayEdit says whether me may change this attribute of person. What every user has (OfUser) is seen by anyone and edited by oneself.
func (a Attribute) MayEdit(me, person account.User) bool {
	if !a.MaySee(&me, person) {
		return false
	}
	if me.ID == person.ID && a.Edit == ByOneself {
		return true
	}
	return account.MayChange(me, person)
}

// Seen returns the attributes of person that me, nil for who is not signed in, may see.
func (p Profile) Seen(me *account.User, person account.User) []Attribute {
	return slices.DeleteFunc(slices.Clone(p.Attributes), func(a Attribute) bool { return !a.MaySee(me, person) })
}

// ForStaff returns the profile without what staff don't see of others: what the admin is made of.
func (p Profile) ForStaff() Profile {
	return Profile{Attributes: slices.DeleteFunc(slices.Clone(p.Attributes), func(a Attribute) bool { return a.See == Oneself })}
}

// Portrait returns the first attribute that is a picture: the one that stands for a person. It is not ok for a profile without one.
func (p Profile) Portrait() (Attribute, bool) {
	i := slices.IndexFunc(p.Attributes, Attribute.IsPicture)
	if i < 0 {
		return Attribute{}, false
	}
	return p.Attributes[i], true
}

// PublicPicture returns the name of the first picture of person that anyone may see; empty for none.
func (p Profile) PublicPicture(person account.User) string {
	for _, a := range p.Attributes {
		if name := person.Value(a.Name); a.IsPicture() && a.See == Anyone && name != "" {
			return name
		}
	}
	return ""
}

// Private says whether any picture of the profile is not for everybody, so that pictures have to be guarded.
func (p Profile) Private() bool {
	return slices.ContainsFunc(p.Attributes, func(a Attribute) bool { return a.IsPicture() && a.See != Anyone })
}
