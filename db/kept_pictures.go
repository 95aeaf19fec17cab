package db

import (
	"context"
	"fmt"
)

// keepPicture keeps the files of a picture that somebody has no more, so that an undo brings it back.
func (tx *Tx) keepPicture(ctx context.Context, userID int64, name string) error {
	if name == "" {
		return nil
	}
	_, err := tx.exec(ctx, "INSERT INTO kept_pictures (name, user_id, dropped_at) VALUES (?1, ?2, ?3) ON CONFLICT (name, user_id) DO UPDATE"+
		" SET dropped_at = excluded.dropped_at", name, userID, tx.now())
	if err != nil {
		return fmt.Errorf("keep the picture %s: %w", name, err)
	}
	return nil
}

// HidesPicture says whether a picture is nobody's now, and its files stay for an undo alone, or until they can be removed: nobody is to see it.
// One that is unseen is of people alone whom strangers don't see: MaySeePicture says who does.
func (d *DB) HidesPicture(ctx context.Context, name string) (hidden, unseen bool, err error) {
	if !storable(name) {
		return false, false, nil
	}
	if err := d.r.QueryRowContext(d.briefly(ctx), d.text.hidden, name).Scan(&hidden, &unseen); err != nil {
		return false, false, fmt.Errorf("look whose picture %s is: %w", name, told(err))
	}
	return hidden, unseen, nil
}

// letGoOf drops some of the pictures that are kept, and returns how many.
func (tx *Tx) letGoOf(ctx context.Context, where string, value int64) (int, error) {
	names, err := all(text)(tx.rows(ctx, "DELETE FROM kept_pictures WHERE (name, user_id) IN (SELECT name, user_id FROM kept_pictures WHERE "+where+" LIMIT 100)"+
		" RETURNING name", value))
	if err != nil {
		return 0, fmt.Errorf("let go of pictures: %w", err)
	}
	for _, name := range names {
		if err := tx.dropName(ctx, name); err != nil {
			return 0, err
		}
	}
	return len(names), nil
}
