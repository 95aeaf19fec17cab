package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// wantToday says that the last day of the dashboard, counted from today, has these numbers.
func wantToday(t *testing.T, d *db.DB, what string, want db.Day) {
	t.Helper()
	b, err := d.Dashboard(t.Context(), db.DashboardParts{})
	if err != nil {
		t.Fatal(err)
	}
	want.Day = d.Now().UTC().Format(time.DateOnly)
	if got := b.Days[len(b.Days)-1]; got != want {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

func TestEachEventIsCountedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		guess := func(key string) db.Guess { return db.Guess{Key: key, Free: 1, Every: 1} }
		try := func(guesses ...db.Guess) {
			t.Helper()
			if _, err := d.Guess(t.Context(), guesses...); err != nil {
				t.Fatal(err)
			}
		}
		wantToday(t, d, "nothing yet", db.Day{})

		ada, err := d.Register(t.Context(), nobody, account.User{Username: "ada", IsActive: true}, "", true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Register(t.Context(), nobody, account.User{Username: "ADA"}, "", true); err == nil {
			t.Fatal("a name was given twice")
		}
		if _, err := d.Register(t.Context(), nobody, account.User{Username: "eve"}, "no such invitation", true); !errors.Is(err, db.ErrNotFound) {
			t.Fatal(err)
		}
		add(t, d, account.User{Username: "grace"}) // by an admin: nobody signed up
		wantToday(t, d, "one registered", db.Day{SignUps: 1})

		try(guess("ada"), db.LoginTry(c.now()))
		try(guess("names")) // no try at logging in
		wantToday(t, d, "one failed", db.Day{SignUps: 1, Failed: 1})
		try(guess("ada"), db.LoginTry(c.now()))
		try(guess("ada"), db.LoginTry(c.now())) // has to wait, so that nothing is counted
		wantToday(t, d, "two failed", db.Day{SignUps: 1, Failed: 2})
		try(db.LoginTry(c.now())) // where guessing is not slowed
		wantToday(t, d, "three failed", db.Day{SignUps: 1, Failed: 3})

		in := []db.Guess{guess("grace"), db.LoginTry(c.now())}
		try(in...)
		if err := d.LoggedIn(t.Context(), ada.ID, in...); err != nil {
			t.Fatal(err)
		}
		if err := d.LoggedIn(t.Context(), ada.ID); err != nil { // by what was no guess
			t.Fatal(err)
		}
		if err := d.LoggedIn(t.Context(), 99, in...); !errors.Is(err, db.ErrNotFound) {
			t.Fatal(err)
		}
		wantToday(t, d, "two logged in", db.Day{SignUps: 1, LogIns: 2, Failed: 3})
		half := []db.Guess{guess("half"), db.LoginTry(c.now())}
		try(half...)
		if err := d.Forgive(t.Context(), half...); err != nil {
			t.Fatal(err)
		}
		wantToday(t, d, "one with half a log-in", db.Day{SignUps: 1, LogIns: 2, Failed: 3})
	})
}

func TestRefusedSessionIsCountedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setClock(d)
		session := &db.Session{}
		ctx := db.WithSession(t.Context(), session)
		commit := func(token string) error {
			return d.Sessions().CommitCtx(ctx, token, []byte("data"), time.Time{})
		}
		if err := commit("token"); err != nil {
			t.Fatal(err)
		}
		session.Refused = true
		for range 2 {
			if err := commit("token"); err != nil {
				t.Fatal(err)
			}
		}
		wantToday(t, d, "two commits of one request", db.Day{Failed: 1})
		if err := d.Sessions().DeleteCtx(ctx, "token"); err != nil {
			t.Fatal(err)
		}
		session.Refused = true
		if err := commit("token"); !errors.Is(err, db.ErrSessionGone) {
			t.Fatal(err)
		}
		wantToday(t, d, "a session that is gone", db.Day{Failed: 1})
	})
}

// TestLogInAcrossMidnight takes the try back from the day that it was counted on.
func TestLogInAcrossMidnight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		c.pass(12*time.Hour - time.Second)
		ada := add(t, d, account.User{Username: "ada"})
		for range 2 {
			if _, err := d.Guess(t.Context(), db.LoginTry(c.now())); err != nil {
				t.Fatal(err)
			}
		}
		try := db.LoginTry(c.now())
		c.pass(2 * time.Second)
		if err := d.LoggedIn(t.Context(), ada.ID, try); err != nil {
			t.Fatal(err)
		}
		b, err := d.Dashboard(t.Context(), db.DashboardParts{})
		if err != nil {
			t.Fatal(err)
		}
		want := []db.Day{{Day: "2026-05-01", Failed: 1}, {Day: "2026-05-02", LogIns: 1}}
		for i, day := range b.Days[28:] {
			if day != want[i] {
				t.Errorf("%+v, want %+v", day, want[i])
			}
		}
	})
}

func TestManyAtOnceAreAllCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		ada := add(t, d, account.User{Username: "ada"})
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				guesses := []db.Guess{{Key: "of " + string(rune('a'+i)), Free: 5}, db.LoginTry(c.now())}
				_, err := d.Guess(context.WithoutCancel(t.Context()), guesses...)
				if err == nil && i%2 == 0 {
					err = d.LoggedIn(context.WithoutCancel(t.Context()), ada.ID, guesses...)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		wantToday(t, d, "ten in and ten not", db.Day{LogIns: 10, Failed: 10})
	})
}

func TestOldDaysAreCleared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		if _, err := d.Guess(t.Context(), db.LoginTry(c.now())); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			days int
			want string
		}{{400, "1"}, {1, "0"}} {
			c.pass(time.Duration(test.days) * 24 * time.Hour)
			if _, err := d.ClearSessions(t.Context()); err != nil {
				t.Fatal(err)
			}
			if kept := dbtest.Text(t, d, "SELECT count(*) FROM daily"); kept != test.want {
				t.Errorf("%s days are kept, want %s", kept, test.want)
			}
		}
	})
}
