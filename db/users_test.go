package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// nobody is the command line.
var nobody = db.Author{}

// add makes a person, who is active.
func add(t testing.TB, d *db.DB, u account.User) account.User {
	t.Helper()
	u.IsActive = true
	made, err := d.CreateUser(t.Context(), nobody, u)
	if err != nil {
		t.Fatalf("add %s: %v", u.Username, err)
	}
	return made
}

func attribute(t testing.TB, name string) profile.Attribute {
	t.Helper()
	attr, ok := dbtest.Profile(t).Row(name)
	if !ok {
		t.Fatalf("no attribute %s", name)
	}
	return attr
}

func wantFields(t *testing.T, err error, fields ...string) {
	t.Helper()
	errs, ok := errors.AsType[form.Errors](err)
	if !ok || len(errs) != len(fields) {
		t.Fatalf("got %v, want errors of %v", err, fields)
	}
	for _, field := range fields {
		if errs[field] == "" {
			t.Errorf("no message for %s in %v", field, errs)
		}
	}
}

func TestWhoIsAddedIsFoundWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		d.Now = func() time.Time { return now }
		made := add(t, d, account.User{Username: "Ada", Email: "Ada@Example.org", Password: "hash", FirstName: "Ada", LastName: "King",
			Attributes: map[string]string{"portfolio_site": "https://ada.example.org/"}})
		for name, read := range map[string]func() (account.User, error){
			"by id":                 func() (account.User, error) { return d.User(t.Context(), made.ID) },
			"by another spelling":   func() (account.User, error) { return d.UserByName(t.Context(), "aDA") },
			"logging in by name":    func() (account.User, error) { return d.UserForLogin(t.Context(), "ada") },
			"logging in by address": func() (account.User, error) { return d.UserForLogin(t.Context(), " ADA@example.ORG ") },
		} {
			u, err := read()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if u.ID != made.ID || u.Username != "Ada" || u.Email != "Ada@Example.org" || u.Password != "hash" || u.Version != 1 ||
				u.FullName() != "Ada King" || !u.IsActive || u.IsStaff || u.IsSuperuser || !u.DateJoined.Equal(now) ||
				!u.LastLogin.IsZero() || u.Value("portfolio_site") != "https://ada.example.org/" {
				t.Errorf("%s: %+v", name, u)
			}
		}
		if err := d.LoggedIn(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		if u, _ := d.User(t.Context(), made.ID); !u.LastLogin.Equal(now) || u.Version != 1 {
			t.Errorf("after a log-in: %+v", u)
		}
	})
}

func TestNobodyIsFoundByWhatCannotBeAName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, name := range []string{"", "nobody", "a\x00b", "\xff", "a@b@c", "' OR 1=1 --"} {
			if _, err := d.UserByName(t.Context(), name); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("by name %q: %v", name, err)
			}
			if _, err := d.UserForLogin(t.Context(), name); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("logging in as %q: %v", name, err)
			}
		}
		if err := d.LoggedIn(t.Context(), 99); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := d.SetPassword(t.Context(), nobody, 99, "x"); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestNamesAreUniqueInEverySpelling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := add(t, d, account.User{Username: "straße", Email: "s@example.org"})
		_, err := d.CreateUser(t.Context(), nobody, account.User{Username: "STRASSE", Email: "S@EXAMPLE.ORG"})
		wantFields(t, err, "username", "email")
		_, err = d.CreateUser(t.Context(), nobody, account.User{Username: "bad name", Email: "nonsense"})
		wantFields(t, err, "username", "email")
		_, err = d.CreateUser(t.Context(), nobody, account.User{Username: "x@other.example", Email: "y@other.example"})
		wantFields(t, err, "username")
		for value, except := range map[string]int64{"Strasse": 0, "strasse": first.ID} {
			taken, err := d.Taken(t.Context(), "username", value, except)
			if err != nil || taken != (except == 0) {
				t.Errorf("%s but %d: taken %v, %v", value, except, taken, err)
			}
		}
		add(t, d, account.User{Username: "imported1"})
		add(t, d, account.User{Username: "imported2"}) // two without an address
		if n, err := d.CountUsers(t.Context()); n != 3 || err != nil {
			t.Errorf("%d people, %v", n, err)
		}
	})
}

func TestOneOfManyGetsANameAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		results := make(chan error, 20)
		for i := range cap(results) {
			wg.Go(func() {
				_, err := d.CreateUser(t.Context(), nobody, account.User{Username: "same", Email: fmt.Sprintf("p%d@example.org", i)})
				results <- err
			})
		}
		wg.Wait()
		close(results)
		won := 0
		for err := range results {
			if err == nil {
				won++
			} else {
				wantFields(t, err, "username")
			}
		}
		if won != 1 {
			t.Errorf("%d got the name", won)
		}
	})
}

func TestSetAttributeSavesOneRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		me := add(t, d, account.User{Username: "ada", Email: "ada@example.org"})
		by := db.Author{ID: me.ID, IP: "192.0.2.1"}
		set := func(name, value string) (account.User, error) {
			return d.SetAttribute(t.Context(), by, me.ID, attribute(t, name), value, 0)
		}
		u, err := set("portfolio_site", "https://ada.example.org/")
		if err != nil || u.Value("portfolio_site") != "https://ada.example.org/" || u.Version != 2 {
			t.Fatalf("%+v, %v", u, err)
		}
		if u, err = set("portfolio_site", "https://ada.example.org/"); err != nil || u.Version != 2 {
			t.Errorf("nothing changed: %+v, %v", u, err)
		}
		if u, err = set("username", "Ada.King"); err != nil || u.Username != "Ada.King" || u.Version != 3 {
			t.Errorf("%+v, %v", u, err)
		}
		if u, err = d.UserByName(t.Context(), "ADA.king"); err != nil || u.Value("portfolio_site") == "" {
			t.Errorf("%+v, %v", u, err)
		}
		_, err = set("portfolio_site", "javascript:alert(1)")
		wantFields(t, err, "portfolio_site")
		_, err = set("username", "other@people.example")
		wantFields(t, err, "username")
		add(t, d, account.User{Username: "bob"})
		_, err = set("username", "BOB")
		wantFields(t, err, "username")
		if _, err = d.SetAttribute(t.Context(), by, me.ID, profile.Attribute{Name: "is_staff"}, "1", 0); err == nil {
			t.Error("is_staff was set as an attribute")
		}
		if _, err = d.SetAttribute(t.Context(), by, 99, attribute(t, "first_name"), "X", 0); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestLastSuperuserStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		other := add(t, d, account.User{Username: "other", IsSuperuser: true})
		resting, err := d.CreateUser(t.Context(), nobody, account.User{Username: "resting", IsSuperuser: true})
		if err != nil || resting.IsActive {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		wg.Go(func() { u := root; u.IsSuperuser = false; _, errs[0] = d.UpdateUser(t.Context(), nobody, other, u) })
		wg.Go(func() { u := other; u.IsActive = false; _, errs[1] = d.UpdateUser(t.Context(), nobody, root, u) })
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or neither: %v, %v", errs[0], errs[1])
		}
		last, gone := root, other
		if errs[0] == nil {
			last, gone = other, root
		}
		for _, err := range errs {
			// whoever comes second has lost the rights to ask, or is told that one is the last
			if err != nil && !errors.Is(err, db.ErrForbidden) && !errors.Is(err, db.ErrLastSuperuser) {
				t.Error(err)
			}
		}
		_ = gone
		for name, change := range map[string]func(*account.User){
			"demote":     func(u *account.User) { u.IsSuperuser = false },
			"deactivate": func(u *account.User) { u.IsActive = false },
		} {
			u, err := d.User(t.Context(), last.ID)
			if err != nil {
				t.Fatal(err)
			}
			change(&u)
			if _, err := d.UpdateUser(t.Context(), nobody, last, u); !errors.Is(err, db.ErrLastSuperuser) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if has, err := d.HasSuperuser(t.Context()); !has || err != nil {
			t.Error(has, err)
		}
	})
}

func TestTwoSuperusersDeletingEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 5 {
			a := add(t, d, account.User{Username: fmt.Sprintf("a%d", i), IsSuperuser: true})
			b := add(t, d, account.User{Username: fmt.Sprintf("b%d", i), IsSuperuser: true})
			var wg sync.WaitGroup
			errs := make([]error, 2)
			wg.Go(func() { errs[0] = d.DeleteUser(context.Background(), nobody, a, b.ID) })
			wg.Go(func() { errs[1] = d.DeleteUser(context.Background(), nobody, b, a.ID) })
			wg.Wait()
			if has, err := d.HasSuperuser(t.Context()); !has || err != nil {
				t.Fatalf("none is left: %v, %v, %v", errs[0], errs[1], err)
			}
		}
	})
}
