package main

import (
	"cmp"
	"fmt"
	"time"

	"nameplate/db/dbtest"
)

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
func (b *bench) filters() error { return b.narrow("filters", "") }

// filtersOnPostgres does the same on PostgreSQL, with the settings that it has when it is installed.
func (b *bench) filtersOnPostgres() error {
	source, err := dbtest.Server()
	if err != nil {
		return err
	}
	return b.narrow("filters-postgres", source)
}

func (b *bench) narrow(name, database string) error {
	p, err := b.newProcess(name)
	if err != nil {
		return err
	}
	on := ""
	if database != "" {
		p.env, on = append(p.env, "NAMEPLATE_DATABASE="+database), " on PostgreSQL"
	}
	if err := p.command("migrate"); err != nil {
		return err
	}
	if _, err := b.declare(p, manyKinds); err != nil {
		return err
	}
	begin := time.Now()
	if err := p.command("seed", fmt.Sprint(b.most), "--yes"); err != nil {
		return err
	}
	b.table.note(fmt.Sprintf("seed %d people with five more attributes%s", b.most, on), time.Since(begin).Seconds(), " s")
	if err := p.command("createsuperuser", "--no-input", "--username", "root", "--email", "root@example.org"); err != nil {
		return err
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
		"", "before=end", "sort=birthday", "sort=-height&before=end", "is_staff=1", "is_active=0", "is_staff=1&is_active=0",
		"t_shirt=M", "t_shirt=M&sort=-birthday", "t_shirt__isempty=1", "drinks=tea", "drinks=tea&before=end",
		"birthday__gte=1990-01-01&birthday__lte=1990-01-31", "birthday__gte=1990-01-01&sort=username", "height__gte=219&sort=-date_joined",
		"bio__isempty=0", "t_shirt=L&drinks=coffee&is_active=0", "date_joined__year=2024&date_joined__month=5",
		"q=zqxjvk", fmt.Sprintf("q=son%07d", b.most/2), "q=" + digits, "q=" + digits[:2], "t_shirt=S&q=son12", "q=katherine&is_active=0",
		"facets=1", "facets=1&is_active=0", "facets=1&q=123",
	} {
		took, err := admin.typical(people+"?"+query, b.asks)
		if err != nil {
			return err
		}
		limit := 15.0
		if query == "q="+digits {
			limit = 20
		}
		b.table.most(fmt.Sprintf("the list of %d people%s, %s", b.most, on, cmp.Or(query, "as it is")), took, limit, " ms")
	}
	return nil
}
