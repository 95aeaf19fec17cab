package profile_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// ofEveryKind declares every kind once as it is, and some with all of their keys.
func ofEveryKind(t testing.TB) []profile.Attribute {
	t.Helper()
	var all []profile.Attribute
	for _, kind := range profile.Kinds() {
		more := ""
		if kind.Name == "choice" || kind.Name == "choices" {
			more = "choices = ['tea', 'coffee', 'they/them', 'Café']"
		}
		all = append(all, attribute(t, "name='a'", "kind='"+kind.Name+"'", more))
	}
	return append(all,
		attribute(t, "name='a'", "kind='choice'", "choices=['tea', 'Café']", "other=true"),
		attribute(t, "name='a'", "kind='choice'", "choices=['tea', 'coffee']", "required=true"),
		attribute(t, "name='a'", "kind='text'", "pattern='[A-Z]{2}-[0-9]+|none'", "required=true"),
		attribute(t, "name='a'", "kind='text'", "max=3", "unique=true", "required=true"),
		attribute(t, "name='a'", "kind='longtext'", "max=12", "required=true"),
		attribute(t, "name='a'", "kind='number'", "min=-1", "max=9.5", "step=0.75", "unit='kg'", "required=true"),
		attribute(t, "name='a'", "kind='number'", "max=-5", "step=3", "required=true"),
		attribute(t, "name='a'", "kind='number'", "max=-0.5", "required=true"),
		attribute(t, "name='a'", "kind='number'", "min=900000000000000", "required=true"),
		attribute(t, "name='a'", "kind='date'", "min=2020-02-29", "max=2020-03-01", "required=true"),
		attribute(t, "name='a'", "kind='date'", "max=1800-01-01", "required=true"),
		attribute(t, "name='a'", "kind='date'", "max=0001-02-01", "required=true"),
		attribute(t, "name='a'", "kind='date'", "min=9999-12-30", "required=true"),
		attribute(t, "name='a'", "kind='phone'", "region='DE'", "required=true"),
		attribute(t, "name='a'", "kind='choices'", "choices=['tea', 'coffee', 'milk']", "max=1", "required=true"),
		attribute(t, "name='a'", "kind='links'", "max=1", "required=true"),
	)
}

// hold checks what is true of every kind for one text that somebody typed.
func hold(t *testing.T, a profile.Attribute, typed string) {
	t.Helper()
	value, err := a.Parse(typed)
	if err != nil {
		if _, ok := errors.AsType[form.Message](err); !ok || !utf8.ValidString(err.Error()) || len(err.Error()) > 2000 {
			t.Fatalf("%s: the error of %.80q is no message for people: %.300v", a.Kind.Name, typed, err)
		}
		return
	}
	if again, err := a.Parse(value); err != nil || again != value {
		t.Fatalf("%s: %.80q becomes %.80q, and then %.80q, %v", a.Kind.Name, typed, value, again, err)
	}
	severalLines := a.Kind.Widget == profile.Area || a.Kind.Store == profile.List
	for _, r := range value {
		if unicode.IsControl(r) && (r != '\n' || !severalLines) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			t.Fatalf("%s: %.80q is kept with %U", a.Kind.Name, typed, r)
		}
	}
	holdShown(t, a, value)
	if _, err := json.Marshal(a.JSON(value)); err != nil {
		t.Fatalf("%s: %.80q is no JSON: %v", a.Kind.Name, value, err)
	}
	var table strings.Builder
	w := csv.NewWriter(&table)
	if err := w.Write([]string{a.Cell(value), "x"}); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	row, err := csv.NewReader(strings.NewReader(table.String())).Read()
	if err != nil {
		t.Fatalf("%s: %.80q is no row of a table: %v", a.Kind.Name, value, err)
	}
	if back, err := a.ParseCell(row[0]); err != nil || back != value {
		t.Fatalf("%s: %.80q comes back from a table as %.80q, %v", a.Kind.Name, value, back, err)
	}
}

func holdShown(t *testing.T, a profile.Attribute, value string) {
	t.Helper()
	pieces := a.Show(value)
	if (len(pieces) == 0) != (value == "") {
		t.Fatalf("%s: %.80q has %d pieces", a.Kind.Name, value, len(pieces))
	}
	joined := ""
	for _, piece := range pieces {
		joined += piece.Text
		if piece.Text == "" && !a.IsFile() { // a token that waits has no name of a file yet
			t.Fatalf("%s: %.80q has a piece that is empty", a.Kind.Name, value)
		}
		good := piece.Href == ""
		for _, scheme := range []string{"http://", "https://", "mailto:", "tel:"} {
			good = good || strings.HasPrefix(piece.Href, scheme)
		}
		if !good || strings.ContainsAny(piece.Href, "\n\t \"<>") {
			t.Fatalf("%s: %.80q links to %q", a.Kind.Name, value, piece.Href)
		}
	}
	if a.Kind.Widget == profile.Area && joined != value {
		t.Fatalf("%s: %.80q is shown as %.80q", a.Kind.Name, value, joined)
	}
}

func hostile() []string {
	return []string{
		"", " ", "\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80", "\ufffd", "\ufeff", "\u202egpj.exe", "\u2066a\u2069", "a\u200bb", "\u3164", "\u2800",
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "JAVASCRIPT://x/%0aalert(1)", "data:text/html,x",
		"https://example.org/\"onmouseover=\"x", "see javascript:alert(1) or https://example.org/<b>", "https://a@evil.example", "//evil.example",
		"=1+1", "=cmd|' /C calc'!A0", "+49", "-1", "@SUM(A1)", "'=1", "''", "\t=1", "\r=1", "'; DROP TABLE users; --", "${jndi:x}", "{{.}}", "%s%n", "../../etc/passwd",
		"+other", "null", "NaN", "Infinity", "1e999", "0x10", "١٢٣", "９", "-0", "1,234", "1.234.567", "1 234", "00012", "2024-02-30", "31.5.1990", "0000-00-00",
		"Local", "UTC", "utc", "europe/berlin", "Etc/../../passwd", "tr", "TURKEY", "zz", "deu", "no", "de-DE", "#FFF", "red", "tea\ncoffee\ntea", "TEA", "cafe\u0301",
		"https://example.org one\nhttps://example.org two", "Mine: https://example.org/x", "https://example.org\tA\tB", "\t", "\n\n\n", "a\r\n\r\n\r\n\r\n\r\n b\r\n",
		"  a\n    b\n\n\n\n\nc", "Z" + strings.Repeat("\u0301", 40), strings.Repeat("\u0958", 2000), strings.Repeat("a\t", 999), strings.Repeat("+", 40),
		"+49 30 123456", "030 123456", "+44 20 7946 0018 ext. 5", "1-800-FLOWERS", "+0000000000", "+999999999999999", "+1", "110",
		"ada@example.org", "Ada <ada@example.org>", "ada@example.org\nBcc: x@example.org", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "yes", "on",
	}
}

func TestEveryKindHolds(t *testing.T) {
	for _, a := range ofEveryKind(t) {
		t.Run(a.Kind.Name, func(t *testing.T) {
			for _, typed := range hostile() {
				hold(t, a, typed)
				if lookup, err := a.Lookup(typed); err == nil && !utf8.ValidString(lookup) {
					t.Errorf("a list is narrowed by %q", lookup)
				}
			}
		})
	}
}

func TestExamplesAreTaken(t *testing.T) {
	for _, a := range ofEveryKind(t)[:len(profile.Kinds())] {
		if value, err := a.Parse(a.Kind.Example); !a.IsUpload() && (err != nil || value == "") {
			t.Errorf("the example of %s is %q, %v", a.Kind.Name, value, err)
		}
		if a.Kind.About == "" || a.Kind.Example == "" {
			t.Errorf("%s is not described", a.Kind.Name)
		}
		for _, option := range a.Options() {
			for _, typed := range []string{option.Value, strings.ToLower(option.Value), option.Label, strings.ToUpper(option.Value)} {
				if value, err := a.Parse(typed); err != nil || value != option.Value {
					t.Errorf("%s: %q, the option %q, is %q, %v", a.Kind.Name, typed, option.Value, value, err)
				}
			}
		}
	}
}

// TestLongTextsEnd gives each kind a million bytes of what is slowest to read. With a kind that takes the square of their time the tests
// don't end before they are stopped.
func TestLongTextsEnd(t *testing.T) {
	for _, a := range ofEveryKind(t) {
		for _, unit := range []string{"a", "1", " ", "\n", "a\n", "tea\n", "Café\n", "<", "\u0301", "https://example.org/ ", "https://e.org/\n", "a\t", "http://", ".", ",123", "+", "\xff", "é"} {
			hold(t, a, strings.Repeat(unit, 1_000_000/len(unit)))
		}
	}
}

func TestSamplesAreTaken(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, a := range ofEveryKind(t) {
		empty, different := 0, map[string]bool{}
		for range 300 {
			value := a.Sample(random)
			if value == "" {
				empty++
				continue
			}
			different[value] = true
			if got, err := a.Parse(value); err != nil || got != value {
				t.Errorf("%s: the sample %q is read as %q, %v", a.Kind.Name, value, got, err)
			}
			hold(t, a, value)
		}
		switch {
		case a.IsUpload() && empty != 300:
			t.Errorf("%s: %d samples are something", a.Kind.Name, 300-empty)
		case !a.IsUpload() && (a.Required && empty > 0 || !a.Required && (empty == 0 || empty > 150)):
			t.Errorf("%s: %d of 300 samples are empty, required is %v", a.Kind.Name, empty, a.Required)
		case !a.IsUpload() && len(different) < 2:
			t.Errorf("%s: the samples are all %v", a.Kind.Name, different)
		}
	}
	one, other := rand.New(rand.NewPCG(7, 7)), rand.New(rand.NewPCG(7, 7))
	for _, a := range ofEveryKind(t) {
		if first, second := a.Sample(one), a.Sample(other); first != second {
			t.Errorf("%s: the same seed gives %q and %q", a.Kind.Name, first, second)
		}
	}
}

func FuzzEveryKind(f *testing.F) {
	all := ofEveryKind(f)
	for i, typed := range hostile() {
		f.Add(uint8(i), typed)
	}
	f.Fuzz(func(t *testing.T, which uint8, typed string) { hold(t, all[int(which)%len(all)], typed) })
}
