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

// GoesOn is what a program asks now and then of a job that it is doing.
func GoesOn(t testing.TB, d *DB, j Job) bool {
	t.Helper()
	goesOn, err := d.goesOn(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return goesOn
}
