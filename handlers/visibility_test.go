package handlers

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/profile"
)

// marks are values of each kind that a page shows nowhere else, and the part of each that it shows.
var marks = map[string][2]string{
	"text": {"zebra7", "zebra7"}, "longtext": {"quagga7", "quagga7"}, "url": {"https://okapi7.example/", "okapi7"}, "email": {"tapir7@example.net", "tapir7"},
	"phone": {"+442079460718", "442079460718"}, "number": {"7713", "7713"}, "date": {"1907-07-17", "1907-07-17"}, "choice": {"gnu7", "gnu7"}, "choices": {"ibex7", "ibex7"},
	"color": {"#71a7b7", "#71a7b7"}, "links": {"https://saiga7.example/ kudu7", "saiga7"},
	"country": {"GL", "Greenland"}, "language": {"fo", "Faroese"}, "timezone": {"Asia/Kathmandu", "Kathmandu"}, "boolean": {"yes", "Sees-boolean"},
	"file": {"ABCDEFGHIJKLMNOPQRSTUVWXYZ/oryx7.pdf", "oryx7.pdf"}, "picture": {"", ""},
}

// declared is a profile with one attribute of each kind for each audience, such as links_staff.
func declared() string {
	var b strings.Builder
	for _, kind := range profile.Kinds() {
		for _, see := range []string{"anyone", "members", "staff", "oneself"} {
			fmt.Fprintf(&b, "[[attribute]]\nname = '%s_%s'\nkind = '%s'\nsee = '%s'\nlabel = 'Sees-%s %s'\n", kind.Name, see, kind.Name, see, kind.Name, see)
			if kind.Name == "choice" || kind.Name == "choices" {
				fmt.Fprintf(&b, "choices = ['%s-%s']\n", marks[kind.Name][0], see)
			}
		}
	}
	return b.String()
}

// TestWhoSeesWhat asks for the pages of somebody with a value of each kind for each audience, as everybody who may ask, and looks which
// attributes each page tells of: by their labels, which stand beside every value.
func TestWhoSeesWhat(t *testing.T) {
	dbtest.EachWith(t, declared(), func(t *testing.T, d *db.DB) {
		s := newSite(t, d, func(a *App) { a.Profile = d.Profile() })
		ada := s.add("ada")
		for _, kind := range profile.Kinds() {
			for _, see := range []string{"anyone", "members", "staff", "oneself"} {
				value := marks[kind.Name][0]
				if kind.Name == "choice" || kind.Name == "choices" {
					value += "-" + see
				}
				if value == "" || kind.Name == "file" {
					continue
				}
				attr, _ := d.Profile().Attribute(kind.Name + "_" + see)
				if _, err := d.SetAttribute(context.Background(), db.Author{}, ada.ID, attr, value, 0); err != nil {
					t.Fatalf("%s: %v", attr.Name, err)
				}
			}
		}
		other, staff, boss := s.add("other"), s.add("staff", asStaff), s.add("boss", asSuperuser)
		pages := []struct {
			name string
			c    *client
			path string
			sees string // the audiences whose attributes it tells of
		}{
			{"a stranger's public page", s.client(), "/@ada", "anyone"},
			{"another's public page", s.as(other), "/@ada", "anyone members"},
			{"one's own public page", s.as(ada), "/@ada", "anyone members staff oneself"},
			{"staff's public page", s.as(staff), "/@ada", "anyone members staff"},
			{"a superuser's public page", s.as(boss), "/@ada", "anyone members staff"},
			{"one's own profile", s.as(ada), "/settings/profile", "anyone members staff oneself"},
			{"the list", s.as(boss), "/admin/users", "anyone members staff"},
			{"a row", s.as(boss), path("/admin/users?edit=ID", ada.ID), "anyone members staff"},
			{"a person in the admin", s.as(staff), path("/admin/users/ID", ada.ID), "anyone members staff"},
			{"a person to add", s.as(staff), "/admin/users/new", "anyone members staff"},
			{"registering", s.client(), "/register", ""},
		}
		for _, page := range pages {
			text := page.c.get(page.path).Find("body").Text()
			for _, kind := range profile.Kinds() {
				for _, see := range []string{"anyone", "members", "staff", "oneself"} {
					public := strings.Contains(page.name, "public")
					if public && (kind.Name == "file" || kind.Name == "picture") {
						continue // there is none to show; downloads and pictures have tests of their own
					}
					label := "Sees-" + kind.Name + " " + see
					want := strings.Contains(page.sees, see)
					if got := strings.Contains(text, label); got != want {
						t.Errorf("%s tells of %s: %v, want %v", page.name, label, got, want)
					}
				}
			}
		}
		admin := s.as(boss)
		table := admin.get("/admin/users/export.csv?q=ada").body
		for _, kind := range profile.Kinds() {
			for _, see := range []string{"anyone", "members", "staff", "oneself"} {
				if got := strings.Contains(table, kind.Name+"_"+see); got != (see != "oneself") {
					t.Errorf("the table tells of %s_%s: %v", kind.Name, see, got)
				}
			}
		}
		if n := strings.Count(table, "zebra7"); n != 3 {
			t.Errorf("the table has %d of the 3 texts", n)
		}
		if r := admin.upload("/admin/users/import", "file", "a.csv", []byte("username,text_oneself\nada,forged\n")); r.status != 422 || !r.says("'text_oneself', which there is not") {
			t.Errorf("importing what staff don't see: %d", r.status)
		}
		for _, query := range []string{"text_oneself__isempty=0", "sort=text_oneself", "number_oneself__gte=1", "choice_oneself=gnu7-oneself"} {
			if got := admin.get("/admin/users?" + query).status; got != 400 {
				t.Errorf("%s: status %d, want 400", query, got)
			}
		}
		for _, see := range []string{"staff", "oneself"} {
			admin.post(path("/admin/users/ID", ada.ID), "version", "999", "text_"+see, "forged")
		}
		after, err := d.User(context.Background(), ada.ID)
		if err != nil || after.Value("text_oneself") != "zebra7" {
			t.Errorf("it is %q now, %v", after.Value("text_oneself"), err)
		}
	})
}
