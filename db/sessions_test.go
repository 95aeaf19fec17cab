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
			"a new password": func() error { return d.SetPassword(ctx, nobody, u.ID, "hash") },
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
		now = now.Add(24 * time.Hour)
		if live("this") {
			t.Error("an expired session was found")
		}
		if n, err := d.ClearSessions(ctx); n != 1 || err != nil {
			t.Errorf("%d cleared, %v", n, err)
		}
	})
}

// TestSessionsLast uses sessions of each sort now and then, and not for as long as they last.
func TestSessionsLast(t *testing.T) {
	for name, row := range map[string]struct {
		idle, life time.Duration
		used       time.Duration // between two uses
		ends       time.Duration // from its beginning; 0 for not while it is used
	}{
		"used daily":               {24 * time.Hour, 0, 23 * time.Hour, 0},
		"not used for a day":       {24 * time.Hour, 0, 24 * time.Hour, 24 * time.Hour},
		"remembered":               {30 * 24 * time.Hour, 0, 29 * 24 * time.Hour, 0},
		"of staff, used":           {30 * time.Minute, 12 * time.Hour, 29 * time.Minute, 12 * time.Hour},
		"of staff, not used":       {30 * time.Minute, 12 * time.Hour, 30 * time.Minute, 30 * time.Minute},
		"nothing is said about it": {0, 0, 23 * time.Hour, 0},
		"used within every minute": {30 * time.Minute, time.Hour, 20 * time.Second, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := setClock(d)
				store, begin := d.Sessions(), c.now()
				ctx := db.WithSession(t.Context(), &db.Session{Idle: row.idle, Life: row.life})
				if err := store.CommitCtx(ctx, "token", []byte("data"), c.now()); err != nil {
					t.Fatal(err)
				}
				for range 400 {
					c.pass(row.used)
					age := c.now().Sub(begin)
					_, found, err := store.FindCtx(db.WithSession(t.Context(), &db.Session{}), "token")
					if err != nil || found != (row.ends == 0 || age < row.ends) {
						t.Fatalf("after %v it is there: %v %v", age, found, err)
					}
					if !found {
						return
					}
				}
			})
		})
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		ada, bob := add(t, d, account.User{Username: "ada", IsActive: true}), add(t, d, account.User{Username: "bob", IsActive: true})
		for i, u := range []account.User{ada, ada, bob} {
			c.pass(time.Minute)
			ctx := db.WithSession(t.Context(), &db.Session{UserID: u.ID, IP: "192.0.2.1", UserAgent: "lynx"})
			if err := d.Sessions().CommitCtx(ctx, "token"+string(rune('1'+i)), []byte("data"), c.now()); err != nil {
				t.Fatal(err)
			}
		}
		list, err := d.SessionsOf(t.Context(), ada.ID, "token1")
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		if !list[0].This || list[1].This || list[1].IP != "192.0.2.1" || list[1].UserAgent != "lynx" || list[0].ID == list[1].ID ||
			!list[1].CreatedAt.Equal(c.now().Add(-time.Minute)) {
			t.Errorf("%+v", list)
		}
		others, err := d.SessionsOf(t.Context(), bob.ID, "")
		if err != nil || len(others) != 1 {
			t.Fatalf("%+v %v", others, err)
		}
		for _, id := range []int64{others[0].ID, 0, -1} {
			if err := d.EndSession(t.Context(), ada.ID, id); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("somebody else's session %d: %v", id, err)
			}
		}
		if err := d.EndSession(t.Context(), ada.ID, list[1].ID); err != nil {
			t.Fatal(err)
		}
		if list, err := d.SessionsOf(t.Context(), ada.ID, "token1"); err != nil || len(list) != 1 || !list[0].This {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestSessionBeginsOnlyForWhoMayStillLogIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		for outcome, change := range map[string]func(u account.User) error{
			"a new password": func(u account.User) error { return d.SetPassword(ctx, nobody, u.ID, "another hash") },
			"being deleted":  func(u account.User) error { return d.DeleteUser(ctx, nobody, root, u.ID) },
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

// TestWhatIsFreeBlocksNobody: two transactions begin in one order and are served in the other.
func TestWhatIsFreeBlocksNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c, guess := setClock(d), db.Guess{Key: "k", Free: 5}
		if wait, err := d.Guess(t.Context(), guess); err != nil || wait != 0 {
			t.Fatal(wait, err)
		}
		c.pass(-time.Millisecond)
		if wait, err := d.Guess(t.Context(), guess); err != nil || wait != 0 {
			t.Errorf("the one that began before: %v %v", wait, err)
		}
		if wait, err := d.Wait(t.Context(), guess); err != nil || wait != 0 {
			t.Errorf("looked at from before: %v %v", wait, err)
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
