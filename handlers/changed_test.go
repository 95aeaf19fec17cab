package handlers

import (
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
)

// TestChangedUnderneath drops an attribute while a site serves it: that is no fault of its pages, and the site says that it is not ready.
func TestChangedUnderneath(t *testing.T) {
	const motto = "[[attribute]]\nname='motto'\nkind='text'\n"
	dbtest.EachWith(t, motto, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, func(a *App) { a.Profile = d.Profile() })
		s.add("ada")
		if r := s.client().get("/readyz"); r.status != 200 {
			t.Fatalf("before: %d", r.status)
		}
		dbtest.Declared(t, dbtest.Again(t, d, strings.Replace(motto, "motto", "slogan", 1)))
		for _, path := range []string{"/readyz", "/@ada", "/@nobody"} {
			if r := s.client().get(path); r.status != 503 || r.header.Get("Retry-After") == "" {
				t.Errorf("%s: %d", path, r.status)
			}
		}
		if r := s.client().get("/healthz"); r.status != 200 {
			t.Errorf("healthz: %d", r.status)
		}
	})
}
