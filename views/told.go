package views

import (
	"strings"

	"nameplate/internal/account"
)

// Told is what one event of the history did, in short.
type Told struct {
	Resource, Action string
	Fields           []string // their labels
	Field            string   // the only one, by its name; empty for none and for several
	New              string   // what all of it became, where that is the same
	Whom             string   // by name, or how many
	Undoes           bool     // it took something back
}

// Noun says it as a noun, for a sentence to go on with.
func (t Told) Noun() string {
	switch {
	case t.Action == "add" && t.Resource == account.Invitations:
		return t.Whom
	case t.Action == "add" && t.Undoes:
		return "the return of " + t.Whom
	case t.Action == "add":
		return "the addition of " + t.Whom
	case t.Action == "delete":
		return "the deletion of " + t.Whom
	case t.Field == "is_active" && t.New == "true":
		return "the activation of " + t.Whom
	case t.Field == "is_active" && t.New == "false":
		return "the deactivation of " + t.Whom
	case t.Resource == account.Invitations:
		return "the end of " + t.Whom
	case len(t.Fields) == 0:
		return "the change of " + t.Whom
	}
	return "the change of " + t.Whom + " (" + strings.Join(t.Fields, ", ") + ")"
}

// Verb says it as a verb, which stands before whom it was done to, or behind.
func (t Told) Verb() (before, behind string) {
	switch {
	case t.Action == "view":
		return "Looked as", ""
	case t.Action == "mail":
		return "", "was mailed a link"
	case t.Action == "retry":
		return "", "tried again"
	case t.Action == "give_up":
		return "", "given up"
	case t.Action == "add" && t.Undoes:
		return "", "brought back"
	case t.Action == "add":
		return "", "added"
	case t.Action == "delete":
		return "", "deleted"
	case t.Action == "erase":
		return "", "erased"
	case t.Field == "is_active" && t.New == "true":
		return "", "activated"
	case t.Field == "is_active" && t.New == "false":
		return "", "deactivated"
	case len(t.Fields) == 0:
		return "", "changed"
	}
	return "", "– " + strings.Join(t.Fields, ", ") + " changed"
}

// TakenBack says that it was taken back.
func (t Told) TakenBack() string { return Capital(t.Noun()) + " was taken back." }
