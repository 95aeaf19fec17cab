// Package admin says what a list of the admin is, in Django's words: its columns, filters, order and pages. It is data;
// only what is declared here reaches SQL.
package admin

import "nameplate/internal/profile"

// Column is one column of a list.
type Column struct {
	Name     string // the field's name, as in URLs and in the database
	Label    string
	Kind     string // the kind of its value: text, email, url, picture, boolean, date …
	Sortable bool
	Editable bool               // whether the row in edit mode has an input for it
	Attr     *profile.Attribute // the attribute of the profile that it shows; nil for a field of the user
}

// Filter is a field that a list can be narrowed by. A field of the user is 1 or 0 in a URL; what an attribute can be follows from
// its kind's Filter.
type Filter struct {
	Name  string // the field's name
	Label string
	Attr  *profile.Attribute // nil for a yes-or-no field of the user
}

// The lookups that may follow the name of a filter in a URL, as in Django.
const (
	AtLeast = "__gte"     // for profile.ByRange: this value or more
	AtMost  = "__lte"     // for profile.ByRange: this value or less
	IsEmpty = "__isempty" // for every attribute: 1 for who has no value, 0 for who has one
)

// Resource is a list of the admin.
type Resource struct {
	Name     string
	Columns  []Column
	Filters  []Filter
	Ordering string // the name of the column it is sorted by when nothing is asked for
	PerPage  int    // rows on a page when nothing is asked for
}

// MaxPerPage is the most rows that a page may have.
const MaxPerPage = 500

// People returns the list of people with the attributes of p that staff see: pictures first, then who it is, then the other
// attributes.
func People(p profile.Profile) Resource {
	var pictures, others []Column
	filters := []Filter{
		{Name: "is_staff", Label: "Staff"},
		{Name: "is_active", Label: "Active"},
		{Name: "is_superuser", Label: "Superuser"},
	}
	for _, attr := range p.ForStaff().Attributes {
		filters = append(filters, Filter{Name: attr.Name, Label: attr.Label, Attr: &attr})
		column := Column{Name: attr.Name, Label: attr.Label, Kind: attr.Kind.Name, Sortable: attr.Sortable(), Editable: true, Attr: &attr}
		if !attr.Column {
			continue
		}
		if attr.IsPicture() {
			pictures = append(pictures, column)
		} else {
			others = append(others, column)
		}
	}
	columns := append(pictures,
		Column{Name: "username", Label: "Username", Kind: "text", Sortable: true, Editable: true},
		Column{Name: "email", Label: "E-mail", Kind: "email", Sortable: true, Editable: true})
	columns = append(columns, others...)
	columns = append(columns,
		Column{Name: "is_staff", Label: "Staff", Kind: "boolean", Sortable: true, Editable: true},
		Column{Name: "is_active", Label: "Active", Kind: "boolean", Sortable: true, Editable: true},
		Column{Name: "date_joined", Label: "Joined", Kind: "date", Sortable: true})
	return Resource{
		Name:     "users",
		Columns:  columns,
		Filters:  filters,
		Ordering: "username",
		PerPage:  100,
	}
}

// Column returns the column of this name.
func (r Resource) Column(name string) (Column, bool) {
	for _, column := range r.Columns {
		if column.Name == name {
			return column, true
		}
	}
	return Column{}, false
}

// Filter returns the filter of this name.
func (r Resource) Filter(name string) (Filter, bool) {
	for _, filter := range r.Filters {
		if filter.Name == name {
			return filter, true
		}
	}
	return Filter{}, false
}
