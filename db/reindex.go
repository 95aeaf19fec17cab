package db

import (
	"context"
	"errors"
	"fmt"
)

// searchDiffers says whether people_search holds other attributes than those that profile.toml has the search look at.
func (d *DB) searchDiffers(ctx context.Context) (bool, error) {
	indexed, err := d.names(ctx, "SELECT name FROM attributes WHERE is_searched = TRUE")
	if err != nil {
		return false, fmt.Errorf("read what is searched: %w", err)
	}
	for _, attr := range d.text.searched {
		if !indexed[attr.Name] {
			return true, nil
		}
	}
	return len(indexed) != len(d.text.searched), nil
}

// Reindex makes people_search what profile.toml declares, and says whether it did. It is one transaction. Where the database differs
// from the declaration otherwise, it waits until makemigrations and migrate have done their work.
func (d *DB) Reindex(ctx context.Context) (bool, error) {
	if err := d.CheckProfile(ctx); !errors.Is(err, ErrSearch) {
		if _, differs := errors.AsType[Mismatch](err); differs {
			return false, nil
		}
		if _, refused := errors.AsType[Refusal](err); refused {
			return false, nil
		}
		return false, err
	}
	err := d.write(ctx, func(tx *Tx) error {
		for last := int64(0); ; {
			next, err := tx.reindexAfter(ctx, last)
			if err != nil {
				return err
			}
			if next == last {
				break
			}
			last = next
		}
		if _, err := tx.exec(ctx, "UPDATE attributes SET is_searched = FALSE"); err != nil {
			return err
		}
		for _, attr := range tx.text.searched {
			if _, err := tx.exec(ctx, "UPDATE attributes SET is_searched = TRUE WHERE name = ?1", attr.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("make the search anew: %w", err)
	}
	return true, nil
}

// reindexAfter writes what some people after this id are found by, and returns the last one's id.
func (tx *Tx) reindexAfter(ctx context.Context, last int64) (int64, error) {
	rows, err := tx.rows(ctx, tx.text.person+"u.id > ?1 ORDER BY u.id LIMIT 1000", last)
	if err != nil {
		return last, err
	}
	defer rows.Close()
	var texts []any
	for rows.Next() {
		u, err := tx.scanPerson(rows)
		if err != nil {
			return last, err
		}
		texts = append(texts, u.ID, tx.searchText(u))
		last = u.ID
	}
	if err := rows.Err(); err != nil || len(texts) == 0 {
		return last, err
	}
	_ = rows.Close() // before the connection writes
	return last, tx.insertRows(ctx, "people_search (user_id, text)", 2, texts,
		" ON CONFLICT (user_id) DO UPDATE SET text = excluded.text WHERE people_search.text <> excluded.text")
}
