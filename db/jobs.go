package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// The states of a job.
const (
	JobQueued    = "queued"
	JobRunning   = "running"
	JobDone      = "done"
	JobFailed    = "failed"
	JobCancelled = "cancelled"
)

// JobUndo is the kind of a job that takes an event back. Others are the names of actions on people.
const JobUndo = "undo"

// Job is something that takes longer than a page may. What it changes, and that it is done, is one transaction: after a crash it has done
// all or nothing.
type Job struct {
	ID        int64
	Kind      string
	By        Author
	Query     string  // the query of the list of people that it is of
	IDs       []int64 // the people that it is of; nil for all of the list
	Object    int64   // the group that it is about, or the line of the history that it takes back; 0 for none
	State     string
	Total     int   // how many rows it is of
	Changed   int   // how many it has changed, once it is done
	Event     int64 // what it did, in the history; 0 for nothing
	Message   string
	CreatedAt time.Time
	StartedAt time.Time // zero: not yet
	EndedAt   time.Time // zero: not yet

	Progress int // how far it is, of Total, where this program does it
}

// Ended says whether nothing happens with it any more.
func (j Job) Ended() bool { return j.State != JobQueued && j.State != JobRunning }

// runningJobs are those that this program is doing.
type runningJobs struct {
	sync.Mutex
	at map[int64]*runningJob
}

type runningJob struct {
	done, total int
	cancel      context.CancelCauseFunc
}

var errCancelled = errors.New("cancelled")

const jobRows = "SELECT id, kind, by_id, ip, query, ids, object_id, state, total, changed, event_id, message, created_at, started_at, ended_at FROM jobs "

func (d *DB) scanJob(row scanner) (j Job, err error) {
	var ids string
	var created, started, ended int64
	err = row.Scan(&j.ID, &j.Kind, &j.By.ID, &j.By.IP, &j.Query, &ids, &j.Object, &j.State, &j.Total, &j.Changed, &j.Event, &j.Message, &created, &started, &ended)
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

// AddJob queues a job, and returns its id.
func (d *DB) AddJob(ctx context.Context, j Job) (id int64, err error) {
	ids := ""
	if j.IDs != nil {
		ids = jsonIDs(j.IDs)
	}
	err = d.write(ctx, func(tx *Tx) error {
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

// CancelJob keeps a job from being done: one that waits, and one that this program is doing. One that has ended stays as it is.
func (d *DB) CancelJob(ctx context.Context, id int64) error {
	d.jobs.Lock()
	r := d.jobs.at[id]
	d.jobs.Unlock()
	if r != nil {
		r.cancel(errCancelled) // whoever does it notes that
		return nil
	}
	err := d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, ended_at = ?3 WHERE id = ?1 AND state = ?4", id, JobCancelled, tx.now(), JobQueued)
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

// RunJob does a job that NextJob has taken, and notes how it ended. It returns why it failed.
func (d *DB) RunJob(ctx context.Context, j Job) error {
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	d.jobs.Lock()
	d.jobs.at[j.ID] = &runningJob{total: j.Total, cancel: cancel}
	d.jobs.Unlock()
	defer func() {
		d.jobs.Lock()
		delete(d.jobs.at, j.ID)
		d.jobs.Unlock()
	}()
	err := d.write(run, func(tx *Tx) error { return tx.runJob(run, j) })
	if err == nil {
		return nil
	}
	state, message := JobFailed, failure(err)
	switch cause := context.Cause(run); {
	case errors.Is(cause, errCancelled):
		state, message, err = JobCancelled, "", nil
	case cause != nil:
		message, err = stopped, nil
	}
	return errors.Join(err, d.endJob(context.WithoutCancel(ctx), j.ID, state, message))
}

const stopped = "The server was stopped meanwhile. Nothing was changed: do it once more."

// failure says in words for people why a job failed.
func failure(err error) string {
	var cant CantAct
	var undo CantUndo
	switch {
	case errors.As(err, &cant):
		return cant.Error()
	case errors.As(err, &undo):
		return undo.Error()
	case errors.Is(err, ErrForbidden):
		return "You may no longer do this. Nothing was changed."
	case errors.Is(err, ErrLastSuperuser):
		return "Nobody would be left who may do everything. Nothing was changed."
	}
	return "Something went wrong here, and was noted. Nothing was changed."
}

func (d *DB) endJob(ctx context.Context, id int64, state, message string) error {
	return d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, message = ?3, ended_at = ?4 WHERE id = ?1 AND state = ?5", id, state, message, tx.now(), JobRunning)
		return err
	})
}

// runJob does all of a job, and notes that it is done.
func (tx *Tx) runJob(ctx context.Context, j Job) error {
	if err := tx.lock(ctx, jobLock(j.ID)); err != nil {
		return err
	}
	progress := func(done, total int) {
		tx.jobs.Lock()
		defer tx.jobs.Unlock()
		if r := tx.jobs.at[j.ID]; r != nil {
			r.done, r.total = done, total
		}
	}
	changed, err := 0, error(nil)
	if j.Kind == JobUndo {
		changed, err = tx.undoEvent(ctx, j.By, j.Object, progress)
	} else {
		b := Bulk{Action: j.Kind, IDs: j.IDs, Group: j.Object, Progress: progress}
		if b.Query, err = tx.parsePeople(j.Query); err == nil {
			changed, _, err = tx.actOnPeople(ctx, j.By, b)
		}
	}
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, changed = ?3, event_id = ?4, ended_at = ?5 WHERE id = ?1 AND state = ?6", j.ID, JobDone, changed, tx.event, tx.now(), JobRunning)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// parsePeople reads the query string of the list of people.
func (d *DB) parsePeople(query string) (admin.Query, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return admin.Query{}, err
	}
	return admin.People(d.profile).ParseQuery(values)
}

func jobLock(id int64) string { return fmt.Sprintf("job %d", id) }

// abandonedAfter is how long a job has run at least before it is looked whether anybody still does it.
const abandonedAfter = 5 * time.Second

// EndAbandonedJobs notes of jobs that a killed program was doing that they were not done.
func (d *DB) EndAbandonedJobs(ctx context.Context) error {
	ids, err := all(number)(d.r.QueryContext(ctx, d.dialect("SELECT id FROM jobs WHERE state = ?1 AND started_at < ?2"), JobRunning, d.now()-abandonedAfter.Milliseconds()))
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
		if err := d.endAbandoned(ctx, id); err != nil {
			return fmt.Errorf("end job %d: %w", id, err)
		}
	}
	return nil
}

// endAbandoned ends a job that is not done by anybody: whoever does one holds its lock, on SQLite that of the whole database.
func (d *DB) endAbandoned(ctx context.Context, id int64) error {
	return d.write(ctx, func(tx *Tx) error {
		if tx.pg {
			var free bool
			if err := tx.row(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended(?1, 0))", jobLock(id)).Scan(&free); err != nil || !free {
				return err
			}
		}
		_, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, message = ?3, ended_at = ?4 WHERE id = ?1 AND state = ?5", id, JobFailed, stopped, tx.now(), JobRunning)
		return err
	})
}

// SeenBy says whether somebody may look at a job, and cancel it: who asked for it, and superusers.
func (j Job) SeenBy(me account.User) bool {
	return account.MayViewAdmin(me) && (me.IsSuperuser || me.ID == j.By.ID)
}
