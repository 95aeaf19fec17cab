package dbtest

import (
	"slices"
	"strings"
	"testing"

	"nameplate/db"
)

// Columns returns the columns of profiles and their indexes, in alphabetical order.
func Columns(t testing.TB, d *db.DB) []string {
	t.Helper()
	raw := open(t, d)
	defer func() { _ = raw.Close() }()
	query := "SELECT name || ' ' || type || ' ' || \"notnull\" FROM pragma_table_info('profiles')" +
		" UNION ALL SELECT COALESCE(sql, name) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'profiles'"
	if source, _ := sources.Load(d); strings.HasPrefix(source.(string), "postgres") {
		query = "SELECT column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns WHERE table_name = 'profiles'" +
			" UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'profiles'"
	}
	rows, err := raw.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
