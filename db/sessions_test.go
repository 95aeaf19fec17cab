package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

func TestSessionsEndWhenTheyShould(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		d.Now = func() time.Time { return now }
		u := add(t, d, account.User{Username: "ada"})
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		store, ctx := d.Sessions(), t.Context()
		login := func(token string) {
			t.Helper()
			now, err := d.User(ctx, u.ID)
			if err == nil && !now.IsActive {
				now.IsActive = true
				now, err = d.UpdateUser(ctx, nobody, root, now)
			}
			if err != nil {
				t.Fatal(err)
			}
			c := db.WithSession(ctx, &db.Session{UserID: u.ID, Password: now.Password, IP: "192.0.2.1", UserAgent: "lynx"})
			if err := store.CommitCtx(c, token, []byte("data"), d.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		live := func(token string) bool {
			t.Helper()
			_, found, err := store.FindCtx(ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		login("a")
		under := &db.Session{}
		c := db.WithSession(ctx, under)
		if data, found, err := store.FindCtx(c, "a"); !found || err != nil || string(data) != "data" || under.UserID != u.ID || under.Found != "a" {
			t.Fatalf("%s %v %v %+v", data, found, err, under)
		}
		if err := store.CommitCtx(c, "a", []byte("more"), now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := store.DeleteCtx(ctx, "a"); err != nil { // the log-out of another request
			t.Fatal(err)
		}
		if err := store.CommitCtx(c, "a", []byte("alive"), now.Add(time.Hour)); !errors.Is(err, db.ErrSessionGone) || live("a") {
			t.Errorf("the session came back to life: %v", err)
		}
		for name, end := range map[string]func() error{
			"a new password": func() error { return d.SetPassword(ctx, nobody, u.ID, "hash", "") },
			"ending all":     func() error { return d.EndSessions(ctx, u.ID, "") },
			"deactivating": func() error {
				now, _ := d.User(ctx, u.ID)
				now.IsActive = false
				_, err := d.UpdateUser(ctx, nobody, root, now)
				return err
			},
			"more rights": func() error {
				now, _ := d.User(ctx, u.ID)
				now.IsStaff = !now.IsStaff
				_, err := d.UpdateUser(ctx, nobody, root, now)
				return err
			},
		} {
			login(name)
			if err := end(); err != nil || live(name) {
				t.Errorf("%s left the session alive: %v", name, err)
			}
		}
		login("this")
		login("that")
		if err := d.EndSessions(ctx, u.ID, "this"); err != nil || !live("this") || live("that") {
			t.Errorf("not all others were ended: %v", err)
		}
		now = now.Add(2 * time.Hour)
		if live("this") {
			t.Error("an expired session was found")
		}
		if n, err := d.ClearSessions(ctx); n != 1 || err != nil {
			t.Errorf("%d cleared, %v", n, err)
		}
	})
}

func TestSessionBeginsOnlyForWhoMayStillLogIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		for outcome, change := range map[string]func(u account.User) error{
			"a new password": func(u account.User) error { return d.SetPassword(ctx, nobody, u.ID, "another hash", "") },
			"being deleted":  func(u account.User) error { _, err := d.DeleteUser(ctx, nobody, root, u.ID); return err },
			"being deactivated": func(u account.User) error {
				u.IsActive = false
				_, err := d.UpdateUser(ctx, nobody, root, u)
				return err
			},
		} {
			u := add(t, d, account.User{Username: strings.ReplaceAll(outcome, " ", "-")})
			if err := change(u); err != nil {
				t.Fatal(err)
			}
			c := db.WithSession(ctx, &db.Session{UserID: u.ID, Password: u.Password})
			err := d.Sessions().CommitCtx(c, outcome, []byte("data"), d.Now().Add(time.Hour))
			if !errors.Is(err, db.ErrSessionGone) {
				t.Errorf("a session began after %s: %v", outcome, err)
			}
		}
	})
}

func TestGuessingIsSlowedAndForgiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		d.Now = func() time.Time { return now }
		try := func(guesses ...db.Guess) time.Duration {
			t.Helper()
			wait, err := d.Guess(t.Context(), guesses...)
			if err != nil {
				t.Fatal(err)
			}
			return wait
		}
		ada := db.Guess{Key: "user ada", Free: 5, Every: 1}
		refused := 0
		for i := 1; i <= 10; i++ {
			if try(ada) > 0 {
				if i <= 3 {
					t.Errorf("try %d had to wait", i)
				}
				refused = i
			}
		}
		if refused != 10 {
			t.Error("the tenth had no wait")
		}
		want := time.Second
		for range 14 { // each wait is twice the one before, up to 15 minutes
			if wait := try(ada); wait > want || wait <= want-time.Second {
				t.Errorf("waits %v, want %v", wait, want)
			}
			now = now.Add(want)
			if wait := try(ada); wait != 0 {
				t.Errorf("still waits %v", wait)
			}
			want = min(2*want, 15*time.Minute)
		}
		somebody := add(t, d, account.User{Username: "somebody", IsActive: true})
		if err := d.LoggedIn(t.Context(), somebody.ID, ada); err != nil || try(ada) != 0 {
			t.Error("not forgiven", err)
		}
		net := db.Guess{Key: "net 192.0.2.0", Free: 100, Every: 10, Shared: true}
		first := 0
		for i := 1; i <= 150 && first == 0; i++ {
			if try(net, db.Guess{Key: "user of " + string(rune('a'+i)), Free: 5, Every: 1}) > 0 {
				first = i
			}
		}
		if first != 102 {
			t.Errorf("the first wait for an address was at %d", first)
		}
		if err := d.LoggedIn(t.Context(), somebody.ID, net); err != nil || try(net) != 0 || try(net) == 0 {
			t.Error("not this try alone was taken back", err)
		}
		now = now.Add(24 * time.Hour)
		for range 5 {
			if try(net) != 0 {
				t.Error("it did not fade")
			}
		}
	})
}

func TestGuessesAtOnceDontSlipThrough(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		results := make(chan time.Duration, 30)
		for range cap(results) {
			go func() {
				wait, err := d.Guess(t.Context(), db.Guess{Key: "k", Free: 5}, db.Guess{Key: "a", Free: 100, Every: 10})
				if err != nil {
					t.Error(err)
				}
				results <- wait
			}()
		}
		passed := 0
		for range cap(results) {
			if <-results == 0 {
				passed++
			}
		}
		if passed < 6 || passed > 7 { // one more if a second went by
			t.Errorf("%d passed, want 6", passed)
		}
	})
}
