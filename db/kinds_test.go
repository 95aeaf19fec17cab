package db_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// everyKind declares an attribute of each kind, called like it with my_ in front.
func everyKind() string {
	var b strings.Builder
	for _, kind := range profile.Kinds() {
		fmt.Fprintf(&b, "[[attribute]]\nname = 'my_%s'\nkind = '%s'\n", kind.Name, kind.Name)
		if kind.Name == "choice" || kind.Name == "choices" {
			b.WriteString("choices = ['tea', 'she/her', 'a \"quoted\" one', 'tea & milk']\n")
		}
		if slices.Contains(kind.Keys, "search") {
			b.WriteString("search = true\n")
		}
	}
	return b.String()
}

// valuesOf are values of each kind as they are stored.
var valuesOf = map[string][]string{
	"my_text":     {"Ink & brass", `'; DROP TABLE users; --`, "<script>"},
	"my_longtext": {"one\ntwo", "a \\ b \x27"},
	"my_url":      {"https://example.org/me"}, "my_email": {"desk@example.org"}, "my_phone": {"+442079460018"},
	"my_number":  {"0", "-5", "1.5", "0.0001", "99999999999.9999", "123456789012345", "-123456789012345"},
	"my_date":    {"1990-05-31", "0001-01-01", "9999-12-31"},
	"my_boolean": {"yes", "no"}, "my_choice": {"tea", "she/her"}, "my_choices": {"tea", "tea\na \"quoted\" one", "tea & milk"},
	"my_country": {"DE", "FR"}, "my_color": {"#7a5a14"}, "my_links": {"https://example.org/a A label", "https://example.org/a\nhttps://example.org/b B"},
}

func TestEveryKindKeepsItsValues(t *testing.T) {
	dbtest.EachWith(t, everyKind(), func(t *testing.T, d *db.DB) {
		ada, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", IsActive: true})
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range valuesOf {
			for _, value := range append(values, "") {
				saved, err := d.SetAttribute(t.Context(), db.Author{ID: ada.ID}, ada.ID, attr(name), value, 0)
				if err != nil || saved.Value(name) != value {
					t.Errorf("%s: %q was saved as %q, %v", name, value, saved.Value(name), err)
				}
				got, err := d.User(t.Context(), ada.ID)
				if err != nil || got.Value(name) != value {
					t.Errorf("%s: %q came back as %q, %v", name, value, got.Value(name), err)
				}
			}
			u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: strings.TrimPrefix(name, "my_"), Attributes: map[string]string{name: values[0]}})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := d.User(t.Context(), u.ID); err != nil || got.Value(name) != values[0] {
				t.Errorf("%s: %q was created as %q, %v", name, values[0], got.Value(name), err)
			}
		}
	})
}

func attr(name string) profile.Attribute { return profile.Attribute{Name: name} }

// TestListsOfEveryKind sorts and narrows by every kind, and compares with what memory says.
func TestListsOfEveryKind(t *testing.T) {
	dbtest.EachWith(t, everyKind(), func(t *testing.T, d *db.DB) {
		random := rand.New(rand.NewPCG(7, 8))
		var people []account.User
		for i := range 60 {
			u := account.User{Username: fmt.Sprintf("p%03d", i), Attributes: map[string]string{}}
			for name, values := range valuesOf {
				if random.IntN(3) > 0 {
					u.Attributes[name] = values[random.IntN(len(values))]
				}
			}
			u, err := d.CreateUser(t.Context(), db.Author{}, u)
			if err != nil {
				t.Fatal(err)
			}
			people = append(people, u)
		}
		for name := range valuesOf {
			sorted(t, d, people, name)
		}
		for query, fits := range map[string]func(u account.User) bool{
			"my_number__gte=0":                    func(u account.User) bool { n := u.Value("my_number"); return n != "" && float(n) >= 0 },
			"my_number__lte=1,5":                  func(u account.User) bool { n := u.Value("my_number"); return n != "" && float(n) <= 1.5 },
			"my_number=1.5":                       func(u account.User) bool { return u.Value("my_number") == "1.5" },
			"my_date__lte=1990-05-31":             func(u account.User) bool { v := u.Value("my_date"); return v != "" && v <= "1990-05-31" },
			"my_date__gte=1990-05-31":             func(u account.User) bool { return u.Value("my_date") >= "1990-05-31" },
			"my_boolean=no":                       func(u account.User) bool { return u.Value("my_boolean") == "no" },
			"my_boolean=1":                        func(u account.User) bool { return u.Value("my_boolean") == "yes" },
			"my_choice=she/her":                   func(u account.User) bool { return u.Value("my_choice") == "she/her" },
			"my_choices=tea":                      func(u account.User) bool { return slices.Contains(strings.Split(u.Value("my_choices"), "\n"), "tea") },
			"my_boolean__isempty=1":               func(u account.User) bool { return u.Value("my_boolean") == "" },
			"my_boolean__isempty=0&my_boolean=no": func(u account.User) bool { return u.Value("my_boolean") == "no" },
			"my_longtext__isempty=1&my_choices=tea": func(u account.User) bool {
				return u.Value("my_longtext") == "" && strings.HasPrefix(u.Value("my_choices"), "tea") && u.Value("my_choices") != "tea & milk"
			},
			"my_links__isempty=0&my_picture__isempty=1": func(u account.User) bool { return u.Value("my_links") != "" },
			"my_picture__isempty=0":                     func(account.User) bool { return false },
			"my_number__gte=0&my_number__lte=2&my_number__isempty=0&sort=-my_number": func(u account.User) bool {
				n := u.Value("my_number")
				return n != "" && float(n) >= 0 && float(n) <= 2
			},
			"my_date__gte=1990-01-01&my_date__lte=1990-12-31&sort=my_date": func(u account.User) bool { return u.Value("my_date") == "1990-05-31" },
			"my_date=1990-05-31&sort=-my_date":                             func(u account.User) bool { return u.Value("my_date") == "1990-05-31" },
			"is_active=0&sort=-is_active":                                  func(account.User) bool { return true },
			"my_choices__isempty=1":                                        func(u account.User) bool { return u.Value("my_choices") == "" },
			"my_url__isempty=0":                                            func(u account.User) bool { return u.Value("my_url") != "" },
			"my_date__isempty=1&q=p00":                                     func(u account.User) bool { return u.Value("my_date") == "" && strings.HasPrefix(u.Username, "p00") },
			"q=brass&is_active=0":                                          func(u account.User) bool { return u.Value("my_text") == "Ink & brass" },
			"is_staff=0&my_country=DE&sort=-my_number":                     func(u account.User) bool { return u.Value("my_country") == "DE" },
		} {
			var want []string
			for _, u := range people {
				if fits(u) {
					want = append(want, u.Username)
				}
			}
			if got := usernames(t, d, query); !slices.Equal(got, want) {
				t.Errorf("%s gives %v, want %v", query, got, want)
			}
			order := []string{"my_number", "-my_date", "my_boolean", "-my_text", "-is_active"}[random.IntN(5)]
			if strings.Contains(query, "sort=") {
				continue
			}
			if got := usernames(t, d, query+"&sort="+order); !slices.Equal(got, want) {
				t.Errorf("%s sorted by %s gives %v, want %v", query, order, got, want)
			}
		}
	})
}

func float(text string) float64 { f, _ := strconv.ParseFloat(text, 64); return f }

// usernames lists who fits a query, ordered by name, in pages of seven.
func usernames(t *testing.T, d *db.DB, query string) []string {
	t.Helper()
	var names []string
	for _, u := range all(t, d, query) {
		names = append(names, u.Username)
	}
	slices.Sort(names)
	return names
}

func all(t *testing.T, d *db.DB, query string) []account.User {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := admin.People(d.Profile()).ParseQuery(values)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	q.N = 7
	var people []account.User
	for {
		page, err := d.People(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		people = append(people, page.Rows...)
		if page.Next == "" {
			return people
		}
		q = q.At(page.Next, "")
	}
}

// sorted looks whether the list is in the order of an attribute, both ways, with everybody in it once.
func sorted(t *testing.T, d *db.DB, people []account.User, name string) {
	t.Helper()
	a, _ := d.Profile().Attribute(name)
	if !a.Sortable() {
		return
	}
	less := func(a, b string) bool { return a < b }
	if name == "my_number" {
		less = func(a, b string) bool { return a == "" && b != "" || b != "" && float(a) < float(b) }
	}
	if name == "my_boolean" {
		less = func(a, b string) bool {
			return strings.Index(" no yes", " "+a) < strings.Index(" no yes", " "+b) && a != b
		}
	}
	for _, desc := range []string{"", "-"} {
		got := all(t, d, "sort="+desc+name)
		if len(got) != len(people) {
			t.Errorf("sorted by %s%s: %d people, want %d", desc, name, len(got), len(people))
		}
		for i := range got[1:] {
			one, next := got[i].Value(name), got[i+1].Value(name)
			if desc == "-" && less(one, next) || desc == "" && less(next, one) {
				t.Errorf("sorted by %s%s: %q before %q", desc, name, one, next)
			}
		}
	}
}

func TestCursorsOfOtherListsAreRefused(t *testing.T) {
	dbtest.EachWith(t, everyKind(), func(t *testing.T, d *db.DB) {
		for _, value := range []string{"NaN", "Infinity", "x", "1e999", "'", "", "0x1p4", "1_0", "0000-01-01", "2147483648"} {
			for _, sort := range []string{"my_number", "my_date", "my_boolean"} {
				_, err := d.People(t.Context(), admin.Query{Sort: sort, After: admin.EncodeCursor(value, 1)})
				if _, bad := errors.AsType[admin.BadQuery](err); err != nil && !bad {
					t.Errorf("%s after %q: %v", sort, value, err)
				}
			}
		}
	})
}

func TestUniqueAttributes(t *testing.T) {
	dbtest.EachWith(t, "[[attribute]]\nname='badge'\nkind='number'\nunique=true\n[[attribute]]\nname='nick'\nkind='text'\nunique=true\n", func(t *testing.T, d *db.DB) {
		for i, name := range []string{"ada", "bob", "cyd", "dan"} { // several have none
			u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: name, Attributes: map[string]string{"badge": map[int]string{0: "7"}[i]}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.SetAttribute(t.Context(), db.Author{ID: u.ID}, u.ID, attr("badge"), "7.0", 0)
			errs, refused := errors.AsType[form.Errors](err)
			if i > 0 && (!refused || !strings.Contains(errs["badge"], "somebody else")) || i == 0 && err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "eve", Attributes: map[string]string{"badge": "7"}}); err == nil {
			t.Error("a value was taken twice")
		}
	})
}

func TestWhoMayNotEditIsRefused(t *testing.T) {
	dbtest.EachWith(t, "[[attribute]]\nname='desk'\nkind='text'\nedit='staff'\n[[attribute]]\nname='secret'\nkind='text'\nsee='oneself'\n", func(t *testing.T, d *db.DB) {
		add := func(name string, staff bool) account.User {
			u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: name, IsActive: true, IsStaff: staff, Permissions: account.Permissions(), Attributes: map[string]string{"secret": "mine"}})
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		ada, boss := add("ada", false), add("boss", true)
		if _, err := d.SetAttribute(t.Context(), db.Author{ID: ada.ID}, ada.ID, attr("desk"), "12", 0); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("a member moved their own desk: %v", err)
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{ID: boss.ID}, ada.ID, attr("secret"), "12", 0); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("staff changed what they don't see: %v", err)
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{ID: boss.ID}, boss.ID, attr("desk"), "12", 0); err != nil {
			t.Error(err)
		}
		sent := ada
		sent.Set("desk", "13")
		sent.Set("secret", "known")
		saved, err := d.UpdateUser(t.Context(), db.Author{ID: boss.ID}, boss, sent)
		if err != nil || saved.Value("desk") != "13" || saved.Value("secret") != "mine" {
			t.Errorf("%+v, %v", saved.Attributes, err)
		}
	})
}

func TestSeededPeopleHaveEveryKind(t *testing.T) {
	dbtest.EachWith(t, everyKind(), func(t *testing.T, d *db.DB) {
		if err := d.Seed(t.Context(), 60, "", nil); err != nil {
			t.Fatal(err)
		}
		for _, a := range d.Profile().Attributes {
			want := !a.IsUpload()
			if got := len(all(t, d, a.Name+"__isempty=0")) > 0; got != want {
				t.Errorf("somebody has a %s: %v, want %v", a.Kind.Name, got, want)
			}
		}
	})
}

// TestOneUniqueValueManyAtOnce lets many people save the same unique value at the same moment: one has it, the others are told.
func TestOneUniqueValueManyAtOnce(t *testing.T) {
	dbtest.EachWith(t, "[[attribute]]\nname='badge'\nkind='text'\nunique=true\n", func(t *testing.T, d *db.DB) {
		var people []account.User
		for i := range 6 {
			u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: fmt.Sprintf("p%d", i), IsActive: true})
			if err != nil {
				t.Fatal(err)
			}
			people = append(people, u)
		}
		for round := range 8 {
			var wg sync.WaitGroup
			var saved atomic.Int32
			for _, u := range people {
				wg.Go(func() {
					_, err := d.SetAttribute(t.Context(), db.Author{ID: u.ID}, u.ID, attr("badge"), fmt.Sprintf("b%d", round), 0)
					errs, refused := errors.AsType[form.Errors](err)
					if err == nil {
						saved.Add(1)
					} else if !refused || !strings.Contains(errs["badge"], fmt.Sprintf("'b%d' is somebody else's", round)) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if saved.Load() != 1 {
				t.Errorf("%d people have it", saved.Load())
			}
		}
	})
}

// TestHistoryKeepsNoSecrets looks for what only its owner sees, and for what was dropped.
func TestHistoryKeepsNoSecrets(t *testing.T) {
	const declared = "[[attribute]]\nname='diary'\nkind='text'\nsee='oneself'\n[[attribute]]\nname='motto'\nkind='text'\n"
	eachPlace(t, func(t *testing.T, source, dir string) {
		d := dbtest.OpenWith(t, source, dir, declared)
		boss, _ := staffOf(t, d)
		ada, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", IsActive: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range [][2]string{{"diary", "private"}, {"diary", ""}, {"motto", "public"}} {
			if _, err := d.SetAttribute(t.Context(), db.Author{ID: ada.ID}, ada.ID, attr(change[0]), change[1], 0); err != nil {
				t.Fatal(err)
			}
		}
		kept := func(text string) string {
			return dbtest.Text(t, d, "SELECT count(*) FROM history WHERE old = '"+text+"' OR new = '"+text+"'")
		}
		if kept("private") != "0" || kept("public") != "1" {
			t.Errorf("the history has %s lines of the diary and %s of the motto", kept("private"), kept("public"))
		}
		// A change of what staff don't see is not in their way.
		admin, err := d.User(t.Context(), boss.ID)
		if err != nil {
			t.Fatal(err)
		}
		form, err := d.User(t.Context(), ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{ID: ada.ID}, ada.ID, attr("diary"), "again", 0); err != nil {
			t.Fatal(err)
		}
		form.Set("motto", "by staff")
		if _, err := d.UpdateUser(t.Context(), boss, admin, form); err != nil {
			t.Errorf("staff are told of it: %v", err)
		}
		d = dbtest.OpenWith(t, source, dir, "[[attribute]]\nname='motto2'\nkind='text'\n")
		if kept("public") != "0" {
			t.Error("the history has what was dropped")
		}
	})
}

func TestDefaultsReachWhoComesLater(t *testing.T) {
	dbtest.EachWith(t, "[[attribute]]\nname='news'\nkind='boolean'\nrequired=true\ndefault=false\n[[attribute]]\nname='zone'\nkind='text'\ndefault='here'\n", func(t *testing.T, d *db.DB) {
		u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada"})
		if err != nil || u.Value("news") != "no" || u.Value("zone") != "" {
			t.Errorf("%+v, %v", u.Attributes, err)
		}
		if u, err = d.User(t.Context(), u.ID); err != nil || u.Value("news") != "no" {
			t.Errorf("%+v, %v", u.Attributes, err)
		}
	})
}
