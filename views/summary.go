package views

import (
	"maps"
	"slices"
	"strings"

	"nameplate/internal/form"
)

// summaryLine is one error of a summary; id is empty when no field of the form is to blame.
type summaryLine struct{ id, text string }

// summaryLines lists the errors in the order of the fields, then those that no field shows.
func summaryLines(errors form.Errors, fields []Field) []summaryLine {
	var lines []summaryLine
	shown := map[string]bool{}
	for _, field := range fields {
		if text, ok := errors[field.Name]; ok {
			shown[field.Name] = true
			lines = append(lines, summaryLine{field.Name, labelled(field.Label, text)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(errors)) {
		if !shown[name] {
			lines = append(lines, summaryLine{"", errors[name]})
		}
	}
	return lines
}

// labelled names the field before its error, unless the error begins with that name itself.
func labelled(label, text string) string {
	if strings.HasPrefix(text, label+":") {
		return text
	}
	return label + ": " + text
}

func summaryTitle(errors form.Errors) string {
	if len(errors) == 1 {
		return "One thing needs a change:"
	}
	return "A few things need a change:"
}
