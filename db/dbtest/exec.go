package dbtest

import (
	"database/sql"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // a driver for database/sql
	_ "github.com/mattn/go-sqlite3"    // the other

	"nameplate/db"
)

// sources are the addresses of the databases that Open has opened.
var sources sync.Map

// Exec runs one statement on the database of d past all its rules, as somebody with a shell of the database would.
func Exec(t testing.TB, d *db.DB, query string) {
	t.Helper()
	raw := open(t, d)
	defer func() { _ = raw.Close() }()
	if _, err := raw.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Text returns the one value that a query of the database of d gives, past all its rules.
func Text(t testing.TB, d *db.DB, query string) string {
	t.Helper()
	raw := open(t, d)
	defer func() { _ = raw.Close() }()
	var text string
	if err := raw.QueryRow(query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

func open(t testing.TB, d *db.DB) *sql.DB {
	t.Helper()
	source, ok := sources.Load(d)
	if !ok {
		t.Fatal("dbtest has not opened this database")
	}
	driver := "sqlite3"
	if strings.HasPrefix(source.(string), "postgres") {
		driver = "pgx"
	}
	raw, err := sql.Open(driver, source.(string))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
