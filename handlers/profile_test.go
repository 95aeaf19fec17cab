package handlers

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func TestUpdateAttribute(t *testing.T) {
	tests := []struct {
		name, attribute, value string
		want                   string // what is saved; empty when it is refused
	}{
		{"a link is saved", "portfolio_site", "https://example.org/new", "https://example.org/new"},
		{"a link without its scheme gets one", "portfolio_site", "example.org", "https://example.org"},
		{"a link that is code is refused", "portfolio_site", "javascript:alert(1)", ""},
		{"a first name is saved", "first_name", "  Ada ", "Ada"},
		{"a first name with an invisible character is refused", "first_name", "A\u202eda", ""},
		{"a last name of 151 characters is refused", "last_name", strings.Repeat("x", 151), ""},
		{"a user name is saved", "username", "ada_l", "ada_l"},
		{"one's own name in another case is saved", "username", "ADA_L", "ADA_L"},
		{"a taken user name is refused", "username", "Taken", ""},
		{"somebody's address as a user name is refused", "username", "eve@example.org", ""},
		{"an address of a machine as a user name is refused", "username", "eve@localhost", ""},
		{"an empty user name is refused", "username", "", ""},
	}
	onEach(t, func(t *testing.T, s *site) {
		s.add("taken")
		ada := s.add("ada")
		c := s.as(ada)
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				before, err := s.db.User(context.Background(), ada.ID)
				must(t, err)
				page := c.post("/settings/profile/"+test.attribute, test.attribute, test.value)
				after, err := s.db.User(context.Background(), ada.ID)
				must(t, err)
				part := c.htmx().post("/settings/profile/"+test.attribute, test.attribute, test.value)
				if test.want == "" {
					if page.status != 422 || part.status != 422 || after.Value(test.attribute) != before.Value(test.attribute) {
						t.Errorf("%d and %d; saved %q", page.status, part.status, after.Value(test.attribute))
					}
					for _, r := range []answer{page, part} {
						if r.Find("#"+test.attribute).AttrOr("aria-invalid", "") != "true" || r.value(test.attribute) != test.value {
							t.Errorf("the form came back with %q", r.value(test.attribute))
						}
					}
					return
				}
				if page.status != http.StatusSeeOther || !strings.HasSuffix(page.location(), "#row-"+test.attribute) || after.Value(test.attribute) != test.want {
					t.Errorf("%d to %q; saved %q, want %q", page.status, page.location(), after.Value(test.attribute), test.want)
				}
				if part.status != http.StatusOK || part.Find("#row-"+test.attribute).Length() != 1 || part.Find("h1").Length() != 0 || part.Find("[role=status]").Length() == 0 {
					t.Errorf("htmx got %d: %s", part.status, part.body)
				}
			})
		}
	})
}

func TestEditAttribute(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada", func(u *account.User) { u.Set("portfolio_site", "https://example.org/ada") })
		c := s.as(ada)
		for _, attribute := range []string{"username", "first_name", "last_name", "portfolio_site", "profile_pic"} {
			page, part := c.get("/settings/profile/"+attribute), c.htmx().get("/settings/profile/"+attribute)
			if page.status != 200 || page.Find("h1").Length() != 1 || page.Find("main form #"+attribute).Length() != 1 {
				t.Errorf("%s: the page has no form for it (%d)", attribute, page.status)
			}
			if part.status != 200 || part.Find("h1").Length() != 0 || part.Find("form #"+attribute).Length() != 1 {
				t.Errorf("%s: the part is not its form (%d)", attribute, part.status)
			}
			if row := c.htmx().get("/settings/profile?row=" + attribute); row.Find("#row-"+attribute).Length() != 1 || row.Find("h1").Length() != 0 {
				t.Errorf("%s: cancelling answers %s", attribute, row.body)
			}
		}
		if got := c.get("/settings/profile/portfolio_site").value("portfolio_site"); got != "https://example.org/ada" {
			t.Errorf("the form holds %q", got)
		}
		for _, attribute := range []string{"password", "is_staff", "email", "nothing", "%00"} {
			if r := c.get("/settings/profile/" + attribute); r.status != 404 {
				t.Errorf("GET %s: %d", attribute, r.status)
			}
			if r := c.post("/settings/profile/"+attribute, attribute, "1"); r.status != 404 {
				t.Errorf("POST %s: %d", attribute, r.status)
			}
		}
	})
}

func TestUpdateAttributeConflict(t *testing.T) {
	const at = "/settings/profile/portfolio_site"
	onEach(t, func(t *testing.T, s *site) {
		ada, boss := s.add("ada"), s.as(s.add("boss", asSuperuser))
		c := s.as(ada)
		value := func() string {
			now, err := s.db.User(context.Background(), ada.ID)
			must(t, err)
			return now.Value("portfolio_site")
		}
		version := c.get(at).value("version")
		if r := boss.post(path("/admin/users/ID", ada.ID), "portfolio_site", "https://example.org/theirs", "version", version); r.status != 303 {
			t.Fatalf("the admin's save: %d", r.status)
		}
		for _, asks := range []*client{c, c.htmx()} {
			r := asks.post(at, "portfolio_site", "https://example.org/yours", "version", version)
			if r.status != http.StatusConflict || !r.says("https://example.org/theirs") || r.value("portfolio_site") != "https://example.org/yours" ||
				r.Find("[name=resolve]").Length() != 2 || r.value("version") == version || value() != "https://example.org/theirs" {
				t.Errorf("%d, saved %q: %s", r.status, value(), r.Find("form").Text())
			}
		}
		form := c.post(at, "portfolio_site", "https://example.org/yours", "version", version)
		newer := form.value("version")
		if r := c.post(at, "portfolio_site", "https://example.org/yours", "version", newer, "before", form.value("before")); r.status != http.StatusConflict || value() != "https://example.org/theirs" {
			t.Errorf("sent without a choice: %d, %s", r.status, value())
		}
		if r := c.post(at, "portfolio_site", "https://example.org/yours", "version", newer, "resolve", "theirs"); r.status != 303 || value() != "https://example.org/theirs" {
			t.Errorf("theirs: %d, %q", r.status, value())
		}
		if r := c.post(at, "portfolio_site", "https://example.org/yours", "version", newer, "resolve", "mine"); r.status != 303 || value() != "https://example.org/yours" {
			t.Errorf("mine: %d, %q", r.status, value())
		}
		if r := c.post("/settings/profile/first_name", "first_name", "Ada", "version", version); r.status != 303 {
			t.Errorf("a row that nobody else changed: %d", r.status)
		}
		if r := c.post(at, "portfolio_site", "https://example.org/yours", "version", version); r.status != 303 {
			t.Errorf("the value that it has already: %d", r.status)
		}
	})
}

func TestUpdatePictureConflict(t *testing.T) {
	const at = "/settings/profile/profile_pic"
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("ada"))
		version := c.get(at).value("version")
		c.upload(at, "profile_pic", "a.jpg", photo(t, 1), "version", version)
		r := c.upload(at, "profile_pic", "b.jpg", photo(t, 2), "version", version)
		token := r.value("waiting_profile_pic")
		if r.status != http.StatusConflict || token == "" || s.files() != 2*ofEach {
			t.Fatalf("%d, token %q, %d files", r.status, token, s.files())
		}
		r.pictures(c, ".conflict img", 2)
		if r := c.post(at, "waiting_profile_pic", token, "version", r.value("version"), "resolve", "mine"); r.status != 303 || s.files() != ofEach {
			t.Errorf("mine: %d, %d files", r.status, s.files())
		}
		if r := c.post(at, "remove", "1", "version", version); r.status != http.StatusConflict || r.value("remove") != "1" || s.files() != ofEach {
			t.Errorf("removing what somebody else has just chosen: %d, %d files", r.status, s.files())
		}
	})
}

func TestUpdateAttributeNeedsItsField(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada", func(u *account.User) { u.FirstName = "Ada" })
		c := s.as(ada)
		for _, r := range []answer{
			c.post("/settings/profile/first_name"),
			c.post("/settings/profile/first_name?first_name=Eve"),
			c.post("/settings/profile/first_name", "last_name", "X"),
			c.upload("/settings/profile/first_name", "first_name", "a.txt", []byte("Eve")),
		} {
			now, err := s.db.User(context.Background(), ada.ID)
			must(t, err)
			if r.status != 422 || now.FirstName != "Ada" || now.LastName != "" {
				t.Errorf("%d, and the name is %q", r.status, now.FirstName)
			}
		}
	})
}

func TestUpdateAttributeChangesNothingElse(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada, eve := s.add("ada"), s.add("eve")
		c := s.as(eve)
		before, err := s.db.User(context.Background(), eve.ID)
		must(t, err)
		c.post("/settings/profile/first_name", "first_name", "Eve", "id", path("ID", ada.ID), "is_staff", "1", "is_superuser", "1", "password", "x", "last_name", "X", "username", "root", "first_name", "Second")
		got, err := s.db.User(context.Background(), eve.ID)
		must(t, err)
		want := before
		want.FirstName, want.Version, want.LastLogin = "Eve", got.Version, got.LastLogin
		want.Attributes, got.Attributes = nil, nil
		if gotText, wantText := describe(got), describe(want); gotText != wantText {
			t.Errorf("eve is\n%s, want\n%s", gotText, wantText)
		}
		if other, _ := s.db.User(context.Background(), ada.ID); other.FirstName != "" {
			t.Error("somebody else was changed")
		}
	})
}

func TestUpdatePicture(t *testing.T) {
	const at = "/settings/profile/profile_pic"
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		now := func() string {
			u, err := s.db.User(context.Background(), ada.ID)
			must(t, err)
			return u.Value("profile_pic")
		}
		if r := c.upload(at, "profile_pic", "a.jpg", photo(t, 1)); r.status != 303 || now() == "" || s.files() != ofEach {
			t.Fatalf("%d, picture %q, %d files", r.status, now(), s.files())
		}
		first := now()
		for _, size := range []string{"48", "96", "192", "384", "768"} {
			for ending, kind := range map[string]string{".jpg": "image/jpeg", ".webp": "image/webp"} {
				r := s.client().get("/uploads/profile_pics/" + first + "-" + size + ending)
				if r.status != 200 || r.header.Get("Content-Type") != kind || !strings.Contains(r.header.Get("Cache-Control"), "immutable") || r.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
					t.Errorf("size %s%s: %d %v", size, ending, r.status, r.header)
				}
			}
		}
		if r := c.htmx().upload(at, "profile_pic", "b.jpg", photo(t, 2)); r.status != 200 || now() == first || s.files() != ofEach || r.Find("#row-profile_pic img").Length() != 1 {
			t.Errorf("replaced: %d, %d files", r.status, s.files())
		}
		for _, name := range []string{first + "-096.jpg", first + "-+96.jpg", first + "-97.jpg", first + ".jpg", first + "-96.png", first + "-whole.jpg", first + "-whole.webp"} {
			if r := s.client().get("/uploads/profile_pics/" + name); r.status != 404 {
				t.Errorf("%s: %d", name, r.status)
			}
		}
		second := now()
		for name, data := range map[string][]byte{"text": []byte("hello"), "nothing": nil} {
			if r := c.upload(at, "profile_pic", "c.jpg", data); r.status != 422 || now() != second || s.files() != ofEach {
				t.Errorf("%s: %d, picture %q, %d files", name, r.status, now(), s.files())
			}
		}
		if r := c.post(at); r.status != 422 || now() != second {
			t.Errorf("no file at all: %d", r.status)
		}
		if r := c.upload(at, "profile_pic", "d.jpg", append(photo(t, 3), make([]byte, 10<<20)...)); r.status != 413 || now() != second {
			t.Errorf("over the limit: %d", r.status)
		}
		if r := c.post(at, "remove", "1"); r.status != 303 || now() != "" || s.files() != 0 {
			t.Errorf("removed: %d, picture %q, %d files", r.status, now(), s.files())
		}
	})
}

func TestTwoPeopleWithTheSamePictureKeepIt(t *testing.T) {
	const at = "/settings/profile/profile_pic"
	onEach(t, func(t *testing.T, s *site) {
		ada, eve := s.as(s.add("ada")), s.as(s.add("eve"))
		ada.upload(at, "profile_pic", "a.jpg", photo(t, 1))
		eve.upload(at, "profile_pic", "a.jpg", photo(t, 1))
		ada.post(at, "remove", "1")
		src := eve.get("/@eve").Find("img.u-photo").AttrOr("src", "")
		if r := eve.get(src); r.status != 200 || s.files() != ofEach {
			t.Errorf("eve's picture at %q: %d, %d files", src, r.status, s.files())
		}
	})
}

func TestProfileOfSomebodyWithoutAProfile(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		dbtest.Exec(t, s.db, path("DELETE FROM profiles WHERE user_id = ID", ada.ID))
		c := s.as(s.add("boss", asSuperuser))
		for _, at := range []string{"/@ada", "/admin/users", path("/admin/users/ID", ada.ID), path("/admin/users?edit=ID", ada.ID), "/admin/users?sort=portfolio_site", path("/admin/users/ID/delete", ada.ID)} {
			if r := c.get(at); r.status != 200 || !r.says("ada") {
				t.Errorf("%s: %d", at, r.status)
			}
		}
		own := s.as(ada)
		if r := own.get("/settings/profile"); r.status != 200 {
			t.Errorf("their own profile: %d", r.status)
		}
		if r := own.post("/settings/profile/portfolio_site", "portfolio_site", "https://example.org"); r.status != 303 || !own.get("/@ada").says("example.org") {
			t.Errorf("saving into it: %d", r.status)
		}
	})
}
