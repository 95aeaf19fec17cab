package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nameplate/db"
	"nameplate/internal/picture"
)

// checkFiles looks at what holds the pictures, and compares it with the rows of database where there is one.
func (c *checkCommand) checkFiles(ctx context.Context, f *findings, database *db.DB) {
	if c.checkUploads() != nil {
		return // checkSettings has said so
	}
	if !picture.IsBucket(c.Uploads) {
		present, err := c.checkWritable()
		if err != nil {
			f.wrong(err)
			return
		}
		if !present {
			f.note("there is no directory %s yet; \"nameplate serve\" makes it", c.Uploads)
		}
	}
	store, err := c.presentUploads(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		c.checkNone(ctx, f, database)
		return
	}
	if err == nil {
		defer store.Close()
		err = c.checkBucket(ctx, f, store)
	}
	if err != nil {
		f.wrong(err)
		return
	}
	if err := c.compare(ctx, f, database, store); err != nil {
		f.wrong(fmt.Errorf("compare the pictures in %s with the database: %w", c.uploads(), err))
	}
}

// checkWritable says whether the directory is there. An error means that it, or what it is made in, can't be written.
func (c *checkCommand) checkWritable() (present bool, err error) {
	dir := c.Uploads
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		dir = filepath.Dir(dir)
	case err != nil:
		return false, wrong("NAMEPLATE_UPLOADS", c.Uploads, "it can't be looked at ("+reason(err)+")")
	case !info.IsDir():
		return false, wrong("NAMEPLATE_UPLOADS", c.Uploads, "it isn't a directory; write the path of one")
	}
	file, err := os.CreateTemp(dir, ".check-")
	if err != nil {
		return false, wrong("NAMEPLATE_UPLOADS", c.Uploads, "files can't be made in "+dir+" ("+reason(err)+")")
	}
	return info != nil, errors.Join(file.Close(), os.Remove(file.Name()))
}

// checkBucket says whether a bucket takes, gives and removes files, and whether browsers can follow the links to it.
func (c *checkCommand) checkBucket(ctx context.Context, f *findings, store *picture.Store) error {
	if !picture.IsBucket(c.Uploads) {
		return nil
	}
	if err := store.Check(ctx); err != nil {
		return fmt.Errorf("NAMEPLATE_UPLOADS: %w", err)
	}
	f.ok("the bucket %s takes, gives and removes files", c.uploads())
	links := store.Links()
	if strings.HasPrefix(c.BaseURL, "https://") && strings.HasPrefix(links, "http://") {
		f.warn("NAMEPLATE_BASE_URL is https, and signed links lead to %s: browsers show no such pictures; write endpoint=https://…", links)
	} else if links != "" {
		f.note("browsers fetch public pictures from %s: they have to reach it", links)
	}
	return nil
}

// current says whether the rows of a database can be compared with anything.
func current(ctx context.Context, database *db.DB) (bool, error) {
	if database == nil {
		return false, nil
	}
	state, err := database.State(ctx)
	return state == db.Current, err
}

// checkNone looks whether anything should be in a directory that isn't there.
func (c *checkCommand) checkNone(ctx context.Context, f *findings, database *db.DB) {
	ok, err := current(ctx, database)
	if err == nil && ok {
		var named map[string]db.Upload
		if named, err = database.Uploads(ctx); err == nil && len(named) > 0 {
			err = fmt.Errorf("NAMEPLATE_UPLOADS: there is no directory %s, and the database names %s; correct it, or go back to a backup", c.Uploads, count(len(named), "upload"))
		}
	}
	if err != nil {
		f.wrong(err)
	}
}

// compare finds pictures and files that are missing, and such as belong to nobody.
func (c *checkCommand) compare(ctx context.Context, f *findings, database *db.DB, store *picture.Store) error {
	if ok, err := current(ctx, database); err != nil || !ok {
		return err
	}
	diff, err := compareUploads(ctx, database, store)
	if err != nil {
		return err
	}
	const lists = "; \"nameplate uploads check\" lists them"
	for _, n := range counts(diff.unowned) {
		f.warn("%s holds %s without an owner%s", c.uploads(), n, lists)
	}
	if n := len(diff.strays); n > 0 {
		f.warn("%s holds %s%s", c.uploads(), count(n, "stray file"), lists)
	}
	var errs []error
	for _, n := range counts(diff.gone) {
		errs = append(errs, fmt.Errorf("%s missing; go back to a backup, or let their owners choose new ones%s", n, lists))
	}
	if n := len(diff.incomplete); n > 0 {
		errs = append(errs, fmt.Errorf("%s with a part missing; \"nameplate uploads check --fix\" draws it again", count(n, "picture")))
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	f.ok("the pictures in %s are all there (%d)", c.uploads(), diff.needed)
	return nil
}

// counts says how many pictures and how many files these names are of.
func counts(names []string) (said []string) {
	files := 0
	for _, name := range names {
		if strings.Contains(name, "/") {
			files++
		}
	}
	if n := len(names) - files; n > 0 {
		said = append(said, count(n, "picture"))
	}
	if files > 0 {
		said = append(said, count(files, "file"))
	}
	return said
}
