package db

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// filter is what a list is narrowed by: a yes-or-no field of users, or what is asked of one attribute.
type filter struct {
	field  string
	users  bool     // the key is of users, and not of profiles
	key    string   // what is compared: a column or an expression that an index has
	equals string   // what the key is; empty for a range
	low    []string // what the key is at least: ">= ?1"
	high   []string // what the key is at most
	test   string   // the condition, where it is none of the key
	ids    string   // the query of the ids, where no index answers test
}

// setFilters reads the filters of a query. What is asked of one attribute's order is one filter.
func (l *list) setFilters(resource admin.Resource, filters map[string]string) error {
	if err := l.setPeriod(resource, filters); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		value := filters[name]
		field, lookup, _ := strings.Cut(name, "__")
		if field == resource.DateHierarchy {
			continue
		}
		declared, ok := resource.Filter(field)
		if !ok {
			return admin.BadQuery("The list can't be narrowed like this.")
		}
		if declared.Text { // a group
			l.setGroup(field, value)
			continue
		}
		if declared.Attr == nil {
			f := filter{field: field, users: true, key: "u." + field}
			f.is(map[bool]string{true: "TRUE", false: "FALSE"}[value == "1"])
			l.filters = append(l.filters, f)
			continue
		}
		l.setAttribute(*declared.Attr, lookup, value)
	}
	return nil
}

// setGroup asks who is in a group, by its id.
func (l *list) setGroup(field, value string) {
	id, _ := strconv.ParseInt(value, 10, 64) // ParseQuery has read it
	group := l.arg(id)
	l.filters = append(l.filters, filter{field: field, users: true,
		ids:  "SELECT ug.user_id AS id FROM user_groups ug WHERE ug.group_id = " + group,
		test: "EXISTS (SELECT 1 FROM user_groups ug WHERE ug.user_id = u.id AND ug.group_id = " + group + ")"})
}

// setPeriod narrows the list to the time that its date hierarchy asks for.
func (l *list) setPeriod(resource admin.Resource, filters map[string]string) error {
	from, to, err := resource.Period(admin.Query{Filters: filters})
	if err != nil || from.IsZero() {
		return err
	}
	key := "u." + resource.DateHierarchy
	l.filters = append(l.filters, filter{field: resource.DateHierarchy, users: true, key: key,
		low: []string{">= " + l.arg(from.UnixMilli())}, high: []string{"< " + l.arg(to.UnixMilli())}})
	return nil
}

// setAttribute adds what is asked of one attribute.
func (l *list) setAttribute(a profile.Attribute, lookup, value string) {
	column := "p." + quoted(a.Name)
	f := filter{field: a.Name, key: sortKey(a, l.pg, column)}
	if !a.Sortable() {
		switch {
		case lookup == "":
			f.setMember(l, a, column, value)
		case a.IsUpload():
			f.key = column
			f.low = []string{map[bool]string{true: "= ''", false: "<> ''"}[value == "1"]}
		default:
			f.key = "(" + isNone(a, column) + ")"
			f.is(map[bool]string{true: "TRUE", false: "FALSE"}[value == "1"])
		}
		l.filters = append(l.filters, f)
		return
	}
	if i := slices.IndexFunc(l.filters, func(f filter) bool { return f.field == a.Name }); i >= 0 {
		f = l.filters[i]
		l.filters = slices.Delete(l.filters, i, i+1)
	}
	least := leastKey(a, l.pg)
	switch "__" + lookup {
	case admin.IsEmpty:
		f.setPresence(least, value)
	case admin.AtLeast:
		f.low = append(f.low, ">= "+l.keyOf(a, value))
	case admin.AtMost:
		f.low, f.high = append(f.low, "> "+least), append(f.high, "<= "+l.keyOf(a, value))
	default:
		f.is(l.keyOf(a, value))
	}
	l.filters = append(l.filters, f)
}

// keyOf is the place of a value as the sortKey of an attribute is compared with it.
func (l *list) keyOf(a profile.Attribute, value string) string {
	switch {
	case a.Kind.Store == profile.Boolean:
		return map[bool]string{true: "2", false: "1"}[value == "yes"]
	case a.Kind.Store == profile.Number && !l.pg:
		number, _ := strconv.ParseFloat(value, 64) // Lookup has read it
		return l.arg(number)
	}
	return l.arg(argument(a, value))
}

// is asks for one value of the key.
func (f *filter) is(value string) {
	if f.equals == "" {
		f.equals = value
	}
	f.low, f.high = append(f.low, ">= "+value), append(f.high, "<= "+value)
}

// setPresence asks who has no value, or with 0 who has one.
func (f *filter) setPresence(least, value string) {
	if value == "1" {
		f.is(least)
	} else {
		f.low = append(f.low, "> "+least)
	}
}

// setMember asks who has a value among others.
func (f *filter) setMember(l *list, a profile.Attribute, column, value string) {
	one := jsonList([]string{value})
	if l.pg {
		f.test = column + " @> " + l.arg(one) + "::jsonb"
		return
	}
	f.test = "instr(" + column + ", " + l.arg(strings.Trim(one, "[]")) + ") > 0" // in quotes, so that it is a whole one
	f.ids = "SELECT m.user_id AS id FROM " + valuesName(a) + " m WHERE m.value = " + l.arg(value)
}

// conditions are what an index is asked.
func (f filter) conditions() []string {
	if f.test != "" {
		return []string{f.test}
	}
	if f.equals != "" && len(f.low) == 1 && len(f.high) == 1 {
		return []string{f.key + " = " + f.equals}
	}
	return append(compared(f.key, f.low), compared(f.key, f.high)...)
}

func compared(key string, with []string) []string {
	var all []string
	for _, comparison := range with {
		all = append(all, key+" "+comparison)
	}
	return all
}

// found is the query of the ids of who fits this filter, and tests of the same table.
func (f filter) found(tests ...string) string {
	switch {
	case f.ids != "":
		return f.ids
	case f.users:
		return "SELECT u.id AS id FROM users u" + where(append(f.conditions(), tests...))
	}
	return "SELECT p.user_id AS id FROM profiles p" + where(append(f.conditions(), tests...))
}

// tests are the conditions of the filters for a person u with the profile p, for whom no index is asked.
func (l *list) tests(filters []filter) []string {
	var all []string
	for _, f := range filters {
		if f.test != "" || l.pg {
			all = append(all, f.conditions()...)
			continue
		}
		all = append(all, compared(l.loose(f.key), append(f.low, f.high...))...)
	}
	return all
}

// loose returns a key as one that SQLite never looks up by an index. (PostgreSQL counts for itself.)
func (l *list) loose(key string) string {
	if l.pg {
		return key
	}
	return "+" + key
}

// within are the conditions of the filter on what the list is sorted by, so that a walk along its index stays within them. Behind
// a cursor the index is asked for what is beyond it, and the bound on this side of it is only looked at.
func (l *list) within() []string {
	for _, f := range l.filters {
		if f.field != l.sort || f.test != "" || f.key != l.column {
			continue
		}
		low, high := f.key, f.key
		if l.from[0] != "" && l.down {
			high = l.loose(high)
		} else if l.from[0] != "" {
			low = l.loose(low)
		}
		return append(compared(low, f.low), compared(high, f.high)...)
	}
	return nil
}

// filtered is the query of the ids of who fits all filters. The index of the first is asked: countFilters puts it there.
func (l *list) filtered() string {
	head, rest := l.filters[0], l.filters[1:]
	if head.ids != "" {
		return "SELECT d.id AS id FROM (" + head.ids + ") d" + l.fitting("d.id", l.tests(rest))
	}
	same, others := split(rest, head.users)
	if len(others) == 0 {
		return head.found(l.tests(same)...)
	}
	return "SELECT d.id AS id FROM (" + head.found(l.tests(same)...) + ") d" + l.fitting("d.id", l.tests(others))
}

// split parts filters into those of the table users, or else profiles, and the others.
func split(filters []filter, users bool) (same, others []filter) {
	for _, f := range filters {
		if f.users == users {
			same = append(same, f)
		} else {
			others = append(others, f)
		}
	}
	return same, others
}

// fitting goes on a FROM with who of its ids stands the tests. Each is looked up, and nothing else is read: PostgreSQL, which would rather
// go through all of a table at times, is kept from it by the OFFSET.
func (l *list) fitting(id string, tests []string) string {
	if len(tests) == 0 {
		return ""
	}
	var from string
	wanted := strings.Join(tests, " ")
	conditions := slices.Clone(tests)
	for _, table := range []struct{ alias, name, id string }{{"u.", "users u", "u.id"}, {"p.", "profiles p", "p.user_id"}, {"s.", "people_search s", "s.user_id"}} {
		if !strings.Contains(wanted, table.alias) {
			continue
		}
		from += " CROSS JOIN " + table.name
		conditions = append(conditions, table.id+" = "+id)
	}
	if l.pg {
		return " CROSS JOIN LATERAL (SELECT 1" + strings.Replace(from, " CROSS JOIN ", " FROM ", 1) + where(conditions) + " OFFSET 0) fits"
	}
	return from + where(conditions)
}

// countFilters counts who fits each filter, as far as matters, puts the one that leaves out most at their head, and returns its count.
func (l *list) countFilters(ctx context.Context) (fewest int, err error) {
	most := maxTotal
	if len(l.filters) > 1 || l.search.hits != "" {
		most = weighed
		dear := func(f filter) int { return min(len(f.test), 1) } // to count those of members and groups
		slices.SortStableFunc(l.filters, func(a, b filter) int { return dear(a) - dear(b) })
	}
	for i, f := range l.filters {
		if i > 0 {
			most = min(most, fewest) // one that leaves out less is none for the head
		}
		n, err := l.number(ctx, f.found(), most)
		if err != nil {
			return 0, err
		}
		if i == 0 || n < fewest {
			fewest = n
			l.filters[0], l.filters[i] = l.filters[i], l.filters[0]
		}
	}
	return fewest, nil
}
