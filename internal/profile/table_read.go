package profile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"nameplate/internal/form"
)

// TableMax is the most people that one table may have.
const TableMax = 5000

// Table is a table (CSV) of people as somebody sent it: its columns, and a line for each person.
type Table struct {
	Columns []Attribute
	Lines   []TableLine
}

// TableLine is one person of a table, with a cell for each column.
type TableLine struct {
	Number int // of the line of the file that it begins on, from 1
	Cells  []string
}

// ReadTable reads a table (CSV, RFC 4180) whose first line names columns of TableHeader, in any order, by name or by label. The cells may
// be kept apart by commas, semicolons or tabs, and the text may be in UTF-8, UTF-16 or Windows-1252, as spreadsheets write it. Its
// error is a form.Message.
func (p Profile) ReadTable(data []byte) (Table, error) {
	text, err := TableText(data)
	if err != nil {
		return Table{}, err
	}
	text, separator, skipped := p.separator(text)
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator, -1
	header, err := r.Read()
	if err != nil {
		return Table{}, badTable(err)
	}
	columns, err := p.columns(header)
	if err != nil {
		return Table{}, err
	}
	t := Table{Columns: columns}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Table{}, badTable(err)
		}
		line, _ := r.FieldPos(0)
		if err := t.add(line+skipped, cells); err != nil {
			return Table{}, err
		}
	}
	if len(t.Lines) == 0 {
		return Table{}, form.Message("The table has no people: add a line for each below the first.")
	}
	return t, nil
}

func (t *Table) add(line int, cells []string) error {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return nil
	}
	if len(cells) != len(t.Columns) {
		return form.Message(fmt.Sprintf("Line %d has %d cells, and the first line has %d. Give every line as many.", line, len(cells), len(t.Columns)))
	}
	if len(t.Lines) == TableMax {
		return form.Message(fmt.Sprintf("The table has more than %d people. Send it in several parts.", TableMax))
	}
	t.Lines = append(t.Lines, TableLine{line, cells})
	return nil
}

// TableText returns the text of a table's file. One that is neither UTF-8 nor begins with a mark of UTF-16 is in Windows-1252, which
// Excel writes in much of the world. Its error is a form.Message.
func TableText(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		data, _ = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data) // what is no text becomes U+FFFD
	} else if !utf8.Valid(data) {
		data, _ = charmap.Windows1252.NewDecoder().Bytes(data)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case bytes.IndexByte(data, 0) >= 0 || bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return "", form.Message("Choose a table in CSV: this file is something else. In a spreadsheet, save it as CSV first.")
	case len(bytes.TrimSpace(data)) == 0:
		return "", form.Message("Choose another file: this one is empty.")
	}
	return string(data), nil
}

// separator says what keeps cells apart: what a first line such as sep=; says, which is cut off, or else what makes most known names
// of the first line.
func (p Profile) separator(text string) (rest string, separator rune, skipped int) {
	first, after, _ := strings.Cut(text, "\n")
	if sep, ok := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t", sep) {
		return after, rune(sep[0]), 1
	}
	separator, most := ',', -1
	for _, candidate := range ",;\t" {
		known := 0
		for _, name := range strings.Split(first, string(candidate)) {
			if _, ok := p.column(strings.Trim(name, `"`+" \r")); ok {
				known++
			}
		}
		if known > most {
			separator, most = candidate, known
		}
	}
	return text, separator, 0
}

// column finds a column by its name, or by its label.
func (p Profile) column(name string) (Attribute, bool) {
	all := p.tableColumns()
	i := slices.IndexFunc(all, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		i = slices.IndexFunc(all, func(a Attribute) bool { return strings.EqualFold(a.Name, name) || strings.EqualFold(a.Label, name) })
	}
	if i < 0 {
		return Attribute{}, false
	}
	return all[i], true
}

func (p Profile) columns(header []string) ([]Attribute, error) {
	var columns []Attribute
	for _, name := range header {
		a, ok := p.column(strings.TrimSpace(name))
		if !ok {
			return nil, form.Message(fmt.Sprintf("The first line names a column '%s', which there is not. Leave it out, or write one of: %s.",
				clip(strings.ToValidUTF8(name, "?")), strings.Join(p.TableHeader(), ", ")))
		}
		if slices.ContainsFunc(columns, func(other Attribute) bool { return other.Name == a.Name }) {
			return nil, form.Message("The first line names the column '" + a.Name + "' twice. Leave one out.")
		}
		columns = append(columns, a)
	}
	if !slices.ContainsFunc(columns, func(a Attribute) bool { return a.Name == "username" }) {
		return nil, form.Message("The first line has to name the column 'username': it says whose line it is.")
	}
	return columns, nil
}

// badTable says what is wrong with the form of a table.
func badTable(err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return form.Message(fmt.Sprintf("Line %d can't be read: a quotation mark is out of place. A cell that holds one is written in quotation marks, and that mark twice.", parse.Line))
	}
	return form.Message("The table can't be read. Save it as CSV once more.")
}
