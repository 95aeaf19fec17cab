package profile_test

import (
	"archive/zip"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

var update = flag.Bool("update", false, "write the files that the tests compare with")

// TestValues reads what people type. A message that is wanted begins with "!".
func TestValues(t *testing.T) {
	phone, german := attribute(t, "name='a'", "kind='phone'"), attribute(t, "name='a'", "kind='phone'", "region='de'")
	country, tongue, zone := attribute(t, "name='a'", "kind='country'"), attribute(t, "name='a'", "kind='language'"), attribute(t, "name='a'", "kind='timezone'")
	number, steps := attribute(t, "name='a'", "kind='number'"), attribute(t, "name='a'", "kind='number'", "min=0.5", "max=9", "step=0.5", "unit='kg'")
	whole := attribute(t, "name='a'", "kind='number'", "step=1")
	day, bounded := attribute(t, "name='a'", "kind='date'"), attribute(t, "name='a'", "kind='date'", "min=1990-01-01", "max=1999-12-31")
	choice, other := attribute(t, "name='a'", "kind='choice'", "choices=['Tea', 'Café']"), attribute(t, "name='a'", "kind='choice'", "choices=['Tea', 'Café']", "other=true")
	several := attribute(t, "name='a'", "kind='choices'", "choices=['tea', 'coffee', 'milk']", "max=2")
	links, bio := attribute(t, "name='a'", "kind='links'", "max=3"), attribute(t, "name='a'", "kind='longtext'")
	plate := attribute(t, "name='a'", "kind='text'", "pattern='[A-Z]{2}-[0-9]+'", "pattern_help='write two capitals, a hyphen and a number'")
	color, truth := attribute(t, "name='a'", "kind='color'"), attribute(t, "name='a'", "kind='boolean'")
	for _, row := range []struct {
		name        string
		attr        profile.Attribute
		typed, want string
	}{
		{"an international number", phone, "+44 20 7946 0018", "+442079460018"},
		{"a number with brackets", phone, "+44 (0)20 7946-0018", "+442079460018"},
		{"a national number without a region", phone, "020 7946 0018", "!begin with + and the country's code"},
		{"a national number of the region", german, "030 123456", "+4930123456"},
		{"a foreign number in a region", german, "+44 20 7946 0018", "+442079460018"},
		{"a number too short", phone, "+44 20", "!check the digits"},
		{"a number of no country", phone, "+999 123456789", "!check the digits"},
		{"an extension", phone, "+44 20 7946 0018 ext. 5", "!of digits, spaces"},
		{"letters for digits", phone, "1-800-FLOWERS", "!of digits, spaces"},
		{"two numbers", phone, "+442079460018, +442079460019", "!one telephone number"},
		{"a country's code", country, "de", "DE"},
		{"a country's name", country, "GERMANY", "DE"},
		{"a country renamed", country, "Eswatini", "SZ"},
		{"a country's old name", country, "swaziland", "SZ"},
		{"a country in its own spelling", country, "türkiye", "TR"},
		{"a country as it was spelt", country, "Turkey", "TR"},
		{"a country without accents", country, "Cote d'Ivoire", "CI"},
		{"a country with words", country, "Trinidad and Tobago", "TT"},
		{"a country that is no more", country, "YU", "!choose one"},
		{"a continent", country, "Europe", "!choose one"},
		{"a language's code", tongue, "DE", "de"},
		{"a language's name", tongue, "german", "de"},
		{"a language's own name", tongue, "deutsch", "de"},
		{"a language as it is shown", tongue, "German (Deutsch)", "de"},
		{"a code of three letters", tongue, "deu", "de"},
		{"Norwegian as such", tongue, "no", "nb"},
		{"no language", tongue, "xx", "!choose one"},
		{"a zone with spaces", zone, "america/new york", "America/New_York"},
		{"a zone in Ireland", zone, "Europe/Dublin", "Europe/Dublin"},
		{"the server's zone", zone, "Local", "!choose one"},
		{"a path for a zone", zone, "../../etc/passwd", "!choose one"},
		{"a comma for a point", number, "-1,50", "-1.5"},
		{"a real minus", number, "\u22125", "-5"},
		{"a zero with a sign", number, "-0.0", "0"},
		{"15 digits", number, "12345678901.2345", "12345678901.2345"},
		{"thousands with spaces", number, "1 234 567,5", "1234567.5"},
		{"thousands with a comma", number, "1,234", "!write thousands without a sign"},
		{"thousands with points and a comma", number, "1.234.567,5", "!write thousands without a sign"},
		{"thousands with commas and a point", number, "1,234,567.5", "!write thousands without a sign"},
		{"thousands with an apostrophe", number, "1'234", "!write thousands without a sign"},
		{"a comma and three digits below one", number, "0,125", "0.125"},
		{"16 digits", number, "1234567890123456", "!at most 15 digits"},
		{"five decimals", number, "0.00001", "!4 of them after the point"},
		{"an exponent", number, "1e3", "!enter a number"},
		{"two numbers with a space", number, "1 2", "!enter a number"},
		{"a number with its unit", steps, "2.5 kg", "2.5"},
		{"a number below", steps, "0", "!enter 0.5 or more"},
		{"a number above", steps, "9.5", "!enter 9 or less"},
		{"a number between steps", steps, "1.25", "!in steps of 0.5"},
		{"half a number", whole, "1.5", "!a whole number"},
		{"a day", day, "1990-5-31", "1990-05-31"},
		{"a day with slashes", day, "1990/05/31", "1990-05-31"},
		{"a leap day", day, "2024-02-29", "2024-02-29"},
		{"a day that there isn't", day, "2023-02-29", "!a day that there is"},
		{"the day first", day, "31.5.1990", "!write the year first"},
		{"the month first", day, "5/31/1990", "!write the year first"},
		{"a day before", bounded, "1989-12-31", "!enter 1990-01-01 or a later day"},
		{"a day after", bounded, "2000-01-01", "!enter 1999-12-31 or an earlier day"},
		{"a choice in another spelling", choice, "tEA", "Tea"},
		{"a choice that is not composed", other, "CAFE\u0301", "Café"},
		{"no choice", choice, "Milk", "!choose one of those that are listed"},
		{"something else", other, "Milk", "Milk"},
		{"something else, not said", other, profile.OtherOption, "!write what it is"},
		{"choices in their order", several, "coffee\r\nTEA\n", "tea\ncoffee"},
		{"too many choices", several, "tea\ncoffee\nmilk", "!choose 2 at the most, these are 3"},
		{"a choice not there", several, "tea\nbeer", "!'beer' is none of them"},
		{"a link and its label", links, "example.org/x  My page", "https://example.org/x My page"},
		{"a label and its link", links, "My page: https://example.org/x", "https://example.org/x My page"},
		{"several links", links, "https://a.example A\r\n\r\nhttps://b.example", "https://a.example A\nhttps://b.example"},
		{"the same link twice", links, "https://a.example A\nHTTPS://A.example B", "!Link 2: it is the same as link 1"},
		{"too many links", links, "a.example\nb.example\nc.example\nd.example", "!enter 3 links at the most, these are 4"},
		{"a label without a link", links, "https://a.example A\n\tMy page", "!Link 2: enter the address too"},
		{"a link that is a script", links, "https://a.example\njavascript:alert(1) x", "!Link 2: "},
		{"a label too long", links, "https://a.example " + strings.Repeat("x", 101), "!Label 1: shorten it to 100"},
		{"a text of several lines", bio, " a \r\n\r\n  b\rc ", "a\n\n  b\nc"},
		{"a text of far lines", bio, "a\n\n\n\n\nb", "a\n\n\nb"},
		{"a text too long", bio, strings.Repeat("x", 2001), "!shorten it to 2000 characters, it has 2001"},
		{"a text with a trick", bio, "a\nb\u202ec", "!direction of writing"},
		{"a text of the pattern", plate, "AB-12", "AB-12"},
		{"a text beside the pattern", plate, "xAB-12", "!write two capitals"},
		{"a short colour", color, "ABC", "#aabbcc"},
		{"a colour's name", color, "red", "!# and six digits"},
		{"yes", truth, "TRUE", "yes"},
		{"perhaps", truth, "perhaps", "!choose yes or no"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := row.attr.Parse(row.typed)
			if wanted, refused := strings.CutPrefix(row.want, "!"); refused {
				if message, ok := errors.AsType[form.Message](err); !ok || !strings.Contains(string(message), wanted) {
					t.Errorf("it is %q, error %v, want %q", got, err, wanted)
				}
				return
			}
			if err != nil || got != row.want {
				t.Errorf("it is %q, %v, want %q", got, err, row.want)
			}
		})
	}
}

func TestShown(t *testing.T) {
	for name, row := range map[string]struct {
		attr        profile.Attribute
		value, want string // each piece in brackets, with what it links to
	}{
		"a telephone number": {attribute(t, "name='a'", "kind='phone'"), "+442079460018", "[+44 20 7946 0018→tel:+442079460018]"},
		"a country":          {attribute(t, "name='a'", "kind='country'"), "MK", "[North Macedonia]"},
		"a lost country":     {attribute(t, "name='a'", "kind='country'"), "YU", "[YU]"},
		"a language":         {attribute(t, "name='a'", "kind='language'"), "cs", "[Czech (čeština)]"},
		"a zone":             {attribute(t, "name='a'", "kind='timezone'"), "America/New_York", "[America/New York]"},
		"a unit":             {attribute(t, "name='a'", "kind='number'", "unit='kg'"), "-1.5", "[-1.5 kg]"},
		"a day":              {attribute(t, "name='a'", "kind='date'"), "1990-05-31", "[31 May 1990]"},
		"links":              {attribute(t, "name='a'", "kind='links'"), "https://a.example/x A\nhttps://b.example/", "[A→https://a.example/x][b.example→https://b.example/]"},
		"a plain text":       {attribute(t, "name='a'", "kind='longtext'"), "<b>a</b>\nb", "[<b>a</b>\nb]"},
		"a text with links":  {attribute(t, "name='a'", "kind='longtext'"), "See https://a.example/x, (HTTP://B.example/y).\nEnd.", "[See ][https://a.example/x→https://a.example/x][, (][HTTP://B.example/y→http://b.example/y][).\nEnd.]"},
		"a text of a link":   {attribute(t, "name='a'", "kind='longtext'"), "https://bücher.example", "[https://bücher.example→https://xn--bcher-kva.example]"},
		"what is no link":    {attribute(t, "name='a'", "kind='longtext'"), "javascript://x ftp://a.example mailto:a@b.example https://u:p@a.example", "[javascript://x ftp://a.example mailto:a@b.example https://u:p@a.example]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, piece := range row.attr.Show(row.value) {
				if got += "[" + piece.Text; piece.Href != "" {
					got += "→" + piece.Href
				}
				got += "]"
			}
			if got != row.want {
				t.Errorf("it is shown as %q, want %q", got, row.want)
			}
		})
	}
}

func TestListsAreWhole(t *testing.T) {
	for kind, wanted := range map[string]struct {
		least, most int
		codes       []string
		no          []string
	}{
		"country":  {249, 250, []string{"DE", "TW", "XK", "SS", "PS", "AQ", "VA", "CW"}, []string{"EU", "UN", "UK", "SU", "AN", "AC", "IC", "ZZ", "XA"}},
		"language": {180, 300, []string{"de", "en", "zh", "nb", "nn", "fil", "yue", "he", "id"}, []string{"iw", "in", "no", "tl", "und", "mo"}},
		"timezone": {400, 600, []string{"UTC", "Europe/Dublin", "Africa/Algiers", "Asia/Kolkata", "Europe/Kyiv", "America/Argentina/Ushuaia"}, []string{"Local", "EST", "Etc/GMT+1", ""}},
	} {
		var codes, labels []string
		for _, option := range attribute(t, "name='a'", "kind='"+kind+"'").Options() {
			codes, labels = append(codes, option.Value), append(labels, option.Label)
		}
		if len(codes) < wanted.least || len(codes) > wanted.most {
			t.Errorf("%s has %d options", kind, len(codes))
		}
		for _, code := range wanted.codes {
			if !slices.Contains(codes, code) {
				t.Errorf("%s has no %s", kind, code)
			}
		}
		for _, code := range wanted.no {
			if slices.Contains(codes, code) {
				t.Errorf("%s has %s", kind, code)
			}
		}
		slices.Sort(labels)
		slices.Sort(codes)
		if len(slices.Compact(labels)) != len(slices.Compact(codes)) {
			t.Errorf("%s has a label twice", kind)
		}
	}
}

// TestZonesAreGos compares zones.txt with the zones that come with Go, and loads each.
func TestZonesAreGos(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	continents := []string{"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
	names := []string{"UTC"}
	for _, file := range archive.File {
		continent, city, _ := strings.Cut(file.Name, "/")
		if slices.Contains(continents, continent) && city != "" && !strings.HasSuffix(city, "/") {
			names = append(names, file.Name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s can't be loaded: %v", name, err)
		}
	}
	want := strings.Join(names, "\n") + "\n"
	if *update {
		if err := os.WriteFile("zones.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("zones.txt"); err != nil || string(got) != want {
		t.Errorf("zones.txt has other zones than Go (%v); write it anew: go test ./internal/profile -run TestZonesAreGos -update", err)
	}
}

func TestFileNamesAreCleaned(t *testing.T) {
	for sent, want := range map[string]string{
		"cv.pdf": "cv.pdf", "Ada's CV (2024).pdf": "Ada's CV (2024).pdf", "履歴書.pdf": "履歴書.pdf", `C:\fakepath\cv.pdf`: "cv.pdf", "../../etc/passwd": "passwd",
		"": "file", "/": "file", "..": "file", ".": "file", ".pdf": "pdf", "a/": "a", "\x00": "file", "a\x00\r\nb.pdf": "a b.pdf", "cv\u202efdp.exe": "cvfdp.exe",
		"\xff.pdf": "file.pdf", `a"b;c<d>.txt`: "a_b_c_d_.txt", " . a . ": "a", "***.txt": "file.txt", "a\u200b\u3164.txt": "a.txt", "con:aux": "con_aux",
		strings.Repeat("é", 300) + ".pdf": strings.Repeat("é", 96) + ".pdf", "a." + strings.Repeat("x", 300): "a." + strings.Repeat("x", 98),
	} {
		if got := profile.CleanFileName(sent); got != want {
			t.Errorf("%.60q becomes %q, want %q", sent, got, want)
		}
	}
}

func FuzzCleanFileName(f *testing.F) {
	for _, name := range append(hostile(), "cv.pdf", `C:\fakepath\cv.pdf`, ".pdf", "a.b.c", "-", "~.txt") {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		got := profile.CleanFileName(sent)
		if n := utf8.RuneCountInString(got); n < 1 || n > 100 || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\"\n\r:<>|?*;%") || strings.Trim(got, ". ") == "" {
			t.Fatalf("%q becomes %q", sent, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) || profile.CleanFileName(got) != got {
			t.Fatalf("%q becomes %q, then %q", sent, got, profile.CleanFileName(got))
		}
	})
}
