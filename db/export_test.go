package db

import (
	"fmt"
	"testing"
)

// SetPageLimit lets the file of a SQLite database grow to so many pages, and not below what it has.
func SetPageLimit(t testing.TB, d *DB, pages int) {
	t.Helper()
	if _, err := d.w.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
}
