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
	"nameplate/internal/profile"
)

// checkFiles looks at the directory of the pictures, and compares it with the rows of database where there is one.
func (c *checkCommand) checkFiles(ctx context.Context, f *findings, database *db.DB) {
	if c.checkUploads() != nil {
		return // checkSettings has said so
	}
	present, err := c.checkWritable()
	if err != nil {
		f.wrong(err)
		return
	}
	if !present {
		f.note("there is no directory %s yet; \"nameplate serve\" makes it", c.Uploads)
	}
	if database == nil {
		return
	}
	if err := c.compare(ctx, f, database, present); err != nil {
		f.wrong(fmt.Errorf("compare the pictures in %s with the database: %w", c.Uploads, err))
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

// compare finds pictures of people that have no file, and files that belong to nobody, in a directory that is present or not.
func (c *checkCommand) compare(ctx context.Context, f *findings, database *db.DB, present bool) error {
	state, err := database.State(ctx)
	if err != nil || state != db.Current {
		return err
	}
	rows, err := database.PictureNames(ctx)
	if err != nil {
		return err
	}
	files, documents, err := c.stored(ctx, present)
	if err != nil {
		return err
	}
	lacking, lackingFiles := 0, 0
	for name := range rows {
		if key, _, isFile := strings.Cut(name, "/"); isFile {
			if !documents[key] {
				lackingFiles++
			}
			delete(documents, key)
			continue
		}
		if stored, _ := profile.ParsePictureName(name); files[name] < len(stored.Sizes()) {
			lacking++
		}
		delete(files, name)
	}
	for noun, n := range map[string]int{"picture": len(files), "file": len(documents)} {
		if n > 0 {
			f.warn("%s holds %s without an owner", c.Uploads, count(n, noun))
		}
	}
	var errs []error
	for noun, n := range map[string]int{"picture": lacking, "file": lackingFiles} {
		if n > 0 {
			errs = append(errs, fmt.Errorf("%s missing; go back to a backup, or let their owners choose new ones", count(n, noun)))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if present {
		f.ok("the pictures in %s are all there (%d)", c.Uploads, len(rows))
	}
	return nil
}

// stored returns how many files there are of each picture, and the keys of the files. A directory that isn't present is empty.
func (c *checkCommand) stored(ctx context.Context, present bool) (pictures map[string]int, files map[string]bool, err error) {
	if !present {
		return nil, nil, nil
	}
	store, err := picture.OpenPresent(ctx, c.Uploads)
	if err != nil {
		return nil, nil, err
	}
	defer store.Close()
	if pictures, err = store.Names(ctx); err != nil {
		return nil, nil, err
	}
	files, err = store.Files(ctx)
	return pictures, files, err
}
