package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

const (
	importChunk = 1000           // lines that are looked at, or written, at once
	importTime  = 24 * time.Hour // how long a table is kept
)

// The states of a line of a table that is imported.
const (
	ImportNew     = "new"
	ImportChanged = "changed"
	ImportSame    = "same"
	ImportWrong   = "wrong"
)

// ErrImportChanged says that a table does something else now than what was shown: somebody has changed one of its people since.
var ErrImportChanged = errors.New("the import does something else now")

// Import is a table of people that staff have sent, and what it would do.
type Import struct {
	ID      int64
	By      int64 // who has sent it
	Columns []string
	Passed  []string // columns of it that nobody is changed by
	Lines   int
	Checked int64 // how often it was looked at what it would do; 0 for not yet
	Done    bool  // it was imported
	Event   int64 // what importing it did, in the history; 0 for nothing

	Added, Changed, Same, Wrong int // how many lines are what, once that was looked at
}

// ImportLine is what one line of a table does to one person.
type ImportLine struct {
	Number   int // of the line of the file
	Username string
	State    string
	Changes  []FieldChange
	Errors   form.Errors // what is wrong, by field; empty for nothing

	before, after account.User
}

// FieldChange is one field that becomes another.
type FieldChange struct{ Field, Old, New string }

// StageImport keeps a table. Nothing is done to anybody by it. It fails with ErrForbidden for who may
// neither add nor change people, and with what reading the table fails with.
func (d *DB) StageImport(ctx context.Context, by Author, table *profile.Table) (imp Import, err error) {
	imp.By, imp.Passed = by.ID, table.Passed
	for _, c := range table.Columns {
		imp.Columns = append(imp.Columns, c.Name)
	}
	names, err := json.Marshal(slices.Concat(imp.Columns, imp.Passed))
	if err != nil {
		return imp, err
	}
	err = d.write(ctx, func(tx *Tx) error {
		if _, err := tx.importer(ctx, by); err != nil {
			return err
		}
		return tx.row(ctx, "INSERT INTO imports (by_id, columns, created_at) VALUES (?1, ?2, ?3) RETURNING id", by.ID, string(names), tx.now()).Scan(&imp.ID)
	})
	for end := false; err == nil && !end; {
		var lines []profile.TableLine
		if lines, end, err = someLines(table.Next); err == nil {
			err = d.write(ctx, func(tx *Tx) error { return tx.stage(ctx, imp.ID, table.Columns, lines) })
			imp.Lines += len(lines)
		}
	}
	if err != nil && imp.ID != 0 {
		err = errors.Join(err, d.dropImport(context.WithoutCancel(ctx), imp.ID))
	}
	if err != nil {
		return imp, fmt.Errorf("keep a table: %w", err)
	}
	return imp, nil
}

// someLines reads some lines, and says whether these were the last.
func someLines(next func() (profile.TableLine, error)) (lines []profile.TableLine, end bool, err error) {
	for len(lines) < 10*importChunk {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return lines, true, nil
		}
		if err != nil {
			return nil, false, err
		}
		lines = append(lines, line)
	}
	return lines, false, nil
}

// importer returns who asks to import, with the rights of this moment.
func (tx *Tx) importer(ctx context.Context, by Author) (account.User, error) {
	asks, err := tx.asker(ctx, by.ID)
	if err == nil && !account.MayAdd(asks) && !account.May(asks, account.Change, account.Users) {
		err = ErrForbidden
	}
	return asks, err
}

// stage keeps some lines as they were sent.
func (tx *Tx) stage(ctx context.Context, id int64, columns []profile.Attribute, lines []profile.TableLine) error {
	for len(lines) > 0 {
		n := min(len(lines), importChunk)
		var values []any
		for _, line := range lines[:n] {
			var user, email string
			for i, c := range columns {
				switch c.Name {
				case "username":
					user = keyOfCell(c, line.Cells[i])
				case "email":
					email = keyOfCell(c, line.Cells[i])
				}
			}
			values = append(values, id, line.Number, user, email, jsonList(line.Cells))
		}
		if err := tx.insertRows(ctx, "import_lines (import_id, number, user_key, email_key, cells)", 5, values, ""); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, "UPDATE imports SET lines = lines + ?2 WHERE id = ?1", id, n); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// keyOfCell is the folded name in a cell; empty for what is none.
func keyOfCell(c profile.Attribute, cell string) string {
	value, err := c.ParseCell(cell)
	if err != nil {
		return ""
	}
	return account.Key(value)
}

func (d *DB) dropImport(ctx context.Context, id int64) error {
	return d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM imports WHERE id = ?1", id)
		return err
	})
}

// Import returns a table that was kept, and what it would do. It fails with ErrNotFound.
func (d *DB) Import(ctx context.Context, id int64) (imp Import, err error) {
	err = d.read(ctx, func(tx *Tx) error {
		imp, err = tx.anImport(ctx, id)
		return err
	})
	if err != nil {
		return imp, fmt.Errorf("read import %d: %w", id, err)
	}
	return imp, nil
}

func (tx *Tx) anImport(ctx context.Context, id int64) (imp Import, err error) {
	var columns string
	err = tx.row(ctx, "SELECT id, by_id, columns, lines, checked, done FROM imports WHERE id = ?1", id).
		Scan(&imp.ID, &imp.By, &columns, &imp.Lines, &imp.Checked, &imp.Done)
	if err == nil {
		err = json.Unmarshal([]byte(columns), &imp.Columns)
		first := slices.IndexFunc(imp.Columns, profile.IsTableFact)
		if first >= 0 {
			imp.Columns, imp.Passed = imp.Columns[:first], imp.Columns[first:]
		}
	}
	if err != nil {
		return imp, told(err)
	}
	scan := func(row scanner) (state string, err error) {
		var n int
		err = row.Scan(&state, &n)
		switch state {
		case ImportNew:
			imp.Added = n
		case ImportChanged:
			imp.Changed = n
		case ImportSame:
			imp.Same = n
		case ImportWrong:
			imp.Wrong = n
		}
		return state, err
	}
	_, err = all(scan)(tx.rows(ctx, "SELECT state, count(*) FROM import_lines WHERE import_id = ?1 GROUP BY state", id))
	return imp, err
}

// ImportLines returns some lines of a table behind a number, of one state, or with an empty one of all that do something or can't.
func (d *DB) ImportLines(ctx context.Context, id int64, state string, after, n int) ([]ImportLine, error) {
	states := jsonList([]string{ImportNew, ImportChanged, ImportWrong})
	if state != "" {
		states = jsonList([]string{state})
	}
	lines, err := all(scanImportLine)(d.r.QueryContext(ctx, d.dialect("SELECT number, username, state, says FROM import_lines WHERE import_id = ?1 AND number > ?2"+
		" AND state IN ("+d.eachText("?3")+") ORDER BY number LIMIT ?4"), id, after, states, n))
	if err != nil {
		return nil, fmt.Errorf("read lines of import %d: %w", id, err)
	}
	return lines, nil
}

// says is what is kept of what a line does.
type says struct {
	Changes []FieldChange `json:",omitempty"`
	Errors  form.Errors   `json:",omitempty"`
}

func scanImportLine(row scanner) (line ImportLine, err error) {
	var text string
	var s says
	if err = row.Scan(&line.Number, &line.Username, &line.State, &text); err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &s)
	}
	line.Changes, line.Errors = s.Changes, s.Errors
	return line, err
}

// said writes down what a line does. Equal texts are equal deeds.
func (line ImportLine) said() string {
	text, _ := json.Marshal(says{line.Changes, line.Errors}) // texts can always be written
	return string(text)
}

// ClearImports forgets tables that were sent over a day ago.
func (d *DB) ClearImports(ctx context.Context) error {
	err := d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM imports WHERE created_at <= ?1", tx.now()-importTime.Milliseconds())
		return err
	})
	if err != nil {
		return fmt.Errorf("forget tables: %w", err)
	}
	return nil
}
