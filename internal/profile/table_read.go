package profile

import (
	"bufio"
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

// TableLine is one person of a table, with a cell for each column.
type TableLine struct {
	Number int // of the line of the file that it begins on, from 1
	Cells  []string
}

// Table is a table (CSV) of people as somebody sent it, whose lines are read one after the other.
type Table struct {
	Columns []Attribute
	Passed  []string // columns that are passed over: nobody is changed by them

	lines   *csv.Reader
	cells   int   // of a line
	read    []int // which of them Columns are
	skipped int   // lines before the one that names the columns
}

// OpenTable reads the head of a table (CSV, RFC 4180), whose first line names columns of TableHeader, in any order, by name or by label. The
// cells may be kept apart by commas, semicolons or tabs, and the text may be in UTF-8, UTF-16 or Windows-1252, as spreadsheets write it. Its
// error is a form.Message, or one of the file.
func (p Profile) OpenTable(file io.ReadSeeker) (*Table, error) {
	text, err := tableText(file)
	if err != nil {
		return nil, err
	}
	first, err := text.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	t := &Table{}
	var separator rune
	first, separator, t.skipped = p.separator(first)
	t.lines = csv.NewReader(io.MultiReader(strings.NewReader(first), text))
	t.lines.Comma, t.lines.FieldsPerRecord = separator, -1
	header, err := t.lines.Read()
	if err != nil {
		return nil, badTable(err)
	}
	t.cells = len(header)
	return t, t.setColumns(p, header)
}

// Next returns the next line that is not empty. After the last it fails with io.EOF; every other error is a form.Message.
func (t *Table) Next() (TableLine, error) {
	for {
		cells, err := t.lines.Read()
		if errors.Is(err, io.EOF) {
			return TableLine{}, io.EOF
		}
		if err != nil {
			return TableLine{}, badTable(err)
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		line, _ := t.lines.FieldPos(0)
		line += t.skipped
		if len(cells) != t.cells {
			return TableLine{}, form.Message(fmt.Sprintf("Line %d has %d cells, and the first line has %d. Give every line as many.", line, len(cells), t.cells))
		}
		read := make([]string, len(t.read))
		for i, at := range t.read {
			read[i] = cells[at]
		}
		return TableLine{line, read}, nil
	}
}

// tableText returns the text of a table's file in UTF-8. One that is neither UTF-8 nor begins with a mark of UTF-16 is in Windows-1252, which
// Excel writes in much of the world; UTF-8 with a broken letter is refused.
func tableText(file io.ReadSeeker) (*bufio.Reader, error) {
	wide, letters, broken, err := looksLike(file)
	if err != nil {
		return nil, err
	}
	var text io.Reader = file
	switch {
	case wide:
		text = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(file) // what is no text becomes U+FFFD
	case broken > 0 && letters >= broken: // read as Windows-1252, each of them would become two others
		return nil, form.Message("This file is in UTF-8, and a letter of it is broken: it may have been cut. Save it once more, and choose it again.")
	case broken > 0:
		text = charmap.Windows1252.NewDecoder().Reader(file)
	}
	buffered := bufio.NewReaderSize(text, 1<<16)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	head, err := buffered.Peek(buffered.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, form.Message("Choose a table in CSV: this file is something else. In a spreadsheet, save it as CSV first.")
	case len(bytes.TrimSpace(head)) == 0:
		return nil, form.Message("Choose another file: this one is empty.")
	}
	return buffered, nil
}

// looksLike says whether a file begins with a mark of UTF-16, and else how many letters of UTF-8 beyond ASCII it has, and how many bytes that are
// none. Afterwards the file is at its beginning.
func looksLike(file io.ReadSeeker) (wide bool, letters, broken int, err error) {
	block, kept := make([]byte, 1<<16), 0
	for first := true; ; first = false {
		n, err := io.ReadFull(file, block[kept:])
		some := block[:kept+n]
		if first {
			wide = bytes.HasPrefix(some, []byte{0xff, 0xfe}) || bytes.HasPrefix(some, []byte{0xfe, 0xff})
		}
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return false, 0, 0, err
		}
		for len(some) > 0 {
			if some[0] < utf8.RuneSelf {
				some = some[1:]
				continue
			}
			if !end && !utf8.FullRune(some) { // it goes on in the next block
				break
			}
			r, size := utf8.DecodeRune(some)
			if r == utf8.RuneError && size == 1 {
				broken++
			} else {
				letters++
			}
			some = some[size:]
		}
		if end || wide {
			_, err := file.Seek(0, io.SeekStart)
			return wide, letters, broken, err
		}
		kept = copy(block, some)
	}
}

// separator says what keeps cells apart: what a first line such as sep=; says, which is cut off, or else what makes most known names
// of the first line.
func (p Profile) separator(first string) (rest string, separator rune, skipped int) {
	if sep, ok := strings.CutPrefix(strings.TrimRight(first, "\r\n"), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t", sep) {
		return "", rune(sep[0]), 1
	}
	separator, most := ',', -1
	for _, candidate := range ",;\t" {
		known := 0
		for _, name := range strings.Split(first, string(candidate)) {
			if _, ok := p.column(strings.Trim(name, `"`+" \r\n")); ok {
				known++
			}
		}
		if known > most {
			separator, most = candidate, known
		}
	}
	return first, separator, 0
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

// setColumns finds the columns of a header.
func (t *Table) setColumns(p Profile, header []string) error {
	for i, name := range header {
		name = strings.TrimSpace(name)
		a, ok := p.column(name)
		if !ok && IsTableFact(name) {
			t.Passed = append(t.Passed, name)
			continue
		}
		if !ok {
			return form.Message(fmt.Sprintf("The first line names a column '%s', which there is not. Leave it out, or write one of: %s.",
				clip(strings.ToValidUTF8(name, "?")), strings.Join(p.ReadColumns(), ", ")))
		}
		if slices.ContainsFunc(t.Columns, func(other Attribute) bool { return other.Name == a.Name }) {
			return form.Message("The first line names the column '" + a.Name + "' twice. Leave one out.")
		}
		t.Columns, t.read = append(t.Columns, a), append(t.read, i)
	}
	if !slices.ContainsFunc(t.Columns, func(a Attribute) bool { return a.Name == "username" }) {
		return form.Message("The first line has to name the column 'username': it says whose line it is.")
	}
	return nil
}

// badTable says what is wrong with the form of a table.
func badTable(err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return form.Message(fmt.Sprintf("Line %d can't be read: a quotation mark is out of place. A cell that holds one is written in quotation marks, and that mark twice.", parse.Line))
	}
	return form.Message("The table can't be read. Save it as CSV once more.")
}
