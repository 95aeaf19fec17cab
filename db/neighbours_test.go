package db_test

import (
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/admin"
)

// TestNeighboursGoThroughTheList in every order, from the first to the last and back.
func TestNeighboursGoThroughTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(t, d, 40)
		for _, c := range admin.People(d.Profile()).Columns {
			if !c.Sortable {
				continue
			}
			for _, q := range []admin.Query{{Sort: c.Name}, {Sort: c.Name, Desc: true}, {Sort: c.Name, Filters: map[string]string{"is_active": "1"}}} {
				want := expected(people, q)
				for i, id := range want {
					prev, next, err := d.Neighbours(t.Context(), q, id)
					if err != nil {
						t.Fatal(err)
					}
					if i > 0 && prev.ID != want[i-1] || i == 0 && prev.ID != 0 || i < len(want)-1 && next.ID != want[i+1] || i == len(want)-1 && next.ID != 0 {
						t.Fatalf("%+v: %d stands between %d and %d in %v", q, id, prev.ID, next.ID, want)
					}
				}
			}
		}
	})
}
