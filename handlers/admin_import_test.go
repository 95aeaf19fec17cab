package handlers

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

func TestExport(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		for i := range 1100 { // over several pages
			_, err := s.db.CreateUser(t.Context(), db.Author{}, account.User{Username: fmt.Sprintf("p%04d", i), FirstName: "=1+1", IsActive: i%2 == 0})
			must(t, err)
		}
		r := boss.get("/admin/users/export.csv")
		rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
		if err != nil || r.status != 200 || len(rows) != 1102 || strings.Join(rows[0], ",") != "username,email,first_name,last_name,portfolio_site,profile_pic,is_active,is_staff,is_superuser,date_joined,last_login" {
			t.Fatalf("%d, %d rows, %v, %v", r.status, len(rows), rows[0], err)
		}
		if rows[1][0] != "boss" || rows[1101][0] != "p1099" || rows[2][2] != "'=1+1" {
			t.Errorf("%v … %v", rows[1:3], rows[1101])
		}
		if !strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") || r.header.Get("Cache-Control") != "private, no-store" ||
			r.header.Get("Content-Disposition") != `attachment; filename="people.csv"` || !strings.Contains(r.body, "\r\n") {
			t.Errorf("%v", r.header)
		}
		r = boss.get("/admin/users/export.csv?is_active=0&sort=-username&n=3&after=&q=p10&saved=1")
		if rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll(); err != nil || len(rows) != 51 || rows[1][0] != "p1099" {
			t.Errorf("narrowed: %d rows, %v", len(rows), err)
		}
		if r := boss.get("/admin/users/export.csv?password=1"); r.status != 400 {
			t.Errorf("an unknown filter: %d", r.status)
		}
		if r := boss.do(httptest.NewRequest(http.MethodHead, "/admin/users/export.csv", nil)); r.status != 200 || r.body != "" {
			t.Errorf("HEAD: %d", r.status)
		}
		if link := boss.get("/admin/users?is_active=0").Find("a[download]").AttrOr("href", ""); link != "/admin/users/export.csv?is_active=0" {
			t.Errorf("the list leads to %s", link)
		}
	})
}

// TestExportWhilePeopleGo deletes who would have come next while a table is being sent: nobody stands in it twice.
func TestExportWhilePeopleGo(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.add("boss", asSuperuser)
		var ids []int64
		for i := range 600 {
			u, err := s.db.CreateUser(t.Context(), db.Author{}, account.User{Username: fmt.Sprintf("p%04d", i)})
			must(t, err)
			ids = append(ids, u.ID)
		}
		a := &App{DB: s.db, shown: dbtest.Profile(t)}
		table := &export{ctx: t.Context(), read: a.peoplePage, query: admin.Query{N: admin.MaxPerPage}}
		must(t, table.begin(a.shown.TableHeader()))
		for _, id := range ids[450:] {
			err := s.db.DeleteUser(t.Context(), dbAuthor(boss), boss, id)
			must(t, err)
		}
		rows, err := csv.NewReader(table).ReadAll()
		if err != nil || len(rows) != 1+admin.MaxPerPage {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}

func TestImport(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		sent := "username;first_name;portfolio_site\r\nada;Zo\xeb;example.org/ada\r\nnew;<b>;\r\n"
		preview := boss.upload(importPath, "file", "people.csv", []byte(sent))
		if preview.status != 200 || !preview.says("1 new, 1 changed, 0 as they are.") || !preview.says("Zoë") || preview.Find("b").Length() != 0 {
			t.Fatalf("%d: %s", preview.status, preview.Find("main").Text())
		}
		if _, err := s.db.UserByName(t.Context(), "new"); err == nil {
			t.Error("the preview has written something")
		}
		confirm := func(change ...string) answer {
			fields := []string{"import", preview.value("import"), "seen", preview.value("seen"), "confirm", "1"}
			return boss.post(importPath, append(change, fields...)...)
		}
		if r := confirm("seen", "forged"); r.status != 409 || !r.says("Somebody changed one of these people") {
			t.Errorf("confirmed without having seen it: %d", r.status)
		}
		_, err := s.db.SetAttribute(t.Context(), db.Author{}, ada.ID, profile.Attribute{Name: "first_name"}, "Typed", 0)
		must(t, err)
		r := confirm()
		if r.status != 409 || !r.says("Typed") {
			t.Errorf("changed meanwhile: %d", r.status)
		}
		preview = r
		if r = confirm(); r.status != 303 || !boss.get(r.location()).says("Imported: 1 person added, 1 person changed.") {
			t.Fatalf("confirmed: %d", r.status)
		}
		got, err := s.db.UserByName(t.Context(), "ada")
		if err != nil || got.FirstName != "Zoë" || got.Value("portfolio_site") != "https://example.org/ada" || got.Email != "ada@example.org" {
			t.Errorf("%+v, %v", got, err)
		}
		if r := confirm(); r.status != 409 || r.Find("[name=confirm]").Length() != 0 {
			t.Errorf("confirmed twice: %d", r.status)
		}
		// It is taken back as a whole.
		undo := boss.get(r.location()).Find("form.undo").AttrOr("action", "")
		if r := boss.post(undo, "back", "/admin/users"); r.location() != "/admin/users?undone=1" {
			t.Fatalf("undo by %q: %d", undo, r.status)
		}
		if got, err = s.db.UserByName(t.Context(), "ada"); err != nil || got.FirstName != "Typed" || got.Value("portfolio_site") != "" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := s.db.UserByName(t.Context(), "new"); err == nil {
			t.Error("who was imported is still there")
		}
	})
}

func TestImportRefuses(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, clerk := s.as(s.add("boss", asSuperuser)), s.as(s.add("clerk", asStaff))
		for name, row := range map[string]struct {
			file string
			want int
			says string
		}{
			"nothing":         {"", 422, "empty"},
			"a spreadsheet":   {"PK\x03\x04\x00", 422, "save it as CSV"},
			"a column":        {"username,is_boss\nada,1\n", 422, "'is_boss', which there is not"},
			"a password":      {"username,password\nada,1\n", 422, "'password', which there is not"},
			"a wrong line":    {"username,email\nnew1,nobody\nnew2,\n", 422, "E-mail: "},
			"a link":          {"username,portfolio_site\nnew1,javascript:alert(1)\n", 422, "Portfolio: "},
			"hostile text":    {"username,email\n<script>alert(1)</script>,\n", 422, "1 wrong"},
			"no end":          {"username\n" + strings.Repeat("a", 1<<20), 422, "Shorten the username"},
			"a broken letter": {"username,first_name\nnew1,\"\u202e\"\n", 422, "1 wrong"},
		} {
			r := boss.upload(importPath, "file", "people.csv", []byte(row.file))
			if r.status != row.want || len(r.body) > 20_000 || !r.says(row.says) || r.Find("[name=confirm]").Length() != 0 || r.Find("script:not([src])").Length() != 0 {
				t.Errorf("%s: %d %.2000s", name, r.status, r.Find("main").Text())
			}
		}
		r := boss.upload(importPath, "file", "people.csv", []byte("username,is_superuser,email\nnew1,true,new1@example.org\n"))
		boss.post(importPath, "import", r.value("import"), "seen", r.value("seen"), "confirm", "1")
		made, err := s.db.UserByName(t.Context(), "new1")
		if err != nil || r.status != 200 || !r.says("Nobody is changed by is_superuser") || made.IsSuperuser {
			t.Errorf("a right: %d, %+v, %v", r.status, made, err)
		}
		if r := boss.post(importPath); r.status != 422 || !r.says("Choose a table in CSV.") {
			t.Errorf("no file: %d", r.status)
		}
		if r := clerk.upload(importPath, "file", "people.csv", []byte("username,first_name\nboss,Mine\n")); r.status != 422 || !r.says("Only a superuser may change this person.") {
			t.Errorf("staff changing a superuser: %d", r.status)
		}
		if n, err := s.db.CountUsers(t.Context()); err != nil || n != 3 {
			t.Errorf("%d people, %v", n, err)
		}
		for _, query := range []string{"imported=x", "imported=1", "imported=-1-2", "imported=9999999999999-1", "imported=<b>-1"} {
			if r := boss.get("/admin/users?" + query); r.status != 200 || r.says("Imported") {
				t.Errorf("%s: %d", query, r.status)
			}
		}
	})
}

// TestLargeImport is looked at and done by jobs, its lines shown page by page.
func TestLargeImport(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, other := s.as(s.add("boss", asSuperuser)), s.as(s.add("other", asSuperuser))
		s.add("p0007")
		work := func(at string) answer {
			job, err := s.db.NextJob(t.Context())
			must(t, err)
			must(t, s.db.RunJob(t.Context(), job))
			return boss.get(at)
		}
		table := func(wrong string) []byte {
			text := "username,first_name\n"
			for i := range 1200 {
				text += fmt.Sprintf("p%04d,Ada\n", i)
			}
			return []byte(text + wrong)
		}
		sent := boss.upload(importPath, "file", "people.csv", table("bad name,x\n"))
		if !strings.HasPrefix(sent.location(), "/admin/jobs/") {
			t.Fatalf("%d to %q", sent.status, sent.location())
		}
		preview := boss.get(work(sent.location()).location())
		if !preview.says("1,199 new, 1 changed, 0 as they are, 1 wrong.") || preview.Find(".imported li").Length() != 1 || preview.Find("[name=confirm]").Length() != 0 {
			t.Fatalf("%s", preview.Find("main").Text())
		}
		preview = boss.get(work(boss.upload(importPath, "file", "people.csv", table("")).location()).location())
		id := preview.value("import")
		page := boss.get(importPath + "?import=" + id + "&only=new")
		if page.Find(".imported li").Length() != 200 || boss.get(page.Find("a[rel=next]").AttrOr("href", "")).Find(".imported li strong").First().Text() != "p0201" {
			t.Errorf("%d lines", page.Find(".imported li").Length())
		}
		if r := other.get(importPath + "?import=" + id); r.status != http.StatusForbidden {
			t.Errorf("somebody else's table: %d", r.status)
		}
		if r := other.post(importPath, "import", id, "seen", "1", "confirm", "1"); r.status != http.StatusForbidden {
			t.Errorf("somebody else's table: %d", r.status)
		}
		for _, bad := range []string{"0", "x", "999999", "-1"} {
			if r := boss.get(importPath + "?import=" + bad); r.status != http.StatusNotFound {
				t.Errorf("import %s: %d", bad, r.status)
			}
		}
		// One that was not looked at to its end says nothing of what it does.
		half := boss.upload(importPath, "file", "people.csv", table(""))
		cut := dbtest.Text(t, s.db, "SELECT max(id) FROM imports")
		boss.post(half.location() + "/cancel")
		for _, r := range []answer{boss.get(importPath + "?import=" + cut), boss.post(importPath, "import", cut, "seen", "0", "confirm", "1")} {
			if r.status != http.StatusConflict || !r.says("not looked at to its end") || r.Find("[name=confirm]").Length() != 0 {
				t.Errorf("half of it: %d %s", r.status, r.Find("main").Text())
			}
		}
		confirmed := boss.post(importPath, "import", id, "seen", preview.value("seen"), "confirm", "1")
		if again := boss.post(importPath, "import", id, "seen", preview.value("seen"), "confirm", "1"); again.location() != confirmed.location() {
			t.Errorf("confirmed twice: %q and %q", confirmed.location(), again.location())
		}
		done := work(confirmed.location())
		if !done.says("Done: 1,200 lines changed.") || dbtest.Text(t, s.db, "SELECT count(*) FROM users WHERE first_name = 'Ada'") != "1200" {
			t.Fatalf("%s", done.Find("main").Text())
		}
		undo := boss.post(done.Find("main form").AttrOr("action", ""))
		work(undo.location())
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM users"); n != "3" {
			t.Errorf("taken back: %s people", n)
		}
	})
}
