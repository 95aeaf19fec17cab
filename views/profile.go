package views

import (
	"nameplate/internal/account"
	"nameplate/internal/profile"
)

const profilePath = "/settings/profile"

// Editing is the row of a profile that is open.
type Editing struct {
	Name  string // the attribute's name; empty for none
	Field Field
}

// rowPath is where one attribute is edited.
func rowPath(name string) string { return profilePath + "/" + name }

// quiet is page without what it says on top: on the profile the row says it.
func (page Page) quiet() Page {
	if page.Saved != "account" {
		page.Saved = ""
	}
	return page
}

// saveLabel says what the button of an attribute's form does.
func saveLabel(attr profile.Attribute) string { return "Save " + lower(attr.Label) }

// emptyText is what a row without a value shows.
func emptyText(person account.User, attr profile.Attribute) string {
	if attr.IsPicture() {
		if attr.DefaultPicture(person).Letters == "" {
			return "No picture yet. A pattern stands in."
		}
		return "No picture yet. Your initials stand in."
	}
	return "Not set"
}
