package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"nameplate/db"
	"nameplate/internal/picture"
)

// enough is of how many the half tells that something else is wrong than a few of them.
const enough = 10

// differences is what a store and the rows that name its pictures and files do not agree about. A name with a slash is a file's.
type differences struct {
	needed, stored int // how many pictures and files rows need, and how many there are

	unowned    []string             // what no row names; of a file its key and a slash
	incomplete map[string][]string  // what is missing of a picture
	gone       []string             // what is needed, and nothing is left of
	strays     []string             // paths of what is called like no picture and no file
	waiting    map[string]time.Time // what nobody came back for within a day, with since when it waits
}

// compareUploads finds what differs. The files are listed before the rows are read: a row is written before its files, so that what a running
// server keeps meanwhile is not taken for unowned; and what seems to be missing is looked at once more.
func compareUploads(ctx context.Context, d *db.DB, store *picture.Store) (differences, error) {
	found, err := store.Survey(ctx)
	if err != nil {
		return differences{}, err
	}
	named, err := d.Uploads(ctx)
	if err != nil {
		return differences{}, err
	}
	diff := differences{stored: len(found.Pictures) + len(found.Files), incomplete: map[string][]string{}, waiting: map[string]time.Time{}, strays: found.Strays}
	parts := maps.Clone(found.Pictures)
	for key := range found.Files {
		parts[key+"/"] = 1
	}
	for name, row := range named {
		kept := name
		if key, _, isFile := strings.Cut(name, "/"); isFile {
			kept = key + "/"
		}
		if n := parts[kept]; row.Needed && (n == 0 || n < picture.Expected(name)) {
			diff.gone = append(diff.gone, name) // until it is looked at
		}
		if row.Needed {
			diff.needed++
		}
		if time.Since(row.Waits) > waitingPictures && !row.Waits.IsZero() {
			diff.waiting[name] = row.Waits
		}
		delete(parts, kept)
	}
	diff.unowned = slices.Sorted(maps.Keys(parts))
	slices.Sort(diff.gone)
	if diff.strange() == "" || max(diff.needed, diff.stored) < enough {
		err = diff.lookAgain(ctx, d, store)
	}
	return diff, err
}

// lookAgain leaves out what only seemed to differ while others wrote, and finds what is left of a picture.
func (diff *differences) lookAgain(ctx context.Context, d *db.DB, store *picture.Store) error {
	suspects := diff.gone
	diff.gone = nil
	missing := map[string][]string{}
	for _, name := range slices.Concat(suspects, diff.unowned) {
		var err error
		if missing[name], err = store.Missing(ctx, name); err != nil {
			return err
		}
	}
	named, err := d.Uploads(ctx)
	if err != nil {
		return err
	}
	for _, name := range suspects {
		switch n := len(missing[name]); {
		case !named[name].Needed:
		case n == picture.Expected(name):
			diff.gone = append(diff.gone, name)
		case n > 0:
			diff.incomplete[name] = missing[name]
		}
	}
	diff.unowned = slices.DeleteFunc(diff.unowned, func(name string) bool {
		_, isNamed := named[name]
		return isNamed || len(missing[name]) == picture.Expected(name)
	})
	return nil
}

// strange says why this looks like the wrong place, or the wrong database, rather than like what a crash leaves. It is empty where it does not.
func (diff *differences) strange() string {
	switch {
	case diff.needed > 0 && diff.stored == 0:
		return fmt.Sprintf("nothing is there, and rows name %s", count(diff.needed, "upload"))
	case diff.needed >= enough && 2*len(diff.gone) > diff.needed:
		return fmt.Sprintf("%d of the %s that rows name are not there", len(diff.gone), count(diff.needed, "upload"))
	case diff.stored > 0 && len(diff.unowned) == diff.stored, diff.stored >= enough && 2*len(diff.unowned) > diff.stored:
		return fmt.Sprintf("no row names %d of the %s that are there", len(diff.unowned), count(diff.stored, "upload"))
	}
	return ""
}

// count is how many things differ.
func (diff *differences) count() int {
	return len(diff.unowned) + len(diff.incomplete) + len(diff.gone) + len(diff.strays) + len(diff.waiting)
}
