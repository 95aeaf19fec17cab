package db

import (
	"context"
	"fmt"
	"time"
)

// Upload is what the rows that name a picture or a file say of it.
type Upload struct {
	Needed bool      // its files have to be there: somebody has it, an undo may bring it back, or a form that was refused may
	Waits  time.Time // since when the first of its forms is under way or was refused, or since it was dropped; zero for neither
}

// Uploads returns every picture and file that a row names, by its name: what files may be there.
func (d *DB) Uploads(ctx context.Context) (map[string]Upload, error) {
	named := map[string]Upload{}
	err := d.read(ctx, func(tx *Tx) error {
		needed, err := all(text)(tx.rows(ctx, tx.text.needed))
		if err != nil {
			return err
		}
		for _, name := range needed {
			named[name] = Upload{Needed: true}
		}
		waits, err := all(func(row scanner) (w waits, err error) { return w, row.Scan(&w.name, &w.since) })(
			tx.rows(ctx, "SELECT name, MIN(created_at) FROM waiting_pictures GROUP BY name"))
		for _, w := range waits {
			named[w.name] = Upload{named[w.name].Needed, fromMilli(w.since)}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the names of pictures and files: %w", err)
	}
	return named, nil
}

type waits struct {
	name  string
	since int64
}

// Owner is somebody who has a picture or a file.
type Owner struct {
	UserID    int64
	Username  string
	Attribute string
}

// Owners returns who has the picture or the file of this name.
func (d *DB) Owners(ctx context.Context, name string) (owners []Owner, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		owners, err = tx.uploadOwners(ctx, name)
		return err
	})
	return owners, err
}

func (tx *Tx) uploadOwners(ctx context.Context, name string) (owners []Owner, err error) {
	for _, attr := range tx.text.uploads {
		column := "p." + quoted(attr.Name)
		some, err := all(func(row scanner) (Owner, error) {
			o := Owner{Attribute: attr.Name}
			return o, row.Scan(&o.UserID, &o.Username)
		})(tx.rows(ctx, "SELECT u.id, u.username FROM users u JOIN profiles p ON p.user_id = u.id WHERE "+column+" = ?1 AND "+column+" <> '' ORDER BY u.id", name))
		if err != nil {
			return nil, fmt.Errorf("look whose %s is: %w", name, err)
		}
		owners = append(owners, some...)
	}
	return owners, nil
}

// LoseUpload takes a picture or a file whose files are gone away from everybody who has it, and from what keeps it for an undo or a form, and
// notes so in the history. It does nothing where isGone says that the files are there after all, or where somebody is just sending them
// again: nobody can begin to meanwhile.
func (d *DB) LoseUpload(ctx context.Context, name string, isGone func(ctx context.Context, name string) (bool, error)) error {
	err := d.write(ctx, func(tx *Tx) error {
		if err := tx.lock(ctx, "picture "+name); err != nil {
			return err
		}
		var sent bool
		if err := tx.row(ctx, "SELECT EXISTS (SELECT 1 FROM waiting_pictures WHERE name = ?1 AND state = 'uploading')", name).Scan(&sent); err != nil || sent {
			return err
		}
		if gone, err := isGone(ctx, name); err != nil || !gone {
			return err
		}
		for _, table := range []string{"kept_pictures", "waiting_pictures"} {
			if _, err := tx.exec(ctx, "DELETE FROM "+table+" WHERE name = ?1", name); err != nil {
				return err
			}
		}
		owners, err := tx.uploadOwners(ctx, name)
		for _, owner := range owners {
			if err := tx.lose(ctx, owner, name); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("let go of %s: %w", name, err)
	}
	return nil
}

// lose empties the attribute of a person, also one that has to be filled in, if it still has this value.
func (tx *Tx) lose(ctx context.Context, owner Owner, name string) error {
	before, err := tx.person(ctx, owner.UserID)
	if err != nil || before.Value(owner.Attribute) != name {
		return err
	}
	after := before
	after.Set(owner.Attribute, "")
	_, err = tx.save(ctx, Author{}, before, after)
	return err
}
