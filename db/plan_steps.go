package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"nameplate/internal/profile"
)

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func record(a profile.Attribute) string {
	return fmt.Sprintf("INSERT INTO attributes (name, kind, is_unique, is_required, indexes) VALUES (%s, %s, %t, %t, %s)",
		quote(a.Name), quote(a.Kind.Name), a.Unique, a.Required && a.Default != "", quote(indexing(a)))
}

// fill gives the default to who has no value.
func fill(a profile.Attribute, pg bool) []string {
	end := map[bool]string{true: "chr(10)", false: "char(10)"}[pg] // a line of its own could be one that goose takes for a word to itself
	value := strings.ReplaceAll(quote(a.Default), "\n", "' || "+end+" || '")
	switch a.Kind.Store {
	case profile.Number:
		value = a.Default
	case profile.Boolean:
		value = map[bool]string{true: "TRUE", false: "FALSE"}[a.Default == "yes"]
	case profile.List:
		value = quote(jsonList(strings.Split(a.Default, "\n")))
	}
	return []string{
		"UPDATE profiles SET " + quoted(a.Name) + " = " + value + " WHERE " + isNone(a, quoted(a.Name)),
		"UPDATE attributes SET is_required = TRUE WHERE name = " + quote(a.Name),
	}
}

// reindex makes the indexes of an attribute anew, where it has others than it should. Until migration 0003 a unique one's was called
// otherwise; nothing else of that name can have been there.
func reindex(a profile.Attribute, old recorded) Step {
	return Step{Words: "make the indexes of " + a.Name + " anew", name: a.Name + "_indexes", up: func(pg bool) []string {
		list := noIndexes(a, pg)
		if old.indexes == "" && old.unique {
			list = append(list, "DROP INDEX IF EXISTS "+indexName(a)+"_key")
		}
		return append(append(list, indexes(a, pg)...), setIndexing(a))
	}}
}

func add(a profile.Attribute) Step {
	words := "add " + a.Name + " (" + a.Kind.Name + ")"
	if a.Required && a.Default != "" {
		words += ", which everybody begins with as " + a.Words(a.Default)
	}
	return Step{
		Words: words, name: a.Name,
		up: func(pg bool) []string {
			list := []string{"ALTER TABLE profiles ADD COLUMN " + quoted(a.Name) + " " + columnType(a, pg), record(a)}
			if a.Required && a.Default != "" {
				list = append(list, fill(a, pg)...)
			}
			return append(list, indexes(a, pg)...)
		},
		down: func(pg bool) []string { return removal(a, pg) },
	}
}

func removal(a profile.Attribute, pg bool) []string {
	return append(noIndexes(a, pg), "ALTER TABLE profiles DROP COLUMN "+quoted(a.Name), "DELETE FROM attributes WHERE name = "+quote(a.Name),
		"UPDATE history SET old = '', new = '' WHERE resource = 'users' AND field = "+quote(a.Name)) // what is lost is lost there too
}

func (d *DB) drop(ctx context.Context, a profile.Attribute, have map[string]recorded) ([]Step, error) {
	_, n, err := d.inTheWay(ctx, a, a.Name, func(string) string { return "it is dropped" })
	words := "drop " + a.Name + " (" + a.Kind.Name + ")"
	if n == 0 {
		words += ", which nobody has a value of"
	}
	for _, other := range d.profile.Attributes { // perhaps it was meant to be renamed
		if _, there := have[other.Name]; n > 0 && !there && other.Kind.Name == a.Kind.Name {
			words += "; if it is " + other.Name + " now, write was = \"" + a.Name + "\" there"
			break
		}
	}
	return []Step{{Words: words, Loses: n, name: "remove_" + a.Name, up: func(pg bool) []string {
		if !a.IsUpload() {
			return removal(a, pg)
		}
		token := "hex(randomblob(16))"
		if pg {
			token = "gen_random_uuid()::text"
		}
		// Their files go with the next sweep.
		return append([]string{"INSERT INTO waiting_pictures (token, name, state, created_at) SELECT " + token + ", " + quoted(a.Name) +
			", 'dropped', 0 FROM profiles WHERE " + quoted(a.Name) + " <> ''"}, removal(a, pg)...)
	}}}, err
}

func rename(a, old profile.Attribute) Step {
	move := func(from, to profile.Attribute, pg bool) []string {
		list := append(noIndexes(from, pg),
			"ALTER TABLE profiles RENAME COLUMN "+quoted(from.Name)+" TO "+quoted(to.Name),
			"UPDATE attributes SET name = "+quote(to.Name)+" WHERE name = "+quote(from.Name),
			"UPDATE history SET field = "+quote(to.Name)+" WHERE resource = 'users' AND field = "+quote(from.Name))
		return append(list, indexes(to, pg)...)
	}
	moved := old // its kind may change in a step of its own
	moved.Name, moved.Max = a.Name, a.Max
	return Step{
		Words: "rename " + old.Name + " to " + a.Name, name: "rename_" + old.Name + "_" + a.Name,
		up:   func(pg bool) []string { return move(old, moved, pg) },
		down: func(pg bool) []string { return move(moved, old, pg) },
	}
}

func (d *DB) unique(ctx context.Context, a profile.Attribute, column string) (Step, error) {
	flag := fmt.Sprintf("UPDATE attributes SET is_unique = %t WHERE name = %s", a.Unique, quote(a.Name))
	off := []string{"DROP INDEX IF EXISTS " + uniqueName(a), flag}
	if !a.Unique {
		return Step{Words: "let several people have the same " + a.Name, name: a.Name + "_not_unique", up: func(bool) []string { return off }}, nil
	}
	seen := map[string]bool{}
	some, n, err := d.inTheWay(ctx, a, column, func(value string) string {
		if seen[value] {
			return "somebody else has the same"
		}
		seen[value] = true
		return ""
	})
	if err != nil {
		return Step{}, err
	}
	if n > 0 {
		return Step{}, Refusal{{What: a.Name + " can't be unique", Values: some, Count: n, Todo: changeFirst}}
	}
	return Step{Words: "make " + a.Name + " unique", name: a.Name + "_unique", up: func(bool) []string { return []string{uniqueIndex(a), flag} }}, nil
}

// changeFirst says what to do about values that are in the way.
const changeFirst = "serve with the former profile.toml, change these values in the admin, and try again"

// convert changes the kind of an attribute, where each value is one of the new kind as it stands.
func (d *DB) convert(ctx context.Context, old profile.Attribute, column string, a profile.Attribute) (Step, error) {
	what := fmt.Sprintf("%s can't become %s from %s", a.Name, a.Kind.Name, old.Kind.Name)
	value, wrong := conversion(old, a, false)
	if value == "" {
		return Step{}, Refusal{{What: what, Todo: "declare it under a new name, and drop the old one once it is not needed"}}
	}
	some, n, err := d.inTheWay(ctx, old, column, func(value string) string {
		parsed, err := a.Parse(value)
		switch {
		case err != nil:
			return err.Error()
		case parsed != value:
			return "it would become " + strconv.Quote(shortened(parsed))
		}
		return ""
	})
	if err != nil {
		return Step{}, err
	}
	if n > 0 {
		return Step{}, Refusal{{What: what, Values: some, Count: n, Todo: changeFirst}}
	}
	return Step{
		Words: "make " + a.Name + " " + a.Kind.Name + " instead of " + old.Kind.Name, name: a.Name + "_" + a.Kind.Name,
		up: func(pg bool) []string {
			kind := "UPDATE attributes SET kind = " + quote(a.Kind.Name) + " WHERE name = " + quote(a.Name)
			plain := stillUnique(a, old.Unique)
			list := noIndexes(old, pg)
			if old.Kind.Store != a.Kind.Store {
				value, wrong = conversion(old, a, pg)
				list = append(list, guarded(a, wrong)...)
				next := quoted(a.Name + "__next")
				list = append(list, "ALTER TABLE profiles ADD COLUMN "+next+" "+columnType(a, pg),
					"UPDATE profiles SET "+next+" = "+value+" WHERE NOT ("+isNone(old, quoted(a.Name))+")",
					"ALTER TABLE profiles DROP COLUMN "+quoted(a.Name), "ALTER TABLE profiles RENAME COLUMN "+next+" TO "+quoted(a.Name))
			}
			return append(append(list, indexes(plain, pg)...), kind, setIndexing(a))
		},
	}, nil
}

// guarded fails, and with it the whole migration, where the condition is true of a value: its message is the constraint's name.
func guarded(a profile.Attribute, wrong string) []string {
	if wrong == "" {
		return nil
	}
	guard, says := quoted(a.Name+"__guard"), quoted(a.Name+" has a value that is no "+a.Kind.Name)
	return []string{
		"CREATE TABLE " + guard + " (value TEXT, CONSTRAINT " + says + " CHECK (value IS NULL))",
		"INSERT INTO " + guard + " SELECT " + quoted(a.Name) + " FROM profiles WHERE " + quoted(a.Name) + " <> '' AND " + wrong,
		"DROP TABLE " + guard,
	}
}

// conversion returns the expression of a value in its new column, empty where there is none, and what is true of a value that the
// database would convert wrongly and not refuse by itself.
func conversion(old, a profile.Attribute, pg bool) (value, wrong string) {
	column := quoted(a.Name)
	if old.IsUpload() || a.IsUpload() {
		return "", ""
	}
	switch from, to := old.Kind.Store, a.Kind.Store; {
	case from == to:
		return column, ""
	case to == profile.Text && from != profile.List:
		return asText(old, pg, column), ""
	case to == profile.Text && pg: // a line each
		return "(SELECT string_agg(item, E'\\n' ORDER BY place) FROM jsonb_array_elements_text(" + column + ") WITH ORDINALITY AS items (item, place))", ""
	case to == profile.Text:
		return "(SELECT group_concat(value, char(10)) FROM json_each(" + column + "))", ""
	case from != profile.Text:
		return "", ""
	case to == profile.Number && pg:
		return column + "::numeric", ""
	case to == profile.Number:
		return "CAST(" + column + " AS NUMERIC)", "printf('%.15g', CAST(" + column + " AS NUMERIC)) <> " + column
	case to == profile.Date && pg:
		return column + "::date", ""
	case to == profile.Date:
		return column, "date(" + column + ") IS NOT " + column
	case to == profile.Boolean:
		return "CASE " + column + " WHEN 'yes' THEN TRUE WHEN 'no' THEN FALSE END", column + " NOT IN ('yes', 'no')"
	case pg:
		return "jsonb_build_array(" + column + ")", ""
	}
	return "json_array(" + column + ")", ""
}
