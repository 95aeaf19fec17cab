package db

import (
	"context"
	"fmt"
	"slices"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// maxTotal is how far a list is counted.
const maxTotal = 10_000

// How a page of hits is read follows from how many they are and how close together they lie.
const (
	sortedHits = 3_000  // so few are found and sorted
	triedRows  = 2_000  // rows of the sorted index that are looked at one by one
	metRows    = 50_000 // rows of the sorted index that are compared with the hits
	weighed    = 50_000 // how far each of several things that are asked for is counted, to begin with the one that leaves out most
)

// People returns one page of the list of people, with their attributes. Rows that come or go meanwhile don't make others appear
// twice or not at all on the pages that follow. It fails with admin.BadQuery for a cursor of another list.
func (d *DB) People(ctx context.Context, q admin.Query) (admin.Page[account.User], error) {
	return d.people(ctx, q, true)
}

// PeopleOn is People for who goes through the whole list: where nobody is left behind the cursor, there is nobody on the page.
func (d *DB) PeopleOn(ctx context.Context, q admin.Query) (admin.Page[account.User], error) {
	return d.people(ctx, q, false)
}

// people reads a page. With nearest, a page whose rows are gone meanwhile is the one that is left in its place.
func (d *DB) people(ctx context.Context, q admin.Query, nearest bool) (admin.Page[account.User], error) {
	resource := admin.People(d.profile)
	if q.Sort == "" {
		q.Sort = resource.Ordering
	}
	if q.N <= 0 {
		q.N = resource.PerPage
	}
	q.N = min(q.N, admin.MaxPerPage)
	l, err := d.newList(resource, q)
	if err != nil {
		return admin.Page[account.User]{}, err
	}
	var page admin.Page[account.User]
	err = d.readList(ctx, func(tx *Tx) error {
		if l.search.nothing {
			return nil
		}
		l.tx = tx
		if page, err = l.page(ctx, q); err != nil || len(page.Rows) > 0 || page.Total == 0 || !nearest {
			return err
		}
		end := q.First()
		if q.After != "" {
			end = q.Last()
		}
		l, err = d.newList(resource, end)
		if err != nil {
			return err
		}
		l.tx = tx
		page, err = l.page(ctx, end)
		return err
	})
	if err != nil {
		return admin.Page[account.User]{}, fmt.Errorf("list people: %w", err)
	}
	return page, nil
}

// page counts the list and reads one page of it.
func (l *list) page(ctx context.Context, q admin.Query) (admin.Page[account.User], error) {
	var page admin.Page[account.User]
	total, fetch, err := l.count(ctx)
	if err != nil || total == 0 {
		return page, err
	}
	page.Total, page.TotalMore = min(total, maxTotal), total > maxTotal
	if page.TotalMore && q.Exact {
		page.TotalMore = false
		if page.Total, err = l.countExactly(ctx); err != nil {
			return page, err
		}
	}
	rows, err := fetch(ctx, q.N+1)
	if err != nil {
		return page, err
	}
	more := len(rows) > q.N
	rows = rows[:min(len(rows), q.N)]
	backwards := q.Before != ""
	if backwards {
		slices.Reverse(rows)
	}
	if len(rows) == 0 {
		return page, nil
	}
	first, last := rows[0], rows[len(rows)-1]
	if more && backwards || !backwards && q.After != "" {
		page.Prev = admin.EncodeCursor(first.value, first.ID)
	}
	if more && !backwards || backwards && q.Before != admin.End {
		page.Next = admin.EncodeCursor(last.value, last.ID)
	}
	page.Rows = make([]account.User, len(rows))
	for i, row := range rows {
		page.Rows[i] = row.User
	}
	return page, nil
}

// countExactly counts the list however long it is.
func (l *list) countExactly(ctx context.Context) (n int, err error) {
	other := *l // whose search is prepared anew
	ids, err := other.ids(ctx)
	if err != nil {
		return 0, err
	}
	query, args := used("SELECT count(*) FROM ("+ids+") found", other.args)
	if err := l.tx.row(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count exactly: %w", err)
	}
	return n, nil
}

// listed is a row of the list, with the text of what it is sorted by.
type listed struct {
	account.User
	value string
}

// fetch is a way to read the first n rows of the list behind its cursor.
type fetch func(ctx context.Context, n int) ([]listed, error)

// count returns how many rows the list has, at most one more than maxTotal, and the quickest way to read them. Few hits are
// found and then sorted; many are met soon enough by walking along the sorted index.
func (l *list) count(ctx context.Context) (int, fetch, error) {
	if err := l.setHits(ctx); err != nil {
		return 0, nil, err
	}
	switch {
	case l.search.hits == "" && len(l.filters) == 0:
		n, err := l.number(ctx, "SELECT 1 FROM users", maxTotal)
		return n, l.walk, err
	case l.search.hits == "":
		return l.countFiltered(ctx)
	}
	n, ids, err := l.found(ctx, l.search.count)
	if err != nil || n == 0 {
		return n, nil, err
	}
	if n <= maxTotal {
		l.search.hits = ids
	}
	if len(l.filters) == 0 {
		return n, l.reading(n, l.search.hits), nil
	}
	both, err := l.both(ctx, n)
	if err != nil {
		return 0, nil, err
	}
	n, ids, err = l.found(ctx, both)
	if n <= maxTotal {
		both = ids
	}
	return n, l.reading(n, both), err
}

// countFiltered is count where nothing is searched.
func (l *list) countFiltered(ctx context.Context) (int, fetch, error) {
	n, err := l.countFilters(ctx)
	if err != nil || n == 0 || len(l.filters) == 1 {
		return n, l.reading(n, l.filtered()), err
	}
	n, ids, err := l.found(ctx, l.filtered())
	if n > maxTotal {
		ids = l.filtered()
	}
	return n, l.reading(n, ids), err
}

// both returns the query of the ids of who is found by the text, n or more, and fits the filters.
func (l *list) both(ctx context.Context, n int) (string, error) {
	if n > maxTotal {
		fewest, err := l.countFilters(ctx)
		if err != nil {
			return "", err
		}
		if fewest <= weighed {
			return "SELECT f.id AS id FROM (" + l.filtered() + ") f" + l.fitting("f.id", []string{l.search.test}), nil
		}
	}
	return "SELECT h.id AS id FROM (" + l.search.hits + ") h" + l.fitting("h.id", l.tests(l.filters)), nil
}

// number counts what a query finds, up to one more than most.
func (l *list) number(ctx context.Context, query string, most int) (n int, err error) {
	query, args := used(fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d) found", query, most+1), l.args)
	if err := l.tx.row(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// found counts what a query finds, as number does, and returns a query of the same ids that doesn't look for them again.
func (l *list) found(ctx context.Context, query string) (n int, ids string, err error) {
	gather, again := "json_group_array(id)", "SELECT value AS id FROM json_each(%s)"
	if l.pg {
		gather, again = "COALESCE(array_agg(id), '{}')::text", "SELECT unnest(%s::bigint[]) AS id"
	}
	query, args := used(fmt.Sprintf("SELECT count(*), %s FROM (%s LIMIT %d) found", gather, query, maxTotal+1), l.args)
	var list string
	if err := l.tx.row(ctx, query, args...).Scan(&n, &list); err != nil {
		return 0, "", fmt.Errorf("count: %w", err)
	}
	return n, fmt.Sprintf(again, l.arg(list)), nil
}
