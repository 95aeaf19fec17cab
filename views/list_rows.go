package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

// last is the name of the last column; empty for none.
func (list List) last() string {
	if list.Resource.Name == account.History {
		return "Details"
	}
	return ""
}

// undoWord is what the link to an event says.
func (list List) undoWord(row admin.Row) string {
	switch {
	case row.Cells["undone"] != "0":
		return "Taken back"
	case list.Undoable[row.ID]:
		return "Details, undo"
	}
	return "Details"
}

// eventPath is where all is told of that was done with a line of the history. It knows the list that it is opened from.
func (list List) eventPath(row admin.Row) templ.SafeURL {
	at := "/admin/history/" + number(row.ID)
	if from := list.Query.Encode(); from != "" {
		at += "?from=" + url.QueryEscape(from)
	}
	return templ.SafeURL(at)
}

// stands is for how many lines of the history a row stands.
func (list List) stands(row admin.Row) int {
	n, err := strconv.Atoi(row.Cells["alike"])
	if err != nil || !list.Resource.Folds(list.Query) {
		return 1
	}
	return n
}

// historyCell is what a cell of the history says, where that is another than of other lists.
func (list List) historyCell(column admin.Column, row admin.Row) (text string, ok bool) {
	cells, n := row.Cells, list.stands(row)
	switch column.Name {
	case "by_username":
		return Author(cells["by_username"], cells["ip"], cells["action"], cells["object_repr"]), true
	case "action":
		if cells["action"] == "add" && cells["undoes"] != "0" {
			return "brought back", true
		}
	case "object_repr":
		return HowMany(n, cells["resource"], cells["object_repr"]), true
	case "old", "new":
		return "", n > 1 && cells["new"] != "true" && cells["new"] != "false" // each has its own
	}
	return "", false
}

// HowMany says whom something was done to: by name, or how many they are.
func HowMany(n int, resource, name string) string {
	switch {
	case n == 1:
		return name
	case n <= 3:
		return name + " and " + strconv.Itoa(n-1) + " more"
	}
	return CountOf(n, resource)
}

// CountOf says how many of a resource n are.
func CountOf(n int, resource string) string {
	if resource == account.Users {
		return CountPeople(n)
	}
	return thousands(n) + " " + resource
}

// gone is what the history calls who was erased.
const gone = "a deleted person"

// Author says who has done something: a username, or in words who has none. It is empty where that is not known any more.
func Author(name, ip, action, whom string) string {
	switch {
	case name != "":
		return name
	case ip != "": // who has registered, or has a link that was mailed
		return "the person"
	case action == "erase":
		return "the server"
	case whom == gone:
		return ""
	}
	return "the command line"
}

// beginning is what a cell shows of a text that is too long for it, until it is opened.
func beginning(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most-20])) + "…"
	}
	return text
}

// timed says whether the list tells moments.
func (list List) timed() bool {
	return slices.ContainsFunc(list.Resource.Shown(), func(c admin.Column) bool { return c.Kind == admin.Moment })
}

// title is what a row is called.
func (list List) title(row admin.Row) string {
	columns := list.Resource.Shown()
	return list.cell(columns[0], row)
}

// cell is what a cell says.
func (list List) cell(column admin.Column, row admin.Row) string {
	value := row.Cells[column.Name]
	if list.Resource.Name == account.History {
		if text, ok := list.historyCell(column, row); ok {
			return text
		}
	}
	switch column.Kind {
	case admin.Moment:
		return strings.TrimSuffix(Moment(value), " UTC") // which is said once for all of them
	case admin.Boolean:
		if value == "1" || value == "true" {
			return "Yes"
		}
		return "No"
	case admin.Words:
		return column.Word(value)
	case "value":
		return HistoryValue(list.Profile, row.Cells["field"], value)
	}
	return value
}

// link is where a cell leads; empty for nowhere.
func (list List) link(page Page, column admin.Column, row admin.Row) string {
	if column.Link == "" {
		return ""
	}
	if list.Resource.Name == account.History && column.Name == "object_repr" {
		if list.stands(row) > 1 {
			return string(list.eventPath(row))
		}
		if !page.may(account.View, row.Cells["resource"]) {
			return ""
		}
	}
	return column.Path(row)
}

// Moment is a moment of a cell in words: empty for none.
func Moment(ms string) string {
	if n, err := strconv.ParseInt(ms, 10, 64); err == nil && n != 0 {
		return moment(time.UnixMilli(n).UTC())
	}
	return ""
}

func isoTime(ms string) string {
	n, _ := strconv.ParseInt(ms, 10, 64) // a cell of moments
	return time.UnixMilli(n).UTC().Format(time.RFC3339)
}

// HistoryValue is a value that the history tells of, in words.
func HistoryValue(attrs []profile.Attribute, field, value string) string {
	switch field {
	case "is_active", "is_staff", "is_superuser", "awaits_approval", "password_expired", "avatar_public":
		return map[string]string{"true": "yes", "false": "no"}[value]
	case "sessions":
		return map[string]string{"1": "open", "0": "ended"}[value]
	case "email_verified", "expires_at":
		return Moment(value)
	case "groups", "permissions":
		return strings.ReplaceAll(value, "\n", ", ")
	}
	for _, attr := range attrs {
		if attr.Name != field || value == "" {
			continue
		}
		if attr.IsPicture() {
			return "a picture"
		}
		return attr.Words(value)
	}
	return value
}

func (act Acting) question() string {
	return act.Action.Label + ": " + Counted(act.Count, act.Resource.One, act.Resource.Many) + "?"
}

func (act Acting) button() string {
	return act.Action.Label + " (" + thousands(act.Count) + ")"
}

func (act Acting) back() string {
	if act.Page != "" {
		return act.Resource.Path() + "?" + act.Page
	}
	return act.Resource.Path()
}
