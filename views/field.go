package views

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

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
	var ids []string
	if field.Help != "" {
		ids = append(ids, field.Name+"-hint")
	}
	if field.Error != "" {
		ids = append(ids, field.Name+"-error")
	}
	return strings.Join(ids, " ")
}

// attributes are those of the field's input that depend on what the field is.
func (field Field) attributes() templ.Attributes {
	attrs := templ.Attributes{
		"type":      field.inputType(),
		"required":  field.Required,
		"autofocus": field.Focus,
	}
	set := func(name, value string) {
		if value != "" {
			attrs[name] = value
		}
	}
	set("autocomplete", field.Autocomplete)
	set("aria-describedby", field.describedBy())
	if !field.secret() {
		set("value", field.Value)
	}
	if field.Max > 0 {
		attrs["maxlength"] = fmt.Sprint(field.Max)
	}
	if mode := field.inputType(); mode == "url" || mode == "email" {
		attrs["inputmode"] = mode
	}
	if field.plain() {
		attrs["autocapitalize"], attrs["spellcheck"] = "none", "false"
	}
	if field.Error != "" {
		attrs["aria-invalid"] = "true"
	}
	field.check(attrs)
	return attrs
}

// check lets htmx check the field when it is left, a moment later so that a press on the form's button is not moved away
// from under the finger; and as it is typed once it has been wrong.
func (field Field) check(attrs templ.Attributes) {
	if field.Check == "" {
		return
	}
	trigger := "change delay:150ms"
	if field.Error != "" {
		trigger += ", input delay:400ms"
	}
	attrs["hx-post"] = field.Check
	attrs["hx-trigger"] = trigger
	attrs["hx-target"] = "#field-" + field.Name
	attrs["hx-swap"] = "outerMorph"
	attrs["hx-sync"] = "this:replace"
	attrs["hx-encoding"] = "application/x-www-form-urlencoded"
	attrs["hx-vals"] = "field:" + field.Name
}

// errors is what a summary is made of when the form has this one field.
func (field Field) errors() form.Errors {
	if field.Error == "" {
		return nil
	}
	return form.Errors{field.Name: field.Error}
}
