package profile_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

func tableProfile(t testing.TB) profile.Profile {
	t.Helper()
	p, err := profile.Load([]byte(tableTOML), "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// read reads a whole table.
func read(p profile.Profile, data []byte) (columns []profile.Attribute, lines []profile.TableLine, err error) {
	table, err := p.OpenTable(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	for {
		line, err := table.Next()
		if errors.Is(err, io.EOF) {
			return table.Columns, lines, nil
		}
		if err != nil {
			return nil, nil, err
		}
		lines = append(lines, line)
	}
}

func TestTablesAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	p := tableProfile(t)
	const text = "username;Motto;drinks\r\nada;\"Zoë; \"\"Ä\"\"\";\"tea\ncoffee\"\r\n;;\r\nbob;;\r\n"
	utf16 := func(e unicode.Endianness) []byte {
		data, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	ansi, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	commas := strings.NewReplacer("; ", "; ", ";", ",").Replace(text)
	for name, data := range map[string][]byte{
		"UTF-8": []byte(text), "UTF-8 with a mark": []byte("\ufeff" + text), "UTF-16": utf16(unicode.LittleEndian), "UTF-16, the other way": utf16(unicode.BigEndian),
		"Windows-1252": ansi, "with commas": []byte(commas), "with tabs": []byte(strings.NewReplacer("; ", "; ", ";", "\t").Replace(text)),
		"with a line that says so": []byte("sep=;\r\n" + text),
	} {
		_, lines, err := read(p, data)
		if err != nil || len(lines) != 2 {
			t.Errorf("%s: %+v, %v", name, lines, err)
			continue
		}
		if want := []string{"ada", `Zoë; "Ä"`, "tea\ncoffee"}; !slices.Equal(lines[0].Cells, want) {
			t.Errorf("%s: %q, want %q", name, lines[0].Cells, want)
		}
		if got, want := lines[1].Number, 5+strings.Count(string(data[:4]), "sep"); got != want {
			t.Errorf("%s: line %d, want %d", name, got, want)
		}
	}
}

// TestWhatATableTellsBesidesIsPassedOver: an export comes back with columns that nobody is changed by.
func TestWhatATableTellsBesidesIsPassedOver(t *testing.T) {
	table, err := tableProfile(t).OpenTable(strings.NewReader("is_superuser,username,is_active,email\ntrue,ada,false,ada@example.org\n"))
	if err != nil {
		t.Fatal(err)
	}
	line, err := table.Next()
	if err != nil || len(table.Columns) != 2 || table.Columns[1].Name != "email" || !slices.Equal(line.Cells, []string{"ada", "ada@example.org"}) {
		t.Errorf("%+v, %+v, %v", table.Columns, line, err)
	}
}

func TestTablesThatCantBeReadAreRefused(t *testing.T) {
	p := tableProfile(t)
	for name, row := range map[string]struct{ text, want string }{
		"nothing":               {" \r\n", "empty"},
		"a spreadsheet":         {"PK\x03\x04....", "save it as CSV"},
		"a picture":             {"\x89PNG\x00\x00", "save it as CSV"},
		"no username":           {"motto\nx\n", "'username'"},
		"an unknown column":     {"username,shoe\nada,1\n", "'shoe'"},
		"a column twice":        {"username,motto,Motto\nada,1,2\n", "twice"},
		"too few cells":         {"username,motto\nada\n", "Line 2 has 1 cells"},
		"too many cells":        {"username,motto\nada,1,2\n", "Line 2 has 3 cells"},
		"a quote out of place":  {"username,motto\nada,a \"b\n", "Line 2 can't be read"},
		"a quote that stays":    {"username,motto\nada,\"b\n", "can't be read"},
		"UTF-8 that was cut":    {"username,motto\nada,Zoë\nbob,Zo\xc3", "a letter of it is broken"},
		"a column of a picture": {"username,portrait\nada,1\n", "'portrait'"},
	} {
		_, _, err := read(p, []byte(row.text))
		if _, ok := errors.AsType[form.Message](err); !ok || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
}

// TestLongTablesAreReadInBlocks has letters of several bytes across the edges of what is looked at at once, and a strange one at the end.
func TestLongTablesAreReadInBlocks(t *testing.T) {
	p := tableProfile(t)
	for shift := range 4 {
		text := "username,motto\n" + strings.Repeat("x", shift) + strings.Repeat("ada,日本€ß😀\n", 20_000)
		if _, lines, err := read(p, []byte(text)); err != nil || len(lines) != 20_000 || lines[19_999].Cells[1] != "日本€ß😀" {
			t.Errorf("shift %d: %d lines, %v", shift, len(lines), err)
		}
		if _, _, err := read(p, []byte(text+"bob,\xe4\n")); err == nil || !strings.Contains(err.Error(), "a letter of it is broken") {
			t.Errorf("shift %d, broken in its last line: %v", shift, err)
		}
		plain := "username,motto\n" + strings.Repeat("x", shift) + strings.Repeat("ada,plain\n", 20_000)
		if _, lines, err := read(p, []byte(plain+"bob,\xe4\n")); err != nil || lines[20_000].Cells[1] != "ä" {
			t.Errorf("shift %d, in Windows-1252 from its last line: %v", shift, err)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	for _, seed := range []string{"username,motto\nada,x\n", "sep=;\nusername;drinks\nada;\"a\nb\"\n", "\xff\xfeu\x00", "username\n\"", "\xe4;username\n1;2"} {
		f.Add([]byte(seed))
	}
	p := tableProfile(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		columns, lines, err := read(p, data)
		if _, ok := errors.AsType[form.Message](err); err != nil && !ok {
			t.Errorf("no message: %v", err)
		}
		for _, line := range lines {
			if len(line.Cells) != len(columns) {
				t.Errorf("%d cells of %d", len(line.Cells), len(columns))
			}
		}
	})
}
