package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// rowList is one query of a list of rows on its way into SQL.
type rowList struct {
	tx         *Tx
	resource   admin.Resource
	columns    string
	conditions []string
	args       []any
	sort       admin.Column
	key        string // what it is sorted by
	down       bool   // read from the last to the first
}

// Rows returns one page of a list as it is declared. It fails with admin.BadQuery for a cursor of another list.
func (d *DB) Rows(ctx context.Context, r admin.Resource, q admin.Query) (page admin.Page[admin.Row], err error) {
	err = d.readList(ctx, func(tx *Tx) error {
		l, err := tx.newRows(r, q)
		if err != nil {
			return err
		}
		if page, err = l.page(ctx, q); err != nil || len(page.Rows) > 0 || page.Total == 0 {
			return err
		}
		end := q.First() // what was behind the cursor is gone: the nearest that is left
		if q.After != "" {
			end = q.Last()
		}
		if l, err = tx.newRows(r, end); err == nil {
			page, err = l.page(ctx, end)
		}
		return err
	})
	if err != nil {
		return page, fmt.Errorf("list %s: %w", r.Name, ofCursor(q, err))
	}
	return page, nil
}

func sqlOf(c admin.Column) string {
	if c.SQL != "" {
		return c.SQL
	}
	return c.Name
}

func (tx *Tx) newRows(r admin.Resource, q admin.Query) (*rowList, error) {
	l := &rowList{tx: tx, resource: r, down: q.Desc != (q.Before != "")}
	var ok bool
	if l.sort, ok = r.Column(q.Sort); !ok || !l.sort.Sortable {
		return nil, admin.BadQuery("The list can't be sorted like this.")
	}
	if l.key = l.sort.Sort; l.key == "" {
		l.key = sqlOf(l.sort)
	}
	var columns []string
	for _, c := range r.Columns {
		columns = append(columns, "CAST("+sqlOf(c)+" AS TEXT)")
	}
	l.columns = strings.Join(columns, ", ")
	l.where(r.Where)
	l.search(q.Q)
	if err := l.narrow(q); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *rowList) arg(value any) string {
	l.args = append(l.args, value)
	return "?" + strconv.Itoa(len(l.args))
}

// where adds a declared condition.
func (l *rowList) where(condition string) {
	if condition == "" {
		return
	}
	if strings.Contains(condition, "{now}") {
		condition = strings.ReplaceAll(condition, "{now}", "CAST("+l.arg(l.tx.now())+" AS BIGINT)")
	}
	l.conditions = append(l.conditions, condition)
}

// search looks for a text as it stands, in any case that the database knows of.
func (l *rowList) search(text string) {
	if text == "" {
		return
	}
	if strings.ContainsRune(text, 0) {
		l.conditions = append(l.conditions, "1 = 0")
		return
	}
	like := "LIKE"
	if l.tx.pg {
		like = "ILIKE"
	}
	escape := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)
	plain, key := l.arg("%"+escape.Replace(text)+"%"), ""
	var any []string
	for _, column := range l.resource.Search {
		place := plain
		if strings.HasSuffix(column, "_key") {
			if key == "" {
				key = l.arg("%" + escape.Replace(account.Key(text)) + "%")
			}
			place = key
		}
		any = append(any, column+" "+like+" "+place+` ESCAPE '\'`)
	}
	l.conditions = append(l.conditions, "("+strings.Join(any, " OR ")+")")
}

// narrow adds the filters and the date hierarchy.
func (l *rowList) narrow(q admin.Query) error {
	for _, name := range slices.Sorted(maps.Keys(q.Filters)) {
		if field, _, dated := strings.Cut(name, "__"); dated && field == l.resource.DateHierarchy {
			continue
		}
		f, ok := l.resource.Filter(name)
		if !ok {
			return admin.BadQuery("The list can't be narrowed like this.")
		}
		value := q.Filters[name]
		switch {
		case f.Text:
			n, _ := strconv.ParseInt(value, 10, 64) // ParseQuery has read it
			l.conditions = append(l.conditions, f.SQL+" = "+l.arg(n))
		case f.Options != nil:
			l.conditions = append(l.conditions, f.SQL+" = "+l.arg(value))
		case value == "1":
			l.where(f.SQL)
		default:
			l.where("NOT " + f.SQL)
		}
	}
	from, to, err := l.resource.Period(q)
	if err != nil || from.IsZero() {
		return err
	}
	column, _ := l.resource.Column(l.resource.DateHierarchy)
	key := sqlOf(column)
	l.conditions = append(l.conditions, key+" >= "+l.arg(from.UnixMilli()), key+" < "+l.arg(to.UnixMilli()))
	return nil
}

// page counts the list and reads one page of it.
func (l *rowList) page(ctx context.Context, q admin.Query) (page admin.Page[admin.Row], err error) {
	if l.resource.Folds(q) {
		l.where(l.resource.Fold)
	}
	if page.Total, page.TotalMore, err = l.count(ctx, q.Exact); err != nil || page.Total == 0 {
		return page, err
	}
	if err := l.behind(q); err != nil {
		return page, err
	}
	rows, values, err := l.read(ctx, q.N+1)
	if err != nil || len(rows) == 0 {
		return page, err
	}
	more, backwards := len(rows) > q.N, q.Before != ""
	rows, values = rows[:min(len(rows), q.N)], values[:min(len(rows), q.N)]
	if backwards {
		slices.Reverse(rows)
		slices.Reverse(values)
	}
	last := len(rows) - 1
	if more && backwards || !backwards && q.After != "" {
		page.Prev = admin.EncodeCursor(values[0], rows[0].ID)
	}
	if more && !backwards || backwards && q.Before != admin.End {
		page.Next = admin.EncodeCursor(values[last], rows[last].ID)
	}
	page.Rows = rows
	return page, nil
}

// count returns how many rows the list has, and whether there are more.
func (l *rowList) count(ctx context.Context, exact bool) (n int, more bool, err error) {
	limit := fmt.Sprintf(" LIMIT %d", maxTotal+1)
	if exact {
		limit = ""
	}
	query, args := used("SELECT count(*) FROM (SELECT 1 FROM "+l.resource.From+where(slices.Clone(l.conditions))+limit+") found", l.args)
	if err := l.tx.row(ctx, query, args...).Scan(&n); err != nil {
		return 0, false, fmt.Errorf("count: %w", err)
	}
	if n > maxTotal && !exact {
		return maxTotal, true, nil
	}
	return n, false, nil
}

// behind goes on behind the cursor of a query.
func (l *rowList) behind(q admin.Query) error {
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
	value, err := l.cursorValue(text)
	if err != nil {
		return otherOrder
	}
	compare := ">"
	if l.down {
		compare = "<"
	}
	l.conditions = append(l.conditions, fmt.Sprintf("(%s, %s) %s (%s, %s)", l.key, l.resource.ID, compare, l.arg(value), l.arg(id)))
	return nil
}

// otherOrder refuses the cursor of a list that is sorted by something else.
const otherOrder = admin.BadQuery("This page belongs to a list in another order. Go to the first page.")

// cursorValue is the value of a cursor as it is compared. PostgreSQL reads the text that it has written as what the column is, whatever that is.
// To SQLite a number is no text: which kinds are numbers has to be known.
func (l *rowList) cursorValue(text string) (any, error) {
	if !l.tx.pg && slices.Contains([]string{admin.Moment, admin.Number, admin.Boolean}, l.sort.Kind) {
		return strconv.ParseInt(text, 10, 64)
	}
	return text, nil
}

// ofCursor makes of what PostgreSQL can't read an error of the cursor of a query.
func ofCursor(q admin.Query, err error) error {
	if q.After+q.Before != "" && unreadable(err) {
		return otherOrder
	}
	return err
}

// read returns the first n rows, with the text of what each is sorted by.
func (l *rowList) read(ctx context.Context, n int) (rows []admin.Row, values []string, err error) {
	down := ""
	if l.down {
		down = " DESC"
	}
	query, args := used(fmt.Sprintf("SELECT %s, CAST(%s AS TEXT), %s FROM %s%s ORDER BY %s%s, %s%s LIMIT %d", l.resource.ID, l.key, l.columns, l.resource.From,
		where(slices.Clone(l.conditions)), l.key, down, l.resource.ID, down, n), l.args)
	found, err := l.tx.rows(ctx, query, args...)
	if err != nil {
		return nil, nil, err
	}
	defer found.Close()
	cells := make([]string, len(l.resource.Columns))
	for found.Next() {
		row, value := admin.Row{Cells: make(map[string]string, len(cells))}, ""
		dest := []any{&row.ID, &value}
		for i := range cells {
			dest = append(dest, &cells[i])
		}
		if err := found.Scan(dest...); err != nil {
			return nil, nil, errors.Join(err, errors.New("a column is NULL"))
		}
		for i, c := range l.resource.Columns {
			row.Cells[c.Name] = cells[i]
		}
		rows, values = append(rows, row), append(values, value)
	}
	return rows, values, found.Err()
}
