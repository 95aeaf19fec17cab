package profile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"nameplate/internal/account"
)

// formulas are the characters with which a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection).
const formulas = "=+-@\t\r"

// tableFacts are columns that a table tells and that nobody is changed by: a table that is read may have them.
var tableFacts = []string{"is_active", "is_staff", "is_superuser", "date_joined", "last_login"}

// IsTableFact says whether a column is one of those that a table tells and that nobody is changed by.
func IsTableFact(name string) bool { return slices.Contains(tableFacts, name) }

// TableHeader returns the names of the columns of a table (CSV) of people: what every user has, then the attributes of p, then what else is
// known of a user.
func (p Profile) TableHeader() []string { return append(p.ReadColumns(), tableFacts...) }

// ReadColumns returns the names of the columns that people are changed by.
func (p Profile) ReadColumns() []string {
	var names []string
	for _, a := range p.tableColumns() {
		names = append(names, a.Name)
	}
	return names
}

// TableRow returns one person as the cells of such a table. Moments are in UTC, as in RFC 3339.
func (p Profile) TableRow(u account.User) []string {
	var cells []string
	for _, a := range p.tableColumns() {
		cells = append(cells, a.Cell(u.Value(a.Name)))
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return append(cells, strconv.FormatBool(u.IsActive), strconv.FormatBool(u.IsStaff), strconv.FormatBool(u.IsSuperuser), moment(u.DateJoined), moment(u.LastLogin))
}

func (p Profile) tableColumns() []Attribute { return append(UserAttributes(), p.Attributes...) }

// Cell returns a stored value as a cell of a table. A text that a spreadsheet would take for a formula gets an apostrophe in front.
func (a Attribute) Cell(value string) string {
	if a.Kind.Store == Number {
		return value
	}
	return SafeCell(value)
}

// SafeCell returns a text as a cell of a table: one that a spreadsheet would take for a formula gets an apostrophe in front.
func SafeCell(text string) string {
	if text != "" && strings.Contains(formulas+"'", text[:1]) {
		return "'" + text
	}
	return text
}

// ParseCell reads a cell of a table: what Cell returns, or what somebody typed into a spreadsheet. A picture or a file can't come in
// a table: see IsUpload. Its error is a form.Message.
func (a Attribute) ParseCell(cell string) (string, error) {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != "" && strings.Contains(formulas+"'", rest[:1]) {
		cell = rest
	}
	return a.Parse(cell)
}
