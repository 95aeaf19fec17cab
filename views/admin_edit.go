package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// mayChange says whether the one who asks may change this person.
func (page Page) mayChange(person account.User) bool {
	return page.Me != nil && account.MayChange(*page.Me, person)
}

// mayDelete says whether the one who asks may delete this person.
func (page Page) mayDelete(person account.User) bool {
	return page.Me != nil && account.MayDelete(*page.Me, person)
}

// maySet says whether the one who asks may set this yes-or-no field.
func (page Page) maySet(name string) bool {
	return page.Me != nil && (name == "is_active" || account.MaySetRights(*page.Me))
}

// nameColumns are the names that stand below the username.
var nameColumns = []admin.Column{
	{Name: "first_name", Label: "First name", Kind: admin.Text, Editable: true},
	{Name: "last_name", Label: "Last name", Kind: admin.Text, Editable: true},
}

// formID is the id of the form that the inputs of a row belong to.
func (edit Edit) formID() string {
	if edit.onPageForm {
		return "edit" // htmx may open the same row again beside it
	}
	return "edit-" + id(edit.User)
}

// onPage is edit in a page that is one form.
func (edit Edit) onPage() Edit {
	edit.onPageForm = true
	return edit
}

// typed is the text of one field: what was typed, or else what is stored.
func (edit Edit) typed(name string) string {
	if text, ok := edit.Values[name]; ok {
		return text
	}
	return edit.User.Value(name)
}

// version is the version that the save is meant to replace.
func (edit Edit) version() int64 {
	if edit.Conflict != nil {
		return edit.Conflict.Version
	}
	return edit.User.Version
}

// differs returns what a conflict says of the field with this label.
func (edit Edit) differs(label string) (ConflictField, bool) {
	if edit.Conflict != nil {
		for _, field := range edit.Conflict.Fields {
			if field.Label == label {
				return field, true
			}
		}
	}
	return ConflictField{}, false
}

// others returns what a conflict says of fields that have no column in the list.
func (edit Edit) others(columns []admin.Column) []ConflictField {
	if edit.Conflict == nil {
		return nil
	}
	shown := map[string]bool{}
	for _, column := range columns {
		shown[column.Label] = true
	}
	var fields []ConflictField
	for _, field := range edit.Conflict.Fields {
		if !shown[field.Label] {
			fields = append(fields, field)
		}
	}
	return fields
}

// editOf says with what a cell is edited.
func editOf(column admin.Column) string {
	if column.Attr == nil {
		return column.Kind
	}
	switch column.Attr.Kind.Widget {
	case profile.Area, profile.Links:
		return "area"
	case profile.Select:
		return "select"
	case profile.Checks:
		return "checks"
	case profile.File:
		return "file"
	case profile.Picture:
		return "picture"
	}
	return "line"
}

// picked says whether one of several values is chosen.
func (edit Edit) picked(name, value string) bool {
	return slices.Contains(strings.Split(edit.typed(name), "\n"), value)
}

// rowControl is rowInput for a control that is no input.
func (edit Edit) rowControl(column admin.Column, first bool) templ.Attributes {
	attrs := edit.rowInput(column, first)
	delete(attrs, "type")
	delete(attrs, "value")
	delete(attrs, "size")
	return attrs
}

// editClass tells the style sheet which cell says who it is.
func editClass(column admin.Column) string {
	switch {
	case column.Name == "username":
		return "is-title"
	case column.Kind == "picture":
		return "is-picture"
	}
	return ""
}

// cellLabel names a cell of a card for the style sheet, where its input has no label of its own.
func cellLabel(column admin.Column) templ.Attributes {
	if column.Attr == nil && (column.Kind == "boolean" || column.Kind == "date") || editOf(column) == "checks" || editOf(column) == "file" {
		return templ.Attributes{"data-label": column.Label}
	}
	return nil
}

// rowInput holds the attributes of an input in a row. Its form stands in the row's first cell.
func (edit Edit) rowInput(column admin.Column, first bool) templ.Attributes {
	attrs := templ.Attributes{
		"id": column.Name + "-" + id(edit.User), "name": column.Name, "form": edit.formID(),
		"type": inputOf(column), "value": edit.typed(column.Name), "autocomplete": "off", "spellcheck": "false",
		"size":      "20", // a text browser shows so much; the style sheet fills the column
		"autofocus": first,
	}
	switch column.Name {
	case "username":
		attrs["required"], attrs["autocapitalize"] = true, "none"
	case "first_name", "last_name":
		attrs["placeholder"] = column.Label
	}
	for name, value := range edit.explained(column) {
		attrs[name], attrs["aria-invalid"] = value, "true"
	}
	return attrs
}

// rowOptions is how many options a row has at most.
const rowOptions = 40

// writes says whether what is one of many options is written in a row that travels alone: the options would weigh more than all else of it. A
// whole page has them.
func (edit Edit) writes(column admin.Column) bool {
	return !edit.onPageForm && editOf(column) == "select" && len(column.Attr.Options()) > rowOptions
}

// rowChosen is rowInput for the name of what is one of many options.
func (edit Edit) rowChosen(column admin.Column, first bool) templ.Attributes {
	attrs := edit.rowInput(column, first)
	if value := edit.typed(column.Name); value != "" {
		attrs["value"] = column.Attr.Words(value)
	}
	return attrs
}

// rowOther holds the attributes of the input for something else than the options.
func (edit Edit) rowOther(column admin.Column) templ.Attributes {
	attrs := edit.rowInput(column, false)
	attrs["id"], attrs["name"] = column.Attr.OtherField()+"-"+id(edit.User), column.Attr.OtherField()
	attrs["value"], attrs["aria-label"] = otherText(*column.Attr, edit.typed(column.Name)), column.Label+": something else"
	return attrs
}

// explained points a control to what is wrong with it.
func (edit Edit) explained(column admin.Column) templ.Attributes {
	if edit.Errors[column.Name] == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": column.Name + "-" + id(edit.User) + "-error"}
}

// inputOf is the type of the input for a kind of value in a row.
func inputOf(column admin.Column) string {
	switch {
	case column.Attr != nil && column.Attr.Kind.Input != "":
		return column.Attr.Kind.Input
	case column.Kind == "email":
		return "email"
	}
	return "text"
}

// focusOn is the column that takes the cursor as the row opens: the first that is wrong, or else the first that is typed.
// In a conflict it is none, because what to do comes first.
func (edit Edit) focusOn(columns []admin.Column) string {
	first := ""
	if edit.Conflict != nil {
		return first
	}
	for _, column := range columns {
		if !column.Editable || column.Kind == "picture" || column.Kind == "boolean" || editOf(column) == "file" {
			continue
		}
		if edit.Errors[column.Name] != "" {
			return column.Name
		}
		if first == "" {
			first = column.Name
		}
	}
	return first
}

// personFields are the inputs of the whole person.
func (people People) personFields(edit Edit) []Field {
	attrs := profile.UserAttributes()
	for i := range attrs {
		attrs[i].Required = attrs[i].Name == "username"
		attrs[i].Help = ""
	}
	var fields []Field
	for _, attr := range append(attrs, people.Profile...) {
		attr.Autocomplete = "off"
		field := Field{Attribute: attr, Value: edit.typed(attr.Name), Error: edit.Errors[attr.Name]}
		if attr.IsUpload() {
			field.Now, field.Removes = edit.Removed[attr.Name]
			if !field.Removes {
				field.Now = edit.User.Value(attr.Name)
			}
			field.Waiting, field.Value = edit.Waiting[attr.Name], ""
		}
		fields = append(fields, field)
	}
	return fields
}

func orEmpty(text string) string {
	if text == "" {
		return "(empty)"
	}
	return text
}
