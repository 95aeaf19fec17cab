package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func TestLedgerNamesEveryPicture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var removed []string
		remove := func(_ context.Context, name string) error { removed = append(removed, name); return nil }
		wantRemoved := func(step string, names ...string) {
			t.Helper()
			slices.Sort(removed)
			if !slices.Equal(removed, names) {
				t.Errorf("%s removed %v, want %v", step, removed, names)
			}
			removed = nil
		}
		wait := func(token, name string) {
			t.Helper()
			if err := d.AddWaiting(ctx, 0, token, name); err != nil {
				t.Fatal(err)
			}
		}
		wait("t1-0123456789abcdefghijkl", "one")
		wait("t2-0123456789abcdefghijkl", "one")
		u := add(t, d, account.User{Username: "ada", Attributes: map[string]string{"profile_pic": "t1-0123456789abcdefghijkl"}})
		if u.Value("profile_pic") != "one" {
			t.Fatalf("%+v", u)
		}
		if _, err := d.Waiting(ctx, "t1-0123456789abcdefghijkl"); !errors.Is(err, db.ErrPictureGone) {
			t.Errorf("the token is still there: %v", err)
		}
		pic := attribute(t, "profile_pic")
		_, err := d.SetAttribute(ctx, nobody, u.ID, pic, "t1-0123456789abcdefghijkl", 0)
		if !errors.Is(err, db.ErrPictureGone) {
			t.Errorf("a token was taken twice: %v", err)
		}
		wantFields(t, err, "profile_pic")
		if err := errors.Join(d.DropPicture(ctx, "one", remove), d.DropWaiting(ctx, "t2-0123456789abcdefghijkl", remove), d.DropWaiting(ctx, "t2-0123456789abcdefghijkl", remove)); err != nil {
			t.Fatal(err)
		}
		wantRemoved("dropping what is used")
		wait("t3-0123456789abcdefghijkl", "two")
		if u, err = d.SetAttribute(ctx, nobody, u.ID, pic, "t3-0123456789abcdefghijkl", 0); err != nil || u.Value("profile_pic") != "two" {
			t.Fatalf("%+v, %v", u, err)
		}
		if names, err := d.Uploads(ctx); err != nil || names["one"].Needed || names["one"].Waits.IsZero() || !names["two"].Needed || len(names) != 2 {
			t.Errorf("names %v, %v: a replaced picture is named until its files are gone", names, err)
		}
		if err := d.DropPicture(ctx, "one", remove); err != nil {
			t.Fatal(err)
		}
		wantRemoved("dropping the replaced one", "one")
		if u, err = d.SetAttribute(ctx, nobody, u.ID, pic, "", 0); err != nil || u.Value("profile_pic") != "" {
			t.Fatalf("%+v, %v", u, err)
		}
		// the program dies here, and starts again
		wait("t4-0123456789abcdefghijkl", "three")
		wait("t5-0123456789abcdefghijkl", "four")
		if err := d.HoldWaiting(ctx, "t5-0123456789abcdefghijkl"); err != nil {
			t.Fatal(err)
		}
		if n, err := d.SweepPictures(ctx, time.Now().Add(-time.Hour), time.Now().Add(time.Second), remove); n != 2 || err != nil {
			t.Errorf("%d swept, %v", n, err)
		}
		wantRemoved("starting", "three", "two")
		if name, err := d.Waiting(ctx, "t5-0123456789abcdefghijkl"); name != "four" || err != nil {
			t.Errorf("what is held went: %v", err)
		}
		if n, err := d.SweepPictures(ctx, time.Now().Add(time.Hour), time.Time{}, remove); n != 1 || err != nil {
			t.Errorf("%d swept, %v", n, err)
		}
		wantRemoved("a day later", "four")
		if names, err := d.Uploads(ctx); len(names) != 0 || err != nil {
			t.Errorf("names %v, %v", names, err)
		}
	})
}

func TestDeletingAPersonDropsTheirPicture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		if err := d.AddWaiting(t.Context(), 0, "t-0123456789abcdefghijkl", "face"); err != nil {
			t.Fatal(err)
		}
		u := add(t, d, account.User{Username: "ada", Attributes: map[string]string{"profile_pic": "t-0123456789abcdefghijkl"}})
		if err := d.EraseUser(t.Context(), nobody, root, u.ID); err != nil {
			t.Fatal(err)
		}
		fails := errors.New("the disk fails")
		if err := d.DropPicture(t.Context(), "face", func(context.Context, string) error { return fails }); !errors.Is(err, fails) {
			t.Error(err)
		}
		if names, _ := d.Uploads(t.Context()); names["face"].Waits.IsZero() {
			t.Error("files that could not be removed are named by nothing")
		}
	})
}

// TestWhatWaitsHasAnEnd lets more forms be refused than may wait with their files, as a stranger can.
func TestWhatWaitsHasAnEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		removed := 0
		away := errors.New("the store is away")
		d.RemovePicture = func(context.Context, string) error {
			if away != nil {
				return away
			}
			removed++
			return nil
		}
		for i := range 210 {
			if i == 205 {
				away = nil // until here nothing could be removed, and the forms were refused all the same
			}
			token := fmt.Sprintf("token-%03d-0123456789abcdef", i)
			if err := errors.Join(d.AddWaiting(t.Context(), 0, token, fmt.Sprintf("file%03d/a.txt", i)), d.HoldWaiting(t.Context(), token)); err != nil {
				t.Fatal(err)
			}
		}
		if got := dbtest.Text(t, d, "SELECT count(*) FROM waiting_pictures"); got != "200" || removed != 10 {
			t.Errorf("%s wait, %d were removed", got, removed)
		}
		if _, err := d.Waiting(t.Context(), "token-209-0123456789abcdef"); err != nil {
			t.Errorf("the last one: %v", err)
		}
	})
}

// TestWhatWaitsForOnePerson takes no place of what waits for others, and goes with them.
func TestWhatWaitsForOnePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		removed := map[string]bool{}
		d.RemovePicture = func(_ context.Context, name string) error {
			removed[name] = true
			return nil
		}
		ada := add(t, d, account.User{Username: "ada", Email: "ada@example.org", IsActive: true})
		for i := range 41 {
			by := ada.ID
			if i%2 == 1 {
				by = 0
			}
			token := fmt.Sprintf("token-%03d-0123456789abcdef", i)
			if err := errors.Join(d.AddWaiting(t.Context(), by, token, fmt.Sprintf("file%03d/a.txt", i)), d.HoldWaiting(t.Context(), token)); err != nil {
				t.Fatal(err)
			}
		}
		if len(removed) != 1 || !removed["file000/a.txt"] {
			t.Errorf("removed are %v", removed)
		}
		if err := d.AddWaiting(t.Context(), ada.ID, "token-0123456789abcdefghi", "on-its-way"); err != nil {
			t.Fatal(err)
		}
		if err := d.DeleteOneself(t.Context(), db.Author{ID: ada.ID}, ada.ID); err != nil {
			t.Fatal(err)
		}
		// What is on its way has no files yet: its row is what they will be found by.
		if got := dbtest.Text(t, d, "SELECT count(*) FROM waiting_pictures"); got != "21" || len(removed) != 21 || removed["file001/a.txt"] {
			t.Errorf("%s wait for others, removed are %d", got, len(removed))
		}
	})
}
