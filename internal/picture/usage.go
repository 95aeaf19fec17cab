package picture

import (
	"context"
	"fmt"
	"time"
)

// Usage is how much room the uploads take, and how much there is. Sizes are in bytes.
type Usage struct {
	Bytes int64     // what the files held when they were counted
	Files int       // how many there were
	At    time.Time // when that was; zero: they were not counted yet
	Free  int64     // what this program may still write where they are, now; less than 0 where nobody knows, as in a bucket
}

// Count looks at every file, which takes seconds where there are hundreds of thousands. Usage tells what was found. It ends early, with
// ctx's error, when ctx is done.
func (s *Store) Count(ctx context.Context) error {
	found := Usage{At: time.Now()}
	for _, folder := range []string{picsDir, filesDir, tmpDir} {
		for file, err := range s.objects.list(ctx, folder) {
			if err != nil {
				return fmt.Errorf("count the files in %s: %w", folder, err)
			}
			found.Bytes += file.bytes
			found.Files++
		}
	}
	s.counted.Store(&found)
	return nil
}

// Usage returns what Count has found last, and how much room is left.
func (s *Store) Usage() (u Usage, err error) {
	if last := s.counted.Load(); last != nil {
		u = *last
	}
	if u.Free, err = s.objects.free(); err != nil {
		return u, fmt.Errorf("look how much room there is: %w", err)
	}
	return u, nil
}
