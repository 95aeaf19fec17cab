package profile_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

const tableTOML = `
[[attribute]]
name = "motto"
kind = "text"
[[attribute]]
name = "bio"
kind = "longtext"
[[attribute]]
name = "weight"
kind = "number"
[[attribute]]
name = "drinks"
kind = "choices"
choices = ["tea", "coffee"]
[[attribute]]
name = "elsewhere"
kind = "links"
[[attribute]]
name = "phone"
kind = "phone"
[[attribute]]
name = "birthday"
kind = "date"
[[attribute]]
name = "newsletter"
kind = "boolean"
`

// TestTablesGoBothWays writes people as CSV, reads it, and gets the same values.
func TestTablesGoBothWays(t *testing.T) {
	p, err := profile.Load([]byte(tableTOML), "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, motto := range []string{"plain", "=1+1", "+49", "-x", "@SUM(A1)", "'quoted", "'=both", `a "quote", a comma`, "<script>", "ünïcode", "- "} {
		u := account.User{IsActive: true, DateJoined: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Username: "ada", Email: "ada@example.org", FirstName: "Ada", LastName: "=cmd|' /C calc'!A0", Attributes: map[string]string{
			"motto": strings.TrimSpace(motto), "bio": "=one\n-two, \"three\"", "weight": "-72.5", "drinks": "tea\ncoffee", "elsewhere": "https://example.org Code",
			"phone": "+442079460018", "birthday": "1990-05-31", "newsletter": "no",
		}}
		var text strings.Builder
		w := csv.NewWriter(&text)
		if err := w.WriteAll([][]string{p.TableHeader(), p.TableRow(u)}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if facts := strings.Join(rows[1][len(rows[1])-5:], ","); facts != "true,false,false,2026-01-02T03:04:05Z," {
			t.Errorf("the last columns are %s", facts)
		}
		for i, name := range p.ReadColumns() {
			a, ok := p.Attribute(name)
			if at := slices.IndexFunc(profile.UserAttributes(), func(a profile.Attribute) bool { return a.Name == name }); at >= 0 {
				a, ok = profile.UserAttributes()[at], true
			}
			cell := rows[1][i]
			if strings.ContainsAny(cell[:1], "=+-@") && name != "weight" {
				t.Errorf("%s begins like a formula: %q", name, cell)
			}
			if got, err := a.ParseCell(cell); !ok || err != nil || got != u.Value(name) {
				t.Errorf("%s: %q comes back as %q, %v", name, u.Value(name), got, err)
			}
		}
	}
}
