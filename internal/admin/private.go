package admin

import (
	"slices"
	"strings"

	"nameplate/internal/profile"
)

// somethingPrivate is what the history says instead of the name of what only its owner sees.
const somethingPrivate = "Something private"

// HidePrivate leaves the names of the attributes of p that only their owners see out of the history, in its pages and in its export: that
// somebody has changed one stands there.
func HidePrivate(resources []Resource, p profile.Profile) {
	var names []string
	var options []profile.Option
	for _, attr := range p.Attributes {
		if attr.See == profile.Oneself {
			names = append(names, "'"+strings.ReplaceAll(attr.Name, "'", "''")+"'")
			options = append(options, profile.Option{Value: attr.Name, Label: somethingPrivate})
		}
	}
	for _, r := range resources {
		i := slices.IndexFunc(r.Columns, func(c Column) bool { return c.Name == "field" })
		if r.Name != "history" || i < 0 || len(names) == 0 {
			continue
		}
		c := &r.Columns[i]
		c.SQL = "CASE WHEN " + c.SQL + " IN (" + strings.Join(names, ", ") + ") AND h.resource = 'users' THEN '" + somethingPrivate + "' ELSE " + c.SQL + " END"
		c.Options = append(slices.Clone(c.Options), options...) // for an event, which is read by itself
	}
}
