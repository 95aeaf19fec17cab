package db_test

import (
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

func TestSeededPeopleAreTheSameEachTime(t *testing.T) {
	var first account.User
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add(t, d, account.User{Username: "root"})
		if err := d.Seed(t.Context(), 250, "hash", nil); err != nil {
			t.Fatal(err)
		}
		u, err := d.UserByName(t.Context(), "person0000250")
		if err != nil || u.Email != "person0000250@example.org" || u.Password != "hash" || u.FirstName == "" || u.Attributes == nil {
			t.Fatalf("%+v, %v", u, err)
		}
		if first.ID == 0 {
			first = u
		} else if first.FirstName != u.FirstName || !first.DateJoined.Equal(u.DateJoined) || first.Value("portfolio_site") != u.Value("portfolio_site") {
			t.Errorf("%+v is another than %+v", u, first)
		}
		if err := d.Seed(t.Context(), 50, "", nil); err != nil {
			t.Fatal(err)
		}
		add(t, d, account.User{Username: "later"})
		if n, err := d.CountUsers(t.Context()); n != 302 || err != nil {
			t.Errorf("%d people, %v", n, err)
		}
		page, err := d.People(t.Context(), admin.Query{Q: "0000299@"})
		if err != nil || page.Total != 1 || page.Rows[0].Username != "person0000299" {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestSeededPeopleTakeTheirPictures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Seed(t.Context(), 3, "", func(number int) (string, error) {
			if number == 2 {
				return "", nil
			}
			token := "token" + string(rune('0'+number))
			return token, d.AddWaiting(t.Context(), token, "picture"+string(rune('0'+number)))
		})
		if err != nil {
			t.Fatal(err)
		}
		names, err := d.PictureNames(t.Context())
		if err != nil || len(names) != 2 {
			t.Errorf("%v, %v", names, err)
		}
		if u, err := d.UserByName(t.Context(), "person0000003"); err != nil || u.Value("profile_pic") != "picture3" {
			t.Errorf("%+v, %v", u, err)
		}
		if _, err := d.Waiting(t.Context(), "token3"); err == nil {
			t.Error("the picture still waits")
		}
	})
}
