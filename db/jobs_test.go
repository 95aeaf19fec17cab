package db_test

import (
	"slices"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// TestJobsAreForgotten a month after they have ended, with what was looked for; one that goes on stays.
func TestJobsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := setClock(d)
		root, clerk, members := team(t, d, 3)
		queue := func(by account.User) {
			t.Helper()
			if _, err := d.AddJob(t.Context(), db.Job{Kind: "deactivate", By: db.Author{ID: by.ID, IP: "192.0.2.1"}, Query: "q=somebody", IDs: members, Total: 3}); err != nil {
				t.Fatal(err)
			}
		}
		kinds := func(me account.User, open bool) (list []string) {
			t.Helper()
			jobs, err := d.Jobs(t.Context(), me, open, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range jobs {
				if j.IDs != nil {
					t.Error("a list has the ids of all people")
				}
				list = append(list, j.ByName+" "+j.State)
			}
			return list
		}
		queue(root)
		queue(clerk)
		j, err := d.NextJob(t.Context())
		if err == nil {
			err = d.RunJob(t.Context(), j)
		}
		if err != nil {
			t.Fatal(err)
		}
		for name, row := range map[string]struct {
			me   account.User
			open bool
			want []string
		}{
			"a superuser's":         {root, false, []string{"clerk queued", "root done"}},
			"those that go on":      {root, true, []string{"clerk queued"}},
			"of who asked for one":  {clerk, false, []string{"clerk queued"}},
			"of who asked for none": {account.User{ID: members[0]}, false, nil},
		} {
			if got := kinds(row.me, row.open); !slices.Equal(got, row.want) {
				t.Errorf("%s: %q, want %q", name, got, row.want)
			}
		}
		for _, step := range []struct {
			pass time.Duration
			want []string
		}{{db.JobTime - time.Second, []string{"clerk queued", "root done"}}, {2 * time.Second, []string{"clerk queued"}}} {
			c.pass(step.pass)
			if _, err := d.ClearSessions(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := kinds(root, false); !slices.Equal(got, step.want) {
				t.Errorf("%q, want %q", got, step.want)
			}
		}
	})
}
