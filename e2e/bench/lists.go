package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
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
	little, err := b.orders(small)
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
	b.table.django(djangoList)
	b.table.most(fmt.Sprintf("  the same as a multiple of that among %d people", b.few), first/littleFirst, 1.5, "")
	if err := b.shown(admin); err != nil {
		return err
	}
	times, err := b.orders(admin)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(times)) {
		b.table.most("  "+name, times[name], 15, " ms")
		b.table.most(fmt.Sprintf("    as a multiple of that among %d people", b.few), times[name]/little[name], 1.5, "")
	}
	return b.searches(admin)
}

// shown counts what a browser asks for to show the list, and weighs it as it travels.
func (b *bench) shown(admin *client) error {
	page, _, err := admin.get(people)
	if err != nil {
		return err
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return err
	}
	files := []string{people}
	doc.Find("link[rel=stylesheet], link[rel=icon], script[src]").Each(func(_ int, file *goquery.Selection) {
		files = append(files, file.AttrOr("href", file.AttrOr("src", "")))
	})
	requests, bytes := 0, 0
	for _, path := range files {
		n, err := admin.weigh(path)
		if err != nil {
			return err
		}
		requests, bytes = requests+1, bytes+n
	}
	b.table.note("  requests to show it, without pictures of people", float64(requests), "")
	b.table.django(djangoRequests)
	b.table.note("  what they weigh", float64(bytes)/1000, " kB")
	b.table.django(djangoWeight)
	return nil
}

// root logs in as the superuser.
func (b *bench) root(p *process) (*client, error) {
	c := newClient(p.url)
	_, err := c.post(http.StatusSeeOther, "/login", url.Values{"username": {"root"}, "password": {rootPassword}})
	return c, err
}

// orders asks for the last page and for every order, there and back, and returns how long each took, in milliseconds.
func (b *bench) orders(admin *client) (map[string]float64, error) {
	page, _, err := admin.get(people)
	if err != nil {
		return nil, err
	}
	last, err := links(page, "a[rel=last]")
	if err != nil {
		return nil, err
	}
	if len(last) != 1 {
		return nil, fmt.Errorf("%s has %d links to its last page", people, len(last))
	}
	orders, err := links(page, "thead a[id^=sort-]")
	if err != nil {
		return nil, err
	}
	paths := map[string]string{"the last page": last[slices.Collect(maps.Keys(last))[0]]}
	for id := range orders {
		column := strings.TrimPrefix(id, "sort-")
		paths["sorted by "+column] = people + "?sort=" + column
		paths["sorted by -"+column] = people + "?sort=-" + column
		paths["the last page sorted by "+column] = people + "?before=end&sort=" + column
	}
	times := map[string]float64{}
	for name, path := range paths {
		if times[name], err = admin.typical(path, b.asks); err != nil {
			return nil, err
		}
	}
	return times, nil
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
		limit := 15.0
		if search.term == digits {
			limit = 20
		}
		b.table.most(name, took, limit, " ms")
		if search.term == digits {
			b.table.django(djangoSearch)
		}
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
