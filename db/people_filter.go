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
	ids    string   // the query of the ids, where it is none of the key
	test   string   // the condition that goes with ids
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
		f.ids = "SELECT p.user_id AS id FROM profiles p WHERE " + f.test
		return
	}
	f.test = "instr(" + column + ", " + l.arg(strings.Trim(one, "[]")) + ") > 0" // in quotes, so that it is a whole one
	f.ids = "SELECT m.user_id AS id FROM " + valuesName(a) + " m WHERE m.value = " + l.arg(value)
}

// conditions compares the key, as an index can be asked.
func (f filter) conditions() []string {
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

// found is the query of the ids of who fits this filter alone.
func (f filter) found() string {
	switch {
	case f.ids != "":
		return f.ids
	case f.users:
		return "SELECT u.id AS id FROM users u" + where(f.conditions())
	}
	return "SELECT p.user_id AS id FROM profiles p" + where(f.conditions())
}

// tests are the conditions of the filters for a person u with the profile p, for whom no index is asked.
func (l *list) tests(filters []filter) []string {
	var all []string
	for _, f := range filters {
		if f.test != "" {
			all = append(all, f.test)
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
		if f.field != l.sort || f.ids != "" || f.key != l.column {
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
	if len(l.filters) == 1 {
		return l.filters[0].found()
	}
	return "SELECT d.id AS id FROM (" + l.filters[0].found() + ") d" + l.joined("d.id") + where(l.tests(l.filters[1:]))
}

// joined joins a person and the profile to an id, in this order on SQLite.
func (l *list) joined(id string) string {
	if l.pg {
		return " JOIN users u ON u.id = " + id + " JOIN profiles p ON p.user_id = u.id"
	}
	return " CROSS JOIN users u ON u.id = " + id + " CROSS JOIN profiles p ON p.user_id = u.id"
}

// countFilters counts who fits each filter, as far as matters, puts the one that leaves out most at their head, and returns its count.
func (l *list) countFilters(ctx context.Context) (fewest int, err error) {
	most := maxTotal
	if len(l.filters) > 1 {
		most = weighed
	}
	for i, f := range l.filters {
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
