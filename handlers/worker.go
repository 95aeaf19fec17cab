package handlers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"nameplate/db"
)

// lookForJobs is how often a worker looks for jobs that another program has queued, and for those that one has left.
const lookForJobs = 10 * time.Second

// Worker does the jobs that are queued in the database, one after the other. All fields are set by who makes it.
type Worker struct {
	DB  *db.DB
	Log *slog.Logger
}

// Run works until ctx is done. A job that is under way then is undone, and noted as not done.
func (w *Worker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.DB.EndAbandonedJobs(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, db.ErrBusy) {
			w.Log.Error("look for jobs that nobody does", "err", err)
		}
		job, err := w.DB.NextJob(ctx)
		if err == nil {
			w.do(ctx, job)
			continue
		}
		if !errors.Is(err, db.ErrNotFound) && ctx.Err() == nil && !errors.Is(err, db.ErrBusy) {
			w.Log.Error("read what job is to be done", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-w.DB.JobQueued():
		case <-time.After(lookForJobs):
		}
	}
}

// do does one job. A panic in it is a fault of ours, and ends no server.
func (w *Worker) do(ctx context.Context, job db.Job) {
	defer func() {
		if fault := recover(); fault != nil {
			w.Log.Error("a job failed", "job", job.ID, "kind", job.Kind, "err", fault)
		}
	}()
	if err := w.DB.RunJob(ctx, job); err != nil {
		w.Log.Error("a job failed", "job", job.ID, "kind", job.Kind, "err", err)
	}
}
