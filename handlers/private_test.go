package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
)

// TestHistoryNamesNothingPrivate: neither its pages nor its export say what only its owner sees is called, or is.
func TestHistoryNamesNothingPrivate(t *testing.T) {
	const declared = "\n[[attribute]]\nname = 'diary'\nlabel = 'Dear Diary'\nkind = 'text'\nsee = 'oneself'\n"
	dbtest.EachWith(t, string(nameplate.ProfileTOML)+declared, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, func(a *App) { a.Profile = d.Profile() })
		person := s.add("ada")
		boss, ada := s.as(s.add("boss", asSuperuser)), s.as(person)
		for _, field := range []string{"diary", "first_name"} {
			if r := ada.post("/settings/profile/"+field, field, "secret"); r.status != http.StatusSeeOther {
				t.Fatal(r.status)
			}
		}
		line := dbtest.Text(t, d, "SELECT id FROM history WHERE field = 'diary'")
		for _, page := range []string{"/admin/history", "/admin/history/export.csv", "/admin/history/" + line, path("/admin/users/ID", person.ID), path("/admin/users/ID/history", person.ID)} {
			r := boss.get(page)
			if low := strings.ToLower(r.body); r.status != http.StatusOK || strings.Contains(low, "diary") || !strings.Contains(low, "something private") {
				t.Errorf("%s: %d %s", page, r.status, r.body)
			}
		}
		if r := boss.get("/admin/history?field=diary"); r.status != http.StatusBadRequest {
			t.Errorf("narrowed by it: %d", r.status)
		}
		if r := boss.get("/admin/history?field=first_name"); r.status != http.StatusOK || !r.says("First name") {
			t.Errorf("narrowed by another: %d", r.status)
		}
	})
}
