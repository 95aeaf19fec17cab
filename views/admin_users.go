package views

import (
	"fmt"
	"net/url"
	"strconv"
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
	Listing
	Rows    []account.User
	Profile []profile.Attribute
	Groups  []account.Group // all there are, where a person may be put into them
	Person  PersonMore      // what a person's own page shows besides
	Open    *Edit           // the row in edit mode; nil for none
	Saved   int64           // the id of the row whose form was just taken; 0 for none
	Said    string          // what became of that row
	Undo    int64           // the line of the history that an undo of what was saved begins from; 0 for none
}

// PersonMore is what a person's page shows besides the person.
type PersonMore struct {
	From     string // the query string of the list that one came from
	Prev     account.User
	Next     account.User
	Sessions []Session
	History  []EventLine // what was changed last, the newest first

	TwoFactor bool   // a second factor is asked for
	Passkeys  int    // how many there are
	InvitedBy string // whose invitation they came by; empty for none
}

// back is the list that one came from.
func (m PersonMore) back() templ.SafeURL {
	if m.From != "" {
		return templ.SafeURL(usersPath + "?" + m.From)
	}
	return usersPath
}

// neighbour is where the one before or after is, in the same list.
func (m PersonMore) neighbour(person account.User) templ.SafeURL {
	return templ.SafeURL(userPath(person) + "?from=" + url.QueryEscape(m.From))
}

// deletes is where a person is deleted, who was opened from that list.
func (m PersonMore) deletes(person account.User) templ.SafeURL {
	return templ.SafeURL(userPath(person) + "/delete?from=" + url.QueryEscape(m.From))
}

// pageOf is a person's page, which knows the list that it is opened from.
func (people People) pageOf(person account.User) templ.SafeURL {
	query := people.Query.First()
	query.Facets, query.Exact = false, false
	if from := query.Encode(); from != "" {
		return templ.SafeURL(userPath(person) + "?from=" + url.QueryEscape(from))
	}
	return templ.SafeURL(userPath(person))
}

// Edit is a person as an admin is changing them.
type Edit struct {
	User     account.User      // as typed, as far as it could be read
	Values   map[string]string // what was typed, by column; nil when nothing was typed yet
	Errors   form.Errors
	Conflict *Conflict // nil unless somebody else changed the person first
	List     string    // the list's query string, to come back to
	Waiting  map[string]Waiting
	Removed  map[string]string // the pictures and files that the form asks to remove, by their attributes

	onPageForm bool // the form stands around the list, and not in the row
}

// Conflict is what somebody else changed while a form was open.
type Conflict struct {
	Fields  []ConflictField
	Version int64  // the version that the next save replaces
	By      string // who has changed it; empty where nobody was signed in
	At      time.Time
}

// ConflictField is one field that differs. Kept says that the form left it as it was, so that theirs stays.
type ConflictField struct {
	Label, Was, Theirs, Yours string
	Kept                      bool

	TheirPicture, YourPicture string // the names of two pictures, to be looked at; empty where there is none
}

// userPath is where one person of the admin is.
func userPath(person account.User) string { return usersPath + "/" + id(person) }

func id(person account.User) string { return strconv.FormatInt(person.ID, 10) }

// editAddress opens one row of the list where there is no JavaScript. It has no fragment: the browser goes to the input that
// takes the cursor, which it would not do with one.
func (people People) editAddress(person account.User) templ.SafeURL {
	query := people.Query.Encode()
	if query != "" {
		query += "&"
	}
	return templ.SafeURL(usersPath + "?" + query + "edit=" + id(person))
}

// change is where a picture or a file of the row is changed.
func (edit Edit) change(field string) templ.SafeURL {
	return templ.SafeURL(userPath(edit.User) + "?from=" + url.QueryEscape(edit.List) + "#field-" + field)
}

// back is the list's address with the row of edit in sight.
func (edit Edit) back() templ.SafeURL {
	query := ""
	if edit.List != "" {
		query = "?" + edit.List
	}
	return templ.SafeURL(usersPath + query + "#user-" + id(edit.User))
}

// CountPeople says how many people n are.
func CountPeople(n int) string {
	if n == 1 {
		return "1 person"
	}
	return thousands(n) + " people"
}

// thousands writes n with a comma between each three digits.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// editable marks a cell that opens its row.
func (people People) editable(page Page, column admin.Column, person account.User) templ.Attributes {
	if !column.Editable || !page.mayChange(person) || column.Kind == admin.Boolean && !page.maySet(column.Name) || editOf(column) == "file" {
		return nil
	}
	return templ.Attributes{"data-field": column.Name}
}

// cellOf says how a column's cells are drawn: as those of a field of users by its kind, or as an attribute.
func cellOf(column admin.Column) string {
	if column.Attr != nil && !column.Attr.IsPicture() {
		return "attribute"
	}
	return column.Kind
}

// undoPath is where the event is taken back that a line of the history belongs to.
func undoPath(line int64) string { return "/admin/history/" + number(line) + "/undo" }

// rowVals asks the undo for the person's row as its answer.
func rowVals(person account.User) string { return `{"row":"` + id(person) + `"}` }

// columnClass tells the style sheet how wide a column is.
func columnClass(column admin.Column) string {
	if column.Name == "username" && column.Editable {
		return "is-title"
	}
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
