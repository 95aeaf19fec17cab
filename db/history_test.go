package db

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nameplate/internal/account"
)

func TestHistoryTellsEveryChangeAndNoPassword(t *testing.T) {
	d := openFile(t, filepath.Join(t.TempDir(), "n.db"))
	ctx := t.Context()
	root, err := d.CreateUser(ctx, Author{}, account.User{Username: "root", IsActive: true, IsSuperuser: true, Password: "secret1"})
	if err != nil {
		t.Fatal(err)
	}
	by := Author{ID: root.ID, IP: "192.0.2.1"}
	u, err := d.CreateUser(ctx, by, account.User{Username: "ada", Password: "secret2"})
	if err != nil {
		t.Fatal(err)
	}
	u.FirstName, u.IsActive = "Ada", true
	if _, err = d.UpdateUser(ctx, by, root, u); err != nil {
		t.Fatal(err)
	}
	if err := d.SetPassword(ctx, by, u.ID, "secret3"); err != nil {
		t.Fatal(err)
	}
	before := []string{" add root  >  1", "root add ada  > 192.0.2.1 1", "root change ada first_name >Ada 192.0.2.1 2",
		"root change ada is_active false>true 192.0.2.1 2", "root change ada password > 192.0.2.1 3"}
	if got := historyLines(t, d); !slices.Equal(got, before) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(before, "\n"))
	}
	if err := d.EraseUser(ctx, by, root, u.ID); err != nil {
		t.Fatal(err)
	}
	after := []string{" add root  >  1", "root add a deleted person  > 192.0.2.1 1", "root change a deleted person first_name > 192.0.2.1 2",
		"root change a deleted person is_active > 192.0.2.1 2", "root change a deleted person password > 192.0.2.1 3",
		"root erase a deleted person  > 192.0.2.1 4"}
	if got := historyLines(t, d); !slices.Equal(got, after) {
		t.Errorf("after deleting: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(after, "\n"))
	}
}

func historyLines(t *testing.T, d *DB) []string {
	t.Helper()
	rows, err := d.r.Query("SELECT by_username || ' ' || action || ' ' || object_repr || ' ' || field || ' ' || old || '>' || new || ' ' ||" +
		" ip || ' ' || version FROM history ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}
