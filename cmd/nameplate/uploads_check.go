package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"nameplate/db"
	"nameplate/internal/auth"
	"nameplate/internal/picture"
)

type uploadsCheckCommand struct {
	databaseSettings
	uploadsSettings
	Fix bool `help:"Mend what differs."`
	Yes bool `help:"Mend it though it looks like the wrong directory, or the wrong database."`
}

// Help holds the examples of uploads check.
func (uploadsCheckCommand) Help() string {
	return `Each line is one thing that differs, and the exit status is 1 when there is any. A server may run meanwhile.

  unowned     a picture or a file that no row names: --fix removes it
  incomplete  a picture some of whose files are missing: --fix draws them from what is left of it
  gone        a picture or a file of which nothing is left: --fix takes it from whose it is, and notes so in the history
  stray       what is called like no picture and no file: --fix removes it
  waiting     what came with a form that nobody sent again for a day: --fix removes it, as a running server does hourly

Examples:
  nameplate uploads check
  nameplate uploads check --fix --database /var/lib/nameplate/nameplate.db --uploads /var/lib/nameplate/uploads`
}

// Run compares, and mends.
func (c *uploadsCheckCommand) Run() error {
	if err := c.checkUploads(); err != nil {
		return err
	}
	ctx := context.Background()
	d, err := c.openPresent(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	store, err := c.presentUploads(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no directory %s; correct NAMEPLATE_UPLOADS, or let \"nameplate serve\" make it", c.uploads())
	} else if err != nil {
		return err
	}
	defer store.Close()
	d.RemovePicture = store.Remove
	diff, err := compareUploads(ctx, d, store)
	if err != nil {
		return fmt.Errorf("compare the uploads in %s with %s: %w", c.uploads(), c.database(), err)
	}
	m := mender{d, store, picture.NewReader(runtime.GOMAXPROCS(0)), c.Fix, 0}
	if why := diff.strange(); why != "" && c.Fix && !c.Yes {
		return fmt.Errorf("%s is not mended: %s; are NAMEPLATE_DATABASE and NAMEPLATE_UPLOADS right? Add --yes if they are", c.uploads(), why)
	}
	if err := m.all(ctx, diff); err != nil {
		return fmt.Errorf("mend the uploads in %s: %w", c.uploads(), err)
	}
	return c.sum(diff, m.left)
}

// sum says in one line how it stands.
func (c *uploadsCheckCommand) sum(diff differences, left int) error {
	n := diff.count()
	switch {
	case n == 0:
		fmt.Printf("ok          the pictures and files in %s are all there, and nothing else (%d)\n", c.uploads(), diff.stored)
		return nil
	case !c.Fix && diff.strange() != "":
		return fmt.Errorf("%s: %s; are NAMEPLATE_DATABASE and NAMEPLATE_UPLOADS right? If they are, \"nameplate uploads check --fix --yes\" mends that", differs(n), diff.strange())
	case !c.Fix:
		return fmt.Errorf("%s; \"nameplate uploads check --fix\" mends that", differs(n))
	case left > 0:
		return fmt.Errorf("%s; the lines above say what to do", differs(left))
	}
	fmt.Printf("mended      %s\n", count(n, "thing"))
	return nil
}

func differs(n int) string {
	if n == 1 {
		return "1 thing differs"
	}
	return fmt.Sprintf("%d things differ", n)
}

// nobody fills in the form that a picture waits for while it is mended: nobody sees it for that.
const nobody = -1

// mender tells what differs line by line, and mends it where it is to.
type mender struct {
	d      *db.DB
	store  *picture.Store
	reader *picture.Reader
	fix    bool
	left   int // what it could not mend
}

// all goes through everything. It ends at the first error, since what follows would have it too.
func (m *mender) all(ctx context.Context, diff differences) error {
	for _, name := range slices.Sorted(maps.Keys(diff.waiting)) {
		m.tell("waiting", name, "since "+diff.waiting[name].UTC().Format(time.RFC3339), "removed")
	}
	if m.fix && len(diff.waiting) > 0 {
		if _, err := m.d.SweepPictures(ctx, time.Now().Add(-waitingPictures), time.Now().Add(-sentPictures), m.store.Remove); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		names []string
		mend  func(ctx context.Context, name string) error
	}{
		{diff.unowned, m.unowned}, {diff.strays, m.stray}, {diff.gone, m.gone},
	} {
		for _, name := range step.names {
			if err := step.mend(ctx, name); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(diff.incomplete)) {
		if err := m.incomplete(ctx, name, diff.incomplete[name]); err != nil {
			return err
		}
	}
	return nil
}

// tell prints what differs, and what was done about it.
func (m *mender) tell(kind, name, about, done string) {
	line := fmt.Sprintf("%-11s %s", kind, name)
	if about != "" {
		line += ", " + about
	}
	if m.fix {
		line += ": " + done
	}
	fmt.Println(line)
}

// unowned removes a picture under the lock of the ledger, as somebody may be sending it again. A file has a key that never comes again.
func (m *mender) unowned(ctx context.Context, name string) (err error) {
	if m.fix && strings.Contains(name, "/") {
		err = m.store.Remove(ctx, name)
	} else if m.fix {
		err = m.d.DropPicture(ctx, name, m.store.Remove)
	}
	if err == nil {
		m.tell("unowned", name, "", "removed")
	}
	return err
}

func (m *mender) stray(ctx context.Context, path string) error {
	if m.fix {
		if err := m.store.RemoveStray(ctx, path); err != nil {
			return err
		}
	}
	m.tell("stray", path, "", "removed")
	return nil
}

func (m *mender) gone(ctx context.Context, name string) error {
	whose, err := m.whose(ctx, name)
	if err == nil && m.fix {
		err = m.d.LoseUpload(ctx, name, func(ctx context.Context, name string) (bool, error) {
			missing, err := m.store.Missing(ctx, name)
			return len(missing) == picture.Expected(name), err
		})
	}
	if err == nil {
		m.tell("gone", name, whose, "taken away")
	}
	return err
}

// incomplete draws what is missing. A row of the ledger keeps others from removing the picture meanwhile.
func (m *mender) incomplete(ctx context.Context, name string, missing []string) error {
	whose, err := m.whose(ctx, name)
	if err != nil {
		return err
	}
	about, done := whose+", without "+strings.Join(missing, ", "), "drawn again"
	if m.fix {
		token := auth.Token()
		if err := m.d.AddWaiting(ctx, nobody, token, name); err != nil {
			return err
		}
		err = m.store.Mend(ctx, m.reader, name)
		if errors.Is(err, fs.ErrNotExist) {
			m.left++
			done, err = "nothing of it can be read; go back to a backup, or let its owner choose another", nil
		}
		err = errors.Join(err, m.d.DropWaiting(ctx, token, m.store.Remove))
	}
	if err == nil {
		m.tell("incomplete", name, about, done)
	}
	return err
}

// whose says who has a picture or a file.
func (m *mender) whose(ctx context.Context, name string) (string, error) {
	owners, err := m.d.Owners(ctx, name)
	if err != nil || len(owners) == 0 {
		return "kept for an undo, or for a form", err
	}
	var all []string
	for _, owner := range owners {
		all = append(all, owner.Attribute+" of "+owner.Username)
	}
	return strings.Join(all, " and "), nil
}
