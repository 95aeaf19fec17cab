package admin

import "nameplate/internal/profile"

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
		Column{Name: "username", Label: "Username", Kind: Text, Sortable: true, Editable: true},
		Column{Name: "email", Label: "E-mail", Kind: "email", Sortable: true, Editable: true})
	columns = append(columns, others...)
	columns = append(columns,
		Column{Name: "is_staff", Label: "Staff", Kind: Boolean, Sortable: true, Editable: true},
		Column{Name: "is_active", Label: "Active", Kind: Boolean, Sortable: true, Editable: true},
		Column{Name: "date_joined", Label: "Joined", Kind: "date", Sortable: true})
	return Resource{
		Name:     "users",
		Label:    "People",
		One:      "person",
		Many:     "people",
		Columns:  columns,
		Filters:  filters,
		Ordering: "username",
		PerPage:  100,
	}
}
