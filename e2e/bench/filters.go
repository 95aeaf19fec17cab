package main

import "fmt"

// manyKinds are attributes that lists are sorted and narrowed by, one of each sort of filter.
const manyKinds = `
[[attribute]]
name = "birthday"
kind = "date"
[[attribute]]
name    = "t_shirt"
kind    = "choice"
choices = ["S", "M", "L"]
[[attribute]]
name    = "drinks"
kind    = "choices"
choices = ["tea", "coffee", "water"]
[[attribute]]
name = "height"
kind = "number"
min  = 100
max  = 220
[[attribute]]
name   = "bio"
kind   = "longtext"
search = true
`

// filters narrows the list of most people by attributes, in its own order and in that of an attribute.
func (b *bench) filters() error {
	p, err := b.declared("filters", manyKinds)
	if err != nil {
		return err
	}
	for _, command := range [][]string{{"seed", fmt.Sprint(b.most), "--yes"}, {"createsuperuser", "--no-input", "--username", "root", "--email", "root@example.org"}} {
		if err := p.command(command...); err != nil {
			return err
		}
	}
	if err := p.start(); err != nil {
		return err
	}
	defer p.stop()
	admin, err := b.root(p)
	if err != nil {
		return err
	}
	for _, query := range []string{
		"sort=birthday", "sort=-height&before=end", "t_shirt=M", "t_shirt=M&sort=-birthday", "t_shirt__isempty=1", "drinks=tea", "drinks=tea&before=end",
		"birthday__gte=1990-01-01&birthday__lte=1990-01-31", "birthday__gte=1990-01-01&sort=username", "height__gte=219&sort=-date_joined",
		"bio__isempty=0", "t_shirt=L&drinks=coffee&is_active=0", "t_shirt=S&q=son12", "date_joined__year=2024&date_joined__month=5",
		"facets=1", "facets=1&is_active=0", "facets=1&q=123",
	} {
		took, err := admin.typical(people+"?"+query, b.asks)
		if err != nil {
			return err
		}
		b.table.most(fmt.Sprintf("the list of %d people, %s", b.most, query), took, 15, " ms")
	}
	return nil
}
