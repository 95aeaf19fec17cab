package handlers

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/profile"
)

const guarded = `
[[attribute]]
name = "cv"
kind = "file"
see = "members"
register = true
[[attribute]]
name = "portrait"
kind = "picture"
see = "staff"
register = true
`

func TestDownloadsAndPicturesAreForWhoMaySeeThem(t *testing.T) {
	declared, err := profile.Load([]byte(guarded), "profile.toml")
	must(t, err)
	dbtest.EachWith(t, guarded, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, func(a *App) { a.Profile = declared })
		ada := s.add("ada")
		own, stranger, other, staff := s.as(ada), s.client(), s.as(s.add("other")), s.as(s.add("staff", asStaff))
		for name, data := range map[string]string{"empty": "", "code": "MZ\x00", "cut short": "%PDF-1.7"} {
			if r := own.upload("/settings/profile/cv", "cv", "a.pdf", []byte(data)); r.status != 422 {
				t.Errorf("%s: %d", name, r.status)
			}
		}
		if r := own.upload("/settings/profile/cv", "cv", "a.txt", []byte(strings.Repeat("a", 5<<20+1))); r.status != 413 {
			t.Errorf("too large: %d", r.status)
		}
		if r := own.upload("/settings/profile/cv", "cv", `my "cv" ü.html`, []byte("<script>alert(1)</script>")); r.status != 303 {
			t.Fatalf("saved: %d", r.status)
		}
		for _, test := range []struct {
			who  *client
			want int
		}{{stranger, 404}, {other, 200}, {own, 200}, {staff, 200}} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r := test.who.do(httptest.NewRequest(method, "/@ada/cv", nil))
				if r.status != test.want {
					t.Errorf("%s: %d, want %d", method, r.status, test.want)
				}
				if r.status == 200 && (!strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment; filename*=utf-8''my%20_cv_%20%C3%BC.html.txt") || r.header.Get("Cache-Control") != "private, no-store" ||
					r.header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || r.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(r.header.Get("Content-Type"), "text/plain")) {
					t.Errorf("%s: %v", method, r.header)
				}
			}
		}
		own.upload("/settings/profile/portrait", "portrait", "a.jpg", photo(t, 1))
		saved, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		at := profile.PicturePath(saved.Value("portrait"), 96)
		for i, c := range []*client{stranger, other, own, staff} {
			r, want := c.get(at), []int{404, 404, 200, 200}[i]
			if r.status != want || (want == 200 && r.header.Get("Cache-Control") != "private, no-store") {
				t.Errorf("picture for %d: %d %q", i, r.status, r.header.Get("Cache-Control"))
			}
		}
		own.upload("/settings/profile/portrait", "portrait", "a.jpg", photo(t, 1), "preview", "1")
		for i, c := range []*client{stranger, other, own, staff} {
			if r, want := c.get(at), []int{404, 404, 200, 200}[i]; r.status != want || want == 200 && r.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
				t.Errorf("picture for %d, while a preview of the same waits: %d", i, r.status)
			}
		}
		strict := newSite(t, d, func(a *App) { a.Profile, a.Pictures, a.RequireTwoFactor = declared, s.pictures, "everyone" })
		half := strict.as(strict.add("half", asStaff))
		if r, cv := half.get(at), half.get("/@ada/cv"); r.status != 404 || cv.status != 404 || half.get("/@ada").Find(".plate img").Length() != 0 {
			t.Errorf("for staff who have yet to get a second factor: %d, %d", r.status, cv.status)
		}
		for field, other := range map[string]string{"cv": "portrait", "portrait": "cv"} { // what waits for one is not taken for the other
			data := []byte("a text")
			if field == "portrait" {
				data = photo(t, 2)
			}
			refused := s.client().upload("/register", field, "x", data)
			token := refused.value("waiting_" + field)
			if token == "" {
				t.Fatalf("%s does not wait: %d", field, refused.status)
			}
			if r := own.post("/settings/profile/"+other, "waiting_"+other, token); r.status != 422 {
				t.Errorf("a %s taken for a %s: %d", field, other, r.status)
			}
		}
		stored := func() int {
			files, err := os.ReadDir(s.dir + "/files")
			must(t, err)
			return len(files)
		}
		before := stored()
		if r := own.upload("/settings/profile/cv", "cv", "b.txt", []byte("another")); r.status != 303 || own.get("/@ada/cv").body != "another" || stored() != before {
			t.Errorf("replaced: %d, %d files instead of %d", r.status, stored(), before)
		}
		if r := own.post("/settings/profile/cv", "remove", "1"); r.status != 303 || own.get("/@ada/cv").status != 404 {
			t.Errorf("removed: %d", r.status)
		} else if stored() != before-1 {
			t.Errorf("%d files instead of %d", stored(), before-1)
		}
		gone, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		gone.IsActive = false
		boss := s.add("boss", asSuperuser)
		_, err = s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, gone)
		must(t, err)
		for i, c := range []*client{stranger, other, staff} {
			if r, want := c.get(at), []int{404, 404, 200}[i]; r.status != want {
				t.Errorf("the picture of somebody deactivated for %d: %d", i, r.status)
			}
		}
	})
}

// TestPictureOfSomebodyUnseen is for staff alone, also where everybody may see all pictures; unless somebody else has the same.
func TestPictureOfSomebodyUnseen(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada, boss := s.withPicture(s.add("ada"), 90), s.add("boss", asSuperuser)
		at := profile.PicturePath(s.pictureOf(ada), 96)
		see := func(when string, stranger, staff int) {
			t.Helper()
			for who, row := range map[string]struct {
				c    *client
				want int
			}{"a stranger": {s.client(), stranger}, "a member": {s.as(s.add("m" + when)), stranger}, "staff": {s.as(s.add("s"+when, asStaff)), staff}} {
				if r := row.c.get(at); r.status != row.want || r.status == 200 && stranger == 404 && r.header.Get("Cache-Control") != "private, no-store" {
					t.Errorf("%s, %s: %d %s, want %d", when, who, r.status, r.header.Get("Cache-Control"), row.want)
				}
			}
		}
		see("active", 200, 200)
		ada, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		ada.IsActive = false
		_, err = s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, ada)
		must(t, err)
		see("deactivated", 404, 200)
		s.withPicture(s.add("twin"), 90)
		see("shared", 200, 200)
	})
}
