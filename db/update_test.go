package db_test

import (
	"errors"
	"fmt"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func TestSecondAdminIsToldWhatTheFirstChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		u := add(t, d, account.User{Username: "ada", Email: "ada@example.org", FirstName: "Ada"})
		first := u
		first.FirstName, first.IsStaff = "Augusta", true
		first.Set("portfolio_site", "https://ada.example.org/")
		saved, err := d.UpdateUser(t.Context(), db.Author{ID: root.ID}, root, first)
		if err != nil || saved.Version != u.Version+1 || !saved.IsStaff {
			t.Fatalf("%+v, %v", saved, err)
		}
		second := u
		second.LastName = "Lovelace"
		_, err = d.UpdateUser(t.Context(), nobody, root, second)
		conflict, ok := errors.AsType[*db.Conflict](err)
		if !ok || conflict.Theirs.FirstName != "Augusta" || conflict.Was["first_name"] != "Ada" || conflict.Was["is_staff"] != "false" ||
			len(conflict.Was) != 3 {
			t.Fatalf("%+v, %v", conflict, err)
		}
		second.Version = conflict.Theirs.Version
		if err := d.SetPassword(t.Context(), nobody, u.ID, "new"); err != nil { // no conflict: the form holds no password
			t.Fatal(err)
		}
		if saved, err = d.UpdateUser(t.Context(), nobody, root, second); err != nil || saved.LastName != "Lovelace" || saved.Password != "new" {
			t.Errorf("%+v, %v", saved, err)
		}
	})
}

// TestWhatNoFormHoldsIsNoConflict: sessions that were ended, a password that was set or is asked for, an address taken for proven.
func TestWhatNoFormHoldsIsNoConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 1)
		by := db.Author{ID: root.ID}
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) VALUES ('t', %d, '', 9000000000000, 0, 0)", members[0]))
		form, err := d.User(t.Context(), members[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"end_sessions", "require_new_password", "verify_email"} {
			if n, _ := bulk(t, d, by, db.Bulk{Action: action, IDs: members}); n != 1 {
				t.Fatalf("%s: %d", action, n)
			}
		}
		if err := d.SetPassword(t.Context(), by, members[0], "hash"); err != nil {
			t.Fatal(err)
		}
		form.FirstName = "Fresh"
		saved, err := d.UpdateUser(t.Context(), by, root, form)
		if err != nil || saved.FirstName != "Fresh" || saved.EmailVerified.IsZero() {
			t.Errorf("%+v, %v", saved, err)
		}
	})
}

func TestRightsHoldBelowHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		staff := add(t, d, account.User{Username: "staff", IsStaff: true, Permissions: account.Permissions()})
		other := add(t, d, account.User{Username: "other", IsStaff: true})
		plain := add(t, d, account.User{Username: "plain"})
		viewer := add(t, d, account.User{Username: "viewer", IsStaff: true, Permissions: []string{"users.view"}})
		for name, row := range map[string]struct {
			me, target account.User
			change     func(*account.User)
			want       error
		}{
			"staff change somebody":         {staff, plain, func(u *account.User) { u.FirstName = "X" }, nil},
			"staff change themselves":       {staff, staff, func(u *account.User) { u.FirstName = "X" }, nil},
			"staff can't raise themselves":  {staff, staff, func(u *account.User) { u.IsSuperuser = true }, db.ErrForbidden},
			"staff can't raise others":      {staff, plain, func(u *account.User) { u.IsStaff = true }, db.ErrForbidden},
			"staff can't touch superusers":  {staff, root, func(u *account.User) { u.FirstName = "X" }, db.ErrForbidden},
			"staff can't touch other staff": {staff, other, func(u *account.User) { u.FirstName = "X" }, db.ErrForbidden},
			"members change nobody":         {plain, other, func(u *account.User) { u.FirstName = "X" }, db.ErrForbidden},
			"forged rights are read anew":   {account.User{ID: plain.ID, IsActive: true, IsSuperuser: true}, other, func(u *account.User) { u.FirstName = "X" }, db.ErrForbidden},
			"who is nobody changes nobody":  {account.User{ID: 99, IsActive: true, IsSuperuser: true}, plain, func(u *account.User) { u.FirstName = "X" }, db.ErrForbidden},
			"staff without the permission":  {viewer, plain, func(u *account.User) { u.FirstName = "Y" }, db.ErrForbidden},
			"staff can't permit themselves": {staff, staff, func(u *account.User) { u.Permissions = []string{} }, db.ErrForbidden},
			"staff can't permit others":     {staff, plain, func(u *account.User) { u.Permissions = []string{"users.view"} }, db.ErrForbidden},
			"superusers permit others":      {root, plain, func(u *account.User) { u.Permissions = []string{"mail.view"} }, nil},
			"superusers raise others":       {root, other, func(u *account.User) { u.IsSuperuser = true }, nil},
		} {
			u, err := d.User(t.Context(), row.target.ID)
			if err != nil {
				t.Fatal(err)
			}
			row.change(&u)
			if _, err := d.UpdateUser(t.Context(), nobody, row.me, u); !errors.Is(err, row.want) {
				t.Errorf("%s: %v, want %v", name, err, row.want)
			}
			if name == "superusers raise others" {
				u.IsSuperuser, u.Version = false, u.Version+1
				if _, err := d.UpdateUser(t.Context(), nobody, root, u); err != nil {
					t.Error(err)
				}
			}
		}
		for _, target := range []account.User{root, other} {
			if err := d.SetPassword(t.Context(), db.Author{ID: staff.ID}, target.ID, "new"); !errors.Is(err, db.ErrForbidden) {
				t.Errorf("staff set the password of %s: %v", target.Username, err)
			}
		}
		if err := d.SetPassword(t.Context(), db.Author{ID: plain.ID}, plain.ID, "new"); err != nil {
			t.Errorf("one's own password: %v", err)
		}
		if err := d.DeleteUser(t.Context(), nobody, staff, root.ID); !errors.Is(err, db.ErrForbidden) {
			t.Error(err)
		}
		if err := d.DeleteUser(t.Context(), nobody, root, root.ID); !errors.Is(err, db.ErrForbidden) {
			t.Error(err)
		}
		if err := d.DeleteUser(t.Context(), nobody, root, 99); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
}
