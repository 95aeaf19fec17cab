package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	attributesMax = 100 // far below what a row of either database can hold
	nameMax       = 63  // PostgreSQL's
	textMax       = 2000
)

// reserved are names that forms, rows and columns already use for something else.
var reserved = []string{
	"action", "across", "after", "attribute", "avatar_public", "before", "code", "confirm", "created_at", "csrfmiddlewaretoken",
	"date_joined", "edit", "email", "email_key", "field", "first_name", "focus", "groups", "id", "invitation", "is_active",
	"is_staff", "is_superuser", "last_login", "last_name", "list", "n", "new", "new_password", "next", "old_password",
	"password", "permissions", "profile", "q", "recovery_code", "remember", "remove", "resolve", "row", "rowid", "sort", "token",
	"updated_at", "user", "user_id", "username", "username_key", "version", "zoom",
}

// declare makes an attribute of one [[attribute]] table.
func declare(table map[string]any) (Attribute, *mistake) {
	var a Attribute
	var kind, autocomplete string
	var most int64
	fields := map[string]any{
		"name": &a.Name, "kind": &kind, "label": &a.Label, "help": &a.Help, "register": &a.Register,
		"required": &a.Required, "max": &most, "autocomplete": &autocomplete,
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		into, ok := fields[key]
		if !ok {
			return a, &mistake{key, "'" + key + "' is unknown; " + suggest(key, slices.Sorted(maps.Keys(fields)))}
		}
		if bad := assign(key, into, table[key]); bad != nil {
			return a, bad
		}
	}
	if bad := checkName(a.Name); bad != nil {
		return a, bad
	}
	return a, a.settle(table, kind, autocomplete, most)
}

// settle fills in what follows from the kind and the name.
func (a *Attribute) settle(table map[string]any, kind, autocomplete string, most int64) *mistake {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.Name)
	}
	var ok bool
	if kind == "" {
		return &mistake{"kind", "'" + a.Name + "' has no kind; write kind = \"text\", or one of " + strings.Join(names, ", ")}
	}
	if a.Kind, ok = kindNamed(kind); !ok {
		return &mistake{"kind", "'" + kind + "' is no kind of attribute; " + suggest(kind, names)}
	}
	if a.Label == "" {
		words := strings.Join(strings.FieldsFunc(a.Name, func(r rune) bool { return r == '_' }), " ")
		a.Label = strings.ToUpper(words[:1]) + words[1:]
	}
	if a.Autocomplete = autocomplete; autocomplete == "" {
		a.Autocomplete = a.Kind.autocomplete
	}
	a.Max = a.Kind.max
	if _, set := table["max"]; !set {
		return nil
	}
	limit := max(a.Kind.max, textMax)
	if a.Kind.max == 0 {
		return &mistake{"max", "a " + kind + " has no max; leave it out"}
	}
	if most < 1 || most > int64(limit) {
		return &mistake{"max", fmt.Sprintf("max is a number of characters, 1 to %d", limit)}
	}
	a.Max = int(most)
	return nil
}

func assign(key string, into, value any) *mistake {
	switch into := into.(type) {
	case *string:
		text, ok := value.(string)
		if !ok {
			return &mistake{key, key + ` is a text; write it in quotes: ` + key + ` = "…"`}
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || utf8.RuneCountInString(text) > 500 {
			return &mistake{key, key + " is one line of at most 500 characters"}
		}
		*into = strings.TrimSpace(text)
	case *bool:
		yes, ok := value.(bool)
		if !ok {
			return &mistake{key, key + " is true or false, without quotes"}
		}
		*into = yes
	case *int64:
		number, ok := value.(int64)
		if !ok {
			return &mistake{key, key + " is a whole number, without quotes"}
		}
		*into = number
	}
	return nil
}

func checkName(name string) *mistake {
	if name == "" {
		return &mistake{"name", `this attribute has no name; write name = "portfolio_site", say`}
	}
	if len(name) > nameMax {
		return &mistake{"name", fmt.Sprintf("the name '%s…' is too long; %d characters are the most", name[:20], nameMax)}
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || name[0] < 'a' || name[0] > 'z' {
		return &mistake{"name", "'" + name + "' is no name; it has small letters a to z, digits and _, and begins with a letter"}
	}
	if slices.Contains(reserved, name) || strings.HasPrefix(name, "waiting_") || strings.HasPrefix(name, "sqlite_") {
		return &mistake{"name", "'" + name + "' is taken by Nameplate itself; choose another name, such as 'my_" + name + "'"}
	}
	return nil
}

// suggest says which of the known words was probably meant, or lists them all.
func suggest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "did you mean '" + best + "'?"
	}
	return "known are " + strings.Join(known, ", ")
}

// distance counts the letters to add, drop or change between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := min(row[j]+1, row[j+1]+1, corner+1)
			if a[i] == b[j] {
				next = min(next, corner)
			}
			corner, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
