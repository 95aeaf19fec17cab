package views

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

func TestShot(t *testing.T) {
	dir := os.Getenv("SHOT")
	if dir == "" {
		return
	}
	p, err := profile.Load([]byte("[[attribute]]\nname=\"portfolio_site\"\nkind=\"url\"\nlabel=\"Portfolio\"\nhelp=\"A page about you or your work.\"\nregister=true\n[[attribute]]\nname=\"profile_pic\"\nkind=\"picture\"\nlabel=\"Picture\"\nhelp=\"A photograph of you: JPEG, PNG, GIF or WebP, 10 MB at most. It is cropped to a square.\"\nregister=true\n"), "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	joined := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	ada := account.User{ID: 17, Username: "ada", Email: "ada@example.org", FirstName: "Ada", LastName: "Lovelace", IsActive: true, IsStaff: true, IsSuperuser: true, DateJoined: joined, Version: 3,
		Attributes: map[string]string{"portfolio_site": "https://ada.example.org/notes/on-the-engine", "profile_pic": "PIC"}}
	bare := account.User{ID: 18, Username: "grace", Email: "grace@example.org", IsActive: true, DateJoined: joined}
	asset := func(s string) string { return "/public/" + s }
	page := func(title, path string, me *account.User) Page {
		return Page{Site: "Nameplate", Title: title, BaseURL: "http://localhost:8080", Path: path, Me: me, Open: true, CSRF: "token", Asset: asset}
	}
	var fields, bad []Field
	errs := form.Errors{"username": "Choose another name: 'ada' is taken.", "password": "Choose a longer password: at least 8 characters."}
	attrs := append([]profile.Attribute{}, profile.UserAttributes()[:2]...)
	attrs = append(attrs, profile.Attribute{Name: "password", Label: "Password", Required: true, Autocomplete: "new-password", Help: "At least 8 characters. A few words in a row are easy to remember and hard to guess."})
	attrs = append(attrs, p.Registering()...)
	for _, a := range attrs {
		f := Field{Attribute: a, Check: "/register/check"}
		if a.Name == "password" {
			f.Type = "password"
		}
		fields = append(fields, f)
		f.Error = errs[a.Name]
		if a.Name == "username" {
			f.Value = "ada"
		}
		if a.Name == "email" {
			f.Value, f.Good = "ada@example.org", true
		}
		if a.IsPicture() {
			f.Waiting = Waiting{"tok", "PIC"}
		}
		bad = append(bad, f)
	}
	res := admin.People(p)
	q, _ := res.ParseQuery(url.Values{})
	var rows []account.User
	for i := range 100 {
		u := account.User{ID: int64(100 + i), Username: fmt.Sprintf("person%07d", i), Email: fmt.Sprintf("person%07d@example.org", i), IsActive: i%7 != 0, DateJoined: joined.Add(time.Duration(i) * 9999 * time.Second)}
		u.Attributes = map[string]string{"portfolio_site": fmt.Sprintf("https://site%d.example.org/work", i), "profile_pic": fmt.Sprintf("%032x", i*99991)}
		if i%3 == 0 {
			u.Attributes = nil
		}
		rows = append(rows, u)
	}
	rows[3] = ada
	people := People{Resource: res, Query: q, Profile: p.Attributes, Page: admin.Page[account.User]{Rows: rows, Prev: "x", Next: "y", Total: 10000, TotalMore: true}, Saved: 104}
	open := people
	open.Open = &Edit{User: ada}
	wrong := people
	wrong.Open = &Edit{User: ada, Values: map[string]string{"email": "not-an-address"}, Errors: form.Errors{"email": "Type an e-mail address, such as ada@example.org."}}
	conf := people
	conf.Open = &Edit{User: ada, Conflict: &Conflict{Version: 9, Fields: []ConflictField{{"Portfolio", "https://old.example.org", "https://theirs.example.org", "https://ada.example.org/notes/on-the-engine"}, {"First name", "Ada", "Augusta", "Ada"}}}}
	none := People{Resource: res, Query: q, Profile: p.Attributes}
	none.Query.Q = "zzz"
	pub := page("Ada Lovelace", "/@ada", nil)
	pub.CSRF, pub.Canonical, pub.Description = "", "http://localhost:8080/@ada", "Ada Lovelace on Nameplate."
	one, _ := p.Attribute("portfolio_site")
	pic, _ := p.Attribute("profile_pic")
	w := func(name string, c templ.Component) {
		f, _ := os.Create(filepath.Join(dir, name+".html"))
		defer f.Close()
		if err := c.Render(context.Background(), f); err != nil {
			t.Error(err)
		}
	}
	w("home", HomePage(page("", "/", nil)))
	w("register", RegisterPage(page("Create your account", "/register", nil), Filled{}, fields))
	w("register-bad", RegisterPage(page("Create your account", "/register", nil), Filled{Errors: errs}, bad))
	w("login", LoginPage(page("Log in", "/login", nil), Login{}))
	w("login-bad", LoginPage(page("Log in", "/login", nil), Login{Username: "ada", Error: "The user name or the password is not right. Check both, and that Caps Lock is off."}))
	sv := page("Your profile", "/settings/profile", &ada)
	sv.Saved = "portfolio_site"
	w("profile", ProfilePage(sv, ada, p.Rows(), Editing{}))
	w("profile-open", ProfilePage(page("Your profile", "/settings/profile", &ada), ada, p.Rows(), Editing{"portfolio_site", Field{Attribute: one, Value: ada.Value("portfolio_site"), Check: "/x", Error: "Begin the address with https:// or http://."}}))
	w("profile-pic", ProfilePage(page("Your profile", "/settings/profile", &ada), ada, p.Rows(), Editing{"profile_pic", Field{Attribute: pic, Now: "PIC"}}))
	w("public", PublicPage(pub, ada, p.Attributes))
	w("public-bare", PublicPage(pub, bare, p.Attributes))
	w("list", UsersPage(page("People", "/admin/users", &ada), people))
	w("list-open", UsersPage(page("People", "/admin/users", &ada), open))
	w("list-wrong", UsersPage(page("People", "/admin/users", &ada), wrong))
	w("list-conflict", UsersPage(page("People", "/admin/users", &ada), conf))
	w("list-none", UsersPage(page("People", "/admin/users", &ada), none))
	w("person", UserPage(page("ada", "/admin/users/17", &ada), people, ada, Edit{User: ada}))
	w("new", NewUserPage(page("Add a person", "/admin/users/new", &ada), Filled{}, fields))
	w("delete", DeleteUserPage(page("Delete grace", "/x", &ada), bare, []string{"3 sessions", "1 picture"}))
	w("closed", ClosedPage(page("Registration is closed", "/register", nil)))
	w("error", ErrorPage(page("Nothing here", "/x", nil), Problem{Status: 404, Title: "Nothing here", Text: "There is no page at this address. It may have moved, or the address has a typing mistake.", RequestID: "ABCDEF", Retry: 5}))
}
