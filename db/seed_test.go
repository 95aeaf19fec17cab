package db_test

import (
	"sync"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/admin"
)

func TestSeededPeopleAreTheSameEachTime(t *testing.T) {
	var mu sync.Mutex
	var same []account.User
	t.Cleanup(func() { // after both databases
		if len(same) != 2 {
			t.Fatalf("%d people to compare, want 2", len(same))
		}
		a, b := same[0], same[1]
		if a.FirstName != b.FirstName || !a.DateJoined.Equal(b.DateJoined) || a.Value("portfolio_site") != b.Value("portfolio_site") {
			t.Errorf("%+v is another than %+v", a, b)
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add(t, d, account.User{Username: "root"})
		if err := d.Seed(t.Context(), 250, "hash", nil); err != nil {
			t.Fatal(err)
		}
		u, err := d.UserByName(t.Context(), "person0000250")
		if err != nil || u.Email != "person0000250@example.org" || u.Password != "hash" || u.FirstName == "" || u.Attributes == nil {
			t.Fatalf("%+v, %v", u, err)
		}
		mu.Lock()
		same = append(same, u)
		mu.Unlock()
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
			return token, d.AddWaiting(t.Context(), 0, token, "picture"+string(rune('0'+number)))
		})
		if err != nil {
			t.Fatal(err)
		}
		names, err := d.Uploads(t.Context())
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
