package db

import (
	"strings"

	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// attributeFilter returns what is true of the profiles that a filter of the list keeps. Name has the lookup at its end.
func (l *list) attributeFilter(a profile.Attribute, name, value string) string {
	column := quoted(a.Name)
	key, some := sortKey(a, l.pg, column), "" // the index is of this
	if a.Kind.Store != profile.Text {
		some = " AND " + column + " IS NOT NULL"
	}
	place := func() string {
		if a.Kind.Store == profile.Number && !l.pg {
			return "CAST(" + l.arg(value) + " AS NUMERIC)"
		}
		return l.arg(argument(a, value))
	}
	switch strings.TrimPrefix(name, a.Name) {
	case admin.IsEmpty:
		if value == "1" {
			return isNone(a, column)
		}
		return "NOT (" + isNone(a, column) + ")"
	case admin.AtLeast:
		return key + " >= " + place() + some
	case admin.AtMost:
		return key + " <= " + place() + some
	}
	if a.Kind.Filter != profile.ByMember {
		return key + " = " + place() + some
	}
	one := jsonList([]string{value})
	if l.pg {
		return column + " @> " + l.arg(one) + "::jsonb"
	}
	return "instr(" + column + ", " + l.arg(strings.Trim(one, "[]")) + ") > 0" // in quotes, so that it is a whole one
}
