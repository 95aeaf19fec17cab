package db

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// list is one query of the list of people on its way into SQL.
type list struct {
	tx      *Tx
	pg      bool
	text    *texts
	sort    string    // the field that it is sorted by
	column  string    // what that is compared by
	users   bool      // that is a column of users, and not of profiles
	table   string    // its table, with the alias that column begins with
	id      string    // the id in that table
	from    [2]string // the places of the cursor's value and id; empty for none
	compare string    // how what is behind the cursor compares to it
	after   string    // the condition that the cursor makes; empty for none
	order   string    // ORDER BY, in the direction in which rows are read
	down    bool      // read from the last to the first
	filters []filter
	search  search
	args    []any // the arguments of every text of this list
}

func (d *DB) newList(resource admin.Resource, q admin.Query) (*list, error) {
	l := &list{pg: d.pg, text: &d.text, sort: q.Sort, users: true, table: "users u", id: "u.id"}
	column, ok := resource.Column(q.Sort)
	if !ok || !column.Sortable {
		return nil, admin.BadQuery("The list can't be sorted like this.")
	}
	switch q.Sort {
	case "username", "email":
		l.column = "u." + q.Sort + "_key"
	case "is_staff", "is_active", "is_superuser", "date_joined":
		l.column = "u." + q.Sort
	default:
		l.users, l.table, l.column, l.id = false, "profiles p", sortKey(*column.Attr, d.pg, "p."+quoted(q.Sort)), "p.user_id"
	}
	l.setSearch(q.Q)
	if err := l.setFilters(resource, q.Filters); err != nil {
		return nil, err
	}
	return l, l.setCursor(q, column)
}

// setCursor makes the order and the condition that the page asks for.
func (l *list) setCursor(q admin.Query, column admin.Column) error {
	l.down = q.Desc != (q.Before != "")
	l.order = fmt.Sprintf(" ORDER BY %s, %s", l.column, l.id)
	l.compare = ">"
	if l.down {
		l.order = fmt.Sprintf(" ORDER BY %s DESC, %s DESC", l.column, l.id)
		l.compare = "<"
	}
	cursor := q.After
	if q.Before != "" && q.Before != admin.End {
		cursor = q.Before
	}
	if cursor == "" {
		return nil
	}
	text, id, err := admin.DecodeCursor(cursor)
	if err != nil {
		return err
	}
	value, err := l.cursorValue(column, text)
	if err != nil {
		return admin.BadQuery("This page belongs to a list in another order. Go to the first page.")
	}
	l.from = [2]string{l.arg(value), l.arg(id)}
	l.after = fmt.Sprintf("(%s, %s) %s (%s, %s)", l.column, l.id, l.compare, l.from[0], l.from[1])
	return nil
}

// cursorValue is the value of a cursor as the sorted column compares it.
func (l *list) cursorValue(column admin.Column, text string) (any, error) {
	switch {
	case column.Name == "date_joined":
		return strconv.ParseInt(text, 10, 64)
	case column.Attr == nil && column.Kind == "boolean":
		return strconv.ParseBool(text)
	case column.Attr == nil:
		return text, nil
	case column.Attr.Kind.Store == profile.Boolean:
		return strconv.ParseInt(text, 10, 32)
	case column.Attr.Kind.Store == profile.Number:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(text, "xXpP_") { // Go's signs, which PostgreSQL has not
			return nil, admin.BadQuery("no number")
		}
		if l.pg {
			return text, nil // exactly
		}
		return n, nil
	case column.Attr.Kind.Store == profile.Date && text != "" && text != "-infinity":
		day, err := time.Parse(time.DateOnly, text)
		if err == nil && day.Year() < 1 {
			err = admin.BadQuery("no day")
		}
		return text, err
	case column.Attr.Kind.Store == profile.Date:
		return map[bool]string{true: "-infinity"}[l.pg], nil
	}
	return text, nil
}

// arg keeps a value and returns its place in the texts.
func (l *list) arg(value any) string {
	l.args = append(l.args, value)
	return "?" + strconv.Itoa(len(l.args))
}

func where(conditions []string) string {
	conditions = slices.DeleteFunc(conditions, func(s string) bool { return s == "" })
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// whole reads people found by the query keys, which gives id and v, with all that is theirs.
func (l *list) whole(ctx context.Context, keys string, n int) ([]listed, error) {
	sorted := "k.v"
	if l.pg {
		sorted = "k.v::text" // a day may be -infinity, which is no time
	}
	query, args := used("SELECT "+l.text.columns+", "+sorted+" FROM ("+keys+") k CROSS JOIN users u LEFT JOIN profiles p ON p.user_id = u.id"+
		" WHERE u.id = k.id"+l.first("k", n), l.args)
	rows, err := l.tx.rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var people []listed
	for rows.Next() {
		var row listed
		if row.User, err = l.tx.scanPerson(rows, &row.value); err != nil {
			return nil, err
		}
		people = append(people, row)
	}
	return people, rows.Err()
}

// first ends a query of a table of ids and of what they are sorted by with its first n.
func (l *list) first(table string, n int) string {
	if l.down {
		return fmt.Sprintf(" ORDER BY %s.v DESC, %[1]s.id DESC LIMIT %d", table, n)
	}
	return fmt.Sprintf(" ORDER BY %s.v, %[1]s.id LIMIT %d", table, n)
}

// keys is the query of the first n ids behind the cursor, with what they are sorted by and whether they stand the tests.
func (l *list) keys(from string, n int, tests []string, conditions ...string) string {
	fits := ""
	if len(tests) > 0 {
		fits = ", " + strings.Join(tests, " AND ") + " AS fits"
	}
	return fmt.Sprintf("SELECT %s AS id, %s AS v%s FROM %s%s%s LIMIT %d", l.id, l.column, fits, from, where(append(conditions, l.after)), l.order, n)
}

// along is the query of the first n ids behind the cursor along the index of what the list is sorted by. Behind a cursor these are
// first who has the same value and then who has another: one after the other, because SQLite finds its way to the value alone.
func (l *list) along(n int, tests ...string) string {
	if l.after == "" || l.pg {
		return l.keys(l.table, n, tests, l.within()...)
	}
	same, beyond := *l, *l
	same.after = fmt.Sprintf("%s = %s AND %s %s %s", l.column, l.from[0], l.id, l.compare, l.from[1])
	same.order = " ORDER BY " + l.id // their value is one
	if l.down {
		same.order += " DESC"
	}
	beyond.after = fmt.Sprintf("%s %s %s", l.column, l.compare, l.from[0])
	return "SELECT * FROM (" + same.keys(l.table, n, tests) + ") same UNION ALL SELECT * FROM (" + beyond.keys(l.table, n, tests, l.within()...) + ") beyond"
}

// walk reads along the index, and takes everybody.
func (l *list) walk(ctx context.Context, n int) ([]listed, error) {
	return l.whole(ctx, l.along(n), n)
}

// sorted finds everybody with the query ids and sorts them.
func (l *list) sorted(ids string) fetch {
	return func(ctx context.Context, n int) ([]listed, error) {
		return l.whole(ctx, l.keys("("+ids+") c CROSS JOIN "+l.table, n, nil, l.id+" = c.id"), n)
	}
}

// tried walks along so many rows of the index and looks at each person whether they fit. Where these are too far apart, it goes on
// with next.
func (l *list) tried(rows int, next fetch) fetch {
	return func(ctx context.Context, n int) ([]listed, error) {
		here, there := split(l.filters, l.users)
		tests := l.tests(there)
		if l.search.test != "" {
			tests = append(tests, l.search.test)
		}
		walk := l.along(rows, l.tests(here)...)
		if len(here) > 0 {
			walk = "SELECT a.id AS id, a.v AS v FROM (" + walk + ") a WHERE a.fits"
		}
		people, err := l.whole(ctx, "SELECT w.id AS id, w.v AS v FROM ("+walk+") w"+l.fitting("w.id", tests)+l.first("w", n), n)
		if err != nil || len(people) == n {
			return people, err
		}
		return next(ctx, n)
	}
}

// met walks along the index and takes who is among the hits that the query ids finds. Where these are too far apart, it sorts them.
func (l *list) met(hits int, ids string) fetch {
	return func(ctx context.Context, n int) ([]listed, error) {
		among := l.loose("w.id") + " IN (" + ids + ")"
		if l.pg && hits <= maxTotal { // no join: it looks at one row after the other, and ends with the last of n
			among = fmt.Sprintf("(w.id IN (SELECT id FROM (%s) f LIMIT %d)) IS TRUE", ids, maxTotal)
		}
		people, err := l.whole(ctx, "SELECT w.id AS id, w.v AS v FROM ("+l.along(metRows)+") w WHERE "+among+l.first("w", n), n)
		if err != nil || len(people) == n {
			return people, err
		}
		return l.sorted(ids)(ctx, n)
	}
}

// reading returns the quickest way to read a list of n rows, whose ids the query gives.
func (l *list) reading(n int, ids string) fetch {
	switch {
	case l.search.hits == "" && len(l.filters) == 1 && len(l.within()) > 0:
		return l.walk
	case n <= sortedHits:
		return l.sorted(ids)
	case n <= maxTotal:
		return l.met(n, ids)
	case l.search.hits == "":
		return l.tried(triedRows, l.tried(metRows, l.sorted(ids)))
	}
	if l.pg { // which stops at the last of a page
		return l.tried(metRows, l.met(n, ids))
	}
	return l.tried(triedRows, l.met(n, ids))
}

// used returns a text with only those of the arguments that it names, numbered anew: PostgreSQL refuses others.
func used(query string, args []any) (string, []any) {
	var kept []any
	places := make(map[string]string, len(args))
	query = numbered.ReplaceAllStringFunc(query, func(name string) string {
		place, ok := places[name]
		if !ok {
			n, _ := strconv.Atoi(name[1:]) // arg made it
			kept = append(kept, args[n-1])
			place = "?" + strconv.Itoa(len(kept))
			places[name] = place
		}
		return place
	})
	return query, kept
}
