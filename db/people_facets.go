package db

import (
	"context"
	"fmt"
	"strings"

	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// facetsMost is how many options of a filter are counted at most.
const facetsMost = 20

// Facets counts for each option of each filter how many people of the list it would leave: those that fit all else that is asked for. Like
// the list itself, they are counted as far as maxTotal; a list that is narrowed already and longer than that among so many of its people.
func (d *DB) Facets(ctx context.Context, q admin.Query) (facets admin.Facets, err error) {
	facets = admin.Facets{}
	err = d.readList(ctx, func(tx *Tx) error {
		resource := admin.People(tx.profile)
		var together []admin.Filter // those that nothing is asked of: they count the same people
		for _, f := range resource.Filters {
			if q.Asks(f.Name) {
				if err := tx.facets(ctx, resource, q.Without(f.Name), []admin.Filter{f}, facets); err != nil {
					return err
				}
				continue
			}
			together = append(together, f)
		}
		return tx.facets(ctx, resource, q, together, facets)
	})
	if err != nil {
		return nil, fmt.Errorf("count who fits filters: %w", err)
	}
	return facets, nil
}

// facet is one option of a filter. Rest says that it is for everybody whom the option before it leaves out.
type facet struct {
	name, value string
	rest        bool
}

// optionsOf are the options of some filters that are counted.
func optionsOf(filters []admin.Filter) (options []facet) {
	for _, f := range filters {
		switch {
		case f.Text:
		case f.Attr == nil:
			options = append(options, facet{f.Name, "1", false}, facet{f.Name, "0", true})
		case f.Attr.Kind.Filter == profile.ByPresence:
			options = append(options, facet{f.Name + admin.IsEmpty, "0", false}, facet{f.Name + admin.IsEmpty, "1", true})
		case f.Attr.Kind.Filter == profile.ByRange || len(f.Attr.Options()) > facetsMost:
		default:
			for _, option := range f.Attr.Options() {
				options = append(options, facet{f.Name, option.Value, false})
			}
		}
	}
	return options
}

// facets counts the options of some filters among those who fit q.
func (tx *Tx) facets(ctx context.Context, resource admin.Resource, q admin.Query, filters []admin.Filter, into admin.Facets) error {
	options := optionsOf(filters)
	if len(options) == 0 {
		return nil
	}
	if q = q.First(); q.Sort == "" {
		q.Sort = resource.Ordering
	}
	l, err := tx.newList(resource, q)
	if err != nil || l.search.nothing {
		return err
	}
	l.tx = tx
	if q.Q == "" && len(l.filters) == 0 {
		return l.facetsOfAll(ctx, resource, options, into)
	}
	ids, err := l.ids(ctx)
	if err != nil {
		return err
	}
	sums, tests := []string{"count(*)"}, []string{"1"}
	for _, o := range options {
		if o.rest {
			continue
		}
		test, err := l.testOf(resource, o)
		if err != nil {
			return err
		}
		sums = append(sums, fmt.Sprintf("COALESCE(sum(t%d), 0)", len(sums)))
		tests = append(tests, fmt.Sprintf("CASE WHEN %s THEN 1 ELSE 0 END AS t%d", test, len(tests)))
	}
	query, args := used("SELECT "+strings.Join(sums, ", ")+" FROM "+l.lookedUp(fmt.Sprintf("SELECT id FROM (%s) i LIMIT %d", ids, maxTotal+1), tests), l.args)
	counts := make([]int, len(sums))
	dest := make([]any, len(sums))
	for i := range counts {
		dest[i] = &counts[i]
	}
	if err := tx.row(ctx, query, args...).Scan(dest...); err != nil {
		return err
	}
	total, n, at := counts[0], 0, 0
	for _, o := range options {
		if o.rest {
			n = total - n
		} else {
			at++
			n = counts[at]
		}
		into.Set(o.name, o.value, admin.Count{N: min(n, maxTotal), More: total > maxTotal})
	}
	return nil
}

// lookedUp is the table of some columns of each of the people of a query, who are looked up one by one: see fitting.
func (l *list) lookedUp(ids string, columns []string) string {
	from := " FROM users u CROSS JOIN profiles p WHERE u.id = c.id AND p.user_id = c.id"
	if l.pg {
		return "(" + ids + ") c CROSS JOIN LATERAL (SELECT " + strings.Join(columns, ", ") + from + " OFFSET 0) l"
	}
	return "(SELECT " + strings.Join(columns, ", ") + strings.Replace(from, "FROM", "FROM ("+ids+") c CROSS JOIN", 1) + ") l"
}

// facetsOfAll counts each option by its own index.
func (l *list) facetsOfAll(ctx context.Context, resource admin.Resource, options []facet, into admin.Facets) error {
	for _, o := range options {
		one := *l
		one.args, one.filters = nil, nil
		if err := one.setFilters(resource, map[string]string{o.name: o.value}); err != nil {
			return err
		}
		n, err := one.number(ctx, one.filters[0].found(), maxTotal)
		if err != nil {
			return err
		}
		into.Set(o.name, o.value, admin.Count{N: min(n, maxTotal), More: n > maxTotal})
	}
	return nil
}

// testOf is the condition of one option for a person u with the profile p, with arguments of this list.
func (l *list) testOf(resource admin.Resource, o facet) (string, error) {
	probe := *l
	probe.filters = nil
	if err := probe.setFilters(resource, map[string]string{o.name: o.value}); err != nil {
		return "", err
	}
	l.args = probe.args
	return strings.Join(probe.filters[0].conditions(), " AND "), nil
}

// ids returns the query of the ids of everybody on the list, without an order.
func (l *list) ids(ctx context.Context) (string, error) {
	if err := l.setHits(ctx); err != nil {
		return "", err
	}
	switch {
	case l.search.hits == "" && len(l.filters) == 0:
		return "SELECT id FROM users", nil
	case l.search.hits == "":
		_, err := l.countFilters(ctx)
		return l.filtered(), err
	case len(l.filters) == 0:
		return l.search.hits, nil
	}
	n, ids, err := l.found(ctx, l.search.count)
	if err != nil {
		return "", err
	}
	if n <= maxTotal {
		l.search.hits = ids
	}
	return l.both(ctx, n)
}
