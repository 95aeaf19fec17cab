package picture

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

const tmpDir = "tmp"

// dir keeps files in a directory of the file system, and never leaves it.
type dir struct {
	root *os.Root
	held *os.File // itself, locked, so that others see that it is in use; nil for not
	sole bool     // nobody else used it when it was opened
}

// makeDir opens the directory at name. It makes it, and its folders, where they are missing, and clears tmp where nobody else uses it.
func makeDir(name string) (dir, error) {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return dir{}, fmt.Errorf("make the uploads directory: %w", err)
	}
	d, err := openDir(name)
	if err != nil {
		return dir{}, err
	}
	for _, folder := range []string{picsDir, filesDir, tmpDir} {
		if err := d.root.MkdirAll(folder, 0o755); err != nil {
			d.close()
			return dir{}, fmt.Errorf("make %s in the uploads directory %s: %w", folder, name, err)
		}
	}
	d.lock()
	if d.sole {
		err = d.clear()
	}
	if err != nil && !IsUnavailable(err) {
		d.close()
		return dir{}, fmt.Errorf("clear tmp in the uploads directory %s: %w", name, err)
	}
	d.share()
	return d, nil
}

// lock takes the directory for this process alone, where no other uses it. The system gives the lock back when a process ends, in whatever way.
func (d *dir) lock() {
	held, err := d.root.Open(".")
	if err != nil {
		return
	}
	d.held, d.sole = held, syscall.Flock(int(held.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// share lets others use the directory too. It waits a little for who has just taken it; without the lock, another server that starts would remove
// what is on its way here.
func (d *dir) share() {
	for tries := 0; d.held != nil && tries < 50 && syscall.Flock(int(d.held.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil; tries++ {
		time.Sleep(100 * time.Millisecond)
	}
}

// openDir opens the directory at name as it is.
func openDir(name string) (dir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return dir{}, fmt.Errorf("open the uploads directory: %w", err)
	}
	return dir{root: root}, nil
}

func (d dir) close() error {
	if d.held != nil {
		_ = d.held.Close()
	}
	return d.root.Close()
}

func (d dir) alone() bool { return d.sole }

func (d dir) clear() error {
	entries, err := fs.ReadDir(d.root.FS(), tmpDir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := d.root.RemoveAll(tmpDir + "/" + entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// put writes files beside each other: their syncs, for which it mostly waits, go together.
func (d dir) put(_ context.Context, files iter.Seq2[string, []byte]) error {
	var all errgroup.Group
	folder := ""
	for name, content := range files {
		folder = path.Dir(name)
		all.Go(func() error {
			err := d.write(name, content)
			if errors.Is(err, fs.ErrNotExist) { // another server has just started, and cleared tmp
				err = d.write(name, content)
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return d.sync(folder)
}

func (d dir) write(name string, content []byte) (err error) {
	tmp := tmpDir + "/" + rand.Text()
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			d.root.Remove(tmp)
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return d.root.Rename(tmp, name)
}

// sync makes the renames into a folder last.
func (d dir) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return fmt.Errorf("sync %s: %w", folder, err)
	}
	err = f.Sync()
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("sync %s: %w", folder, err)
	}
	return nil
}

func (d dir) open(_ context.Context, name string) (Content, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return Content{}, err
	}
	if !info.Mode().IsRegular() {
		return Content{}, fs.ErrNotExist
	}
	f, err := d.root.Open(name)
	if err != nil {
		return Content{}, err
	}
	return Content{f, info.Size(), func(_ context.Context, from, n int64) (io.ReadCloser, error) {
		return filePart(f, info.Size(), from, n)
	}}, nil
}

// filePart returns a part of a file, as a file where nothing follows it.
func filePart(f *os.File, size, from, n int64) (io.ReadCloser, error) {
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if from+n == size {
		return f, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(f, n), f}, nil
}

func (d dir) remove(_ context.Context, names []string) error {
	for _, name := range names {
		if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (d dir) list(ctx context.Context, folder string) iter.Seq2[object, error] {
	return func(yield func(object, error) bool) {
		f, err := d.root.Open(folder)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(object{}, err)
			return
		}
		defer f.Close()
		for ctx.Err() == nil {
			names, err := f.Readdirnames(1024)
			for _, name := range names {
				info, err := d.root.Lstat(folder + "/" + name)
				if err != nil || !info.Mode().IsRegular() { // gone meanwhile
					continue
				}
				if !yield(object{name, info.Size(), info.ModTime()}, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(object{}, err)
				return
			}
		}
		yield(object{}, ctx.Err())
	}
}

func (d dir) free() (int64, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var disk syscall.Statfs_t
	if err := syscall.Fstatfs(int(f.Fd()), &disk); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: d.root.Name(), Err: err}
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil
}

// reach finds nothing wrong: a directory that is open is there.
func (d dir) reach(context.Context) error { return nil }

func (d dir) link(context.Context, string, string) (string, error) { return "", nil }

func (d dir) links() string { return "" }
