package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// TestAColumnOfEveryKindIsSorted from the first page to the last, and back: by a column of its table, and by what is worked out.
func TestAColumnOfEveryKindIsSorted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		populate(t, d)
		kinds := []string{admin.Text, admin.Moment, admin.Number, admin.Boolean, admin.Words, "value"}
		for _, kind := range profile.Kinds() {
			kinds = append(kinds, kind.Name)
		}
		of := map[string][]string{
			admin.Moment:  {"m.created_at", "m.id / 3"},
			admin.Number:  {"m.tries", "m.id / 3"},
			admin.Boolean: {"m.tries > 1", "m.user_id IS NULL"},
		}
		var columns []admin.Column
		for _, kind := range kinds {
			sources := of[kind]
			if sources == nil {
				sources = []string{"m.address", "m.kind", "m.kind || m.error", "m.address || ''", "'2' || m.tries"}
			}
			for i, sql := range sources {
				columns = append(columns, admin.Column{Name: fmt.Sprintf("%s%d", kind, i), Kind: kind, SQL: sql, Sortable: true})
			}
		}
		r := admin.Resource{Name: "mail", From: "mail m", ID: "m.id", Columns: columns}
		for _, c := range columns {
			for _, desc := range []bool{false, true} {
				q := admin.Query{Sort: c.Name, Desc: desc, N: 7}
				forwards, backwards := walkRows(t, d, r, q, false), walkRows(t, d, r, q, true)
				if !slices.Equal(forwards, backwards) || len(forwards) != 25 {
					t.Errorf("by %s, desc %v:\n%v\n%v", c.SQL, desc, forwards, backwards)
				}
				after, read := "", 0
				for range 10 {
					q.After = after
					rows, next, err := d.RowsAfter(t.Context(), r, q)
					if err != nil {
						t.Fatalf("by %s: %v", c.SQL, err)
					}
					if read += len(rows); next == "" {
						break
					}
					after = next
				}
				if read != 25 {
					t.Errorf("by %s, desc %v: %d rows are exported", c.SQL, desc, read)
				}
			}
		}
	})
}

// TestCursorsThatNobodyWasGiven are refused, or lead to what is nearest: they are no fault of ours.
func TestCursorsThatNobodyWasGiven(t *testing.T) {
	const kinds = "[[attribute]]\nname='sure'\nkind='boolean'\ncolumn=true\n[[attribute]]\nname='size'\nkind='number'\ncolumn=true\n" +
		"[[attribute]]\nname='born'\nkind='date'\ncolumn=true\n[[attribute]]\nname='motto'\nkind='text'\ncolumn=true\n"
	dbtest.EachWith(t, kinds, func(t *testing.T, d *db.DB) {
		populate(t, d)
		for _, r := range admin.Resources(d.Profile()) {
			for _, c := range r.Columns {
				for _, value := range []string{"", "ada", "1", "-1", "1.5", "true", "70000", "9999999999", "99999999999999999999", "1e9999", "NaN", "infinity", "2000-02-30", "0000-00-00"} {
					for _, q := range []admin.Query{{After: admin.EncodeCursor(value, 1)}, {Before: admin.EncodeCursor(value, 1<<62)}} {
						if q.Sort, q.N = c.Name, 7; !c.Sortable {
							continue
						}
						var err error
						if r.From == "" {
							_, err = d.People(t.Context(), q)
						} else {
							_, err = d.Rows(t.Context(), r, q)
						}
						if _, bad := errors.AsType[admin.BadQuery](err); err != nil && !bad {
							t.Errorf("%s by %s, %q: %v", r.Name, c.Name, value, err)
						}
						if number := c.Kind == admin.Moment || c.Kind == admin.Number; number && value == "ada" && err == nil {
							t.Errorf("%s by %s: a word is taken for a number", r.Name, c.Name)
						}
						if c.Name == "tries" && value == "9999999999" && err == nil && strings.HasSuffix(t.Name(), "postgres") {
							t.Errorf("a number that the column can't hold is taken")
						}
					}
				}
			}
		}
	})
}
