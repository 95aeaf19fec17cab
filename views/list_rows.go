package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

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
	if row.Cells["undone"] != "0" {
		return "Taken back"
	}
	return "Details"
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
func (list List) link(column admin.Column, row admin.Row) string {
	if column.Link == "" {
		return ""
	}
	if list.Resource.Name == account.History && column.Name == "object_repr" && row.Cells["resource"] == account.Invitations {
		return ""
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
	case "is_active", "is_staff", "is_superuser", "awaits_approval", "password_expired":
		return map[string]string{"true": "yes", "false": "no"}[value]
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
