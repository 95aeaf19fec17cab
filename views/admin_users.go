package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

const usersPath = "/admin/users"

// People is the admin's list of people.
type People struct {
	Resource admin.Resource
	Query    admin.Query
	Page     admin.Page[account.User]
	Profile  []profile.Attribute
	Open     *Edit // the row in edit mode; nil for none
	Saved    int64 // the id of the row just saved; 0 for none
	Kept     bool  // the row just saved kept what somebody else had made of it
}

// Edit is a person as an admin is changing them.
type Edit struct {
	User     account.User      // as typed, as far as it could be read
	Values   map[string]string // what was typed, by column; nil when nothing was typed yet
	Errors   form.Errors
	Conflict *Conflict // nil unless somebody else changed the person first
	List     string    // the list's query string, to come back to
	Waiting  map[string]Waiting

	onPageForm bool // the form stands around the list, and not in the row
}

// Conflict is what somebody else changed while a form was open.
type Conflict struct {
	Fields  []ConflictField
	Version int64 // the version that the next save replaces
}

// ConflictField is one field that differs.
type ConflictField struct{ Label, Was, Theirs, Yours string }

// path is where one person of the admin is.
func userPath(person account.User) string { return usersPath + "/" + id(person) }

func id(person account.User) string { return strconv.FormatInt(person.ID, 10) }

// address is the list's own address for q.
func address(q admin.Query) string {
	if query := q.Encode(); query != "" {
		return usersPath + "?" + query
	}
	return usersPath
}

// editAddress opens one row of the list where there is no JavaScript. It has no fragment: the browser goes to the input that
// takes the cursor, which it would not do with one.
func (people People) editAddress(person account.User) templ.SafeURL {
	query := people.Query.Encode()
	if query != "" {
		query += "&"
	}
	return templ.SafeURL(usersPath + "?" + query + "edit=" + id(person))
}

// back is the list's address with the row of edit in sight.
func (edit Edit) back() templ.SafeURL {
	query := ""
	if edit.List != "" {
		query = "?" + edit.List
	}
	return templ.SafeURL(usersPath + query + "#user-" + id(edit.User))
}

// sorted is what aria-sort says of a column; empty for a column that the list is not sorted by.
func (people People) sorted(column admin.Column) string {
	switch {
	case people.Query.Sort != column.Name:
		return ""
	case people.Query.Desc:
		return "descending"
	}
	return "ascending"
}

// count says how many people the list has.
func (people People) count() string {
	if people.Page.TotalMore {
		return "Over " + CountPeople(people.Page.Total)
	}
	return CountPeople(people.Page.Total)
}

// CountPeople says how many people n are.
func CountPeople(n int) string {
	if n == 1 {
		return "1 person"
	}
	return thousands(n) + " people"
}

// these says whom the list is of.
func (people People) these() string {
	if people.narrowed() {
		return "these people"
	}
	return "all people"
}

// exportAddress is where the list is exported, all its pages.
func (people People) exportAddress() templ.SafeURL {
	query := people.Query.First().Encode()
	if query != "" {
		query = "?" + query
	}
	return templ.SafeURL(usersPath + "/export.csv" + query)
}

// thousands writes n with a comma between each three digits.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// narrowed says whether the list leaves anybody out.
func (people People) narrowed() bool { return people.Query.Q != "" || len(people.Query.Filters) > 0 }

// filter is the value of a filter in the form: 1, 0, or empty.
func (people People) filter(name string) string {
	return people.Query.Filters[name]
}

// saved says what became of the row that was saved last.
func (people People) saved() string {
	if people.Kept {
		return "Kept theirs"
	}
	return "Saved"
}

// yesOrNo is what can be chosen in the filter of a yes-or-no field.
func yesOrNo() []profile.Option {
	return []profile.Option{{Value: "1", Label: "Yes"}, {Value: "0", Label: "No"}}
}

// hasOrHasNot is what can be chosen in the filter of what is there or not.
func hasOrHasNot() []profile.Option {
	return []profile.Option{{Value: "0", Label: "Has one"}, {Value: "1", Label: "Has none"}}
}

// unshown are the filters of the address that the form has no control for: they stay as they are.
func (people People) unshown() []string {
	var names []string
	for name := range people.Query.Filters {
		field, lookup, _ := strings.Cut(name, "__")
		filter, _ := people.Resource.Filter(field)
		if filter.Attr == nil {
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
func (people People) narrowedMore() bool {
	for _, filter := range people.Resource.Filters {
		for _, lookup := range []string{"", admin.AtLeast, admin.AtMost, admin.IsEmpty} {
			if filter.Attr != nil && people.Query.Filters[filter.Name+lookup] != "" {
				return true
			}
		}
	}
	return false
}

// wide says whether the list has more columns than a window holds: it then scrolls within its own box.
func (people People) wide() bool { return len(people.Resource.Columns) > 10 }

// cellOf says how a column's cells are drawn: as those of a field of users by its kind, or as an attribute.
func cellOf(column admin.Column) string {
	if column.Attr != nil && !column.Attr.IsPicture() {
		return "attribute"
	}
	return column.Kind
}

// columnClass tells the style sheet how wide a column is.
func columnClass(column admin.Column) string {
	if cellOf(column) == "attribute" {
		return "is-text"
	}
	return "is-" + column.Kind
}

// long gives a text that the list may cut its whole as a title.
func long(value string) templ.Attributes {
	if utf8.RuneCountInString(value) > 30 {
		return templ.Attributes{"title": value}
	}
	return nil
}

// isOpen says whether this person's row is in edit mode.
func (people People) isOpen(person account.User) bool {
	return people.Open != nil && people.Open.User.ID == person.ID
}

// sort is the value of the form's hidden field, empty when the list has its own order.
func (people People) sort() string {
	if people.Query.Sort == people.Resource.Ordering && !people.Query.Desc {
		return ""
	}
	if people.Query.Desc {
		return "-" + people.Query.Sort
	}
	return people.Query.Sort
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}

// flag reads one of the user's yes-or-no fields.
func flag(person account.User, name string) bool {
	switch name {
	case "is_staff":
		return person.IsStaff
	case "is_active":
		return person.IsActive
	case "is_superuser":
		return person.IsSuperuser
	}
	return false
}
