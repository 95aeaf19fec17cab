package db_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

const importKinds = "[[attribute]]\nname='motto'\nkind='text'\n[[attribute]]\nname='size'\nkind='number'\nmax=50\n[[attribute]]\nname='badge'\nkind='text'\nunique=true\n" +
	"[[attribute]]\nname='face'\nkind='picture'\n[[attribute]]\nname='drinks'\nkind='choices'\nchoices=['tea','coffee']\n"

// staged keeps a table, and looks at what it does.
func staged(t *testing.T, d *db.DB, by db.Author, text string) db.Import {
	t.Helper()
	table, err := d.Profile().OpenTable(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	imp, err := d.StageImport(t.Context(), by, table)
	if err == nil {
		imp, err = d.CheckImport(t.Context(), by, imp.ID, nil)
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return imp
}

// linesOf are the lines of a table that do something, or can't.
func linesOf(t *testing.T, d *db.DB, imp db.Import) []db.ImportLine {
	t.Helper()
	lines, err := d.ImportLines(t.Context(), imp.ID, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// staffOf adds a superuser and a member of the staff.
func staffOf(t *testing.T, d *db.DB) (boss, clerk db.Author) {
	t.Helper()
	for name, by := range map[string]*db.Author{"boss": &boss, "clerk": &clerk} {
		u, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: name, IsActive: true, IsStaff: true, IsSuperuser: name == "boss", Permissions: []string{"users.add", "users.change"}})
		if err != nil {
			t.Fatal(err)
		}
		by.ID = u.ID
	}
	return boss, clerk
}

func TestImportAddsAndChanges(t *testing.T) {
	dbtest.EachWith(t, importKinds, func(t *testing.T, d *db.DB) {
		boss, _ := staffOf(t, d)
		if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "Ada", Email: "ada@example.org", Attributes: map[string]string{"motto": "=1+1", "size": "40"}}); err != nil {
			t.Fatal(err)
		}
		const text = "username,email,motto,size,drinks\nADA,ada@example.org,'=1+1,41.5,\"tea\ncoffee\"\nbob,,hello,,\nboss,,,,\n"
		imp := staged(t, d, boss, text)
		if imp.Added != 1 || imp.Changed != 1 || imp.Same != 1 || imp.Wrong != 0 || imp.Lines != 3 || imp.Done {
			t.Errorf("%+v", imp)
		}
		lines := linesOf(t, d, imp)
		if got := fmt.Sprint(lines[1].Number, lines[1].Username, lines[1].Changes); got != "4bob[{motto  hello}]" {
			t.Error(got)
		}
		if got := fmt.Sprint(lines[0].Changes); got != "[{size 40 41.5} {drinks  tea\ncoffee}]" {
			t.Error(got)
		}
		if _, err := d.UserByName(t.Context(), "bob"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("the preview has added bob: %v", err)
		}
		done, err := d.ApplyImport(t.Context(), boss, imp.ID, imp.Checked, nil)
		if err != nil || !done.Done || done.Event == 0 {
			t.Fatalf("%+v, %v", done, err)
		}
		ada, err := d.UserByName(t.Context(), "ada")
		if err != nil || ada.Username != "Ada" || ada.Value("size") != "41.5" || ada.Value("motto") != "=1+1" || ada.Value("drinks") != "tea\ncoffee" {
			t.Errorf("%+v, %v", ada, err)
		}
		bob, err := d.UserByName(t.Context(), "bob")
		if err != nil || !bob.IsActive || bob.Email != "" || bob.Value("motto") != "hello" || bob.Version != 1 {
			t.Errorf("%+v, %v", bob, err)
		}
		if got := usernames(t, d, "drinks=coffee"); fmt.Sprint(got) != "[Ada]" {
			t.Errorf("the list finds %v", got)
		}
		if _, err := d.ApplyImport(t.Context(), boss, imp.ID, imp.Checked, nil); !errors.Is(err, db.ErrImportChanged) {
			t.Errorf("imported twice: %v", err)
		}
		if again := staged(t, d, boss, text); again.Same != 3 {
			t.Errorf("sent twice: %+v", again)
		}
		line, err := d.EventLine(t.Context(), boss.ID, done.Event)
		if err != nil {
			t.Fatal(err)
		}
		undone(t, d, boss, line)
		if ada, err = d.UserByName(t.Context(), "ada"); err != nil || ada.Value("size") != "40" || ada.Value("drinks") != "" {
			t.Errorf("taken back: %+v, %v", ada, err)
		}
		if _, err := d.UserByName(t.Context(), "bob"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("taken back: bob is there (%v)", err)
		}
	})
}

func TestImportRefusesWhatIsWrongAndWritesNothing(t *testing.T) {
	dbtest.EachWith(t, importKinds, func(t *testing.T, d *db.DB) {
		boss, clerk := staffOf(t, d)
		if _, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada", Email: "ada@example.org", Attributes: map[string]string{"badge": "7"}}); err != nil {
			t.Fatal(err)
		}
		for name, row := range map[string]struct {
			by    db.Author
			text  string
			field string
		}{
			"a value":               {boss, "username,size\nada,51\n", "size"},
			"a name":                {boss, "username,size\n<ada>,5\n", "username"},
			"no name":               {boss, "username,size\n,5\n", "username"},
			"a taken address":       {boss, "username,email\nbob,ADA@example.org\n", "email"},
			"a taken value":         {boss, "username,badge\nbob,7\n", "badge"},
			"a value twice":         {boss, "username,badge\nbob,8\ncyd,8\n", "badge"},
			"a person twice":        {boss, "username,size\nbob,8\nBOB,8\n", "username"},
			"an address twice":      {boss, "username,email\nbob,b@example.org\ncyd,B@example.org\n", "email"},
			"a picture":             {boss, "username,face\nada,face.jpg\n", "face"},
			"somebody of the staff": {clerk, "username,motto\nboss,mine\n", "username"},
			"no address any more":   {boss, "username,email\nada,\n", "email"},
		} {
			imp := staged(t, d, row.by, row.text+"new,\n")
			found := false
			for _, line := range linesOf(t, d, imp) {
				found = found || line.Errors[row.field] != ""
			}
			if !found || imp.Wrong == 0 {
				t.Errorf("%s: %+v", name, imp)
			}
			if _, err := d.ApplyImport(t.Context(), row.by, imp.ID, imp.Checked, nil); !errors.Is(err, db.ErrImportChanged) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := d.UserByName(t.Context(), "new"); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s: a part of it was written (%v)", name, err)
			}
		}
		table, err := d.Profile().OpenTable(strings.NewReader("username\nnew\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.StageImport(t.Context(), db.Author{ID: 99}, table); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("somebody else: %v", err)
		}
	})
}

// TestImportAsksAgainWhereSomebodyWasQuicker changes a person between the preview and its confirmation, and confirms twice at once.
func TestImportAsksAgainWhereSomebodyWasQuicker(t *testing.T) {
	dbtest.EachWith(t, importKinds, func(t *testing.T, d *db.DB) {
		boss, _ := staffOf(t, d)
		ada, err := d.CreateUser(t.Context(), db.Author{}, account.User{Username: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		imp := staged(t, d, boss, "username,motto\nada,imported\n")
		if _, err := d.SetAttribute(t.Context(), db.Author{ID: ada.ID}, ada.ID, attr("motto"), "typed", 0); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ApplyImport(t.Context(), boss, imp.ID, imp.Checked, nil); !errors.Is(err, db.ErrImportChanged) {
			t.Errorf("%v", err)
		}
		if imp, err = d.CheckImport(t.Context(), boss, imp.ID, nil); err != nil || linesOf(t, d, imp)[0].Changes[0].Old != "typed" {
			t.Errorf("%+v, %v", imp, err)
		}
		if _, err := d.ApplyImport(t.Context(), boss, imp.ID, imp.Checked-1, nil); !errors.Is(err, db.ErrImportChanged) {
			t.Errorf("what was shown before: %v", err)
		}
		var people strings.Builder
		for i := range 1250 { // several parts
			fmt.Fprintf(&people, "new%d,x\n", i)
		}
		imp = staged(t, d, boss, "username,motto\n"+people.String())
		var wg sync.WaitGroup
		applied := make(chan bool, 3)
		for range 3 {
			wg.Go(func() {
				done, err := d.ApplyImport(t.Context(), boss, imp.ID, imp.Checked, nil)
				if err != nil && !errors.Is(err, db.ErrImportChanged) {
					t.Error(err)
				}
				applied <- done.Done && err == nil
			})
		}
		wg.Wait()
		close(applied)
		n := 0
		for was := range applied {
			if was {
				n++
			}
		}
		if got := dbtest.Text(t, d, "SELECT count(*) FROM users WHERE username LIKE 'new%'"); n != 1 || got != "1250" {
			t.Errorf("it was applied %d times, %s are there", n, got)
		}
	})
}
