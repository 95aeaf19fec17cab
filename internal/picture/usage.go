package picture

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"time"
)

// Usage is how much room the uploads take, and how much there is. Sizes are in bytes.
type Usage struct {
	Bytes int64     // what the files held when they were counted
	Files int       // how many there were
	At    time.Time // when that was; zero: they were not counted yet
	Free  int64     // what this program may still write where the directory is, now
}

// Count looks at every file, which takes seconds where there are hundreds of thousands. Usage tells what was found. It ends early, with
// ctx's error, when ctx is done.
func (d *Dir) Count(ctx context.Context) error {
	found := Usage{At: time.Now()}
	for _, dir := range []string{picsDir, filesDir, tmpDir} {
		if err := d.countIn(ctx, dir, &found); err != nil {
			return fmt.Errorf("count the files in %s: %w", dir, err)
		}
	}
	d.counted.Store(&found)
	return nil
}

func (d *Dir) countIn(ctx context.Context, dir string, found *Usage) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	for ctx.Err() == nil {
		names, err := f.Readdirnames(1024)
		for _, name := range names {
			info, err := d.root.Lstat(dir + "/" + name)
			if err == nil && info.Mode().IsRegular() { // another is gone meanwhile
				found.Bytes += info.Size()
				found.Files++
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Usage returns what Count has found last, and how much room is left.
func (d *Dir) Usage() (u Usage, err error) {
	if last := d.counted.Load(); last != nil {
		u = *last
	}
	f, err := d.root.Open(".")
	if err != nil {
		return u, fmt.Errorf("look how much room there is: %w", err)
	}
	defer f.Close()
	var disk syscall.Statfs_t
	if err := syscall.Fstatfs(int(f.Fd()), &disk); err != nil {
		return u, fmt.Errorf("look how much room there is: %w", &fs.PathError{Op: "statfs", Path: d.root.Name(), Err: err})
	}
	u.Free = int64(disk.Bavail) * int64(disk.Bsize)
	return u, nil
}
