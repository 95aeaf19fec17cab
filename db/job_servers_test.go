package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
)

// table is a table of n new people.
func table(n int) string {
	var b strings.Builder
	b.WriteString("username\n")
	for i := range n {
		fmt.Fprintf(&b, "new%05d\n", i)
	}
	return b.String()
}

// begun queues a job, and takes it.
func begun(t *testing.T, d *db.DB, j db.Job) db.Job {
	t.Helper()
	if _, err := d.AddJob(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	j, err := d.NextJob(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func stateOf(t *testing.T, d *db.DB, j db.Job) string {
	t.Helper()
	j, err := d.Job(t.Context(), j.ID)
	if err != nil {
		t.Fatal(err)
	}
	return j.State
}

// TestJobOfAnotherServer is not given up while it looks at a table, and is when it stops. Tables are looked at in parts, without a lock.
func TestJobOfAnotherServer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, _ := team(t, d, 1)
		by := db.Author{ID: root.ID}
		other := dbtest.Again(t, d, string(nameplate.ProfileTOML))
		imp := staged(t, d, by, table(3))
		j := begun(t, d, db.Job{Kind: db.JobCheck, By: by, Object: imp.ID})
		now := time.Now()
		at := func(after time.Duration) func() time.Time { return func() time.Time { return now.Add(after) } }
		for _, row := range []struct {
			noted, looked time.Duration
			want          string
		}{
			{0, 20 * time.Second, db.JobRunning},
			{20 * time.Second, 45 * time.Second, db.JobRunning},
			{45 * time.Second, 90 * time.Second, db.JobFailed},
		} {
			d.Now, other.Now = at(row.noted), at(row.looked)
			if !db.GoesOn(t, d, j) {
				t.Error("it is not to go on")
			}
			if err := other.EndAbandonedJobs(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := stateOf(t, d, j); got != row.want {
				t.Errorf("noted after %s, looked at after %s: %s, want %s", row.noted, row.looked, got, row.want)
			}
		}
		if err := d.RunJob(t.Context(), j); err != nil || stateOf(t, d, j) != db.JobFailed {
			t.Errorf("given up: %s, %v", stateOf(t, d, j), err)
		}
	})
}

// TestJobIsCancelledByAnotherServer than the one that does it.
func TestJobIsCancelledByAnotherServer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root, _, members := team(t, d, 30)
		by := db.Author{ID: root.ID}
		other := dbtest.Again(t, d, string(nameplate.ProfileTOML))
		before := state(t, d)
		cancel := func(j db.Job) {
			t.Helper()
			if err := other.CancelJob(t.Context(), j.ID); err != nil {
				t.Fatal(err)
			}
		}
		j := begun(t, d, db.Job{Kind: "deactivate", By: by, IDs: members})
		cancel(j)
		if err := d.RunJob(t.Context(), j); err != nil || stateOf(t, d, j) != db.JobCancelled || state(t, d) != before {
			t.Errorf("%s, %v, %s", stateOf(t, d, j), err, state(t, d))
		}
		imp := staged(t, d, by, table(40_000))
		j = begun(t, d, db.Job{Kind: db.JobCheck, By: by, Object: imp.ID})
		done := make(chan error, 1)
		go func() { done <- d.RunJob(t.Context(), j) }()
		time.Sleep(50 * time.Millisecond) // it is under way
		cancel(j)
		if err := <-done; err != nil || stateOf(t, d, j) != db.JobCancelled {
			t.Errorf("%s, %v", stateOf(t, d, j), err)
		}
		cancel(j) // once more: nothing
	})
}
