package views

import (
	"strconv"
	"strings"

	"nameplate/internal/form"
)

// inputType is the type of the field's input: its own, or that of its kind.
func (field Field) inputType() string {
	switch {
	case field.Type != "":
		return field.Type
	case field.Kind.Input != "":
		return field.Kind.Input
	}
	return "text"
}

// secret says whether the value is never shown.
func (field Field) secret() bool { return field.inputType() == "password" }

// plain says whether the value is a name of some sort, which a keyboard must not correct.
func (field Field) plain() bool {
	switch field.inputType() {
	case "password", "email", "url":
		return true
	}
	return field.Name == "username"
}

// hint is the help below the label. It says where a field may stay empty.
func (field Field) hint() string {
	if field.Required || field.Help == "" {
		return field.Help
	}
	return "Optional. " + field.Help
}

// describedBy lists the ids of what explains the input.
func (field Field) describedBy() string {
	ids := ""
	if field.Help != "" {
		ids = field.Name + "-hint "
	}
	if field.Error != "" {
		ids += field.Name + "-error"
	}
	return strings.TrimSpace(ids)
}

// max is the most characters that the input takes, empty for any number.
func (field Field) max() string {
	if field.Max == 0 {
		return ""
	}
	return strconv.Itoa(field.Max)
}

// checkTrigger lets htmx check the field when it is left, a moment later so that a press on the form's button is not moved
// away from under the finger; and as it is typed once it has been wrong.
func (field Field) checkTrigger() string {
	if field.Error != "" {
		return "change delay:150ms, input delay:400ms"
	}
	return "change delay:150ms"
}

// again is field in a form that comes back: a good password is gone where the browser did not keep it.
func (filled Filled) again(field Field) Field {
	if len(filled.Errors) > 0 && field.secret() && field.Error == "" {
		field.Help = "A password is never kept: where this is empty, type it once more. " + field.Help
	}
	return field
}

// errors is what a summary is made of when the form has this one field.
func (field Field) errors() form.Errors {
	if field.Error == "" {
		return nil
	}
	return form.Errors{field.Name: field.Error}
}
