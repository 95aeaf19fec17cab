package e2e

import (
	"encoding/csv"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

// TestTablesGoBothWays exports people with an attribute of each kind, changes the table as in a spreadsheet, and imports it in a browser.
func TestTablesGoBothWays(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			s := startWith(t, everyKind("members"))
			s.superuser("root")
			newClient(t, s).registerAll("ada")
			c := newClient(t, s)
			c.login("root", rootPassword)
			exported := c.get("/admin/users/export.csv?q=ada")
			rows, err := csv.NewReader(strings.NewReader(exported.body)).ReadAll()
			if err != nil || len(rows) != 2 {
				t.Fatalf("%v %q", err, exported.body)
			}
			for i, name := range rows[0] {
				if name == "my_text" {
					rows[1][i] = "'=HYPERLINK(\"//evil.example\")"
				}
			}
			newcomer := make([]string, len(rows[0]))
			newcomer[0] = "grace"
			wrong := make([]string, len(rows[0]))
			wrong[0] = `<img src=x onerror=alert(1)>`
			b := openTab(t, s, mode.script)
			b.login("root", rootPassword)
			b.open("/admin/users/import")
			b.axeAll("import")
			b.look(1280, false)
			importing := func(rows ...[]string) {
				var text strings.Builder
				w := csv.NewWriter(&text)
				w.Comma = ';'
				if err := w.WriteAll(rows); err != nil {
					t.Fatal(err)
				}
				b.choose("#file", file(t, "people.csv", []byte("\ufeff"+text.String())))
				b.click("#import .actions button")
			}
			importing(rows[0], rows[1], newcomer, wrong)
			b.see("main", "1 new, 1 changed, 0 as they are, 1 wrong.")
			b.axeAll("import with a wrong line")
			b.look(1280, false)
			importing(rows[0], rows[1], newcomer)
			b.see("main", "1 new, 1 changed, 0 as they are.")
			b.see(".imported", "=HYPERLINK")
			b.axeAll("import to confirm")
			b.look(1280, false)
			b.click("[name=confirm]")
			b.see("#status", "Imported: 1 person added, 1 person changed.")
			again := c.get("/admin/users/export.csv?q=ada")
			if want := strings.Replace(exported.body, ",Brass & ink,", ",\"'=HYPERLINK(\"\"//evil.example\"\")\",", 1); again.body != want {
				t.Errorf("the table is\n%s\nwant\n%s", again.body, want)
			}
			if n := len(rows[0]) - len(profile.UserAttributes()) - 5; n != len(profile.Kinds()) {
				t.Errorf("%d kinds are exported", n)
			}
		})
	}
}
