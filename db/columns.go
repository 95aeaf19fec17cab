package db

import (
	"encoding/json"
	"strings"

	"nameplate/internal/profile"
)

// columnType is the type of an attribute's column. What SQLite calls it tells other programs what is in it; SQLite itself keeps a
// DATE and a JSON as texts.
func columnType(a profile.Attribute, pg bool) string {
	switch a.Kind.Store {
	case profile.Number:
		return "NUMERIC"
	case profile.Date:
		return "DATE"
	case profile.Boolean:
		return "BOOLEAN"
	case profile.List:
		if pg {
			return "JSONB"
		}
		return "JSON"
	}
	if pg {
		return `TEXT COLLATE "C" NOT NULL DEFAULT ''`
	}
	return "TEXT NOT NULL DEFAULT ''"
}

// isNone is the condition that a column holds no value.
func isNone(a profile.Attribute, column string) string {
	if a.Kind.Store == profile.Text {
		return column + " = ''"
	}
	return column + " IS NULL"
}

// asText is a column as the rest of the program reads it: a List as a JSON text, nothing as the empty text.
func asText(a profile.Attribute, pg bool, column string) string {
	switch a.Kind.Store {
	case profile.Text:
		return "COALESCE(" + column + ", '')"
	case profile.Number:
		if !pg { // all its digits, and no more
			return "CASE WHEN " + column + " IS NULL THEN '' ELSE printf('%.15g', " + column + ") END"
		}
	case profile.Boolean:
		return "CASE " + column + " WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' ELSE '' END"
	}
	return "COALESCE(CAST(" + column + " AS TEXT), '')"
}

// sortKey is what a list in the order of a column compares. It is never NULL: the two databases put that at different ends, and a
// cursor can't be compared with it.
func sortKey(a profile.Attribute, pg bool, column string) string {
	switch a.Kind.Store {
	case profile.Number:
		return "COALESCE(" + column + ", " + leastKey(a, pg) + ")"
	case profile.Boolean:
		return "(CASE WHEN " + column + " THEN 2 WHEN NOT " + column + " THEN 1 ELSE 0 END)" // nothing, no, yes
	case profile.Date:
		return "COALESCE(" + column + ", " + leastKey(a, pg) + ")"
	}
	return column
}

// leastKey is the sortKey of nothing.
func leastKey(a profile.Attribute, pg bool) string {
	switch {
	case a.Kind.Store == profile.Number:
		return "-9000000000000000"
	case a.Kind.Store == profile.Boolean:
		return "0"
	case a.Kind.Store == profile.Date && pg:
		return "'-infinity'::date"
	}
	return "''"
}

// argument turns a value's text into what the column is given.
func argument(a profile.Attribute, value string) any {
	switch {
	case a.Kind.Store == profile.Text:
		return value
	case value == "":
		return nil
	case a.Kind.Store == profile.Boolean:
		return value == "yes"
	case a.Kind.Store == profile.List:
		return jsonList(strings.Split(value, "\n"))
	}
	return value // both databases read a number and a day from their texts
}

// jsonList writes texts as an array, with nothing escaped that need not be: what is looked for in it is written likewise.
func jsonList(items []string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(items) // texts can always be written
	return strings.TrimSuffix(b.String(), "\n")
}

// fromColumn turns what asText gives back into the value's text.
func fromColumn(a profile.Attribute, text string) string {
	if a.Kind.Store != profile.List || text == "" {
		return text
	}
	var items []string
	if json.Unmarshal([]byte(text), &items) != nil {
		return "" // written past this program
	}
	return strings.Join(items, "\n")
}
