package db_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// withFace adds somebody whose picture is called face.
func withFace(t *testing.T, d *db.DB, username string) account.User {
	t.Helper()
	token := username + "-0123456789abcdefghij"
	if err := d.AddWaiting(t.Context(), 0, token, "face"); err != nil {
		t.Fatal(err)
	}
	return add(t, d, account.User{Username: username, Attributes: map[string]string{"profile_pic": token, "portfolio_site": "https://example.org/"}})
}

func TestUploadsTellWhatMustBeThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withFace(t, d, "ada")
		for token, name := range map[string]string{"sent-0123456789abcdefghijkl": "sent", "held-0123456789abcdefghijkl": "held", "both-0123456789abcdefghijkl": "face"} {
			if err := d.AddWaiting(t.Context(), 0, token, name); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.HoldWaiting(t.Context(), "held-0123456789abcdefghijkl"); err != nil {
			t.Fatal(err)
		}
		got, err := d.Uploads(t.Context())
		if err != nil || len(got) != 3 {
			t.Fatalf("%v, %v", got, err)
		}
		for name, want := range map[string][2]bool{"face": {true, true}, "held": {true, true}, "sent": {false, true}} { // needed, waits
			if u := got[name]; u.Needed != want[0] || u.Waits.IsZero() == want[1] {
				t.Errorf("%s: %+v", name, u)
			}
		}
		if owners, err := d.Owners(t.Context(), "face"); err != nil || len(owners) != 1 || owners[0].Username != "ada" || owners[0].Attribute != "profile_pic" {
			t.Errorf("it is of %v, %v", owners, err)
		}
		if owners, err := d.Owners(t.Context(), ""); err != nil || len(owners) != 0 {
			t.Errorf("no picture is of %v, %v", owners, err)
		}
	})
}

func TestLoseUpload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, gone := t.Context(), true
		isGone := func(context.Context, string) (bool, error) { return gone, nil }
		ada, eve := withFace(t, d, "ada"), withFace(t, d, "eve")
		lose := func() account.User {
			t.Helper()
			if err := d.LoseUpload(ctx, "face", isGone); err != nil {
				t.Fatal(err)
			}
			u, err := d.User(ctx, ada.ID)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		gone = false
		if u := lose(); u.Value("profile_pic") != "face" {
			t.Error("a picture that is there was taken away")
		}
		gone = true
		if err := d.AddWaiting(ctx, 0, "again-0123456789abcdefghijkl", "face"); err != nil {
			t.Fatal(err)
		}
		if u := lose(); u.Value("profile_pic") != "face" {
			t.Error("a picture that is being sent was taken away")
		}
		if err := d.HoldWaiting(ctx, "again-0123456789abcdefghijkl"); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("the store is away")
		if err := d.LoseUpload(ctx, "face", func(context.Context, string) (bool, error) { return true, broken }); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		u := lose()
		if u.Value("profile_pic") != "" || u.Value("portfolio_site") == "" || u.Version != ada.Version+1 {
			t.Errorf("%+v", u)
		}
		if u, err := d.User(ctx, eve.ID); err != nil || u.Value("profile_pic") != "" {
			t.Errorf("the other who has it: %+v, %v", u, err)
		}
		if got, err := d.Uploads(ctx); err != nil || got["face"].Needed {
			t.Errorf("still there are %v, %v", got, err)
		}
		said := dbtest.Text(t, d, "SELECT field || ' ' || old || ' ' || new || ' ' || action || COALESCE(by_username, '') FROM history WHERE field = 'profile_pic' AND action = 'change' AND object_id = "+strconv.FormatInt(ada.ID, 10))
		if said != "profile_pic face  change" {
			t.Errorf("the history says %q", said)
		}
		if u := lose(); u.Version != ada.Version+1 {
			t.Error("a second time is another change")
		}
	})
}
