package db

import (
	"context"
	"encoding/json"
	"fmt"

	"nameplate/internal/account"
)

const (
	importIndexed = 10_000   // more new people than that are indexed in larger pieces
	importMemory  = 16 << 20 // bytes of such a piece
	importParts   = 5        // times importChunk lines that are looked at in one transaction
)

// cellsOf reads what stage has written.
func cellsOf(text string) (cells []string) {
	_ = json.Unmarshal([]byte(text), &cells) // a list of texts
	return cells
}

// CheckImport looks at what a table does, line by line, and keeps it for ImportLines. Others write between its parts. It fails with
// ErrForbidden and with ErrNotFound.
func (d *DB) CheckImport(ctx context.Context, by Author, id int64, progress func(done, total int)) (imp Import, err error) {
	if imp, err = d.Import(ctx, id); err != nil {
		return imp, err
	}
	twice, repeats := map[string]int{}, map[string]bool(nil)
	for after, done := 0, 0; ; {
		var n int
		err := d.write(ctx, func(tx *Tx) error {
			in, err := tx.importing(ctx, by, imp)
			if err != nil {
				return err
			}
			if in.twice = twice; repeats == nil {
				err = in.lookForRepeats(ctx)
				repeats = in.repeats
			}
			if in.repeats = repeats; err != nil {
				return err
			}
			n, after, err = in.eachPart(ctx, after, importParts, func(p *part) error { return in.keep(ctx, p) })
			return err
		})
		if err != nil {
			return imp, fmt.Errorf("look at import %d: %w", id, err)
		}
		if n == 0 {
			break
		}
		if done += n; progress != nil {
			progress(done, imp.Lines)
		}
	}
	err = d.write(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, "UPDATE imports SET checked = checked + 1 WHERE id = ?1", id); err != nil {
			return err
		}
		imp, err = tx.anImport(ctx, id)
		return err
	})
	return imp, err
}

// keep writes what some lines do.
func (in *importing) keep(ctx context.Context, p *part) error {
	var values []any
	for _, line := range p.lines {
		values = append(values, in.id, line.Number, "", "", "", line.Username, line.State, line.said()) // they are there: no more than the last three is written
	}
	return in.insertRows(ctx, "import_lines (import_id, number, user_key, email_key, cells, username, state, says)", 8, values,
		" ON CONFLICT (import_id, number) DO UPDATE SET username = excluded.username, state = excluded.state, says = excluded.says")
}

// ApplyImport does what a table does, all of it or nothing, if that is what was looked at: seen is its Checked. It fails with ErrImportChanged
// where it would do something else, was done, or has a wrong line.
func (d *DB) ApplyImport(ctx context.Context, by Author, id, seen int64, progress func(done, total int)) (imp Import, err error) {
	err = d.write(ctx, func(tx *Tx) error {
		imp, err = tx.applyImport(ctx, by, id, seen, progress)
		return err
	})
	if _, taken := unique(err); taken { // somebody was quicker: which line it was shows when it is looked at anew
		err = ErrImportChanged
	}
	if err != nil {
		return imp, fmt.Errorf("import %d: %w", id, err)
	}
	return imp, nil
}

func (tx *Tx) applyImport(ctx context.Context, by Author, id, seen int64, progress func(done, total int)) (Import, error) {
	if err := tx.lock(ctx, "imports"); err != nil {
		return Import{}, err
	}
	imp, err := tx.anImport(ctx, id)
	if err != nil {
		return imp, err
	}
	if imp.Done || imp.Checked != seen || imp.Wrong > 0 || imp.Added+imp.Changed == 0 {
		return imp, ErrImportChanged
	}
	in, err := tx.importing(ctx, by, imp)
	if err != nil {
		return imp, err
	}
	if err := in.lookForRepeats(ctx); err != nil {
		return imp, err
	}
	all := func() error {
		done := 0
		_, _, err := in.eachPart(ctx, 0, 0, func(p *part) error {
			err := in.apply(ctx, by, p)
			if done += len(p.sent); err == nil && progress != nil {
				progress(done, imp.Lines)
			}
			return err
		})
		return err
	}
	if imp.Added > importIndexed && !tx.pg {
		err = tx.inOneGo(ctx, importMemory, all)
	} else {
		err = all()
	}
	if err != nil {
		return imp, err
	}
	imp.Done, imp.Event = true, tx.event
	_, err = tx.exec(ctx, "UPDATE imports SET done = TRUE WHERE id = ?1", id)
	return imp, err
}

// eachPart does something with the lines behind a number, part by part, at most so many parts, 0 for all. While one is written, the cells of the
// next are read. It returns how many lines these were, and the number of the last.
func (in *importing) eachPart(ctx context.Context, after, most int, do func(p *part) error) (n, last int, err error) {
	last = after
	next, err := in.begin(ctx, after)
	for parts := 1; err == nil && len(next.sent) > 0; parts++ {
		this := next
		if err = in.check(ctx, this); err != nil {
			break
		}
		n, last = n+len(this.sent), this.sent[len(this.sent)-1].Number
		if parts == most {
			return n, last, do(this)
		}
		if next, err = in.begin(ctx, last); err == nil {
			err = do(this)
		}
	}
	return n, last, err
}

// apply does what some lines do, if that is what was shown of them.
func (in *importing) apply(ctx context.Context, by Author, p *part) error {
	var added []account.User
	for i, line := range p.lines {
		if line.State+line.said() != p.shown[i] {
			return ErrImportChanged
		}
		switch line.State {
		case ImportNew:
			added = append(added, line.after)
		case ImportChanged:
			_, err := in.save(ctx, by, line.before, line.after)
			if err == nil {
				err = in.tellFormer(ctx, line.before, line.after)
			}
			if err != nil {
				return fmt.Errorf("line %d: %w", line.Number, err)
			}
		}
	}
	return in.add(ctx, by, added)
}

// newIDs returns ids that nobody has or had.
func (tx *Tx) newIDs(ctx context.Context, n int) ([]int64, error) {
	if tx.pg {
		return all(number)(tx.rows(ctx, "SELECT nextval(pg_get_serial_sequence('users', 'id')) FROM generate_series(1, ?1)", n))
	}
	first, err := tx.reserve(ctx, n)
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	return ids, err
}

// add adds people in a few statements, with their lines of the history.
func (in *importing) add(ctx context.Context, by Author, people []account.User) error {
	if len(people) == 0 {
		return nil
	}
	ids, err := in.newIDs(ctx, len(people))
	if err != nil {
		return err
	}
	for i := range people {
		people[i].ID = ids[i]
	}
	for n := 0; n < len(people); n += manyRows {
		if err := in.insertMany(ctx, in.crowd(people[n:min(n+manyRows, len(people))])); err != nil {
			return err
		}
	}
	return in.note(ctx, by, ids, "TRUE", "add", change{})
}
