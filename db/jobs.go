package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"nameplate/internal/account"
)

// The states of a job.
const (
	JobQueued    = "queued"
	JobRunning   = "running"
	JobDone      = "done"
	JobFailed    = "failed"
	JobCancelled = "cancelled"
)

// The kinds of jobs beside the names of actions on people.
const (
	JobUndo   = "undo"   // takes an event back
	JobCheck  = "check"  // looks at what a table of people would do
	JobImport = "import" // does it
)

// Job is something that takes longer than a page may. What it changes, and that it is done, is one transaction: after a crash it has done
// all or nothing.
type Job struct {
	ID        int64
	Kind      string
	By        Author
	ByName    string  // who that is; empty for who is gone
	Query     string  // the query of the list of people that it is of; for an import its Checked
	IDs       []int64 // the people that it is of; nil for all of the list
	Object    int64   // the group that it is about, the line of the history that it takes back, or the import; 0 for none
	State     string
	Total     int   // how many rows it is of
	Changed   int   // how many it has changed, once it is done
	Event     int64 // what it did, in the history; 0 for nothing
	Message   string
	CreatedAt time.Time
	StartedAt time.Time // when it began, or was last noted to go on; zero: not yet
	EndedAt   time.Time // zero: not yet

	Progress int // how far it is, of Total, where this program does it
}

// runningJobs are those that this program is doing.
type runningJobs struct {
	sync.Mutex
	at map[int64]*runningJob
}

type runningJob struct {
	done, total int
	looked      time.Time // when it was last looked whether it is to go on
	cancel      context.CancelCauseFunc
}

var errCancelled = errors.New("cancelled")

const jobRows = "SELECT id, kind, by_id, COALESCE((SELECT u.username FROM users u WHERE u.id = by_id), ''), ip, query, ids, object_id, state, total, changed, event_id, message," +
	" created_at, started_at, ended_at FROM jobs "

// JobTime is how long a job is kept once it has ended: it says what was looked for, and from where.
const JobTime = 30 * 24 * time.Hour

// clearJobs forgets the jobs that have ended long ago.
func (tx *Tx) clearJobs(ctx context.Context) error {
	_, err := tx.exec(ctx, "DELETE FROM jobs WHERE ended_at > 0 AND ended_at <= ?1", tx.now()-JobTime.Milliseconds())
	return err
}

// Jobs returns the last jobs that somebody may look at, the newest first, without the ids that they are of: at most limit, and of all or only of those
// that have not ended.
func (d *DB) Jobs(ctx context.Context, me account.User, open bool, limit int) ([]Job, error) {
	query, args := "WHERE (by_id = ?1 OR ?2 = 1)", []any{me.ID, 0, limit}
	if me.IsSuperuser {
		args[1] = 1
	}
	if open {
		query += " AND state IN ('queued', 'running')"
	}
	list, err := all(d.scanJob)(d.r.QueryContext(ctx, d.dialect(strings.Replace(jobRows, " ids,", " '',", 1)+query+" ORDER BY id DESC LIMIT ?3"), args...))
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return list, nil
}

func (d *DB) scanJob(row scanner) (j Job, err error) {
	var ids string
	var created, started, ended int64
	err = row.Scan(&j.ID, &j.Kind, &j.By.ID, &j.ByName, &j.By.IP, &j.Query, &ids, &j.Object, &j.State, &j.Total, &j.Changed, &j.Event, &j.Message, &created, &started, &ended)
	if err == nil && ids != "" {
		err = json.Unmarshal([]byte(ids), &j.IDs)
	}
	j.CreatedAt, j.StartedAt, j.EndedAt = fromMilli(created), fromMilli(started), fromMilli(ended)
	d.jobs.Lock()
	defer d.jobs.Unlock()
	if r := d.jobs.at[j.ID]; r != nil {
		j.Progress, j.Total = r.done, max(r.total, j.Total)
	}
	return j, err
}

// AddJob queues a job, and returns its id. A table is imported once: while that waits or is under way, it is the job that was queued before.
func (d *DB) AddJob(ctx context.Context, j Job) (id int64, err error) {
	ids := ""
	if j.IDs != nil {
		ids = jsonIDs(j.IDs)
	}
	err = d.write(ctx, func(tx *Tx) error {
		if j.Kind == JobImport {
			if err := tx.lock(ctx, "queue"); err != nil {
				return err
			}
			before, err := all(number)(tx.rows(ctx, "SELECT id FROM jobs WHERE state IN (?1, ?2) AND kind = ?3 AND object_id = ?4", JobQueued, JobRunning, j.Kind, j.Object))
			if err != nil {
				return err
			}
			if len(before) > 0 {
				id = before[0]
				return nil
			}
		}
		return tx.row(ctx, "INSERT INTO jobs (kind, by_id, ip, query, ids, object_id, total, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
			j.Kind, j.By.ID, j.By.IP, j.Query, ids, j.Object, j.Total, tx.now()).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("queue a job: %w", err)
	}
	select {
	case d.jobQueued <- struct{}{}:
	default: // whoever works has been told already
	}
	return id, nil
}

// JobQueued tells when a job was queued by this program; another's is found by looking now and then.
func (d *DB) JobQueued() <-chan struct{} { return d.jobQueued }

// Job returns one job, with how far it is. It fails with ErrNotFound.
func (d *DB) Job(ctx context.Context, id int64) (Job, error) {
	j, err := d.scanJob(d.r.QueryRowContext(ctx, d.dialect(jobRows+"WHERE id = ?1"), id))
	if err != nil {
		return j, fmt.Errorf("read job %d: %w", id, told(err))
	}
	return j, nil
}

// CancelJob keeps a job from being done: one that waits, and one that is under way. One that has ended stays as it is. On SQLite it fails with
// ErrBusy where another program is changing people by it: nobody else writes then.
func (d *DB) CancelJob(ctx context.Context, id int64) error {
	d.jobs.Lock()
	r := d.jobs.at[id]
	d.jobs.Unlock()
	if r != nil {
		r.cancel(errCancelled) // whoever does it notes that
		return nil
	}
	err := d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, ended_at = ?3 WHERE id = ?1 AND state IN (?4, ?5)", id, JobCancelled, tx.now(), JobQueued, JobRunning)
		return err
	})
	if err != nil {
		return fmt.Errorf("cancel job %d: %w", id, err)
	}
	return nil
}

// NextJob takes the job that waits longest. When there is none it fails with ErrNotFound.
func (d *DB) NextJob(ctx context.Context) (j Job, err error) {
	var waits bool
	if err := d.r.QueryRowContext(ctx, d.dialect("SELECT EXISTS (SELECT 1 FROM jobs WHERE state = ?1)"), JobQueued).Scan(&waits); err != nil || !waits {
		return j, errors.Join(told(err), ErrNotFound)
	}
	first := "SELECT id FROM jobs WHERE state = ?1 ORDER BY id LIMIT 1"
	if d.pg {
		first += " FOR UPDATE SKIP LOCKED"
	}
	err = d.write(ctx, func(tx *Tx) error {
		var id int64
		if err := tx.row(ctx, "UPDATE jobs SET state = ?2, started_at = ?3 WHERE id = ("+first+") RETURNING id", JobQueued, JobRunning, tx.now()).Scan(&id); err != nil {
			return err
		}
		j, err = d.scanJob(tx.row(ctx, jobRows+"WHERE id = ?1", id))
		return err
	})
	if err != nil {
		return j, fmt.Errorf("take a job: %w", err)
	}
	return j, nil
}

func jobLock(id int64) string { return fmt.Sprintf("job %d", id) }

const (
	abandonedAfter = 5 * time.Second  // how long a job has run at least before it is looked whether anybody still does it
	lostAfter      = 30 * time.Second // how long nobody has noted that they still look at a table before nobody does
)

// abandoned is the condition that nobody may be doing a job any more; with the moments ?1 and ?2.
const abandoned = "state = '" + JobRunning + "' AND started_at < CASE kind WHEN '" + JobCheck + "' THEN CAST(?2 AS BIGINT) ELSE CAST(?1 AS BIGINT) END"

// EndAbandonedJobs notes of jobs that a killed program was doing that they were not done.
func (d *DB) EndAbandonedJobs(ctx context.Context) error {
	before, lost := d.now()-abandonedAfter.Milliseconds(), d.now()-lostAfter.Milliseconds()
	ids, err := all(number)(d.r.QueryContext(ctx, d.dialect("SELECT id FROM jobs WHERE "+abandoned), before, lost))
	if err != nil {
		return fmt.Errorf("look for jobs that nobody does: %w", err)
	}
	for _, id := range ids {
		d.jobs.Lock()
		mine := d.jobs.at[id] != nil
		d.jobs.Unlock()
		if mine {
			continue
		}
		if err := d.endAbandoned(ctx, id, before, lost); err != nil {
			return fmt.Errorf("end job %d: %w", id, err)
		}
	}
	return nil
}

// endAbandoned ends a job that is not done by anybody: whoever does one holds its lock, on SQLite that of the whole database, and whoever looks
// at a table, for which others go on, has noted it lately.
func (d *DB) endAbandoned(ctx context.Context, id, before, lost int64) error {
	return d.write(ctx, func(tx *Tx) error {
		if tx.pg {
			var free bool
			if err := tx.row(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended(?1, 0))", jobLock(id)).Scan(&free); err != nil || !free {
				return err
			}
		}
		_, err := tx.exec(ctx, "UPDATE jobs SET state = ?4, message = ?5, ended_at = ?6 WHERE id = ?3 AND "+abandoned, before, lost, id, JobFailed, stopped, tx.now())
		return err
	})
}

// SeenBy says whether somebody may look at a job, and cancel it: who asked for it, and superusers.
func (j Job) SeenBy(me account.User) bool {
	return account.MayViewAdmin(me) && (me.IsSuperuser || me.ID == j.By.ID)
}
