package admin

import (
	"fmt"
	"strconv"
	"time"
)

// setPeriod reads a step of the date hierarchy: a year, a month of it, a day of that; or the day from which on.
func (q *Query) setPeriod(name, lookup, value string) error {
	if lookup == AtLeast && value != "" {
		if from, err := time.Parse(time.DateOnly, value); err != nil || from.Year() < 1 {
			return BadQuery(fmt.Sprintf("%s is a day such as 2026-03-14.", name))
		}
		if q.Filters == nil {
			q.Filters = map[string]string{}
		}
		q.Filters[name] = value
		return nil
	}
	most := map[string]int{Year: 9999, Month: 12, Day: 31}[lookup]
	if most == 0 && lookup != AtLeast {
		return BadQuery(fmt.Sprintf("The list has no %q.", clip(name)))
	}
	if value == "" {
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most {
		return BadQuery(fmt.Sprintf("%s is a number from 1 to %d.", name, most))
	}
	if q.Filters == nil {
		q.Filters = map[string]string{}
	}
	q.Filters[name] = strconv.Itoa(n)
	return nil
}

// Period returns the time that a list is narrowed to by its date hierarchy, in UTC: from the first moment to before the second. Both are
// zero where it is not. A month without a year, or a day that a month has not, is a BadQuery.
func (r Resource) Period(q Query) (from, to time.Time, err error) {
	part := func(lookup string) int {
		n, _ := strconv.Atoi(q.Filters[r.DateHierarchy+lookup]) // setPeriod has read it
		return n
	}
	year, month, day := part(Year), part(Month), part(Day)
	since := q.Filters[r.DateHierarchy+AtLeast]
	switch {
	case since != "" && year+month+day > 0:
		return from, to, BadQuery("Give the day from which on, or a year, and not both.")
	case since != "":
		from, _ = time.Parse(time.DateOnly, since) // setPeriod has read it
		return from, time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC), nil
	case r.DateHierarchy == "" || year == 0 && month == 0 && day == 0:
		return from, to, nil
	case year == 0 || month == 0 && day > 0:
		return from, to, BadQuery("Give the year with a month, and both with a day.")
	case month == 0:
		from = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(1, 0, 0), nil
	case day == 0:
		from = time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(0, 1, 0), nil
	}
	from = time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if from.Day() != day {
		return from, to, BadQuery("That month has no such day.")
	}
	return from, from.AddDate(0, 0, 1), nil
}

// Step is one link of the date hierarchy.
type Step struct {
	Label string
	Query Query
	Here  bool // the list is narrowed to it, or to a part of it
}

// lastDays is how many days, today among them, the date hierarchy begins with.
const lastDays = 7

var lastDaysLabel = "Last " + strconv.Itoa(lastDays) + " days"

// Steps returns where the date hierarchy leads from q, whose rows lie between oldest and newest: to the last days, to its years, to the months of
// the year that is chosen, to the days of the month that is chosen; and what is chosen itself, which leads back out of what it holds.
func (r Resource) Steps(q Query, oldest, newest, now time.Time) []Step {
	from, to, err := r.Period(q)
	if r.DateHierarchy == "" || err != nil || oldest.IsZero() && from.IsZero() {
		return nil
	}
	year, month, day := q.Filters[r.DateHierarchy+Year], q.Filters[r.DateHierarchy+Month], q.Filters[r.DateHierarchy+Day]
	all := q.With(r.DateHierarchy+Day, "").With(r.DateHierarchy+Month, "").With(r.DateHierarchy+Year, "").With(r.DateHierarchy+AtLeast, "")
	last := now.UTC().AddDate(0, 0, 1-lastDays).Format(time.DateOnly)
	switch since := q.Filters[r.DateHierarchy+AtLeast]; since {
	case "":
	case last:
		return []Step{{Label: "All dates", Query: all}, {Label: lastDaysLabel, Query: q.First(), Here: true}}
	default:
		return []Step{{Label: "All dates", Query: all}, {Label: "Since " + since, Query: q.First(), Here: true}}
	}
	if year == "" {
		steps := []Step{{Label: lastDaysLabel, Query: all.With(r.DateHierarchy+AtLeast, last)}}
		for y := newest.Year(); y >= oldest.Year() && len(steps) <= 50; y-- {
			steps = append(steps, Step{Label: strconv.Itoa(y), Query: all.With(r.DateHierarchy+Year, strconv.Itoa(y))})
		}
		return steps
	}
	inYear := all.With(r.DateHierarchy+Year, year)
	steps := []Step{{Label: "All dates", Query: all}, {Label: year, Query: inYear, Here: true}}
	if month == "" {
		for m := from; m.Before(to); m = m.AddDate(0, 1, 0) {
			steps = append(steps, Step{Label: m.Month().String(), Query: inYear.With(r.DateHierarchy+Month, strconv.Itoa(int(m.Month())))})
		}
		return steps
	}
	inMonth := inYear.With(r.DateHierarchy+Month, month)
	steps = append(steps, Step{Label: from.Month().String(), Query: inMonth, Here: true})
	if day != "" {
		return append(steps, Step{Label: "Day " + day, Query: q.First(), Here: true})
	}
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		steps = append(steps, Step{Label: strconv.Itoa(d.Day()), Query: inMonth.With(r.DateHierarchy+Day, strconv.Itoa(d.Day()))})
	}
	return steps
}
