package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// The ledger of pictures. A file may be there only while a profile or a row of waiting_pictures names it, so that after a
// crash nothing is left that nobody knows of: a row is written before the files, and goes after them.
const (
	uploading = "uploading"
	held      = "held"
	dropped   = "dropped"
)

// AddWaiting notes that the files of the picture name are about to be written for the form with this token, which user by fills in, 0 for a
// stranger.
func (d *DB) AddWaiting(ctx context.Context, by int64, token, name string) error {
	err := d.write(ctx, func(tx *Tx) error {
		if err := tx.lock(ctx, "picture "+name); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "INSERT INTO waiting_pictures (token, name, state, created_at, user_id) VALUES (?1, ?2, ?3, ?4, ?5)",
			token, name, uploading, tx.now(), by)
		return err
	})
	if err != nil {
		return fmt.Errorf("note the waiting picture %s: %w", name, err)
	}
	return nil
}

// HoldWaiting keeps a picture whose form was refused until its form comes back or SweepPictures finds it old. It fails with
// ErrPictureGone.
func (d *DB) HoldWaiting(ctx context.Context, token string) error {
	var by int64
	err := d.write(ctx, func(tx *Tx) error {
		err := told(tx.row(ctx, "UPDATE waiting_pictures SET state = ?2 WHERE token = ?1 AND state <> 'dropped' RETURNING user_id", token, held).Scan(&by))
		if errors.Is(err, ErrNotFound) {
			return ErrPictureGone
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("hold a waiting picture: %w", err)
	}
	return d.letGo(ctx, by)
}

const (
	// heldMost is how many pictures and files may wait for forms that were refused. Anybody can make one wait, so there has to be an end:
	// beyond it the oldest goes.
	heldMost = 200
	// heldOwn is how many of them may be one person's, so that nobody's take the place of all others.
	heldOwn = 20
)

// letGo removes the oldest of those that wait, where they are too many, or too many of user by. Where files can't be removed now, they go
// another time.
func (d *DB) letGo(ctx context.Context, by int64) error {
	if d.RemovePicture == nil {
		return nil
	}
	tokens, err := d.names(ctx, "SELECT token FROM waiting_pictures WHERE state = ?1 ORDER BY created_at DESC, token LIMIT 1000 OFFSET ?2", held, heldMost)
	if err == nil && by != 0 {
		var own map[string]bool
		own, err = d.names(ctx, "SELECT token FROM waiting_pictures WHERE state = ?1 AND user_id = ?2 ORDER BY created_at DESC, token LIMIT 1000 OFFSET ?3", held, by, heldOwn)
		maps.Copy(tokens, own)
	}
	if err != nil {
		return fmt.Errorf("count what waits: %w", err)
	}
	var away error
	remove := func(ctx context.Context, name string) error {
		away = d.RemovePicture(ctx, name)
		return away
	}
	for token := range tokens {
		err := d.DropWaiting(ctx, token, remove)
		if away != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Waiting returns the name of the picture that waits under token. It fails with ErrPictureGone.
func (d *DB) Waiting(ctx context.Context, token string) (string, error) {
	if !storable(token) {
		return "", ErrPictureGone
	}
	var name string
	query := d.dialect("SELECT name FROM waiting_pictures WHERE token = ?1 AND state <> 'dropped'")
	err := told(d.r.QueryRowContext(ctx, query, token).Scan(&name))
	if errors.Is(err, ErrNotFound) {
		return "", ErrPictureGone
	}
	if err != nil {
		return "", fmt.Errorf("read a waiting picture: %w", err)
	}
	return name, nil
}

// resolvePictures puts the names of pictures in place of the tokens that after holds, and takes these out of the ledger.
func (tx *Tx) resolvePictures(ctx context.Context, before account.User, after *account.User) error {
	for _, attr := range tx.text.uploads {
		token := after.Attributes[attr.Name]
		if token == "" || token == before.Attributes[attr.Name] {
			continue
		}
		gone := fmt.Errorf("%w: %w", ErrPictureGone, form.Errors{attr.Name: pictureGone})
		if !storable(token) {
			return gone
		}
		if back, err := tx.takeBackPicture(ctx, before.ID, token); err != nil || back {
			if err != nil {
				return err
			}
			continue
		}
		var name string
		err := told(tx.row(ctx, "DELETE FROM waiting_pictures WHERE token = ?1 AND state <> 'dropped' RETURNING name", token).
			Scan(&name))
		if errors.Is(err, ErrNotFound) {
			return gone
		}
		if err != nil {
			return fmt.Errorf("take a waiting picture: %w", err)
		}
		if !attr.Holds(name) { // it waited for another kind
			return gone
		}
		after.Set(attr.Name, name)
	}
	return nil
}

// takeBackPicture says whether an undo finds the picture that somebody had.
func (tx *Tx) takeBackPicture(ctx context.Context, userID int64, name string) (bool, error) {
	if tx.undoes == 0 {
		return false, nil
	}
	n, err := tx.exec(ctx, "DELETE FROM kept_pictures WHERE user_id = ?1 AND name = ?2", userID, name)
	return n > 0, err
}

// dropReplaced notes the pictures that after does not have any more, until DropPicture has removed their files. What staff have replaced
// is kept for an undo.
func (tx *Tx) dropReplaced(ctx context.Context, by Author, before, after account.User) error {
	for _, attr := range tx.text.uploads {
		name := before.Attributes[attr.Name]
		if name == "" || name == after.Attributes[attr.Name] {
			continue
		}
		if by.ID != 0 && by.ID != before.ID && after.ID != 0 {
			if err := tx.keepPicture(ctx, before.ID, name); err != nil {
				return err
			}
			continue
		}
		if err := tx.dropName(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// dropName notes a picture until DropPicture has removed its files.
func (tx *Tx) dropName(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, "INSERT INTO waiting_pictures (token, name, state, created_at) VALUES (?1, ?2, ?3, ?4)",
		rand.Text(), name, dropped, tx.now())
	if err != nil {
		return fmt.Errorf("note the dropped picture %s: %w", name, err)
	}
	tx.replaced = append(tx.replaced, name)
	return nil
}

// DropWaiting forgets the picture that waits under token, and removes its files when nothing else names it. A token that
// nobody knows is no error.
func (d *DB) DropWaiting(ctx context.Context, token string, remove func(ctx context.Context, name string) error) error {
	err := d.write(ctx, func(tx *Tx) error {
		var name string
		err := told(tx.row(ctx, "SELECT name FROM waiting_pictures WHERE token = ?1", token).Scan(&name))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.lock(ctx, "picture "+name); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, "DELETE FROM waiting_pictures WHERE token = ?1", token); err != nil {
			return err
		}
		_, err = tx.removeUnnamed(ctx, name, remove)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop a waiting picture: %w", err)
	}
	return nil
}

// DropPicture removes the files of a picture, with remove, when no profile and no waiting row names it. Nobody can begin to use
// it meanwhile.
func (d *DB) DropPicture(ctx context.Context, name string, remove func(ctx context.Context, name string) error) error {
	err := d.write(ctx, func(tx *Tx) error {
		if err := tx.lock(ctx, "picture "+name); err != nil {
			return err
		}
		_, err := tx.removeUnnamed(ctx, name, remove)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop the picture %s: %w", name, err)
	}
	return nil
}

// removeUnnamed removes the files of a picture that nothing names, and says whether it did. The caller holds its lock.
func (tx *Tx) removeUnnamed(ctx context.Context, name string, remove func(ctx context.Context, name string) error) (bool, error) {
	if _, err := tx.exec(ctx, "DELETE FROM waiting_pictures WHERE name = ?1 AND state = 'dropped'", name); err != nil {
		return false, err
	}
	var named bool
	if err := tx.row(ctx, tx.text.named, name).Scan(&named); err != nil {
		return false, err
	}
	if named {
		return false, nil
	}
	return true, remove(ctx, name)
}

// SweepPictures removes the pictures that were dropped, those that are held since before heldBefore, and those that are being sent since before
// sentBefore: what sent them is gone. It returns how many lost their files.
func (d *DB) SweepPictures(ctx context.Context, heldBefore, sentBefore time.Time, remove func(ctx context.Context, name string) error) (int, error) {
	where := "(state = 'dropped' OR created_at < ?1 OR (state = 'uploading' AND created_at < ?2))"
	names, err := d.names(ctx, "SELECT DISTINCT name FROM waiting_pictures WHERE "+where, heldBefore.UnixMilli(), sentBefore.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("sweep pictures: %w", err)
	}
	removed := 0
	for name := range names { // each in a transaction of its own: others write between them
		err := d.write(ctx, func(tx *Tx) error {
			if err := tx.lock(ctx, "picture "+name); err != nil {
				return err
			}
			_, err := tx.exec(ctx, "DELETE FROM waiting_pictures WHERE name = ?3 AND "+where, heldBefore.UnixMilli(), sentBefore.UnixMilli(), name)
			if err != nil {
				return err
			}
			gone, err := tx.removeUnnamed(ctx, name, remove)
			if gone && err == nil {
				removed++
			}
			return err
		})
		if err != nil {
			return removed, fmt.Errorf("sweep the picture %s: %w", name, err)
		}
	}
	return removed, nil
}

func (d *DB) names(ctx context.Context, query string, args ...any) (map[string]bool, error) {
	rows, err := d.r.QueryContext(ctx, d.dialect(query), args...)
	if err != nil {
		return nil, told(err)
	}
	defer rows.Close()
	names := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, told(err)
		}
		names[name] = true
	}
	return names, told(rows.Err())
}
