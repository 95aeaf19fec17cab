package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// fadeAfter is how long after the last failure a key's failures are forgotten.
const fadeAfter = 24 * time.Hour

// maxWait is the longest wait between two guesses.
const maxWait = 15 * time.Minute

// Guess is one thing that a try at logging in counts against.
type Guess struct {
	Key    string // the account or the address that is guessed at or from
	Free   int    // tries before there is a wait
	Every  int    // how many more failures double the wait, which begins at 1 s; 0 means 1
	Shared bool   // many people have this key, as they do an address

	login time.Time // when somebody tries to log in, for what LoginTry returns
}

// LoginTry is the last of the guesses of a try at logging in at this moment. It slows nothing: the try is counted among those of the day
// that have failed, until it is taken back with the others.
func LoginTry(at time.Time) Guess { return Guess{login: at} }

// Guess counts a try against each key ahead of its outcome, so that tries at the same moment can't slip through together.
// While any key has to wait it returns the longest wait, in which case nothing was counted and the try is refused. What turns
// out right is taken back with LoggedIn.
func (d *DB) Guess(ctx context.Context, guesses ...Guess) (wait time.Duration, err error) {
	guesses, try := apart(guesses)
	// In one order everywhere, so that two transactions don't wait for each other.
	slices.SortFunc(guesses, func(a, b Guess) int { return cmp.Compare(a.Key, b.Key) })
	err = d.write(ctx, func(tx *Tx) error {
		now, failures := tx.now(), make([]int, len(guesses))
		for i, g := range guesses {
			if err := tx.lock(ctx, "guess "+g.Key); err != nil {
				return err
			}
			var until int64
			failures[i], until, err = tx.failures(ctx, g.Key, now)
			if err != nil {
				return err
			}
			wait = max(wait, time.Duration(until-now)*time.Millisecond)
		}
		if wait > 0 {
			return nil
		}
		for i, g := range guesses {
			n, until := failures[i]+1, int64(0)
			if pause := g.wait(n); pause > 0 { // what is free blocks nobody, whatever another transaction's clock says
				until = now + pause.Milliseconds()
			}
			_, err := tx.exec(ctx, "INSERT INTO throttles (key, failures, last_at, blocked_until) VALUES (?1, ?2, ?3, ?4)"+
				" ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,"+
				" blocked_until = excluded.blocked_until", g.Key, n, now, until)
			if err != nil {
				return err
			}
		}
		if !try.IsZero() {
			return tx.count(ctx, try, loginFailed)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count a guess: %w", err)
	}
	return wait, nil
}

// apart returns a copy of the guesses that slow something, and when somebody tries to log in with them; the zero time for no such try.
func apart(guesses []Guess) (slowed []Guess, try time.Time) {
	for _, g := range guesses {
		if !g.login.IsZero() {
			try = g.login
			continue
		}
		slowed = append(slowed, g)
	}
	return slowed, try
}

// Wait returns how long one has to wait before anything that counts against these keys is done again; 0 for not at all. It counts nothing.
func (d *DB) Wait(ctx context.Context, guesses ...Guess) (wait time.Duration, err error) {
	now := d.now()
	for _, g := range guesses {
		var until int64
		err := d.r.QueryRowContext(ctx, d.dialect("SELECT blocked_until FROM throttles WHERE key = ?1"), g.Key).Scan(&until)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, fmt.Errorf("look how long to wait: %w", told(err))
		}
		wait = max(wait, time.Duration(until-now)*time.Millisecond)
	}
	return wait, nil
}

// failures returns how many tries failed at a key, and until when it has to wait.
func (tx *Tx) failures(ctx context.Context, key string, now int64) (n int, until int64, err error) {
	var last int64
	err = tx.row(ctx, "SELECT failures, last_at, blocked_until FROM throttles WHERE key = ?1", key).Scan(&n, &last, &until)
	if errors.Is(err, sql.ErrNoRows) || err == nil && now-last >= fadeAfter.Milliseconds() {
		return 0, 0, nil
	}
	return n, until, err
}

// wait returns how long nobody may try after the n-th failure.
func (g Guess) wait(n int) time.Duration {
	if n <= g.Free {
		return 0
	}
	doublings := (n - g.Free - 1) / max(1, g.Every)
	return min(maxWait, time.Second<<min(doublings, 20))
}

// Forgive takes back guesses that turned out right, as LoggedIn does, for somebody who is not logged in by that.
func (d *DB) Forgive(ctx context.Context, guesses ...Guess) error {
	err := d.write(ctx, func(tx *Tx) error {
		for _, g := range guesses {
			if err := tx.forgive(ctx, g); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take back a guess: %w", err)
	}
	return nil
}

// forgive takes back what Guess has counted for a try that turned out right: all failures at an account, and of what many
// people share only this try, because it says nothing about theirs.
func (tx *Tx) forgive(ctx context.Context, g Guess) error {
	if !g.login.IsZero() {
		return tx.countBack(ctx, g.login, loginFailed)
	}
	query := "DELETE FROM throttles WHERE key = ?1"
	if g.Shared {
		query = "UPDATE throttles SET failures = failures - 1, blocked_until = 0 WHERE key = ?1 AND failures > 0"
	}
	if _, err := tx.exec(ctx, query, g.Key); err != nil {
		return fmt.Errorf("forgive guesses: %w", err)
	}
	return nil
}
