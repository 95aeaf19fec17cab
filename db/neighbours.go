package db

import (
	"context"
	"fmt"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// Neighbours returns who comes before and after a person on a list, with an empty username where nobody does. The person need not fit the list
// any more: it is the place where they would stand. It fails with admin.BadQuery, and with ErrNotFound.
func (d *DB) Neighbours(ctx context.Context, q admin.Query, id int64) (prev, next account.User, err error) {
	resource := admin.People(d.profile)
	if q = q.First(); q.Sort == "" {
		q.Sort = resource.Ordering
	}
	l, err := d.newList(resource, q)
	if err != nil {
		return prev, next, err
	}
	var value string
	query := d.dialect("SELECT CAST(" + l.column + " AS TEXT) FROM " + l.table + " WHERE " + l.id + " = ?1")
	if err := d.r.QueryRowContext(ctx, query, id).Scan(&value); err != nil {
		return prev, next, fmt.Errorf("read where user %d stands: %w", id, told(err))
	}
	q.N = 1
	for _, side := range []struct {
		q  admin.Query
		to *account.User
	}{{q.At("", admin.EncodeCursor(value, id)), &prev}, {q.At(admin.EncodeCursor(value, id), ""), &next}} {
		page, err := d.PeopleOn(ctx, side.q)
		if err != nil {
			return prev, next, err
		}
		if len(page.Rows) > 0 {
			*side.to = page.Rows[0]
		}
	}
	return prev, next, nil
}
