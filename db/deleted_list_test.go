package db_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestWhoIsDeletedIsNamed with what they were called, also those who were deleted before that was kept.
func TestWhoIsDeletedIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		ada := add(t, d, account.User{Username: "ada", FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.org"})
		bob := add(t, d, account.User{Username: "bob"})
		for _, u := range []account.User{ada, bob} {
			if err := d.DeleteUser(t.Context(), db.Author{ID: root.ID}, root, u.ID); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"bob  ", "ada Ada Lovelace ada@example.org"}
		for _, way := range []string{"as they are deleted", "by the migration"} {
			if way == "by the migration" {
				dialect := "sqlite"
				if version, _ := d.Version(t.Context()); version[0] == 'P' {
					dialect = "postgres"
				}
				text, err := os.ReadFile(filepath.Join("migrations", dialect, "0015_history.sql"))
				if err != nil {
					t.Fatal(err)
				}
				dbtest.Exec(t, d, "UPDATE deleted_users SET name = '', email = ''")
				dbtest.Exec(t, d, string(regexp.MustCompile(`(?s)UPDATE deleted_users.*?;`).Find(text)))
			}
			var got []string
			for _, row := range rowsOf(t, d, "deleted") {
				got = append(got, row.Cells["username"]+" "+row.Cells["name"]+" "+row.Cells["email"])
			}
			if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
				t.Errorf("%s: %q", way, got)
			}
		}
		r := resource(t, d, "deleted")
		for _, text := range []string{"lovelace", "ada@"} {
			if page, err := d.Rows(t.Context(), r, parsed(t, r, "q="+text)); err != nil || page.Total != 1 {
				t.Errorf("%s: %d, %v", text, page.Total, err)
			}
		}
	})
}
