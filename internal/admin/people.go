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
		{Name: "groups", Label: "Group", Text: true},
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
		Actions:  peopleActions(),

		DateHierarchy: "date_joined",

		SearchHelp: "a part of a username, a name, an e-mail address, or of what a profile says",
		Empty:      "People stand here once they have an account.",
	}
}

// peopleActions are what can be done with people, in Django's words.
func peopleActions() []Action {
	return []Action{
		{Name: "activate", Label: "Activate", Verb: "change", Asks: "They may log in, and have a public page. Who waited to be approved gets a mail, which can't be taken back."},
		{Name: "deactivate", Label: "Deactivate", Verb: "change", Grave: true, Asks: "They may not log in, are signed out, and have no public page."},
		{Name: "verify_email", Label: "Confirm their e-mail address", Verb: "change", Asks: "Their e-mail address counts as confirmed, without a mail."},
		{Name: "end_sessions", Label: "End their sessions", Verb: "change", Asks: "They have to log in again everywhere. This can't be taken back."},
		{Name: "require_new_password", Label: "Require a new password", Verb: "change", Asks: "Before they go on, they have to choose another password."},
		{Name: "add_to_group", Label: "Add to a group", Verb: "change", Group: true, Asks: "They may do what the group lets its members do, those who are staff."},
		{Name: "remove_from_group", Label: "Remove from a group", Verb: "change", Group: true, Asks: "They may no longer do what the group let them."},
		{Name: "export_csv", Label: "Export (CSV)", Verb: "view", Asks: "A table with them is sent."},
		{Name: "delete", Label: "Delete", Verb: "delete", Grave: true, Asks: "Nobody finds them any more, and they are signed out. For 30 days this can be taken back; then they are erased."},
	}
}
