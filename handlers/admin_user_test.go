package handlers

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func TestNewUser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		r := c.upload("/admin/users/new", "profile_pic", "a.jpg", photo(t, 1), "username", "eve", "email", "eve@example.org", "password", password, "first_name", "Eve", "portfolio_site", "https://example.org", "is_staff", "1")
		u, err := s.db.UserByName(context.Background(), "eve")
		must(t, err)
		if r.status != 303 || r.location() != path("/admin/users/ID?saved=1", u.ID) || !u.IsStaff || u.FirstName != "Eve" || u.Value("profile_pic") == "" {
			t.Errorf("%d to %q: %+v", r.status, r.location(), u)
		}
		s.as(u)
		if r := c.post("/admin/users/new", "username", "imported"); r.status != 303 {
			t.Errorf("a person without address and password: %d", r.status)
		}
		if r := c.post("/admin/users/new", "username", "imported2"); r.status != 303 {
			t.Errorf("a second person without address: %d", r.status)
		}
		if r := s.client().post("/login", "username", "imported", "password", ""); r.status != 422 {
			t.Errorf("logging in without a password: %d", r.status)
		}
		if r := c.post("/admin/users/new", "username", "EVE", "password", "short"); r.status != 422 || r.Find("[aria-invalid=true]").Length() != 2 {
			t.Errorf("refused with %d and %d fields", r.status, r.Find("[aria-invalid=true]").Length())
		}
	})
}

func TestDeleteUser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		ada := s.add("ada")
		own := s.as(ada)
		own.upload("/settings/profile/profile_pic", "profile_pic", "a.jpg", photo(t, 1))
		face := s.client().get("/@ada").Find("img.u-photo").AttrOr("src", "")
		if r := s.client().get(face); r.status != 200 {
			t.Fatalf("the picture %q: %d", face, r.status)
		}
		at := path("/admin/users/ID/delete", ada.ID)
		if r := c.get(at); r.status != 200 || !r.says("1 session") || !r.says("1 picture") {
			t.Errorf("%d: what goes with them is not told: %s", r.status, r.Find("main").Text())
		}
		files := s.files()
		deleted := c.post(at)
		said := c.get(deleted.location())
		if deleted.status != 303 || !said.says("The person was deleted") {
			t.Errorf("%d to %q", deleted.status, deleted.location())
		}
		if _, err := s.db.User(context.Background(), ada.ID); err == nil || s.files() != files {
			t.Errorf("%v, %d files are left", err, s.files())
		}
		if r := own.get("/settings/profile"); r.status != 303 {
			t.Errorf("their session lives on: %d", r.status)
		}
		if r := c.post(at); r.status != 404 {
			t.Errorf("deleted twice: %d", r.status)
		}
		if r := s.client().get(face); r.status != 404 {
			t.Errorf("the picture: %d", r.status)
		}
		if r := s.client().get("/@ada"); r.status != 404 {
			t.Errorf("the public page: %d", r.status)
		}
		undo := said.Find("form.undo")
		if r := c.post(undo.AttrOr("action", ""), "back", undo.Find("[name=back]").AttrOr("value", "")); r.location() != "/admin/users?undone=1" || !c.get(r.location()).says("The deletion of ada was taken back.") {
			t.Fatalf("undo: %d to %q", r.status, r.location())
		}
		if u, err := s.db.User(context.Background(), ada.ID); err != nil || u.Value("profile_pic") == "" {
			t.Errorf("%+v, %v", u, err)
		}
		if r := s.client().get(face); r.status != 200 {
			t.Errorf("the picture of the one who came back: %d", r.status)
		}
		if r := s.client().post("/login", "username", "ada", "password", password); r.status != 303 {
			t.Errorf("the one who came back logs in: %d", r.status)
		}
		if r := c.post(at, "erase", "1"); r.status != 303 || !c.get(r.location()).says("erased, for good") || s.files() != 0 {
			t.Errorf("erase: %d to %q, %d files are left", r.status, r.location(), s.files())
		}
		if c.get("/admin/deleted").Find("tbody tr").Length() != 0 {
			t.Error("who was erased can be brought back")
		}
	})
}

func TestUserPassword(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		ada := s.add("ada")
		own := s.as(ada)
		at := path("/admin/users/ID/password", ada.ID)
		for _, bad := range []string{"", "short", "password123", "ada@example.org"} {
			if r := c.post(at, "new_password", bad); r.status != 422 || r.Find("#new_password").AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%q: %d", bad, r.status)
			}
		}
		if r := c.post(at, "new_password", "another good password"); r.status != 303 {
			t.Errorf("%d", r.status)
		}
		if r := own.get("/settings/profile"); r.status != 303 {
			t.Errorf("the old session lives on: %d", r.status)
		}
		if r := s.client().post("/login", "username", "ada", "password", "another good password"); r.status != 303 {
			t.Errorf("the new password: %d", r.status)
		}
	})
}

func TestEditUserConflictIsInWords(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		ada := s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		version := boss.get(row).value("version")
		if r := boss.upload(row, "profile_pic", "a.jpg", photo(t, 1), "is_staff", "1", "version", version); r.status != 303 {
			t.Fatalf("%d", r.status)
		}
		r := boss.upload(row, "profile_pic", "b.jpg", photo(t, 2), "is_staff", "0", "version", version)
		seen := strings.Join(strings.Fields(r.Find(".conflict").Text()), " ")
		if r.status != http.StatusConflict || r.Find(".conflict").Length() != 2 || !strings.Contains(seen, "Staff Was no Theirs yes Yours no") && !strings.Contains(seen, "noTheirsyes") {
			t.Errorf("%d: %q", r.status, seen)
		}
		token := r.value("waiting_profile_pic")
		if token == "" || strings.Contains(seen, token) || strings.Contains(seen, "true") || strings.Contains(seen, "false") || r.Find(".conflict img[alt='a picture']").Length() != 2 {
			t.Errorf("token %q in %q", token, seen)
		}
	})
}

// TestOldValuesAreNobodysObstacle saves a person who has none of what has become required, and a choice that is none any more.
func TestOldValuesAreNobodysObstacle(t *testing.T) {
	const before = "[[attribute]]\nname='shirt'\nkind='choice'\nchoices=['S','M']\n[[attribute]]\nname='bio'\nkind='longtext'\n[[attribute]]\nname='drinks'\nkind='choices'\nchoices=['tea','gin']\n[[attribute]]\nname='motto'\nkind='text'\n"
	after := strings.NewReplacer("['S','M']", "['M','L']", "'gin'", "'milk'", "kind='text'\n", "kind='text'\nrequired=true\n").Replace(before)
	dbtest.EachWith(t, before, func(t *testing.T, d *db.DB) {
		ada, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", Email: "ada@example.org", IsActive: true,
			Attributes: map[string]string{"shirt": "S", "drinks": "tea\ngin", "bio": "one\ntwo"}})
		must(t, err)
		d = dbtest.Again(t, d, after)
		s := newSite(t, d, func(a *App) { a.Profile = d.Profile() })
		boss := s.as(s.add("boss", asSuperuser))
		page := boss.get(path("/admin/users/ID", ada.ID))
		fields := []string{"first_name", "Ada"}
		page.Find("form").Each(func(_ int, form *goquery.Selection) {
			form.Find("input[name], textarea, option[selected]").Each(func(_ int, input *goquery.Selection) {
				name, _ := input.Attr("name")
				_, checked := input.Attr("checked")
				switch {
				case goquery.NodeName(input) == "option":
					fields = append(fields, input.Closest("select").AttrOr("name", ""), input.AttrOr("value", ""))
				case goquery.NodeName(input) == "textarea":
					fields = append(fields, name, strings.ReplaceAll(strings.TrimPrefix(input.Text(), "\n"), "\n", "\r\n"))
				case name == "" || name == "first_name" || input.AttrOr("type", "") == "checkbox" && !checked:
				default:
					fields = append(fields, name, input.AttrOr("value", ""))
				}
			})
		})
		if r := boss.post(path("/admin/users/ID", ada.ID), fields...); r.status != 303 {
			t.Fatalf("%d: %s", r.status, r.Find("#summary").Text())
		}
		got, err := d.User(t.Context(), ada.ID)
		if err != nil || got.FirstName != "Ada" || got.Value("shirt") != "S" || got.Value("bio") != "one\ntwo" || got.Value("drinks") != "tea\ngin" {
			t.Errorf("%+v, %v", got, err)
		}
		if r := boss.post(path("/admin/users/ID", ada.ID), "version", "9", "shirt", "XL"); r.status != 422 {
			t.Errorf("another wrong choice: %d", r.status)
		}
		// Who comes now has to say it.
		if r := boss.post("/admin/users/new", "username", "bob"); r.status != 422 || !r.says("Motto: fill this in.") {
			t.Errorf("a new person: %d", r.status)
		}
	})
}
