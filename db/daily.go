package db

import (
	"context"
	"fmt"
	"time"
)

// What is counted by the day.
const (
	registered  = "registered"   // accounts that somebody has made for themselves
	loggedIn    = "logged_in"    // log-ins
	loginFailed = "login_failed" // tries to log in that let nobody in
)

// dailyDays is for how many days the numbers of each day are kept.
const dailyDays = 400

// dayOf is the day of a moment in UTC, as daily has it.
func dayOf(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// count adds one to a number of the day of a moment. It comes last in a transaction: all others that count wait for its end.
func (tx *Tx) count(ctx context.Context, at time.Time, what string) error {
	_, err := tx.exec(ctx, "INSERT INTO daily (day, what, n) VALUES (?1, ?2, 1) ON CONFLICT (day, what) DO UPDATE SET n = daily.n + 1", dayOf(at), what)
	if err != nil {
		return fmt.Errorf("count %s: %w", what, err)
	}
	return nil
}

// countBack takes back what count has added at the same moment.
func (tx *Tx) countBack(ctx context.Context, at time.Time, what string) error {
	_, err := tx.exec(ctx, "UPDATE daily SET n = n - 1 WHERE day = ?1 AND what = ?2 AND n > 0", dayOf(at), what)
	if err != nil {
		return fmt.Errorf("count %s back: %w", what, err)
	}
	return nil
}

// clearDaily deletes the numbers of days that are long past.
func (tx *Tx) clearDaily(ctx context.Context) error {
	_, err := tx.exec(ctx, "DELETE FROM daily WHERE day < ?1", dayOf(tx.Now().AddDate(0, 0, -dailyDays)))
	return err
}
