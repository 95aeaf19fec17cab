package views

import (
	"cmp"
	"slices"
	"strconv"
)

// importShown is the most lines of a table that a page shows.
const importShown = 200

// Import is a table of people on its way in: what it would do, line by line.
type Import struct {
	Columns                     []string // the names that a table's first line may have
	Error                       string   // what is wrong with the file as a whole; empty for nothing
	Table                       string   // the table that is shown, as text; empty for none yet
	Digest                      string   // of what it does, to be sent back
	Added, Changed, Same, Wrong int
	Lines                       []ImportLine // those that do something, or can't
	Again                       bool         // somebody has changed one of these people since it was shown
}

// ImportLine is one line of the table.
type ImportLine struct {
	Number   int
	Username string
	New      bool
	Fields   []ConflictField // what becomes another: Was and Yours
	Wrong    []string        // what is wrong with it; empty for nothing
}

// shown are the lines that the page has room for, what is wrong first.
func (i Import) shown() []ImportLine {
	lines := slices.Clone(i.Lines)
	slices.SortStableFunc(lines, func(a, b ImportLine) int { return cmp.Compare(min(1, len(b.Wrong)), min(1, len(a.Wrong))) })
	return lines[:min(len(lines), importShown)]
}

// summary says what the table does.
func (i Import) summary() string {
	said := strconv.Itoa(i.Added) + " new, " + strconv.Itoa(i.Changed) + " changed, " + strconv.Itoa(i.Same) + " as they are"
	if i.Wrong > 0 {
		said += ", " + strconv.Itoa(i.Wrong) + " wrong"
	}
	return said + "."
}

// does says whether there is anything to confirm.
func (i Import) does() bool { return i.Table != "" && i.Wrong == 0 && i.Added+i.Changed > 0 }

// state says in a word what a line does.
func (line ImportLine) state() string {
	switch {
	case len(line.Wrong) > 0:
		return "Wrong"
	case line.New:
		return "New"
	}
	return "Changed"
}
