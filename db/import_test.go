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
	"nameplate/internal/profile"
)

const importKinds = "[[attribute]]\nname='motto'\nkind='text'\n[[attribute]]\nname='size'\nkind='number'\nmax=50\n[[attribute]]\nname='badge'\nkind='text'\nunique=true\n" +
	"[[attribute]]\nname='face'\nkind='picture'\n[[attribute]]\nname='drinks'\nkind='choices'\nchoices=['tea','coffee']\n"

func table(t *testing.T, d *db.DB, text string) profile.Table {
	t.Helper()
	read, err := d.Profile().ReadTable([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return read
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
		sent := table(t, d, "username,email,motto,size,drinks\nADA,ada@example.org,'=1+1,41.5,\"tea\ncoffee\"\nbob,,hello,,\nboss,,,,\n")
		preview, err := d.ImportUsers(t.Context(), boss, sent, "")
		if err != nil || preview.Applied {
			t.Fatalf("%+v, %v", preview, err)
		}
		if added, changed, same, wrong := preview.Count(); added != 1 || changed != 1 || same != 1 || wrong != 0 {
			t.Errorf("%+v", preview)
		}
		if got := fmt.Sprint(preview.Lines[1].Username, preview.Lines[1].Changes); got != "bob[{motto  hello}]" {
			t.Error(got)
		}
		if got := fmt.Sprint(preview.Lines[0].Changes); got != "[{size 40 41.5} {drinks  tea\ncoffee}]" {
			t.Error(got)
		}
		if _, err := d.UserByName(t.Context(), "bob"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("the preview has added bob: %v", err)
		}
		done, err := d.ImportUsers(t.Context(), boss, sent, preview.Digest)
		if err != nil || !done.Applied {
			t.Fatalf("%+v, %v", done, err)
		}
		ada, err := d.UserByName(t.Context(), "ada")
		if err != nil || ada.Username != "Ada" || ada.Value("size") != "41.5" || ada.Value("motto") != "=1+1" || ada.Value("drinks") != "tea\ncoffee" {
			t.Errorf("%+v, %v", ada, err)
		}
		if bob, err := d.UserByName(t.Context(), "bob"); err != nil || !bob.IsActive || bob.Email != "" || bob.Value("motto") != "hello" {
			t.Errorf("%+v, %v", bob, err)
		}
		if got := usernames(t, d, "drinks=coffee"); fmt.Sprint(got) != "[Ada]" {
			t.Errorf("the list finds %v", got)
		}
		again, err := d.ImportUsers(t.Context(), boss, sent, done.Digest)
		if _, _, same, _ := again.Count(); err != nil || again.Applied || same != 3 {
			t.Errorf("sent twice: %+v, %v", again, err)
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
			"a picture":             {boss, "username,face\nada,face.jpg\n", "face"},
			"somebody of the staff": {clerk, "username,motto\nboss,mine\n", "username"},
			"no address any more":   {boss, "username,email\nada,\n", "email"},
		} {
			sent := table(t, d, row.text+"new,\n")
			preview, err := d.ImportUsers(t.Context(), row.by, sent, "")
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			found := false
			for _, line := range preview.Lines {
				found = found || line.Errors[row.field] != ""
			}
			if !found {
				t.Errorf("%s: %+v", name, preview)
			}
			if done, err := d.ImportUsers(t.Context(), row.by, sent, preview.Digest); err != nil || done.Applied {
				t.Errorf("%s: %+v, %v", name, done, err)
			}
			if _, err := d.UserByName(t.Context(), "new"); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s: a part of it was written (%v)", name, err)
			}
		}
		if _, err := d.ImportUsers(t.Context(), db.Author{ID: 99}, table(t, d, "username\nnew\n"), ""); !errors.Is(err, db.ErrForbidden) {
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
		sent := table(t, d, "username,motto\nada,imported\n")
		preview, err := d.ImportUsers(t.Context(), boss, sent, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.SetAttribute(t.Context(), db.Author{ID: ada.ID}, ada.ID, attr("motto"), "typed", 0); err != nil {
			t.Fatal(err)
		}
		done, err := d.ImportUsers(t.Context(), boss, sent, preview.Digest)
		if err != nil || done.Applied || done.Lines[0].Changes[0].Old != "typed" {
			t.Errorf("%+v, %v", done, err)
		}
		var people strings.Builder
		for i := range 50 {
			fmt.Fprintf(&people, "new%d,x\n", i)
		}
		sent = table(t, d, "username,motto\n"+people.String())
		preview, err = d.ImportUsers(t.Context(), boss, sent, "")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		applied := make(chan bool, 3)
		for range 3 {
			wg.Go(func() {
				done, err := d.ImportUsers(t.Context(), boss, sent, preview.Digest)
				if err != nil {
					t.Error(err)
				}
				applied <- done.Applied
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
		if got := len(usernames(t, d, "q=new")); n != 1 || got != 50 {
			t.Errorf("it was applied %d times, %d are there", n, got)
		}
	})
}
