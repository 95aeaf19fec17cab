package admin

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nameplate/internal/profile"
)

// MaxSearch is the most characters of a search text.
const MaxSearch = 100

// End as the cursor before which a page is asked for stands for the end of the list.
const End = "end"

// BadQuery is an error in a list's address, with a text for people. It is answered with 400.
type BadQuery string

// Error returns the text.
func (b BadQuery) Error() string { return string(b) }

// Query is what somebody asks of a list. Its zero value asks for the first page in the resource's own order.
type Query struct {
	Q       string            // a text to look for; empty for none
	Sort    string            // the column's name, without the minus sign; empty for the resource's own order
	Desc    bool              // from the last to the first
	Filters map[string]string // values by the field's name and lookup: is_staff 1 or 0, birthday__gte a day …
	After   string            // the cursor behind which the page begins
	Before  string            // the cursor before which the page ends, or End
	N       int               // rows on a page; 0 for the resource's own
	Exact   bool              // count every row, however many they are
	Facets  bool              // count what each option of each filter would leave

	ordering string // the resource's own order, which Encode leaves out: a column, with a minus sign for the other way round
	perPage  int
}

// ParseQuery reads a list's address. A name that nothing declares, a value that can't be read, or a name that is given
// twice is a BadQuery. edit is skipped: it opens a row and says nothing about the list.
func (r Resource) ParseQuery(v url.Values) (Query, error) {
	q := Query{N: r.PerPage, ordering: r.Ordering, perPage: r.PerPage}
	q.Sort, q.Desc = r.order()
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if len(v[name]) > 1 {
			return Query{}, BadQuery(fmt.Sprintf("%q may be given once only.", clip(name)))
		}
		if err := r.parse(&q, name, v.Get(name)); err != nil {
			return Query{}, err
		}
	}
	if q.After != "" && q.Before != "" {
		return Query{}, BadQuery("Give after or before, and not both.")
	}
	_, _, err := r.Period(q)
	return q, err
}

// parse reads one name and its value into q.
func (r Resource) parse(q *Query, name, value string) error {
	switch name {
	case "edit":
	case "q":
		return q.setSearch(value)
	case "sort":
		return r.setSort(q, value)
	case "n":
		return q.setN(value)
	case "facets":
		q.Facets = value == "1"
		if !q.Facets && value != "" {
			return BadQuery("Filters are counted with facets=1.")
		}
	case "count":
		q.Exact = value == "exact"
		if !q.Exact && value != "" {
			return BadQuery("A list is counted as it is, or with count=exact.")
		}
	case "after":
		return setCursor(&q.After, value)
	case "before":
		if value == End {
			q.Before = End
			return nil
		}
		return setCursor(&q.Before, value)
	default:
		return r.setFilter(q, name, value)
	}
	return nil
}

func (q *Query) setSearch(value string) error {
	value = strings.TrimSpace(value)
	if !utf8.ValidString(value) {
		return BadQuery("The search text can't be read. Type it again.")
	}
	if utf8.RuneCountInString(value) > MaxSearch {
		return BadQuery(fmt.Sprintf("The search text is too long. Look for %d characters at most.", MaxSearch))
	}
	q.Q = value
	return nil
}

func (r Resource) setSort(q *Query, value string) error {
	if value == "" {
		return nil
	}
	name, desc := strings.CutPrefix(value, "-")
	if column, ok := r.Column(name); !ok || !column.Sortable {
		return BadQuery(fmt.Sprintf("The list can't be sorted by %q.", clip(name)))
	}
	q.Sort, q.Desc = name, desc
	return nil
}

func (q *Query) setN(value string) error {
	if value == "" {
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > MaxPerPage {
		return BadQuery(fmt.Sprintf("A page has 1 to %d rows.", MaxPerPage))
	}
	q.N = n
	return nil
}

func setCursor(cursor *string, value string) error {
	if value == "" {
		return nil
	}
	if _, _, err := DecodeCursor(value); err != nil {
		return err
	}
	*cursor = value
	return nil
}

// setFilter reads a filter, with or without a lookup. An empty value filters nothing.
func (r Resource) setFilter(q *Query, name, value string) error {
	field, lookup := name, ""
	if i := strings.Index(name, "__"); i >= 0 {
		field, lookup = name[:i], name[i:]
	}
	if r.DateHierarchy != "" && field == r.DateHierarchy {
		return q.setPeriod(name, lookup, value)
	}
	filter, ok := r.Filter(field)
	if !ok || !filter.takes(lookup) {
		return BadQuery(fmt.Sprintf("The list has no %q.", clip(name)))
	}
	if value == "" {
		return nil
	}
	value, err := filter.read(lookup, value)
	if err != nil {
		return err
	}
	if value == "" {
		return nil
	}
	if q.Filters == nil {
		q.Filters = make(map[string]string, len(r.Filters))
	}
	q.Filters[name] = value
	return nil
}

// takes says whether a lookup may follow the filter's name.
func (f Filter) takes(lookup string) bool {
	switch lookup {
	case "":
		return f.Attr == nil || f.Attr.Kind.Filter != profile.ByPresence
	case IsEmpty:
		return f.Attr != nil
	}
	return f.Attr != nil && f.Attr.Kind.Filter == profile.ByRange && (lookup == AtLeast || lookup == AtMost)
}

// read returns the value of a filter as it is stored.
func (f Filter) read(lookup, value string) (string, error) {
	if f.Attr != nil && lookup != IsEmpty {
		value, err := f.Attr.Lookup(value)
		if err != nil {
			return "", BadQuery(err.Error())
		}
		return value, nil
	}
	if f.Text || f.Options != nil {
		return f.readText(value)
	}
	if value != "0" && value != "1" {
		return "", BadQuery(fmt.Sprintf("%s is 1 for yes or 0 for no.", f.Name+lookup))
	}
	return value, nil
}

// readText reads the value of a filter that is one of its options, or a whole number.
func (f Filter) readText(value string) (string, error) {
	if f.Text {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return "", BadQuery(fmt.Sprintf("%s is a number.", f.Name))
		}
		return strconv.FormatInt(n, 10), nil
	}
	if !slices.ContainsFunc(f.Options, func(o profile.Option) bool { return o.Value == value }) {
		return "", BadQuery(fmt.Sprintf("%s can't be %q.", f.Name, clip(value)))
	}
	return value, nil
}

// clip shortens what somebody sent to what an error may repeat.
func clip(s string) string {
	runes := []rune(s)
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

// Encode returns q as the query string of a list's address, without edit and without what is the default anyway.
func (q Query) Encode() string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Q)
	set("after", q.After)
	set("before", q.Before)
	if order := q.Order(); order != q.ordering {
		set("sort", order)
	}
	if q.Exact {
		set("count", "exact")
	}
	if q.Facets {
		set("facets", "1")
	}
	if q.N != 0 && q.N != q.perPage {
		v.Set("n", strconv.Itoa(q.N))
	}
	for name, value := range q.Filters {
		v.Set(name, value)
	}
	return v.Encode()
}

// Order is what the list is sorted by: a column, with a minus sign for from the last to the first.
func (q Query) Order() string {
	if q.Desc && q.Sort != "" {
		return "-" + q.Sort
	}
	return q.Sort
}
