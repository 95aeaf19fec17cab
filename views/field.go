package views

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// inputType is the type of the field's input: its own, or that of its kind.
func (field *Field) inputType() string {
	switch {
	case field.Type != "":
		return field.Type
	case field.Kind.Input != "":
		return field.Kind.Input
	}
	return "text"
}

// secret says whether the value is never shown.
func (field *Field) secret() bool { return field.inputType() == "password" }

// plain says whether the value is a name of some sort, which a keyboard must not correct.
func (field *Field) plain() bool {
	switch field.inputType() {
	case "password", "email", "url":
		return true
	}
	return field.Name == "username"
}

// hint is the help below the label. It says where a field may stay empty, how a value is written that can't be guessed, and who sees it.
func (field *Field) hint() string {
	if field.Kind == nil || field.OfUser {
		if field.Required || field.Help == "" {
			return field.Help
		}
		return "Optional. " + field.Help
	}
	parts := []string{"Optional.", field.Help, howTo(field.Attribute), seenBy(field.Attribute)}
	if field.Required {
		parts[0] = ""
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// sectionsOf sorts the fields of a form by their groups, as profile.Sections does with attributes.
func sectionsOf(fields []Field) [][]Field {
	if !slices.ContainsFunc(fields, func(field Field) bool { return field.Group != "" }) {
		return [][]Field{fields}
	}
	var groups []string
	sections := map[string][]Field{}
	for _, field := range fields {
		if sections[field.Group] == nil && field.Group != "" {
			groups = append(groups, field.Group)
		}
		sections[field.Group] = append(sections[field.Group], field)
	}
	var all [][]Field
	for _, group := range append([]string{""}, groups...) {
		if len(sections[group]) > 0 {
			all = append(all, sections[group])
		}
	}
	return all
}

// grouped says whether several inputs ask for the value: each then has a label of its own.
func (field *Field) grouped() bool {
	return field.Kind.Widget == profile.Checks || field.Kind.Widget == profile.Links
}

// howTo says how a value is written, where its control does not show it.
func howTo(attr profile.Attribute) string {
	least, most := attr.Bounds()
	switch {
	case least != "" || most != "" || attr.Unit != "":
		return strings.TrimSpace(inUnit(attr.Unit) + " " + between(least, most))
	case attr.Most() > 0:
		return "At most " + strconv.Itoa(attr.Most()) + "."
	case attr.IsFile():
		return "PDF or plain text, 5 MB at most."
	case attr.Kind.Name == "color":
		return "As # and six digits, such as #7a5a14."
	}
	return ""
}

func inUnit(unit string) string {
	if unit == "" {
		return ""
	}
	return "In " + unit + "."
}

// between says what bounds a number or a day has.
func between(least, most string) string {
	switch {
	case least != "" && most != "":
		return "From " + least + " to " + most + "."
	case least != "":
		return "From " + least + " on."
	case most != "":
		return "Up to " + most + "."
	}
	return ""
}

// seenBy says who sees an attribute that is not for everybody.
func seenBy(attr profile.Attribute) string {
	switch attr.See {
	case profile.Members:
		return "Only members see this."
	case profile.Staff:
		return "Staff see this, other members don't."
	case profile.Oneself:
		return "Only you see this."
	}
	return ""
}

// explained points a control to its hint and its error.
func (field *Field) explained() templ.Attributes {
	attrs := templ.Attributes{}
	if described := field.describedBy(); described != "" {
		attrs["aria-describedby"] = described
	}
	if field.Error != "" && field.Kind.Widget != profile.Checks && field.Kind.Widget != profile.Links {
		attrs["aria-invalid"] = "true"
	}
	return attrs
}

// checked lets htmx check a control of several inputs, or one that is no input, as textInput does it for most.
func (field *Field) checked() templ.OrderedAttributes {
	if field.Check == "" {
		return nil
	}
	return templ.OrderedAttributes{
		{Key: "hx-post", Value: field.Check}, {Key: "hx-trigger", Value: field.checkTrigger()}, {Key: "hx-target", Value: "#field-" + field.Name},
		{Key: "hx-swap", Value: "outerMorph"}, {Key: "hx-sync", Value: "this:replace"},
		{Key: "hx-encoding", Value: "application/x-www-form-urlencoded"}, {Key: "hx-vals", Value: "field:" + field.Name},
	}
}

// picked says whether one of several values is chosen.
func (field *Field) picked(value string) bool {
	return slices.Contains(strings.Split(field.Value, "\n"), value)
}

// ticks are the options of a control of several, and what is picked though it is none of them any more.
func ticks(attr profile.Attribute, value string) []profile.Option {
	options := attr.Options()
	for _, one := range strings.Split(value, "\n") {
		if one != "" && !slices.ContainsFunc(options, func(o profile.Option) bool { return o.Value == one }) {
			options = append(options, profile.Option{Value: one, Label: one})
		}
	}
	return options
}

// tickID is the id of one of several inputs: the first has the field's name, which a summary leads to.
func (field *Field) tickID(i int) string {
	if i == 0 {
		return field.Name
	}
	return field.Name + "-" + strconv.Itoa(i)
}

// links are the rows of a list of links: those there are, and two empty ones.
func (field *Field) links() []profile.Link {
	return append(profile.LinksOf(field.Value), profile.Link{}, profile.Link{})
}

func (field *Field) linkLabel(what string, i int) string {
	return field.Label + ": " + what + " " + strconv.Itoa(i+1)
}

// accept lists the types of files that can be chosen.
func (field *Field) accept() string {
	if field.IsFile() {
		return ".pdf,.txt,application/pdf,text/plain"
	}
	return "image/jpeg,image/png,image/gif,image/webp"
}

// otherText is a value that is none of the options, as it was typed.
func otherText(attr profile.Attribute, value string) string {
	if value == "" || value == profile.OtherOption || slices.ContainsFunc(attr.Options(), func(o profile.Option) bool { return o.Value == value }) {
		return ""
	}
	return value
}

// describedBy lists the ids of what explains the input.
func (field *Field) describedBy() string {
	ids := ""
	if field.hint() != "" {
		ids = field.Name + "-hint "
	}
	if field.Error != "" {
		ids += field.Name + "-error"
	}
	return strings.TrimSpace(ids)
}

// max is the most characters that the input takes, empty for any number.
func (field *Field) max() string {
	if field.Max == 0 {
		return ""
	}
	return strconv.Itoa(field.Max)
}

// checkTrigger lets htmx check the field when it is left, a moment later so that a press on the form's button is not moved
// away from under the finger; and as it is typed once it has been wrong.
func (field *Field) checkTrigger() string {
	if field.Error != "" {
		return "change delay:150ms, input delay:400ms"
	}
	return "change delay:150ms"
}

// again is field in a form that comes back: a good password is gone where the browser did not keep it.
func (filled *Filled) again(field *Field) *Field {
	if len(filled.Errors) > 0 && field.secret() && field.Error == "" {
		field.Help = "A password is never kept: where this is empty, type it once more. " + field.Help
	}
	return field
}

// errors is what a summary is made of when the form has this one field.
func (field *Field) errors() form.Errors {
	if field.Error == "" {
		return nil
	}
	return form.Errors{field.Name: field.Error}
}
