package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const people = "/admin/users"

// lists asks for the admin's lists of few and of most people, as an admin does: one after the other.
func (b *bench) lists() error {
	few, _, err := b.seeded(b.few)
	if err != nil {
		return err
	}
	small, err := b.root(few)
	if err != nil {
		return err
	}
	littleFirst, err := small.typical(people, b.asks)
	if err != nil {
		return err
	}
	few.stop()
	crowd, took, err := b.seeded(b.most)
	if err != nil {
		return err
	}
	b.crowd = crowd
	b.table.most(fmt.Sprintf("seed %d people", b.most), took.Seconds(), 60, " s")
	rest, err := crowd.resident("VmRSS")
	if err != nil {
		return err
	}
	b.table.most(fmt.Sprintf("resident memory at rest, %d people", b.most), rest, 40, " MB")
	admin, err := b.root(crowd)
	if err != nil {
		return err
	}
	first, err := admin.typical(people, b.asks)
	if err != nil {
		return err
	}
	b.table.most(fmt.Sprintf("the admin's first page of 100 among %d people", b.most), first, 10, " ms")
	b.table.note(fmt.Sprintf("  the same among %d people", b.few), littleFirst, " ms")
	if err := b.orders(admin, first); err != nil {
		return err
	}
	return b.searches(admin)
}

// root logs in as the superuser.
func (b *bench) root(p *process) (*client, error) {
	c := newClient(p.url)
	_, err := c.post(http.StatusSeeOther, "/login", url.Values{"username": {"root"}, "password": {rootPassword}})
	return c, err
}

// orders asks for the last page and for every order, there and back.
func (b *bench) orders(admin *client, first float64) error {
	page, _, err := admin.get(people)
	if err != nil {
		return err
	}
	last, err := links(page, "a[rel=last]")
	if err != nil {
		return err
	}
	if len(last) != 1 {
		return fmt.Errorf("%s has %d links to its last page", people, len(last))
	}
	orders, err := links(page, "thead a[id^=sort-]")
	if err != nil {
		return err
	}
	paths := map[string]string{"the last page": last[slices.Collect(maps.Keys(last))[0]]}
	for id := range orders {
		column := strings.TrimPrefix(id, "sort-")
		paths["sorted by "+column] = people + "?sort=" + column
		paths["sorted by -"+column] = people + "?sort=-" + column
		paths["the last page sorted by "+column] = people + "?before=end&sort=" + column
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		took, err := admin.typical(paths[name], b.asks)
		if err != nil {
			return err
		}
		b.table.most("  "+name+", as a multiple of it", took/first, 1.5, "")
	}
	return nil
}

// searches looks for a part of a text that nobody, one person, and about 5,000 have.
func (b *bench) searches(admin *client) error {
	n, err := b.common()
	if err != nil {
		return err
	}
	one := fmt.Sprintf("son%07d", b.most/2)
	for _, search := range []struct {
		term string
		hits int
	}{{"zqxjvk", 0}, {one, 1}, {digits, n}, {digits[:2], -1}} {
		took, err := admin.typical(people+"?q="+url.QueryEscape(search.term), b.asks)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("  search %q with %d hits", search.term, search.hits)
		if search.hits < 0 {
			name = fmt.Sprintf("  search %q, too short for the index", search.term)
		}
		b.table.most(name, took, 15, " ms")
	}
	return nil
}

// digits stand in the names of about 4,000 of a million people.
const digits = "123"

// common returns how many people of the crowd are found by digits.
func (b *bench) common() (int, error) {
	db, err := b.crowd.open()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var n int
	err = db.QueryRow("SELECT count(*) FROM people_search WHERE text LIKE '%' || ?1 || '%'", digits).Scan(&n)
	return n, err
}
