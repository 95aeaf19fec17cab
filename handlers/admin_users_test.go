package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate/internal/account"
)

func TestUsers(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		for i := range 25 {
			s.add(fmt.Sprintf("person%02d", i), func(u *account.User) {
				u.IsActive = i%5 != 0
				u.Set("portfolio_site", fmt.Sprintf("https://example.org/%02d", 25-i))
			})
		}
		tests := []struct {
			query string
			first string // the first user name of the page
			rows  int
		}{
			{"", "boss", 26}, {"?n=10", "boss", 10}, {"?sort=-username&n=10", "person24", 10}, {"?sort=portfolio_site&is_active=1&is_staff=0", "person24", 20},
			{"?q=person1", "person10", 10}, {"?q=PERSON", "person00", 25}, {"?q=zzz", "", 0}, {"?is_active=0", "person00", 5}, {"?is_staff=1", "boss", 1},
			{"?q=person&is_active=0&sort=-username", "person20", 5}, {"?n=10&before=end", "person15", 10},
		}
		for _, test := range tests {
			for _, r := range []answer{c.get("/admin/users" + test.query), c.htmx().get("/admin/users" + test.query)} {
				rows := r.Find("tr[id^=user-]")
				if r.status != 200 || rows.Length() != test.rows || test.first != "" && !strings.Contains(rows.First().Text(), test.first) {
					t.Errorf("%q: %d, %d rows beginning with %q, want %d with %q", test.query, r.status, rows.Length(), strings.Join(strings.Fields(rows.First().Text()), " "), test.rows, test.first)
				}
			}
		}
		for _, bad := range []string{"?sort=password", "?sort=id;drop", "?nothing=1", "?is_staff=maybe", "?after=forged", "?n=0", "?n=100000", "?n=x", "?q=%ff", "?q=" + strings.Repeat("a", 5000), "?%zz", "?sort=username&sort=email", "?password=x"} {
			if r := c.get("/admin/users" + bad); r.status != 400 || r.Find("h1").Length() != 1 {
				t.Errorf("%.40s: %d, want 400", bad, r.status)
			}
		}
		for _, odd := range []string{"'", `"`, "*", "AND", "a OR b", "NEAR(", "%", "_", "\\", "person' --", "ä", "日本", "a\tb"} {
			if r := c.get("/admin/users?" + values([]string{"q", odd}).Encode()); r.status != 200 {
				t.Errorf("search for %q: %d", odd, r.status)
			}
		}
	})
}

func TestUsersPages(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		for i := range 24 {
			s.add(fmt.Sprintf("person%02d", i))
		}
		seen, at := []string{}, "/admin/users?n=10&sort=-email"
		for at != "" && len(seen) < 40 {
			r := c.get(at)
			r.Find("tr[id^=user-]").Each(func(_ int, row *goquery.Selection) { seen = append(seen, row.AttrOr("id", "")) })
			at = r.Find("a[rel~=next]").AttrOr("href", "")
		}
		if len(seen) != 25 {
			t.Errorf("following next shows %d rows, want 25", len(seen))
		}
		last := c.get("/admin/users?n=10&sort=-email&before=end")
		if last.Find("a[rel~=prev]").Length() == 0 || last.Find("a[rel~=first]").Length() == 0 || last.Find("a[rel~=next]").Length() != 0 {
			t.Error("the last page leads on, or not back")
		}
	})
}

func TestEditUser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		ada := s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		id := "#user-" + strconv.FormatInt(ada.ID, 10)
		page, part := c.get(path("/admin/users?edit=ID&sort=-username", ada.ID)), c.htmx().get(row+"/edit")
		for _, r := range []answer{page, part} {
			if r.status != 200 || r.Find(id+` input[name=email]`).AttrOr("form", "") == "" || r.Find(`input[name=version]`).Length() != 1 {
				t.Errorf("%d without the row's inputs: %s", r.status, r.Find(id).Text())
			}
		}
		if part.Find("h1").Length() != 0 {
			t.Error("the part is a page")
		}
		if page.Find("tbody [name=id]").Length() != 0 || part.Find("[name=id]").Length() != 1 {
			t.Error("rows can be ticked where nothing can be done with them, or one can't")
		}
		fields := []string{"username", "ada", "email", "new@example.org", "portfolio_site", "https://example.org/new", "is_staff", "1", "is_active", "1", "version", page.value("version"), "list", "sort=-username"}
		r := c.post(row, fields...)
		if r.status != 303 || !strings.HasPrefix(r.location(), "/admin/users?") || !strings.Contains(r.location(), "sort=-username") || !strings.HasSuffix(r.location(), id) {
			t.Errorf("%d to %q", r.status, r.location())
		}
		got, err := s.db.User(context.Background(), ada.ID)
		must(t, err)
		if got.Email != "new@example.org" || got.Value("portfolio_site") != "https://example.org/new" || !got.IsStaff || !got.IsActive || got.IsSuperuser {
			t.Errorf("saved as %+v", got)
		}
		version := strconv.FormatInt(got.Version, 10)
		if r := c.htmx().post(row, "email", "third@example.org", "version", version); r.status != 200 || r.Find(id).Length() != 1 || !r.says("third@example.org") || r.Find("h1").Length() != 0 {
			t.Errorf("htmx: %d: %s", r.status, r.body)
		}
		after, err := s.db.User(context.Background(), ada.ID)
		must(t, err)
		if after.Username != "ada" || !after.IsStaff || !after.IsActive {
			t.Errorf("what was not sent did not stay: %+v", after)
		}
	})
}

func TestEditUserRefuses(t *testing.T) {
	tests := []struct{ name, field, value string }{
		{"a taken name", "username", "TAKEN"},
		{"a taken address", "email", "taken@example.org"},
		{"an empty name", "username", ""},
		{"a link that is code", "portfolio_site", "javascript:alert(1)"},
		{"hostile text", "username", `"><script>alert(1)</script>`},
	}
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		s.add("taken")
		ada := s.add("ada")
		row, version := path("/admin/users/ID", ada.ID), strconv.FormatInt(ada.Version, 10)
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				list := c.post(row, test.field, test.value, "version", version, "list", "")
				part := c.htmx().post(row, test.field, test.value, "version", version, "list", "")
				whole := c.post(row, test.field, test.value, "version", version)
				for _, r := range []answer{list, part, whole} {
					if r.status != 422 || r.value(test.field) != test.value || r.Find(`[name="`+test.field+`"][aria-invalid=true]`).Length() != 1 {
						t.Errorf("%d with %q", r.status, r.value(test.field))
					}
				}
			})
		}
		got, err := s.db.User(context.Background(), ada.ID)
		must(t, err)
		if got.Version != ada.Version {
			t.Error("something was written")
		}
		for _, version := range []string{"", "x", "999999999999999999999"} {
			if r := c.post(row, "first_name", "A", "version", version); r.status != 422 {
				t.Errorf("version %q: %d", version, r.status)
			}
		}
		for _, id := range []string{"0", "999999", "99999999999999999999", "abc"} {
			if r := c.post("/admin/users/"+id, "version", "1"); r.status != 404 {
				t.Errorf("person %s: %d", id, r.status)
			}
		}
	})
}

func TestEditUserConflict(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		one, two := s.as(s.add("boss", asSuperuser)), s.as(s.add("chief", asSuperuser))
		ada := s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		version := strconv.FormatInt(ada.Version, 10)
		one.post(row, "email", "theirs@example.org", "version", version)
		for _, r := range []answer{
			two.post(row, "email", "yours@example.org", "version", version, "list", ""),
			two.post(row, "email", "yours@example.org", "version", version),
			two.htmx().post(row, "email", "yours@example.org", "version", version, "list", ""),
		} {
			if r.status != http.StatusConflict || !r.says("ada@example.org") || !r.says("theirs@example.org") || r.value("email") != "yours@example.org" {
				t.Errorf("%d: %s", r.status, strings.Join(strings.Fields(r.Find("main").Text()), " "))
			}
			if !r.says("boss changed this person first, at ") {
				t.Errorf("by whom: %s", r.Find("[role=alert]").Text())
			}
			if r.Find("[name=resolve][value=mine]").Length() != 1 || r.Find("[name=resolve][value=theirs]").Length() != 1 {
				t.Error("no way to choose")
			}
			if r.value("version") == version {
				t.Error("the form has the old version still")
			}
		}
		if r := two.post(row, "email", "yours@example.org", "version", version, "resolve", "mine"); r.status != http.StatusConflict {
			t.Errorf("choosing without having seen: %d", r.status)
		}
		email := func() string {
			u, err := s.db.User(context.Background(), ada.ID)
			must(t, err)
			return u.Email
		}
		r := two.post(row, "email", "yours@example.org", "version", version)
		newer, before := r.value("version"), r.value("before")
		if r := two.post(row, "email", "yours@example.org", "version", newer, "before", before); before != version || r.status != http.StatusConflict || r.value("before") != version || email() != "theirs@example.org" {
			t.Errorf("sent without a choice: %d, %s", r.status, email())
		}
		if r := two.post(row, "email", "yours@example.org", "version", newer, "resolve", "theirs"); r.status != 303 || strings.Contains(r.location(), "saved") || email() != "theirs@example.org" {
			t.Errorf("theirs: %d, %s", r.status, email())
		}
		if r := two.htmx().post(row, "email", "yours@example.org", "version", newer, "resolve", "theirs", "list", ""); r.status != 200 || !r.says("Kept theirs") {
			t.Errorf("theirs with htmx: %d: %s", r.status, r.Text())
		}
		if r := two.post(row, "email", "yours@example.org", "version", newer, "before", before, "resolve", "mine"); r.status != 303 || email() != "yours@example.org" {
			t.Errorf("mine: %d, %s", r.status, email())
		}
	})
}

// TestEditUserConflictKeepsWhatOneNeverTouched: what the form sends as it was becomes theirs in it.
func TestEditUserConflictKeepsWhatOneNeverTouched(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		one, two := s.as(s.add("boss", asSuperuser)), s.as(s.add("chief", asSuperuser))
		ada := s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		version := strconv.FormatInt(ada.Version, 10)
		one.post(row, "email", "theirs@example.org", "first_name", "Theirs", "is_staff", "1", "groups", "", "version", version)
		form := []string{"username", "ada", "email", "yours@example.org", "first_name", "", "is_staff", "0", "portfolio_site", "https://example.org/yours"}
		r := two.post(row, append(form, "version", version)...)
		if r.status != http.StatusConflict || r.value("email") != "yours@example.org" || r.value("first_name") != "Theirs" || r.Find("[name=is_staff][checked]").Length() != 1 {
			t.Fatalf("%d: %q, %q", r.status, r.value("email"), r.value("first_name"))
		}
		if n := r.Find(".conflict .hint").Length(); n != 2 {
			t.Errorf("%d fields are said to stay theirs, want 2", n)
		}
		if first := r.Find("main form button").First(); first.AttrOr("disabled", "none") == "none" {
			t.Error("Enter makes the choice")
		}
		again := []string{"username", "ada", "email", r.value("email"), "first_name", r.value("first_name"), "is_staff", "1", "portfolio_site", r.value("portfolio_site")}
		if r := two.post(row, append(again, "version", r.value("version"), "resolve", "mine")...); r.status != 303 {
			t.Fatalf("mine: %d", r.status)
		}
		u, err := s.db.User(context.Background(), ada.ID)
		must(t, err)
		if u.Email != "yours@example.org" || u.FirstName != "Theirs" || !u.IsStaff || u.Value("portfolio_site") != "https://example.org/yours" {
			t.Errorf("saved as %+v", u)
		}
	})
}

// TestCountsAreLinks: each option of each filter with how many it leaves, and the one that is asked for leads back.
func TestCountsAreLinks(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		for i := range 4 {
			s.add(fmt.Sprintf("ada%d", i))
		}
		r := c.get("/admin/users?facets=1&q=ada&is_staff=0")
		said := strings.Join(strings.Fields(r.Find(".counts").Text()), " ")
		if !strings.HasPrefix(said, "StaffYes 0No 4ActiveYes 4No 0SuperuserYes 0No 4PortfolioHas one") {
			t.Errorf("%q", said)
		}
		links := r.Find(".counts a")
		for i, want := range []string{"/admin/users?facets=1&is_staff=1&q=ada", "/admin/users?facets=1&q=ada", "/admin/users?facets=1&is_active=1&is_staff=0&q=ada"} {
			if to := links.Eq(i).AttrOr("href", ""); to != want {
				t.Errorf("%s leads to %q, want %q", links.Eq(i).Text(), to, want)
			}
		}
		if links.Eq(1).AttrOr("aria-current", "") != "true" || c.get("/admin/users").Find(".counts").Length() != 0 {
			t.Error("what is asked for is not marked, or is counted without being asked")
		}
	})
}

// TestNamesStandBelowTheUsername, and are changed in the row.
func TestNamesStandBelowTheUsername(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		ada := s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		version := c.htmx().get(row + "/edit").value("version")
		if r := c.htmx().post(row, "first_name", strings.Repeat("x", 151), "version", version, "list", ""); r.status != 422 || r.Find(".is-title .error").Length() != 1 || r.Find("[autofocus]").AttrOr("name", "") != "first_name" {
			t.Errorf("%d: %s", r.status, r.Find(".is-title").Text())
		}
		if r := c.htmx().post(row, "first_name", "Ada", "last_name", "Lovelace", "version", version, "list", ""); r.status != 200 || !strings.Contains(r.Find(".is-title").Text(), "Ada Lovelace") {
			t.Errorf("%d: %s", r.status, r.Find(".is-title").Text())
		}
	})
}

// TestARowKnowsItsList: htmx says which list a row stands on, and its links keep it.
func TestARowKnowsItsList(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		ada := s.add("ada")
		row := path("/admin/users/ID", ada.ID)
		here := c.htmx().with("HX-Current-URL", "http://example.org/admin/users?q=ada&sort=-email&edit=7")
		saved := here.post(row, "email", "new@example.org", "version", strconv.FormatInt(ada.Version, 10), "list", "")
		for _, r := range []answer{saved, here.get(row)} {
			if to := r.Find("td.is-title a").AttrOr("href", ""); to != row+"?from=q%3Dada%26sort%3D-email" {
				t.Errorf("the name leads to %q", to)
			}
			if to := r.Find("td:last-child a").AttrOr("href", ""); to != path("/admin/users?q=ada&sort=-email&edit=ID", ada.ID) {
				t.Errorf("Edit leads to %q", to)
			}
		}
		if list := here.get(row + "/edit").value("list"); list != "q=ada&sort=-email" {
			t.Errorf("the open row belongs to %q", list)
		}
		for _, elsewhere := range []string{"", "::", "http://example.org/admin/users?sort=none", "http://example.org/settings/profile?q=ada"} {
			if r := c.htmx().with("HX-Current-URL", elsewhere).get(row); r.status != 200 || r.Find("td.is-title a").AttrOr("href", "") != row {
				t.Errorf("from %q: %d", elsewhere, r.status)
			}
		}
	})
}

func TestRights(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, clerk, ada, other := s.add("boss", asSuperuser), s.add("clerk", asStaff), s.add("ada"), s.add("other", asStaff)
		c := s.as(clerk)
		v := func(u account.User) string {
			now, err := s.db.User(context.Background(), u.ID)
			must(t, err)
			return strconv.FormatInt(now.Version, 10)
		}
		for _, test := range []struct {
			name   string
			target account.User
			field  string
			want   int
		}{
			{"staff change a member", ada, "first_name", 303},
			{"staff change themselves", clerk, "first_name", 303},
			{"staff make a member staff", ada, "is_staff", 403},
			{"staff make a member a superuser", ada, "is_superuser", 403},
			{"staff make themselves a superuser", clerk, "is_superuser", 403},
			{"staff change other staff", other, "first_name", 403},
			{"staff change a superuser", boss, "first_name", 403},
			{"staff deactivate a superuser", boss, "is_active", 403},
		} {
			t.Run(test.name, func(t *testing.T) {
				value := "1"
				if test.field == "is_active" {
					value = "0"
				}
				if r := c.post(path("/admin/users/ID", test.target.ID), test.field, value, "version", v(test.target)); r.status != test.want {
					t.Errorf("%d, want %d", r.status, test.want)
				}
			})
		}
		if r := c.post("/admin/users/new", "username", "eve", "is_superuser", "1"); r.status != 403 {
			t.Errorf("staff add a superuser: %d", r.status)
		}
		b := s.as(boss)
		for _, fields := range [][]string{{"is_active", "0"}, {"is_superuser", "0"}} {
			if r := b.post(path("/admin/users/ID", boss.ID), append(fields, "version", v(boss))...); r.status != 403 || !r.says("last active superuser") {
				t.Errorf("the last superuser gives up %v: %d", fields, r.status)
			}
		}
		if r := b.post(path("/admin/users/ID/delete", boss.ID)); r.status != 403 || !r.says("Nobody deletes their own account here") {
			t.Errorf("the last superuser deletes themselves: %d", r.status)
		}
	})
}
