package profile

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Kind is a type of value. Everything that depends on it is said here once: forms, rows, lists, columns and exports ask it.
type Kind struct {
	Name     string // the word in profile.toml
	About    string // what it is, one sentence for the documentation
	Example  string // a value as somebody types it
	Widget   Widget // the control that asks for it
	Input    string // the type of its HTML input, for the widget Line
	Mode     string // the inputmode of its input: which keyboard a telephone shows; empty for the usual one
	Store    Column
	Filter   Filter
	Sortable bool
	Keys     []string // the keys that it takes in profile.toml, beside those of every kind

	declared     string // an example of a declaration, for the documentation
	max          int    // most characters where profile.toml sets no max; 0 for no limit of this sort
	autocomplete string // the HTML autocomplete token where profile.toml sets none
	property     string // the property of an h-card (microformats.org/wiki/h-card) where profile.toml sets none

	// declare fills in what follows from the keys of its own. It is nil for a kind that has none.
	declare func(a *Attribute, d declaration) *mistake
	// options lists what can be chosen, for the widgets Select and Checks.
	options func(a Attribute) []Option
	// join puts the values of a form's inputs together to one text. It is nil for a kind with one input.
	join func(a Attribute, values func(field string) []string) string
	// parse reads what was typed, which is not empty, and returns what is stored. Its error is a form.Message.
	parse func(a Attribute, text string) (string, error)
	// show puts a stored value into pieces for a page. It is nil where the value is shown as it is.
	show func(a Attribute, value string) []Piece
	// json returns a stored value as JSON has it. It is nil where that is the text itself.
	json func(a Attribute, value string) any
	// sample makes up a value as somebody types it. It is nil for an upload.
	sample func(a Attribute, random *rand.Rand) string
}

// Widget is the control that asks for a value.
type Widget int

// The widgets. Each is drawn in views/field.templ, and as the cell of a row in views/admin_edit.templ.
const (
	Line    Widget = iota // an input of one line
	Area                  // a text area
	Select                // one of the options, and with Other an input for something else
	Checks                // any of the options
	Links                 // rows of an address and a label
	File                  // a file to choose
	Picture               // a picture to choose
)

// Column is the type of the column that holds a value. A column holds nothing (NULL, or the empty text) where there is no value.
type Column int

// The columns. Each value is also a text, which is what the rest of the program handles.
const (
	Text    Column = iota // a text
	Number                // a decimal number
	Date                  // a day, as a text 2006-01-02
	Boolean               // as a text yes or no
	List                  // several texts in a JSON array, as a text one on each line
)

// Filter is how a list is narrowed by a value.
type Filter int

// The filters. Every one of them also knows who has no value.
const (
	ByPresence Filter = iota // who has a value
	ByOption                 // who has this value
	ByMember                 // who has this value among others
	ByRange                  // who has a value between two
)

// Option is one of the values that can be chosen.
type Option struct{ Value, Label string }

// Piece is a part of a value as a page shows it.
type Piece struct {
	Text   string
	Href   string // what it is a link to: http, https, mailto or tel; empty for no link
	Time   string // the day it names, as 2006-01-02; empty for none
	Colour string // the colour it names, as #rrggbb; empty for none
}

// Kinds returns the kinds that profile.toml can declare. Each is a file of its own, and a line here.
func Kinds() []*Kind {
	return []*Kind{
		textKind(), longtextKind(), urlKind(), emailKind(), phoneKind(), numberKind(), dateKind(), booleanKind(), choiceKind(),
		choicesKind(), countryKind(), languageKind(), timezoneKind(), colorKind(), pictureKind(), fileKind(), linksKind(),
	}
}

// Control is the kind of a field that is no attribute, such as those for logging in. Input is the HTML type of its input. It
// reads nothing.
func Control(input string) *Kind { return &Kind{Name: input, Input: input} }

func kindNamed(name string) (*Kind, bool) {
	all := Kinds()
	i := slices.IndexFunc(all, func(k *Kind) bool { return k.Name == name })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// lines takes the text of a List apart.
func lines(value string) []string {
	return slices.DeleteFunc(strings.Split(value, "\n"), func(line string) bool { return line == "" })
}

// oneOf finds an option by its value, or by its value or label in another spelling.
func oneOf(options []Option, text string) (Option, bool) {
	for _, same := range []func(Option) bool{
		func(o Option) bool { return o.Value == text },
		func(o Option) bool { return strings.EqualFold(o.Value, text) || strings.EqualFold(o.Label, text) },
	} {
		if i := slices.IndexFunc(options, same); i >= 0 {
			return options[i], true
		}
	}
	return Option{}, false
}

// labelOf is how an option is shown; a value that is no option any more is shown as it is.
func labelOf(a Attribute, value string) string {
	for _, option := range a.Options() {
		if option.Value == value {
			return option.Label
		}
	}
	return value
}
