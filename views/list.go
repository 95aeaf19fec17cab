package views

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// Listing is one page of a list of the admin, without its rows.
type Listing struct {
	Resource admin.Resource
	Query    admin.Query
	Total    int  // how many rows there are on all pages
	More     bool // there are more than Total
	Prev     string
	Next     string
	Steps    []admin.Step    // of the date hierarchy
	Facets   admin.Facets    // nil where they were not asked for
	InGroup  []account.Group // groups that people are narrowed by
	Ticked   []int64         // rows that were chosen already
	Refused  string          // why nothing was done with them
}

// List is a list as it is declared.
type List struct {
	Listing
	Rows    []admin.Row
	Profile []profile.Attribute // for the values that the history tells of

	Heading  string         // what the page is called, where that is not the list's own name
	Up       Crumb          // the page above it; none for most
	Only     string         // what the list is narrowed to by a filter that the form has no control for
	Undoable map[int64]bool // lines of the history that can be taken back
}

// Crumb is a link to a page above.
type Crumb struct{ Path, Label string }

func (list List) heading() string {
	if list.Heading != "" {
		return list.Heading
	}
	return list.Resource.Label
}

// Acting is an action that is asked for.
type Acting struct {
	Resource admin.Resource
	Action   admin.Action
	Count    int
	Names    []string // the first of them
	IDs      []int64
	Across   bool   // all of the list, and not these ids
	List     string // the query string of the list, all its pages
	Page     string // the query string of the page that they were chosen on
	Group    int64  // the group that is chosen; 0 for none
	Groups   []account.Group
	Error    string // why it was refused
	Changed  bool   // the list is another now than the one that was asked about
}

// NewListing begins a listing with one page of a list.
func NewListing[T any](r admin.Resource, q admin.Query, page admin.Page[T]) Listing {
	return Listing{Resource: r, Query: q, Total: page.Total, More: page.TotalMore, Prev: page.Prev, Next: page.Next}
}

// may says whether the one who asks may do something with the rows of a resource.
func (page Page) may(verb, resource string) bool {
	return page.Me != nil && account.May(*page.Me, verb, resource)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// address is the list's own address for q.
func (l Listing) address(q admin.Query) string {
	if query := q.Encode(); query != "" {
		return l.Resource.Path() + "?" + query
	}
	return l.Resource.Path()
}

// sorted is what aria-sort says of a column; empty for a column that the list is not sorted by.
func (l Listing) sorted(column admin.Column) string {
	switch {
	case l.Query.Sort != column.Name:
		return ""
	case l.Query.Desc:
		return "descending"
	}
	return "ascending"
}

// order is the value of the form's hidden field, empty when the list has its own order.
func (l Listing) order() string {
	if order := l.Query.Order(); order != l.Resource.Ordering {
		return order
	}
	return ""
}

// count says how many rows the list has.
func (l Listing) count() string {
	words := Counted(l.Total, l.Resource.One, l.Resource.Many)
	if l.More {
		return "over " + words
	}
	return words
}

// howMany is count without the word.
func (l Listing) howMany() string { return howMany(l.Total, l.More) }

func howMany(n int, more bool) string {
	if more {
		return "over " + thousands(n)
	}
	return thousands(n)
}

// Capital begins a sentence.
func Capital(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

// Counted says how many n are, in the singular or the plural.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// these says which rows the list is of.
func (l Listing) these() string {
	if l.narrowed() {
		return "these " + l.Resource.Many
	}
	return "all " + l.Resource.Many
}

// exportAddress is where the list is exported, all its pages.
func (l Listing) exportAddress() templ.SafeURL {
	query := l.Query.First().Encode()
	if query != "" {
		query = "?" + query
	}
	return templ.SafeURL(l.Resource.Path() + "/export.csv" + query)
}

// narrowed says whether the list leaves any row out.
func (l Listing) narrowed() bool { return l.Query.Q != "" || len(l.Query.Filters) > 0 }

func (l Listing) nothing() string {
	if l.Resource.Name == account.Users {
		return "Nobody matches."
	}
	return "No " + l.Resource.One + " matches."
}

func (l Listing) lookFor() string {
	if l.Resource.SearchHelp == "" {
		return "Look for something else."
	}
	if l.Resource.Name == account.Users && l.Query.Q != "" && utf8.RuneCountInString(l.Query.Q) < 3 {
		return "One or two letters find whose name or address begins with them. Three find " + l.Resource.SearchHelp + "."
	}
	return "Look for " + l.Resource.SearchHelp + "."
}

// filter is the value of a filter in the form.
func (l Listing) filter(name string) string { return l.Query.Filters[name] }

// choices is what can be chosen in a filter of a field.
func (l Listing) choices(filter admin.Filter) (options []profile.Option) {
	switch {
	case filter.Options != nil:
		return filter.Options
	case filter.Text && filter.Name == account.Groups:
		for _, group := range l.InGroup {
			options = append(options, profile.Option{Value: number(group.ID), Label: group.Name})
		}
		return options
	case filter.Text:
		return nil
	}
	return []profile.Option{{Value: "1", Label: "Yes"}, {Value: "0", Label: "No"}}
}

// facetGroup is a filter whose options are counted.
type facetGroup struct {
	label   string
	options []facetOption
}

// facetOption is one of them: what it is called, how many it would leave, and where it leads: to the list with it, or without where it is
// asked for already.
type facetOption struct {
	label, count, to string
	here             bool
}

func (l Listing) facetGroups() (groups []facetGroup) {
	for _, filter := range l.Resource.Filters {
		name, options := filter.Name, l.choices(filter)
		if filter.Attr != nil {
			if options = filter.Attr.Options(); filter.Attr.Kind.Filter == profile.ByPresence {
				name, options = name+admin.IsEmpty, hasOrHasNot()
			}
		}
		group := facetGroup{label: filter.Label}
		for _, option := range options {
			count, counted := l.Facets[name][option.Value]
			if !counted {
				continue
			}
			here := l.filter(name) == option.Value
			q := l.Query.First().Without(filter.Name)
			if !here {
				q = q.With(name, option.Value)
			}
			group.options = append(group.options, facetOption{option.Label, howMany(count.N, count.More), l.address(q), here})
		}
		if len(group.options) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// hasOrHasNot is what can be chosen in the filter of what is there or not.
func hasOrHasNot() []profile.Option {
	return []profile.Option{{Value: "0", Label: "Has one"}, {Value: "1", Label: "Has none"}}
}

func (l Listing) hasAttributes() bool {
	return slices.ContainsFunc(l.Resource.Filters, func(f admin.Filter) bool { return f.Attr != nil })
}

// unshown are the filters of the address that the form has no control for: they stay as they are.
func (l Listing) unshown() []string {
	var names []string
	for name := range l.Query.Filters {
		field, lookup, _ := strings.Cut(name, "__")
		filter, ok := l.Resource.Filter(field)
		if filter.Attr == nil {
			if !ok || filter.Text && !slices.ContainsFunc(l.choices(filter), func(o profile.Option) bool { return o.Value == l.filter(name) }) {
				names = append(names, name)
			}
			continue
		}
		kind := filter.Attr.Kind.Filter
		if kind == profile.ByRange && lookup != "gte" && lookup != "lte" || kind != profile.ByRange && kind != profile.ByPresence && lookup != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// narrowedMore says whether a filter of an attribute is set.
func (l Listing) narrowedMore() bool {
	for _, filter := range l.Resource.Filters {
		for _, lookup := range []string{"", admin.AtLeast, admin.AtMost, admin.IsEmpty} {
			if filter.Attr != nil && l.Query.Filters[filter.Name+lookup] != "" {
				return true
			}
		}
	}
	return false
}

func (l Listing) dateLabel() string {
	column, _ := l.Resource.Column(l.Resource.DateHierarchy)
	return column.Label
}

// wide says whether the list has more columns than a window holds: it then scrolls within its own box.
func (l Listing) wide() bool { return len(l.Resource.Shown()) > 10 }

// actions are those that the one who asks may do.
func (l Listing) actions(page Page) []admin.Action {
	return slices.DeleteFunc(slices.Clone(l.Resource.Actions), func(a admin.Action) bool { return !page.may(a.Verb, l.Resource.Permits()) })
}

// ticked says whether a row was chosen already.
func (l Listing) ticked(id int64) bool { return slices.Contains(l.Ticked, id) }

// chooses says whether rows can be chosen.
func (l Listing) chooses(page Page) bool { return len(l.actions(page)) > 0 }
