package db

import (
	"fmt"

	"nameplate/internal/profile"
)

// Names of attributes have no __, so that what is named after one of them is never what is named after another.
func indexName(a profile.Attribute) string  { return "profiles_" + a.Name }
func emptyName(a profile.Attribute) string  { return indexName(a) + "__empty" }
func uniqueName(a profile.Attribute) string { return indexName(a) + "__key" }
func valuesName(a profile.Attribute) string { return "values_of_" + a.Name }

// indexing is the sort of indexes that an attribute has, as the table attributes keeps it.
func indexing(a profile.Attribute) string {
	switch {
	case a.IsUpload():
		return "upload"
	case a.Sortable():
		return "sorted"
	case a.Kind.Filter == profile.ByMember:
		return "members"
	}
	return "presence"
}

func setIndexing(a profile.Attribute) string {
	return fmt.Sprintf("UPDATE attributes SET indexes = %s WHERE name = %s", quote(indexing(a)), quote(a.Name))
}

// stillUnique is an attribute that is unique only if it was before: what becomes unique is a step of its own.
func stillUnique(a profile.Attribute, was bool) profile.Attribute {
	a.Unique = a.Unique && was
	return a
}

// indexes are the statements that make the indexes of an attribute: to find whose an upload is, to put values in their order, to find
// who has one of several, or who has any.
func indexes(a profile.Attribute, pg bool) []string {
	var list []string
	switch column := quoted(a.Name); indexing(a) {
	case "upload":
		list = append(list, "CREATE INDEX "+indexName(a)+" ON profiles ("+column+") WHERE "+column+" <> ''")
	case "sorted":
		list = append(list, "CREATE INDEX "+indexName(a)+" ON profiles ("+sortKey(a, pg, column)+", user_id)")
	case "members":
		list = append(members(a, pg), presence(a))
	default:
		list = append(list, presence(a))
	}
	if a.Unique {
		list = append(list, uniqueIndex(a))
	}
	return list
}

func presence(a profile.Attribute) string {
	return "CREATE INDEX " + emptyName(a) + " ON profiles ((" + isNone(a, quoted(a.Name)) + "), user_id)"
}

func uniqueIndex(a profile.Attribute) string {
	return "CREATE UNIQUE INDEX " + uniqueName(a) + " ON profiles (" + quoted(a.Name) + ") WHERE NOT (" + isNone(a, quoted(a.Name)) + ")"
}

// members make the index of who has one of several values. SQLite has no such index: a table is one, which triggers keep in step.
func members(a profile.Attribute, pg bool) []string {
	column, table := quoted(a.Name), valuesName(a)
	if pg {
		return []string{"CREATE INDEX " + indexName(a) + " ON profiles USING gin (" + column + " jsonb_path_ops)"}
	}
	insert := "INSERT INTO " + table + " (value, user_id) SELECT DISTINCT value, NEW.user_id FROM json_each(NEW." + column + ") WHERE NEW." + column + " IS NOT NULL;"
	return []string{
		"CREATE TABLE " + table + " (value TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES profiles (user_id) ON DELETE CASCADE," +
			" PRIMARY KEY (value, user_id)) WITHOUT ROWID",
		"CREATE INDEX " + table + "__user_id ON " + table + " (user_id)",
		"INSERT INTO " + table + " (value, user_id) SELECT DISTINCT item.value, p.user_id FROM profiles p, json_each(p." + column + ") item WHERE p." + column + " IS NOT NULL",
		"CREATE TRIGGER " + table + "__added AFTER INSERT ON profiles\nBEGIN\n\t" + insert + "\nEND",
		"CREATE TRIGGER " + table + "__changed AFTER UPDATE OF " + column + " ON profiles\nBEGIN\n\tDELETE FROM " + table +
			" WHERE user_id = NEW.user_id;\n\t" + insert + "\nEND",
	}
}

// noIndexes drops the indexes of an attribute, whichever there are.
func noIndexes(a profile.Attribute, pg bool) []string {
	list := []string{"DROP INDEX IF EXISTS " + indexName(a), "DROP INDEX IF EXISTS " + emptyName(a), "DROP INDEX IF EXISTS " + uniqueName(a)}
	if pg || a.Kind.Filter != profile.ByMember {
		return list
	}
	return append(list, "DROP TRIGGER IF EXISTS "+valuesName(a)+"__added", "DROP TRIGGER IF EXISTS "+valuesName(a)+"__changed",
		"DROP TABLE IF EXISTS "+valuesName(a))
}
