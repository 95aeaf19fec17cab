package db_test

import (
	"fmt"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestSessionsHaveAnEnd: of one person's there are only so many, and the one that was not used for longest goes.
func TestSessionsHaveAnEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		u, other := add(t, d, account.User{Username: "ada", IsActive: true}), add(t, d, account.User{Username: "bob", IsActive: true})
		begin := func(u account.User, token string) {
			ctx := db.WithSession(t.Context(), &db.Session{UserID: u.ID, Password: u.Password})
			if err := d.Sessions().CommitCtx(ctx, token, []byte("{}"), time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		there := func(token string) bool {
			_, ok, err := d.Sessions().FindCtx(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		begin(other, "bob's")
		for i := range 100 {
			begin(u, fmt.Sprint("s", i))
			c.pass(2 * time.Minute)
		}
		if !there("s0") { // it is used now
			t.Fatal("a hundred are too many")
		}
		c.pass(time.Second)
		begin(u, "one more")
		for token, want := range map[string]bool{"s0": true, "s1": false, "s2": true, "s99": true, "one more": true, "bob's": true} {
			if there(token) != want {
				t.Errorf("%s is there: %v", token, !want)
			}
		}
		for i := range 150 { // all at one moment
			begin(u, fmt.Sprint("t", i))
			if !there(fmt.Sprint("t", i)) {
				t.Fatal("the one that has just begun is gone")
			}
		}
		if n := dbtest.Text(t, d, "SELECT count(*) FROM sessions"); n != "101" {
			t.Errorf("%s sessions", n)
		}
	})
}
