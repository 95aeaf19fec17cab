package db_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

func TestEveryWayOfReadingGivesTheSame(t *testing.T) {
	dbtest.EachWith(t, string(nameplate.ProfileTOML)+db.FilteredKinds, func(t *testing.T, d *db.DB) {
		if err := d.Seed(t.Context(), 400, "", nil); err != nil {
			t.Fatal(err)
		}
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		desk, err := d.SaveGroup(t.Context(), db.Author{ID: root.ID}, account.Group{Name: "Desk"})
		if err != nil {
			t.Fatal(err)
		}
		ids, err := d.PeopleIDs(t.Context(), admin.Query{Q: "pho"})
		if err != nil || len(ids) < 20 {
			t.Fatalf("%d, %v", len(ids), err)
		}
		n, _, err := d.ActOnPeople(t.Context(), db.Author{ID: root.ID}, db.Bulk{Action: "add_to_group", IDs: ids, Group: desk.ID})
		if err != nil || n != len(ids) {
			t.Fatalf("%d of %d, %v", n, len(ids), err)
		}
		group := map[string]string{"groups": strconv.FormatInt(desk.ID, 10)}
		page, err := d.People(t.Context(), admin.Query{Filters: group})
		if err != nil || page.Total != len(ids) {
			t.Errorf("%d in the group, want %d; %v", page.Total, len(ids), err)
		}
		db.EveryWayOfReading(t, d, group)
	})
}

// TestServerPlansAListForWhatIsAskedFor: PostgreSQL plans for any value from the sixth time on, and a range may be a day or everybody.
func TestServerPlansAListForWhatIsAskedFor(t *testing.T) {
	d := dbtest.OpenWith(t, dbtest.PostgresSource(t, "template0"), t.TempDir(), string(nameplate.ProfileTOML)+db.FilteredKinds)
	if err := d.Seed(t.Context(), 50, "", nil); err != nil {
		t.Fatal(err)
	}
	for range 12 {
		_, err := d.People(t.Context(), admin.Query{Filters: map[string]string{"birthday__gte": "1990-01-01"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if generic, custom := db.GenericPlans(t, d); generic > 0 || custom < 12 {
		t.Errorf("planned for any value %d times, and for this one %d times", generic, custom)
	}
}

// TestFacets compares every count with the list that it stands for.
func TestFacets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(t, d, 150)
		random := rand.New(rand.NewPCG(5, 6))
		for range 40 {
			q := admin.Query{Q: []string{"", "", "a", "mail@example", "none such"}[random.IntN(5)], Filters: map[string]string{}}
			for _, name := range []string{"is_staff", "is_active", "is_superuser"} {
				if random.IntN(3) == 0 {
					q.Filters[name] = strconv.Itoa(random.IntN(2))
				}
			}
			facets, err := d.Facets(t.Context(), q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			for _, name := range []string{"is_staff", "is_active", "is_superuser"} {
				for _, value := range []string{"0", "1"} {
					if want := len(expected(people, q.Without(name).With(name, value))); facets[name][value].N != want || facets[name][value].More {
						t.Errorf("%+v, %s=%s: %+v, want %d", q, name, value, facets[name][value], want)
					}
				}
			}
			none, some := facets["portfolio_site__isempty"]["1"], facets["portfolio_site__isempty"]["0"]
			if want := len(expected(people, q)); none.N+some.N != want {
				t.Errorf("%+v: %d without and %d with a link, of %d", q, none.N, some.N, want)
			}
		}
	})
}

// TestFacetsOfManyAreExact as far as a list is counted.
func TestFacetsOfManyAreExact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Seed(t.Context(), 4_000, "", nil); err != nil {
			t.Fatal(err)
		}
		for _, q := range []admin.Query{{Q: "person"}, {Filters: map[string]string{"is_superuser": "0"}}} {
			facets, err := d.Facets(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for name, values := range map[string][]string{"is_active": {"0", "1"}, "portfolio_site__isempty": {"0", "1"}} {
				sum := 0
				for _, value := range values {
					count := facets[name][value]
					with := q.With(name, value)
					page, err := d.People(t.Context(), admin.Query{Q: q.Q, Filters: with.Filters, N: 1})
					if err != nil || count.N != page.Total || count.More {
						t.Errorf("%+v, %s=%s: %+v, want %d; %v", q, name, value, count, page.Total, err)
					}
					sum += count.N
				}
				if sum != 4_000 {
					t.Errorf("%+v, %s: %d in all", q, name, sum)
				}
			}
		}
	})
}

// TestDatesNarrowPeople by year, month and day, together with all else.
func TestDatesNarrowPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := crowd(t, d, 60)
		r := admin.People(d.Profile())
		for _, filters := range []map[string]string{
			{"date_joined__year": "2026"}, {"date_joined__year": "2025"}, {"date_joined__year": "2026", "date_joined__month": "1"},
			{"date_joined__year": "2026", "date_joined__month": "1", "date_joined__day": "3"}, {"date_joined__year": "2026", "is_active": "1"},
		} {
			from, to, err := r.Period(admin.Query{Filters: filters})
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, u := range people {
				if !u.DateJoined.Before(from) && u.DateJoined.Before(to) && (filters["is_active"] == "" || u.IsActive) {
					want++
				}
			}
			for _, sort := range []string{"username", "date_joined"} {
				for _, backwards := range []bool{false, true} {
					if got := len(walk(t, d, admin.Query{Sort: sort, N: 7, Filters: maps.Clone(filters)}, backwards)); got != want {
						t.Errorf("%v by %s, backwards %v: %d, want %d", filters, sort, backwards, got, want)
					}
				}
			}
			if ids, err := d.PeopleIDs(t.Context(), admin.Query{Filters: filters}); err != nil || len(ids) != want {
				t.Errorf("%v: %d ids, want %d; %v", filters, len(ids), want, err)
			}
		}
		oldest, newest, err := d.Ends(t.Context(), r)
		if err != nil || oldest.Format(time.DateOnly) != "2026-01-01" || newest.Format(time.DateOnly) != "2026-01-05" {
			t.Errorf("%v to %v, %v", oldest, newest, err)
		}
	})
}

// TestCountsAreExactWhenAskedFor, and end at 10,000 otherwise.
func TestCountsAreExactWhenAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Seed(t.Context(), 10_400, "", nil); err != nil {
			t.Fatal(err)
		}
		dbtest.Exec(t, d, "UPDATE users SET is_active = TRUE, is_staff = id <= 10300")
		for name, row := range map[string]struct {
			q    admin.Query
			want int
		}{
			"all":         {admin.Query{}, 10_400},
			"by a filter": {admin.Query{Filters: map[string]string{"is_staff": "1"}}, 10_300},
			"by a search": {admin.Query{Q: "person"}, 10_400},
			"by both":     {admin.Query{Q: "person", Filters: map[string]string{"is_staff": "1"}}, 10_300},
		} {
			page, err := d.People(t.Context(), row.q)
			if err != nil || page.Total != 10_000 || !page.TotalMore {
				t.Errorf("%s: %d, %v; %v", name, page.Total, page.TotalMore, err)
			}
			page, err = d.People(t.Context(), row.q.Counted())
			if err != nil || page.Total != row.want || page.TotalMore || len(page.Rows) != 100 {
				t.Errorf("%s, exactly: %d, %v; %v", name, page.Total, page.TotalMore, err)
			}
			facets, err := d.Facets(t.Context(), row.q)
			if count := facets["is_active"]["1"]; err != nil || !count.More || count.N < 1_900 {
				t.Errorf("%s: %+v, %v", name, count, err)
			}
		}
		if facets, err := d.Facets(t.Context(), admin.Query{}); err != nil || fmt.Sprint(facets["is_staff"]["0"]) != "{100 false}" {
			t.Errorf("%v, %v", facets["is_staff"], err)
		}
	})
}
