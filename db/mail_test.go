package db_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
)

// clock is a time that a test sets. It may be read while it is set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func setClock(d *db.DB) *clock {
	c := &clock{at: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	d.Now = c.now
	return c
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

func TestMailIsTriedForTwoDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		if err := d.RequestReset(t.Context(), "ada@example.org"); err != nil {
			t.Fatal(err)
		}
		begin, pause := c.now(), time.Duration(0)
		for tries := 1; ; tries++ {
			m, _, err := d.NextMail(t.Context())
			if err != nil || m.Address != "ada@example.org" || m.Kind != db.MailReset || m.Tries != tries {
				t.Fatalf("try %d: %+v %v", tries, m, err)
			}
			if _, wait, err := d.NextMail(t.Context()); !errors.Is(err, db.ErrNotFound) || wait <= 0 || wait > time.Minute {
				t.Fatalf("a mail under way is given to another: %v %v", wait, err)
			}
			next, err := d.MailFailed(t.Context(), m, "451 \x00not\nnow", false)
			if err != nil {
				t.Fatal(err)
			}
			if next.IsZero() {
				break
			}
			if p := next.Sub(c.now()); p < pause || p < time.Minute || p > 4*time.Hour {
				t.Errorf("pause %v after %v", p, pause)
			} else {
				pause = p
			}
			c.pass(next.Sub(c.now()) - time.Second)
			if _, wait, err := d.NextMail(t.Context()); !errors.Is(err, db.ErrNotFound) || wait != time.Second {
				t.Errorf("tried before its time: %v %v", wait, err)
			}
			c.pass(time.Second)
		}
		if took := c.now().Sub(begin); took > db.MailGivenUpAfter || took < db.MailGivenUpAfter-4*time.Hour {
			t.Errorf("given up after %v", took)
		}
		c.pass(24 * time.Hour)
		if _, wait, err := d.NextMail(t.Context()); !errors.Is(err, db.ErrNotFound) || wait != time.Minute {
			t.Errorf("tried after it was given up: %v %v", wait, err)
		}
		list := rowsOf(t, d, "mail")
		if len(list) != 1 || list[0].Cells["next_at"] != "0" || list[0].Cells["error"] != "451  not now" {
			t.Fatalf("%+v", list)
		}
		if n := act(t, d, "mail", "retry", list[0].ID); n != 1 {
			t.Fatal(n)
		}
		if m, _, err := d.NextMail(t.Context()); err != nil || m.Tries != 1 || !m.CreatedAt.Equal(c.now()) {
			t.Errorf("after it was asked for again: %+v %v", m, err)
		}
		if err := d.MailDone(t.Context(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		if act(t, d, "mail", "retry", list[0].ID)+act(t, d, "mail", "delete", list[0].ID) != 0 {
			t.Error("a mail that is gone was changed")
		}
	})
}

// TestMailOfADeadProgramIsSentByAnother leaves a mail under way, as a kill does.
func TestMailOfADeadProgramIsSentByAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		if err := d.RequestReset(t.Context(), "ada@example.org"); err != nil {
			t.Fatal(err)
		}
		first, _, err := d.NextMail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.pass(2*time.Minute + time.Second)
		if m, _, err := d.NextMail(t.Context()); err != nil || m.ID != first.ID || m.Tries != 2 {
			t.Errorf("%+v %v", m, err)
		}
	})
}

// TestMailIsTakenOnce asks for many mails with many at once.
func TestMailIsTakenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const mails = 40
		for i := range mails {
			if err := d.RequestReset(t.Context(), string(rune('a'+i))+"@example.org"); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		var all sync.WaitGroup
		taken := map[int64]int{}
		for range 8 {
			all.Go(func() {
				for {
					m, wait, err := d.NextMail(t.Context())
					if errors.Is(err, db.ErrNotFound) && wait > 0 {
						return
					}
					if err != nil {
						continue // another was quicker
					}
					mu.Lock()
					taken[m.ID]++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(taken) != mails {
			t.Errorf("%d of %d mails were taken", len(taken), mails)
		}
		for id, n := range taken {
			if n != 1 {
				t.Errorf("mail %d was taken %d times", id, n)
			}
		}
	})
}
