package main

import (
	"context"
	"log/slog"
	"time"

	"nameplate/db"
	"nameplate/internal/picture"
)

// waitingPictures is how long a picture or a file waits for its refused form to come back.
const waitingPictures = 24 * time.Hour

// sentPictures is how long a picture or a file is taken to be on its way: longer than any request, and than what a bucket's server may still
// take up after it.
const sentPictures = time.Hour

// tidyHourly clears what nobody comes back for, every hour until ctx is done, and counts the uploads, for the first time at once. The
// returned channel closes when it has stopped.
func tidyHourly(ctx context.Context, database *db.DB, pictures *picture.Store, log *slog.Logger) <-chan struct{} {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		hour := time.NewTicker(time.Hour)
		defer hour.Stop()
		countUploads(ctx, pictures, log)
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-hour.C:
				tidy(ctx, now, database, pictures, log)
				countUploads(ctx, pictures, log)
			}
		}
	}()
	return stopped
}

// tidy removes waiting pictures and files older than a day, those whose sender is gone, sessions that have expired, and registrations that nobody has proven.
func tidy(ctx context.Context, now time.Time, database *db.DB, pictures *picture.Store, log *slog.Logger) {
	if n, err := database.SweepPictures(ctx, now.Add(-waitingPictures), now.Add(-sentPictures), pictures.Remove); err != nil {
		log.Error("clear pictures and files that wait", "error", err)
	} else if n > 0 {
		log.Info("cleared pictures and files that nobody came back for", "uploads", n)
	}
	if n, err := database.ClearSessions(ctx); err != nil {
		log.Error("clear expired sessions", "error", err)
	} else if n > 0 {
		log.Info("cleared expired sessions", "sessions", n)
	}
	if err := database.ClearImports(ctx); err != nil {
		log.Error("forget tables that were sent", "error", err)
	}
	if n, err := database.ClearDeleted(ctx); err != nil {
		log.Error("erase who was deleted", "error", err)
	} else if n > 0 {
		log.Info("erased who was deleted a month ago", "people", n)
	}
	if n, err := database.ClearUnproven(ctx); err != nil {
		log.Error("clear registrations", "error", err)
	} else if n > 0 {
		log.Info("cleared registrations whose address nobody has proven for a week", "people", n)
	}
}

// countUploads looks how much room the uploads take, for the dashboard.
func countUploads(ctx context.Context, pictures *picture.Store, log *slog.Logger) {
	if err := pictures.Count(ctx); err != nil && ctx.Err() == nil {
		log.Error("count the uploads", "error", err)
	}
}
