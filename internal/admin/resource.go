// Package admin says what a list of the admin is, in Django's words: its columns, search, filters, order and actions. It is data;
// only what is declared here reaches SQL.
package admin

import (
	"slices"
	"strings"

	"nameplate/internal/profile"
)

// The kinds of a column beside those of attributes.
const (
	Text    = "text"
	Moment  = "moment"  // milliseconds since 1970 UTC
	Number  = "number"  // a whole number
	Boolean = "boolean" // yes or no
	Words   = "words"   // a word that the program knows, shown as Options say
)

// Column is one column of a list.
type Column struct {
	Name     string // the field's name, as in URLs
	Label    string
	Kind     string // the kind of its value: text, moment, email, url, picture, boolean, date …
	Sortable bool
	Editable bool               // whether the row in edit mode has an input for it
	Attr     *profile.Attribute // the attribute of the profile that it shows; nil for a field of the resource
	SQL      string             // what it is in the resource's From, never NULL; empty for a column of its own name
	Sort     string             // what it is sorted by, where that is another
	Link     string             // where its cells lead: a path with columns in braces, /admin/users/{object_id}; empty for nowhere
	Options  []profile.Option   // what its words are called; nil for as they are
	Hidden   bool               // it is read for links and actions alone
}

// Filter is a field that a list can be narrowed by. A field is 1 or 0 in a URL, or one of its options; what an attribute can be follows
// from its kind's Filter.
type Filter struct {
	Name    string // the field's name
	Label   string
	Attr    *profile.Attribute // nil for a field of the resource
	SQL     string             // as in Column
	Options []profile.Option   // what can be chosen, nil for yes or no
	Text    bool               // any whole number may be asked for, an id
	Each    bool               // it asks for single rows, and not for those that stand for others
}

// The lookups that may follow the name of a filter in a URL, as in Django.
const (
	AtLeast = "__gte"     // for profile.ByRange: this value or more
	AtMost  = "__lte"     // for profile.ByRange: this value or less
	IsEmpty = "__isempty" // for every attribute: 1 for who has no value, 0 for who has one
	Year    = "__year"    // for the date hierarchy
	Month   = "__month"   // within a year
	Day     = "__day"     // within a month
)

// Action is what can be done with rows that were chosen.
type Action struct {
	Name  string
	Label string // "Try again"
	Verb  string // what somebody must be permitted: change or delete
	Asks  string // what is said before it is done: what it means, and what of it can't be taken back
	Grave bool   // it takes something away
	Group bool   // it is about a group, which is chosen with it
}

// Resource is a list of the admin. Its name is the path below /admin/, and what permissions begin with.
type Resource struct {
	Name     string
	Label    string // "Invitations"
	One      string // "invitation"
	Many     string // "invitations"
	Columns  []Column
	Filters  []Filter
	Ordering string // the name of the column it is sorted by when nothing is asked for, with a minus sign for the other way round
	PerPage  int    // rows on a page when nothing is asked for
	Actions  []Action

	From          string   // the table, and what is joined to it; empty for people, who are read in a way of their own
	ID            string   // what tells its rows apart: a whole number
	Where         string   // what every row fulfils; {now} is this moment in milliseconds
	Fold          string   // what a row fulfils that stands for all that are like it; empty: each stands for itself
	Search        []string // what a search looks into, in SQL
	SearchHelp    string   // what that is, in words
	DateHierarchy string   // the column of moments that the list is narrowed by; empty for none
	Empty         string   // what is said where there are no rows
	Permission    string   // whose permissions count, where they are another resource's; empty for its own
	Adds          string   // what the link to add a row says; empty for none
}

// MaxPerPage is the most rows that a page may have.
const MaxPerPage = 500

// Column returns the column of this name.
func (r Resource) Column(name string) (Column, bool) {
	for _, column := range r.Columns {
		if column.Name == name {
			return column, true
		}
	}
	return Column{}, false
}

// Shown returns the columns that are seen.
func (r Resource) Shown() []Column {
	var shown []Column
	for _, column := range r.Columns {
		if !column.Hidden {
			shown = append(shown, column)
		}
	}
	return shown
}

// Folds says whether a row of the list may stand for many: where nothing is looked for, and no filter asks for single ones.
func (r Resource) Folds(q Query) bool {
	return r.Fold != "" && q.Q == "" && !slices.ContainsFunc(r.Filters, func(f Filter) bool { return f.Each && q.Filters[f.Name] != "" })
}

// Filter returns the filter of this name.
func (r Resource) Filter(name string) (Filter, bool) {
	for _, filter := range r.Filters {
		if filter.Name == name {
			return filter, true
		}
	}
	return Filter{}, false
}

// Action returns the action of this name.
func (r Resource) Action(name string) (Action, bool) {
	for _, action := range r.Actions {
		if action.Name == name {
			return action, true
		}
	}
	return Action{}, false
}

// Path is where the list is.
func (r Resource) Path() string { return "/admin/" + r.Name }

// Permits is the resource whose permissions count.
func (r Resource) Permits() string {
	if r.Permission != "" {
		return r.Permission
	}
	return r.Name
}

// order returns the column that the list is sorted by when nothing is asked for, and whether from the last to the first.
func (r Resource) order() (column string, desc bool) {
	column, desc = strings.CutPrefix(r.Ordering, "-")
	return column, desc
}

// Row is one row of a list, as texts.
type Row struct {
	ID    int64
	Cells map[string]string // by column: a moment in milliseconds, a boolean as 1 or 0
}

// Path fills in a link of a column.
func (c Column) Path(row Row) string {
	var b strings.Builder
	rest := c.Link
	for {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(after, "}")
		if row.Cells[name] == "" || row.Cells[name] == "0" {
			return ""
		}
		b.WriteString(row.Cells[name])
		rest = after
	}
}

// Word is what an option of a column is called.
func (c Column) Word(value string) string {
	for _, option := range c.Options {
		if option.Value == value {
			return option.Label
		}
	}
	return value
}
