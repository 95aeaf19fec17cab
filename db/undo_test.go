package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// lastLine is the id of the newest line of the history.
func lastLine(t *testing.T, d *db.DB) int64 {
	t.Helper()
	id, err := strconv.ParseInt(dbtest.Text(t, d, "SELECT max(id) FROM history"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func undone(t *testing.T, d *db.DB, by db.Author, line int64) {
	t.Helper()
	if _, err := d.Undo(t.Context(), by, line); err != nil {
		t.Fatalf("undo: %v", err)
	}
}

// cant says whether an undo is refused with a reason.
func cant(d *db.DB, t *testing.T, by db.Author, line int64) bool {
	_, err := d.Undo(t.Context(), by, line)
	_, ok := errors.AsType[db.CantUndo](err)
	return ok
}

func TestUndoTakesBackAnEdit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID, IP: "192.0.2.1"}
		g, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Editors", Permissions: []string{"users.view"}})
		if err != nil {
			t.Fatal(err)
		}
		verified := time.UnixMilli(1_700_000_000_000).UTC()
		u := add(t, d, account.User{Username: "ada", Email: "ada@example.org", EmailVerified: verified, FirstName: "Ada",
			Attributes: map[string]string{"portfolio_site": "https://ada.example.org/"}})
		before, err := d.WithRights(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		changed := before
		changed.Username, changed.Email, changed.FirstName, changed.IsActive, changed.IsStaff = "countess", "c@example.org", "", false, true
		changed.Groups, changed.Permissions = []string{g.Name}, []string{"mail.view"}
		changed.Set("portfolio_site", "")
		saved, err := d.UpdateUser(t.Context(), by, root, changed)
		if err != nil || saved.Email != "c@example.org" || !saved.EmailVerified.IsZero() {
			t.Fatalf("%+v, %v", saved, err)
		}
		line := lastLine(t, d)
		undone(t, d, by, line)
		got, err := d.User(t.Context(), u.ID)
		if err == nil {
			got, err = d.WithRights(t.Context(), got)
		}
		if err != nil || got.Username != "ada" || got.Email != "ada@example.org" || !got.EmailVerified.Equal(verified) || got.FirstName != "Ada" ||
			!got.IsActive || got.IsStaff || len(got.Groups)+len(got.Permissions) != 0 || got.Value("portfolio_site") == "" {
			t.Errorf("%+v, %v", got, err)
		}
		if !cant(d, t, by, line) {
			t.Error("taken back twice")
		}
		undone(t, d, by, lastLine(t, d)) // what was taken back can be done again
		if got, err := d.User(t.Context(), u.ID); err != nil || got.Username != "countess" || got.Version != 4 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestUndoRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		clerk := add(t, d, account.User{Username: "clerk", IsStaff: true, Permissions: []string{"users.view", "history.view"}})
		by := db.Author{ID: root.ID}
		u := add(t, d, account.User{Username: "ada", FirstName: "one"})
		edit := func(change func(u *account.User)) int64 {
			now, err := d.User(t.Context(), u.ID)
			if err != nil {
				t.Fatal(err)
			}
			change(&now)
			if _, err := d.UpdateUser(t.Context(), by, root, now); err != nil {
				t.Fatal(err)
			}
			return lastLine(t, d)
		}
		first := edit(func(u *account.User) { u.FirstName = "two" })
		if _, err := d.Undo(t.Context(), db.Author{ID: clerk.ID}, first); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("by who may only look: %v", err)
		}
		both := edit(func(u *account.User) { u.FirstName, u.LastName = "three", "name" })
		if !cant(d, t, by, first) {
			t.Error("something newer stands on it")
		}
		edit(func(u *account.User) { u.LastName = "another" })
		if !cant(d, t, by, both) {
			t.Error("half of it was changed since")
		}
		if got, _ := d.User(t.Context(), u.ID); got.FirstName != "three" {
			t.Errorf("half of it was taken back: %+v", got)
		}
		name := edit(func(u *account.User) { u.Username = "countess" })
		add(t, d, account.User{Username: "ADA"})
		if !cant(d, t, by, name) {
			t.Error("somebody else has the name now")
		}
		if err := d.SetPassword(t.Context(), by, u.ID, "hash"); err != nil {
			t.Fatal(err)
		}
		if !cant(d, t, by, lastLine(t, d)) {
			t.Error("a password was taken back")
		}
		if _, err := d.Undo(t.Context(), by, 999_999); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a line that is none: %v", err)
		}
		demoted := edit(func(u *account.User) { u.IsSuperuser = true })
		if err := d.EraseUser(t.Context(), db.Author{}, account.User{ID: u.ID}, root.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Undo(t.Context(), db.Author{}, demoted); !errors.Is(err, db.ErrLastSuperuser) {
			t.Errorf("the last superuser: %v", err)
		}
	})
}

// TestDeletedPeopleComeBack with all that was theirs, and the same id.
func TestDeletedPeopleComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		if _, err := d.SaveGroup(t.Context(), by, account.Group{Name: "Readers"}); err != nil {
			t.Fatal(err)
		}
		if err := d.AddWaiting(t.Context(), 0, "t-0123456789abcdefghijkl", "face"); err != nil {
			t.Fatal(err)
		}
		var removed []string
		d.RemovePicture = func(_ context.Context, name string) error { removed = append(removed, name); return nil }
		u := add(t, d, account.User{Username: "ada", Email: "ada@example.org", Password: "hash", Groups: []string{"Readers"}, Permissions: []string{"mail.view"},
			Attributes: map[string]string{"profile_pic": "t-0123456789abcdefghijkl", "portfolio_site": "https://ada.example.org/"}})
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO two_factor (user_id, secret, confirmed_at) VALUES (%d, 'S', 5)", u.ID))
		dbtest.Exec(t, d, fmt.Sprintf("INSERT INTO recovery_codes (user_id, code_hash) VALUES (%d, 'h')", u.ID))
		if err := d.AddPasskey(t.Context(), db.Author{ID: u.ID}, db.Passkey{UserID: u.ID, Handle: []byte{0, 255}, KeyID: []byte{1, 2}, Data: "{}", Name: "phone"}); err != nil {
			t.Fatal(err)
		}
		was := everything(t, d, u.ID)
		if err := d.DeleteUser(t.Context(), by, root, u.ID); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"users", "profiles", "passkeys", "two_factor", "user_groups", "people_search"} {
			column := "user_id"
			if table == "users" {
				column = "id"
			}
			if n := dbtest.Text(t, d, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = %d", table, column, u.ID)); n != "0" {
				t.Errorf("%s rows of %s are left", n, table)
			}
		}
		if names, err := d.Uploads(t.Context()); !names["face"].Needed || len(removed) > 0 || err != nil {
			t.Errorf("the picture is not kept: %v, removed %v, %v", names, removed, err)
		}
		if list := rowsOf(t, d, "deleted"); len(list) != 1 || list[0].Cells["username"] != "ada" || list[0].Cells["by"] != "root" {
			t.Errorf("%+v", list)
		}
		line := lastLine(t, d)
		undone(t, d, by, line)
		if now := everything(t, d, u.ID); now != was {
			t.Errorf("came back as\n%s\nwas\n%s", now, was)
		}
		if !cant(d, t, by, line) {
			t.Error("brought back twice")
		}
		// Deleted once more, and erased by time.
		if err := d.DeleteUser(t.Context(), by, root, u.ID); err != nil {
			t.Fatal(err)
		}
		again := lastLine(t, d)
		now := time.Now()
		d.Now = func() time.Time { return now.Add(db.KeptTime - time.Hour) }
		if n, err := d.ClearDeleted(t.Context()); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		d.Now = func() time.Time { return now.Add(db.KeptTime + time.Hour) }
		if n, err := d.ClearDeleted(t.Context()); n != 1 || err != nil || !slices.Equal(removed, []string{"face"}) {
			t.Errorf("%d, %v, removed %v", n, err, removed)
		}
		if n := dbtest.Text(t, d, "SELECT count(*) FROM history WHERE object_repr LIKE '%ada%' OR old LIKE '%ada%' OR new LIKE '%ada%'"); n != "0" {
			t.Errorf("%s lines still name them", n)
		}
		if !cant(d, t, by, again) {
			t.Error("somebody erased came back")
		}
	})
}

// everything is all that is kept about somebody, but for the version.
func everything(t *testing.T, d *db.DB, id int64) string {
	t.Helper()
	data, err := d.Data(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	if data.User, err = d.WithRights(t.Context(), data.User); err != nil {
		t.Fatal(err)
	}
	data.User.Version, data.History, data.Unsent = 0, nil, nil
	return fmt.Sprintf("%+v", data)
}

func TestErasedNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		u := add(t, d, account.User{Username: "ada"})
		if err := d.DeleteUser(t.Context(), by, root, u.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.EraseUser(t.Context(), by, root, u.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.EraseUser(t.Context(), by, root, u.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("erased twice: %v", err)
		}
		// Staff neither bring back nor erase who is staff or a superuser.
		other := add(t, d, account.User{Username: "other", IsSuperuser: true})
		keeper := add(t, d, account.User{Username: "keeper", IsStaff: true, Permissions: account.Permissions()})
		if err := d.DeleteUser(t.Context(), by, root, other.ID); err != nil {
			t.Fatal(err)
		}
		gone := lastLine(t, d)
		if _, err := d.Undo(t.Context(), db.Author{ID: keeper.ID}, gone); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("a superuser brought back by staff: %v", err)
		}
		if err := d.EraseUser(t.Context(), db.Author{ID: keeper.ID}, keeper, other.ID); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("a superuser erased by staff: %v", err)
		}
		undone(t, d, by, gone)
		clerk := add(t, d, account.User{Username: "clerk", IsStaff: true, Permissions: []string{"users.change"}})
		bob := add(t, d, account.User{Username: "bob"})
		if err := d.EraseUser(t.Context(), db.Author{ID: clerk.ID}, clerk, bob.ID); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("by who may not delete: %v", err)
		}
		if err := d.EraseUser(t.Context(), db.Author{ID: clerk.ID}, clerk, 999); !errors.Is(err, db.ErrForbidden) {
			t.Errorf("somebody deleted, by who may not delete: %v", err)
		}
	})
}

// TestWhoIsErasedDeletedNobody: the list of who was deleted names them no more than the history does.
func TestWhoIsErasedDeletedNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		leaving := add(t, d, account.User{Username: "leaving", IsSuperuser: true})
		for name, by := range map[string]account.User{"one": leaving, "other": root} {
			if err := d.DeleteUser(t.Context(), db.Author{ID: by.ID}, by, add(t, d, account.User{Username: name}).ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.EraseUser(t.Context(), db.Author{ID: root.ID}, root, leaving.ID); err != nil {
			t.Fatal(err)
		}
		for _, row := range rowsOf(t, d, "deleted") {
			if want := map[string]string{"one": db.Deleted, "other": "root"}[row.Cells["username"]]; row.Cells["by"] != want {
				t.Errorf("%s was deleted by %s", row.Cells["username"], row.Cells["by"])
			}
		}
	})
}

// TestNameTakenMeanwhile brings somebody back whose name is somebody else's now.
func TestNameTakenMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		u := add(t, d, account.User{Username: "ada"})
		if err := d.DeleteUser(t.Context(), by, root, u.ID); err != nil {
			t.Fatal(err)
		}
		line := lastLine(t, d)
		other := add(t, d, account.User{Username: "Ada"})
		if !cant(d, t, by, line) {
			t.Error("two have one name")
		}
		if err := d.DeleteUser(t.Context(), by, root, other.ID); err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, line)
	})
}

// TestUndoOfAdding takes back that somebody was added, unless they have become somebody since.
func TestUndoOfAdding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		u, err := d.CreateUser(t.Context(), by, account.User{Username: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		added := lastLine(t, d)
		if err := d.LoggedIn(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		if !cant(d, t, by, added) {
			t.Error("they had logged in")
		}
		if _, err := d.CreateUser(t.Context(), by, account.User{Username: "bob"}); err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, lastLine(t, d))
		if _, err := d.UserByName(t.Context(), "bob"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("bob: %v", err)
		}
	})
}

// TestPictureComesBack after an admin has replaced it; what its owner replaces leaves no file.
func TestPictureComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var removed []string
		d.RemovePicture = func(_ context.Context, name string) error { removed = append(removed, name); return nil }
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		for i, name := range []string{"one", "two", "three"} {
			if err := d.AddWaiting(t.Context(), 0, fmt.Sprintf("t-%d-0123456789abcdefghij", i), name); err != nil {
				t.Fatal(err)
			}
		}
		u := add(t, d, account.User{Username: "ada", Attributes: map[string]string{"profile_pic": "t-0-0123456789abcdefghij"}})
		u.Set("profile_pic", "t-1-0123456789abcdefghij")
		u, err := d.UpdateUser(t.Context(), by, root, u)
		if err != nil || u.Value("profile_pic") != "two" || len(removed) > 0 {
			t.Fatalf("%v, %v, removed %v", u.Attributes, err, removed)
		}
		undone(t, d, by, lastLine(t, d))
		if u, err = d.User(t.Context(), u.ID); err != nil || u.Value("profile_pic") != "one" {
			t.Fatalf("%v, %v", u.Attributes, err)
		}
		// Being deleted and coming back changes nothing of what can be taken back.
		redone := lastLine(t, d)
		undone(t, d, by, redone)
		again := lastLine(t, d)
		if err := d.DeleteUser(t.Context(), by, root, u.ID); err != nil {
			t.Fatal(err)
		}
		undone(t, d, by, lastLine(t, d))
		undone(t, d, by, again)
		if u, err = d.User(t.Context(), u.ID); err != nil || u.Value("profile_pic") != "one" {
			t.Fatalf("%v, %v", u.Attributes, err)
		}
		own := db.Author{ID: u.ID}
		if _, err := d.SetAttribute(t.Context(), own, u.ID, attr("profile_pic"), "t-2-0123456789abcdefghij", 0); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(removed, []string{"one"}) {
			t.Errorf("removed %v", removed)
		}
	})
}
