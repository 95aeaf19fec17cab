package db

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"nameplate/internal/admin"
)

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
	err := d.runJob(run, j)
	if err == nil {
		return nil
	}
	state, message := JobFailed, failure(err)
	switch cause := context.Cause(run); {
	case errors.Is(cause, errCancelled), errors.Is(err, errCancelled):
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
	case errors.Is(err, ErrImportChanged):
		return "Somebody changed one of these people meanwhile. Nothing was imported: send the table once more."
	case errors.Is(err, ErrForbidden):
		return "You may no longer do this. Nothing was changed."
	case errors.Is(err, ErrLastSuperuser):
		return "Nobody would be left who may do everything. Nothing was changed."
	case errors.Is(err, ErrBusy):
		return "Somebody was changing one of these people, or the database was busy. Nothing was changed: do it once more."
	}
	return "Something went wrong here, and was noted. Nothing was changed."
}

func (d *DB) endJob(ctx context.Context, id int64, state, message string) error {
	return d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, message = ?3, ended_at = ?4 WHERE id = ?1 AND state = ?5", id, state, message, tx.now(), JobRunning)
		return err
	})
}

// runJob does all of a job. To look at a table changes nobody, and lets others write between its parts.
func (d *DB) runJob(ctx context.Context, j Job) error {
	if j.Kind != JobCheck {
		return d.write(ctx, func(tx *Tx) error { return tx.runJob(ctx, j) })
	}
	imp, err := d.CheckImport(ctx, j.By, j.Object, func(done, total int) { d.progress(ctx, j, done, total) })
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx *Tx) error { return tx.jobDone(ctx, j, imp.Lines) })
}

const (
	lookAgain = time.Second            // how often it is looked whether a job is to go on
	letOthers = 150 * time.Millisecond // how long others may write then: SQLite lets who waits try every 100 ms
)

// progress notes how far a job of this program is, and looks now and then whether it is to go on: another program may have cancelled it.
func (d *DB) progress(ctx context.Context, j Job, done, total int) {
	now := d.Now()
	d.jobs.Lock()
	r := d.jobs.at[j.ID]
	look := r != nil && now.Sub(r.looked) >= lookAgain
	if r != nil {
		r.done, r.total = done, total
	}
	if look {
		r.looked = now
	}
	d.jobs.Unlock()
	if !look {
		return
	}
	if goesOn, err := d.goesOn(ctx, j); err == nil && !goesOn { // what can't be read now is read once it is done
		r.cancel(errCancelled)
	}
}

// goesOn says whether a job is still to be done. Of one that lets others write meanwhile, it notes that somebody does it.
func (d *DB) goesOn(ctx context.Context, j Job) (goesOn bool, err error) {
	if j.Kind != JobCheck {
		err = d.r.QueryRowContext(ctx, d.dialect("SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND state = ?2)"), j.ID, JobRunning).Scan(&goesOn)
		return goesOn, err
	}
	err = d.write(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, "UPDATE jobs SET started_at = ?2 WHERE id = ?1 AND state = ?3", j.ID, tx.now(), JobRunning)
		goesOn = n > 0
		return err
	})
	if !d.pg {
		select {
		case <-ctx.Done():
		case <-time.After(letOthers):
		}
	}
	return goesOn, err
}

// runJob does all of a job, and notes that it is done.
func (tx *Tx) runJob(ctx context.Context, j Job) error {
	if err := tx.lock(ctx, jobLock(j.ID)); err != nil {
		return err
	}
	progress := func(done, total int) { tx.progress(ctx, j, done, total) }
	changed, err := 0, error(nil)
	switch j.Kind {
	case JobUndo:
		changed, err = tx.undoEvent(ctx, j.By, j.Object, progress)
	case JobImport:
		var imp Import
		seen, _ := strconv.ParseInt(j.Query, 10, 64) // what is no number was not seen
		imp, err = tx.applyImport(ctx, j.By, j.Object, seen, progress)
		changed = imp.Added + imp.Changed
	default:
		b := Bulk{Action: j.Kind, IDs: j.IDs, Group: j.Object, Job: true, Progress: progress}
		if b.Query, err = tx.parsePeople(j.Query); err == nil {
			changed, _, err = tx.actOnPeople(ctx, j.By, b)
		}
	}
	if err != nil {
		return err
	}
	return tx.jobDone(ctx, j, changed)
}

func (tx *Tx) jobDone(ctx context.Context, j Job, changed int) error {
	n, err := tx.exec(ctx, "UPDATE jobs SET state = ?2, changed = ?3, event_id = ?4, ended_at = ?5 WHERE id = ?1 AND state = ?6", j.ID, JobDone, changed, tx.event, tx.now(), JobRunning)
	if err == nil && n == 0 {
		return errCancelled // meanwhile, by another program
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
