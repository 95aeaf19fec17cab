package db

import (
	"context"
	"fmt"
	"strings"

	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

const (
	facetsMost  = 20    // options of a filter that are counted at most
	facetsAmong = 2_000 // people of a narrowed list that are looked at, one by one
)

// Facets counts for each option of each filter how many people of the list it would leave: those that fit all else that is asked for. Like
// the list itself, they are counted as far as maxTotal; of a list that is narrowed already, among its first facetsAmong people.
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

// facet is one option of a filter.
type facet struct{ name, value string }

// optionsOf are the options of some filters that are counted.
func optionsOf(filters []admin.Filter) (options []facet) {
	for _, f := range filters {
		switch {
		case f.Text:
		case f.Attr == nil:
			options = append(options, facet{f.Name, "1"}, facet{f.Name, "0"})
		case f.Attr.Kind.Filter == profile.ByPresence:
			options = append(options, facet{f.Name + admin.IsEmpty, "0"}, facet{f.Name + admin.IsEmpty, "1"})
		case f.Attr.Kind.Filter == profile.ByRange || len(f.Attr.Options()) > facetsMost:
		default:
			for _, option := range f.Attr.Options() {
				options = append(options, facet{f.Name, option.Value})
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
	sums := []string{"count(*)"}
	for _, o := range options {
		tests, err := l.testsOf(resource, o)
		if err != nil {
			return err
		}
		sums = append(sums, "COALESCE(sum(CASE WHEN "+strings.Join(tests, " AND ")+" THEN 1 ELSE 0 END), 0)")
	}
	query, args := used("SELECT "+strings.Join(sums, ", ")+" FROM (SELECT id FROM ("+ids+fmt.Sprintf(") i LIMIT %d) c CROSS JOIN users u CROSS JOIN profiles p WHERE u.id = c.id AND p.user_id = c.id", facetsAmong+1), l.args)
	counts := make([]int, len(sums))
	dest := make([]any, len(sums))
	for i := range counts {
		dest[i] = &counts[i]
	}
	if err := tx.row(ctx, query, args...).Scan(dest...); err != nil {
		return err
	}
	for i, o := range options {
		into.Set(o.name, o.value, admin.Count{N: counts[i+1], More: counts[0] > facetsAmong})
	}
	return nil
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

// testsOf is the condition of one option for a person u with the profile p, with arguments of this list.
func (l *list) testsOf(resource admin.Resource, o facet) ([]string, error) {
	probe := *l
	probe.filters = nil
	if err := probe.setFilters(resource, map[string]string{o.name: o.value}); err != nil {
		return nil, err
	}
	l.args = probe.args
	return probe.tests(probe.filters), nil
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
