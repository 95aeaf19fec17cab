package db_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// eachPlace runs f for a new database of each kind, with a directory for migrations.
func eachPlace(t *testing.T, f func(t *testing.T, source, dir string)) {
	dbtest.EachSource(t, func(t *testing.T, source string) { f(t, source, t.TempDir()) })
}

const old = "[[attribute]]\nname='size'\nkind='text'\nsearch=true\n[[attribute]]\nname='motto'\nkind='text'\n"

// before makes a database of old in which ada has the values.
func before(t *testing.T, source, dir string, values map[string]string) {
	t.Helper()
	d := dbtest.OpenWith(t, source, dir, old)
	if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", Attributes: values}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "bob"}); err != nil {
		t.Fatal(err)
	}
}

func TestMigrationsKeepValues(t *testing.T) {
	for name, row := range map[string]struct{ toml, field, from, want string }{
		"added":                {old + "[[attribute]]\nname='birthday'\nkind='date'\n", "size", "42", "42"},
		"renamed":              {"[[attribute]]\nname='shoe'\nwas='size'\nkind='text'\n", "shoe", "42", "42"},
		"renamed and a number": {"[[attribute]]\nname='shoe'\nwas='size'\nkind='number'\n", "shoe", "42.5", "42.5"},
		"a text to a number":   {"[[attribute]]\nname='size'\nkind='number'\n", "size", "-42.5", "-42.5"},
		"a text to a day":      {"[[attribute]]\nname='size'\nkind='date'\n", "size", "1990-05-31", "1990-05-31"},
		"a text to yes or no":  {"[[attribute]]\nname='size'\nkind='boolean'\n", "size", "no", "no"},
		"a text to choices":    {"[[attribute]]\nname='size'\nkind='choices'\nchoices=['S','M']\n", "size", "M", "M"},
		"a text to a choice":   {"[[attribute]]\nname='size'\nkind='choice'\nchoices=['S','M']\n", "size", "M", "M"},
		"a text to longtext":   {"[[attribute]]\nname='size'\nkind='longtext'\n", "size", "it's <b>", "it's <b>"},
		"made unique":          {"[[attribute]]\nname='size'\nkind='text'\nunique=true\n", "size", "M", "M"},
		"a default elsewhere":  {old + "[[attribute]]\nname='tea'\nkind='text'\nrequired=true\ndefault=\"it's; green\"\n", "tea", "", "it's; green"},
		"a default of lines":   {old + "[[attribute]]\nname='tea'\nkind='longtext'\nrequired=true\ndefault=\"\"\"a;\n-- +goose StatementEnd\n-- +goose Down\nit's b\"\"\"\n", "tea", "", "a;\n-- +goose StatementEnd\n-- +goose Down\nit's b"},
	} {
		t.Run(name, func(t *testing.T) {
			eachPlace(t, func(t *testing.T, source, dir string) {
				before(t, source, dir, map[string]string{"size": row.from})
				d := dbtest.OpenWith(t, source, dir, row.toml)
				u, err := d.UserByName(t.Context(), "ada")
				if err != nil || u.Value(row.field) != row.want {
					t.Errorf("%+v, %v", u.Attributes, err)
				}
				if plan, err := d.Plan(t.Context()); err != nil || len(plan.Steps) != 0 {
					t.Errorf("there is still %+v, %v", plan, err)
				}
			})
		})
	}
}

// TestListsBecomeTexts takes several choices to a text of lines, and where everybody has one at the most to one choice.
func TestListsBecomeTexts(t *testing.T) {
	list := "[[attribute]]\nname='size'\nkind='choices'\nchoices=['S','M','L']\n"
	eachPlace(t, func(t *testing.T, source, dir string) {
		d := dbtest.OpenWith(t, source, dir, list)
		u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", Attributes: map[string]string{"size": "S\nL"}})
		if err != nil {
			t.Fatal(err)
		}
		one := strings.Replace(list, "'choices'", "'choice'", 1)
		_, err = dbtest.Unmigrated(t, source, dir, one).Plan(t.Context())
		if _, refused := errors.AsType[db.Refusal](err); !refused {
			t.Errorf("two choices became one: %v", err)
		}
		d = dbtest.OpenWith(t, source, dir, "[[attribute]]\nname='size'\nkind='longtext'\n")
		if u, err := d.User(t.Context(), u.ID); err != nil || u.Value("size") != "S\nL" {
			t.Errorf("%+v, %v", u.Attributes, err)
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{}, u.ID, attr("size"), "L", 0); err != nil {
			t.Fatal(err)
		}
		dbtest.OpenWith(t, source, dir, list)
		d = dbtest.OpenWith(t, source, dir, one)
		if u, err := d.User(t.Context(), u.ID); err != nil || u.Value("size") != "L" {
			t.Errorf("%+v, %v", u.Attributes, err)
		}
	})
}

func TestMigrationsRefuseWhatWouldLose(t *testing.T) {
	for name, row := range map[string]struct{ toml, value, want string }{
		"a text that is no number":  {"[[attribute]]\nname='size'\nkind='number'\n", "XL", `ada has "XL"`},
		"a number in another form":  {"[[attribute]]\nname='size'\nkind='number'\n", "042", `ada has "042"`},
		"a day that there isn't":    {"[[attribute]]\nname='size'\nkind='date'\n", "1990-02-31", "1990-02-31"},
		"a choice that isn't":       {"[[attribute]]\nname='size'\nkind='choice'\nchoices=['S']\n", "XL", "XL"},
		"a text to a picture":       {"[[attribute]]\nname='size'\nkind='picture'\n", "XL", "new name"},
		"a link that is code":       {"[[attribute]]\nname='size'\nkind='url'\n", "javascript:alert(1)", "javascript"},
		"renamed and no number":     {"[[attribute]]\nname='shoe'\nwas='size'\nkind='number'\n", "XL", `ada has "XL"`},
		"two with one unique value": {"[[attribute]]\nname='size'\nkind='text'\nunique=true\n", "twice", "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			eachPlace(t, func(t *testing.T, source, dir string) {
				before(t, source, dir, map[string]string{"size": row.value})
				if row.value == "twice" {
					d := dbtest.Unmigrated(t, source, dir, old)
					if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "cyd", Attributes: map[string]string{"size": "twice"}}); err != nil {
						t.Fatal(err)
					}
				}
				_, err := dbtest.Unmigrated(t, source, dir, row.toml).Plan(t.Context())
				if _, refused := errors.AsType[db.Refusal](err); !refused || !strings.Contains(err.Error(), row.want) {
					t.Errorf("%v, want a refusal with %q", err, row.want)
				}
			})
		})
	}
}

// TestMigrationsLookAgain applies a migration where a value has come into its way since it was written.
func TestMigrationsLookAgain(t *testing.T) {
	for kind, bad := range map[string]string{"number": "XL", "date": "1990-02-31", "boolean": "perhaps"} {
		t.Run(kind, func(t *testing.T) {
			eachPlace(t, func(t *testing.T, source, dir string) {
				before(t, source, dir, nil)
				d := dbtest.Unmigrated(t, source, dir, "[[attribute]]\nname='size'\nkind='"+kind+"'\n[[attribute]]\nname='motto'\nkind='text'\n")
				plan, err := d.Plan(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := d.Write(t.Context(), plan, "size"); err != nil {
					t.Fatal(err)
				}
				late := dbtest.Unmigrated(t, source, dir, old)
				u, err := late.UserByName(t.Context(), "bob")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := late.SetAttribute(t.Context(), db.Author{}, u.ID, attr("size"), bad, 0); err != nil {
					t.Fatal(err)
				}
				if applied, err := d.Migrate(t.Context()); err == nil {
					t.Errorf("%v were applied", applied)
				}
				if u, err := late.UserByName(t.Context(), "bob"); err != nil || u.Value("size") != bad {
					t.Errorf("it is %q now, %v", u.Value("size"), err)
				}
			})
		})
	}
}

// TestAnyDeclarationFollowsAnyOther goes from random declarations to others. Then nothing is left to do, and the columns are those of
// a database that went there straight.
func TestAnyDeclarationFollowsAnyOther(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	kinds := []string{"text", "longtext", "url", "number", "date", "boolean", "picture", "file", "links", "color"}
	declaration := func() string {
		var b strings.Builder
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			if random.IntN(3) == 0 {
				continue
			}
			kind := kinds[random.IntN(len(kinds))]
			b.WriteString("[[attribute]]\nname='" + name + kind + "'\nkind='" + kind + "'\n")
			if (kind == "text" || kind == "url" || kind == "number") && random.IntN(2) == 0 {
				b.WriteString("unique=true\n")
			}
		}
		return b.String()
	}
	for range 4 {
		steps := []string{declaration(), declaration(), declaration()}
		eachPlace(t, func(t *testing.T, source, dir string) {
			var d *db.DB
			for _, toml := range steps {
				d = dbtest.OpenWith(t, source, dir, toml)
			}
			fresh := filepath.Join(t.TempDir(), "straight.db")
			if strings.HasPrefix(source, "postgres") {
				fresh = dbtest.PostgresSource(t, "template0")
			}
			straight := dbtest.OpenWith(t, fresh, t.TempDir(), steps[2])
			if got, want := dbtest.Columns(t, d), dbtest.Columns(t, straight); !slices.Equal(got, want) {
				t.Errorf("the columns and indexes are\n%v\nwant\n%v\nafter %v", got, want, steps)
			}
		})
	}
}

// TestNamesThatStay changes an attribute whose was is of a name that is gone since an earlier migration.
func TestNamesThatStay(t *testing.T) {
	eachPlace(t, func(t *testing.T, source, dir string) {
		before(t, source, dir, map[string]string{"size": "42"})
		renamed := "[[attribute]]\nname='shoe'\nwas='size'\nkind='text'\n"
		dbtest.OpenWith(t, source, dir, renamed)
		d := dbtest.OpenWith(t, source, dir, strings.Replace(renamed, "'text'", "'number'\nunique=true", 1))
		if u, err := d.UserByName(t.Context(), "ada"); err != nil || u.Value("shoe") != "42" {
			t.Errorf("%+v, %v", u.Attributes, err)
		}
	})
}

// TestTextsOutgrowTheirIndex lets a text become longer than an index of PostgreSQL holds, and short again.
func TestTextsOutgrowTheirIndex(t *testing.T) {
	eachPlace(t, func(t *testing.T, source, dir string) {
		before(t, source, dir, map[string]string{"size": "42"})
		long := strings.Replace(old, "kind='text'\nsearch", "kind='text'\nmax=2000\nsearch", 1)
		d := dbtest.OpenWith(t, source, dir, long)
		u, err := d.UserByName(t.Context(), "ada")
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		var text strings.Builder // of characters that don't compress
		for range 2000 {
			text.WriteRune('\U00020000' + random.Int32N(40000))
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{}, u.ID, attr("size"), text.String(), 0); err != nil {
			t.Error(err)
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{}, u.ID, attr("size"), "S", 0); err != nil {
			t.Error(err)
		}
		back := dbtest.OpenWith(t, source, dir, old)
		if got := dbtest.Columns(t, back); !strings.Contains(strings.Join(got, "\n"), "INDEX profiles_size ") {
			t.Errorf("no index in %v", got)
		}
	})
}

// TestNamesOfIndexesNeverMeet declares attributes whose names are made of one another's, and takes them away again.
func TestNamesOfIndexesNeverMeet(t *testing.T) {
	eachPlace(t, func(t *testing.T, source, dir string) {
		var b strings.Builder
		for _, name := range []string{"size", "size_key", "size_next", "size_guard", "size_empty", "key", "size_user_id", strings.Repeat("a", 44) + "b", strings.Repeat("a", 44) + "c"} {
			b.WriteString("[[attribute]]\nname='" + name + "'\nkind='text'\nunique=true\n")
		}
		for _, name := range []string{"sizes", "sizes_user_id", "values_of_size", strings.Repeat("b", 44) + "b", strings.Repeat("b", 44) + "c"} {
			b.WriteString("[[attribute]]\nname='" + name + "'\nkind='choices'\nchoices=['a','b']\n")
		}
		d := dbtest.OpenWith(t, source, dir, b.String())
		if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", Attributes: map[string]string{"sizes": "a"}}); err != nil {
			t.Fatal(err)
		}
		dbtest.OpenWith(t, source, dir, strings.Replace(b.String(), "kind='text'", "kind='number'", 1))
		d = dbtest.OpenWith(t, source, dir, "")
		if got := dbtest.Columns(t, d); strings.Contains(strings.Join(got, "\n"), "size") || strings.Contains(strings.Join(got, "\n"), "aaa") {
			t.Errorf("there is still %v", got)
		}
	})
}

// TestIndexesOfAnOlderSortAreMadeAnew takes a database to where migration 0003 finds one: it knows of no indexes, and a unique one has
// another name.
func TestIndexesOfAnOlderSortAreMadeAnew(t *testing.T) {
	unique := strings.Replace(old, "search=true", "unique=true", 1) + "[[attribute]]\nname='drinks'\nkind='choices'\nchoices=['tea']\n"
	eachPlace(t, func(t *testing.T, source, dir string) {
		d := dbtest.OpenWith(t, source, dir, unique)
		want := dbtest.Columns(t, d)
		for _, statement := range []string{"DROP INDEX profiles_size__key", "CREATE UNIQUE INDEX profiles_size_key ON profiles (size) WHERE size <> ''",
			"DROP INDEX profiles_drinks__empty", "UPDATE attributes SET indexes = ''"} {
			dbtest.Exec(t, d, statement)
		}
		d = dbtest.OpenWith(t, source, dir, unique)
		if got := dbtest.Columns(t, d); !slices.Equal(got, want) {
			t.Errorf("the columns and indexes are\n%v\nwant\n%v", got, want)
		}
	})
}

func TestWritingTwiceTakesTheNextNumber(t *testing.T) {
	eachPlace(t, func(t *testing.T, source, dir string) {
		dbtest.OpenWith(t, source, dir, old)
		dbtest.OpenWith(t, source, dir, "")
		for _, dialect := range []string{"sqlite", "postgres"} {
			files, err := os.ReadDir(filepath.Join(dir, dialect))
			if err != nil || len(files) != 2 || !strings.HasPrefix(files[1].Name(), "0002_remove_") {
				t.Errorf("%v, %v", files, err)
			}
		}
	})
}

func TestSearchFollowsTheDeclaration(t *testing.T) {
	eachPlace(t, func(t *testing.T, source, dir string) {
		before(t, source, dir, map[string]string{"size": "gigantic", "motto": "ever onwards"})
		found := func(d *db.DB, q string) int { return len(all(t, d, "q="+q)) }
		if d := dbtest.Unmigrated(t, source, dir, old); found(d, "gigantic") != 1 || found(d, "onwards") != 0 {
			t.Error("the search is not what was declared")
		}
		other := strings.Replace(strings.Replace(old, "search=true\n", "", 1), "name='motto'\nkind='text'", "name='motto'\nkind='text'\nsearch=true", 1)
		d := dbtest.Unmigrated(t, source, dir, other)
		if err := d.CheckProfile(t.Context()); !errors.Is(err, db.ErrSearch) {
			t.Errorf("the check says %v", err)
		}
		if done, err := d.Reindex(t.Context()); !done || err != nil {
			t.Errorf("%v, %v", done, err)
		}
		if found(d, "gigantic") != 0 || found(d, "onwards") != 1 {
			t.Error("the search is not what is declared now")
		}
	})
}
