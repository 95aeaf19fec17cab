package views

import "strconv"

// Import is a table of people on its way in: what it would do, line by line.
type Import struct {
	Columns                     []string // the names that a table's first line may have
	Passed                      []string // columns of the table that nobody is changed by
	Error                       string   // what is wrong with the file as a whole; empty for nothing
	ID                          int64    // of the table that is shown; 0 for none yet
	Seen                        int64    // which look at it this is, to be sent back
	Lines                       int
	Added, Changed, Same, Wrong int
	Rows                        []ImportLine // some of its lines
	Only                        string       // the state of the lines that are shown; empty for all that do something
	Next                        int          // the line behind which the next page begins; 0 for none
	Done                        bool         // it was imported
	Again                       bool         // somebody has changed one of these people since it was shown
}

// ImportLine is one line of the table.
type ImportLine struct {
	Number   int
	Username string
	State    string          // new, changed, same or wrong
	Fields   []ConflictField // what becomes another: Was and Yours
	Wrong    []string        // what is wrong with it; empty for nothing
}

// summary says what the table does.
func (i Import) summary() string {
	said := thousands(i.Added) + " new, " + thousands(i.Changed) + " changed, " + thousands(i.Same) + " as they are"
	if i.Wrong > 0 {
		said += ", " + thousands(i.Wrong) + " wrong"
	}
	return said + "."
}

// does says whether there is anything to confirm.
func (i Import) does() bool { return i.ID != 0 && !i.Done && i.Wrong == 0 && i.Added+i.Changed > 0 }

// only is the address of the lines of one state.
func (i Import) only(state string, after int) string {
	to := "/admin/users/import?import=" + number(i.ID)
	if state != "" {
		to += "&only=" + state
	}
	if after > 0 {
		to += "&after=" + strconv.Itoa(after)
	}
	return to
}

// state is a part of the lines that can be looked at.
type importState struct {
	name, label string
	n           int
}

func (i Import) states() []importState {
	return []importState{{"wrong", "Wrong", i.Wrong}, {"new", "New", i.Added}, {"changed", "Changed", i.Changed}, {"same", "As they are", i.Same}}
}

// state says in a word what a line does.
func (line ImportLine) state() string {
	for _, s := range (Import{}).states() {
		if s.name == line.State {
			return s.label
		}
	}
	return ""
}
