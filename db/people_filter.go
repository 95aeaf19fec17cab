package db

import (
	"strings"

	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// attributeFilter returns what is true of the profiles that a filter of the list keeps. Name has the lookup at its end.
func (l *list) attributeFilter(a profile.Attribute, name, value string) string {
	column := quoted(a.Name)
	switch strings.TrimPrefix(name, a.Name) {
	case admin.IsEmpty:
		if value == "1" {
			return isNone(a, column)
		}
		return "NOT (" + isNone(a, column) + ")"
	case admin.AtLeast:
		return column + " >= " + l.arg(argument(a, value))
	case admin.AtMost:
		return column + " <= " + l.arg(argument(a, value))
	}
	if a.Kind.Filter != profile.ByMember {
		return column + " = " + l.arg(argument(a, value))
	}
	one := jsonList([]string{value})
	if l.pg {
		return column + " @> " + l.arg(one) + "::jsonb"
	}
	return "instr(" + column + ", " + l.arg(strings.Trim(one, "[]")) + ") > 0" // in quotes, so that it is a whole one
}
