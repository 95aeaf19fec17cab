package db

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nameplate"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// FilteredKinds are attributes of each sort of filter.
const FilteredKinds = `
[[attribute]]
name = 'height'
kind = 'number'
min = 100
max = 220
[[attribute]]
name = 'birthday'
kind = 'date'
[[attribute]]
name = 'fits'
kind = 'boolean'
[[attribute]]
name = 'shirt'
kind = 'choice'
choices = ['S', 'M', 'L']
[[attribute]]
name = 'drinks'
kind = 'choices'
choices = ['tea', 'coffee', 'water']
[[attribute]]
name = 'bio'
kind = 'longtext'
`

// declared opens a SQLite database of n people with the built-in attributes and those of FilteredKinds.
func declared(t testing.TB, n int) *DB {
	t.Helper()
	p, err := profile.Load(append(slices.Clone(nameplate.ProfileTOML), FilteredKinds...), "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d, err := Open(t.Context(), filepath.Join(dir, "n.db"), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.MigrationsDir = dir
	_, err = d.Migrate(t.Context())
	var plan Plan
	if err == nil {
		plan, err = d.Plan(t.Context())
	}
	if err == nil {
		_, err = d.Write(t.Context(), plan, "all")
	}
	if err == nil {
		_, err = d.Migrate(t.Context())
	}
	if err == nil {
		err = d.Seed(t.Context(), n, "", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var narrowed = []map[string]string{
	{"is_staff": "1"}, {"is_active": "0"}, {"is_superuser": "0"}, {"height__gte": "200"}, {"height__lte": "120"}, {"height": "150"},
	{"birthday__gte": "1990-01-01", "birthday__lte": "1990-12-31"}, {"birthday__isempty": "1"}, {"birthday__isempty": "0"}, {"fits": "no"},
	{"fits__isempty": "1"}, {"shirt": "M"}, {"shirt__isempty": "1"}, {"drinks": "tea"}, {"drinks__isempty": "1"}, {"bio__isempty": "1"},
	{"bio__isempty": "0"}, {"portfolio_site__isempty": "0"}, {"profile_pic__isempty": "0"},
}

// TestEveryFilterIsAnsweredByAnIndex looks at the plans: an index that holds all that is asked for, and nothing sorted.
func TestEveryFilterIsAnsweredByAnIndex(t *testing.T) {
	t.Parallel()
	d := declared(t, 100)
	for _, filters := range narrowed {
		l, err := d.newList(admin.People(d.profile), admin.Query{Sort: "username", Filters: filters})
		if err != nil {
			t.Fatal(err)
		}
		query, args := used(l.filtered(), l.args)
		plan := explain(t, d, query, args)
		if !strings.Contains(plan, "SEARCH") && !strings.Contains(plan, "USING COVERING INDEX profiles_profile_pic") || !strings.Contains(plan, "COVERING INDEX") && !strings.Contains(plan, "PRIMARY KEY") {
			t.Errorf("%v: %s\n%s", filters, plan, query)
		}
	}
	for sort, filters := range map[string]map[string]string{"height": {"height__gte": "150", "height__lte": "180"}, "birthday": {"birthday__isempty": "0"}, "is_staff": {"is_staff": "1"}} {
		for _, q := range []admin.Query{{}, {Desc: true}, {After: admin.EncodeCursor("1", 5)}, {After: admin.EncodeCursor("1", 5), Desc: true}, {Before: admin.End}} {
			if sort == "birthday" && q.After != "" {
				q.After = admin.EncodeCursor("1990-01-01", 5)
			}
			q.Sort, q.Filters = sort, filters
			l, err := d.newList(admin.People(d.profile), q)
			if err != nil {
				t.Fatal(err)
			}
			query, args := used(l.along(101), l.args)
			if plan := explain(t, d, query, args); strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, "SEARCH") {
				t.Errorf("%+v: %s", q, plan)
			}
		}
	}
}

// EveryWayOfReading reads lists of the 400 people of a database with FilteredKinds in all the ways that their lengths could ask for, from
// their beginning and from the middle, and compares what comes.
func EveryWayOfReading(t *testing.T, d *DB, more ...map[string]string) {
	t.Helper()
	for i, filters := range slices.Concat(narrowed, more) {
		for _, sort := range []string{"username", "height", "birthday", "fits", "shirt", "is_staff", "date_joined"} {
			q := admin.Query{Sort: sort, Desc: i%2 == 0, Filters: map[string]string{}}
			for name, value := range filters {
				q.Filters[name] = value
			}
			if i%3 == 0 {
				q.Filters["shirt"] = "L"
			}
			sameInEveryWay(t, d, q)
			page, err := d.People(t.Context(), admin.Query{Sort: q.Sort, Desc: q.Desc, Filters: q.Filters, N: 5})
			if err != nil {
				t.Fatal(err)
			}
			if page.Next != "" {
				q.After = page.Next
				sameInEveryWay(t, d, q)
				q.After, q.Before = "", page.Next
				sameInEveryWay(t, d, q)
			}
		}
	}
}

func sameInEveryWay(t *testing.T, d *DB, q admin.Query) {
	t.Helper()
	err := d.readList(t.Context(), func(tx *Tx) error {
		l, err := d.newList(admin.People(d.profile), q)
		if err != nil {
			return err
		}
		l.tx = tx
		if _, err := l.countFilters(t.Context()); err != nil {
			return err
		}
		in := l.sorted(l.filtered())
		ways := map[string]fetch{
			"few met": l.met(400, l.filtered()), "many met": l.met(maxTotal+1, l.filtered()),
			"tried": l.tried(triedRows, in), "tried in vain": l.tried(3, in),
		}
		if len(l.filters) == 1 && len(l.within()) > 0 {
			ways["walk"] = l.walk
		}
		want := names(t, in)
		for way, fetch := range ways {
			if got := names(t, fetch); got != want {
				t.Errorf("%+v: %s gives %s, want %s", q, way, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("%+v: %v", q, err)
	}
}

func names(t *testing.T, read fetch) string {
	t.Helper()
	rows, err := read(context.WithoutCancel(t.Context()), 20)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, row := range rows {
		all = append(all, fmt.Sprint(row.ID))
	}
	return strings.Join(all, " ")
}
