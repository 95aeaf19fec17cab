package account

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/form"
)

func TestParseUsernameAccepts(t *testing.T) {
	for typed, want := range map[string]string{
		"ada":                    "ada",
		"  Ada ":                 "Ada",
		"ada.lovelace+1@x-y_z":   "ada.lovelace+1@x-y_z",
		"ＡＤＡ":                    "ADA",
		"e\u0301lise":            "élise",
		"Ångström":               "Ångström",
		"мария":                  "мария",
		"太郎さんサン":                 "太郎さんサン",
		"Tarō太郎たろうタロー":           "Tarō太郎たろうタロー",
		"kim김金":                  "kim김金",
		"lin林ㄅㄆ":                 "lin林ㄅㄆ",
		"علي٣":                   "علي٣",
		"שרה1":                   "שרה1",
		"ʻokina":                 "ʻokina",
		strings.Repeat("é", 150): strings.Repeat("é", 150),
	} {
		t.Run(typed, func(t *testing.T) {
			if got, err := ParseUsername(typed); err != nil || got != want {
				t.Errorf("%q is %q, %v", typed, got, err)
			}
		})
	}
}

func TestParseUsernameRefuses(t *testing.T) {
	for name, row := range map[string]struct{ typed, want string }{
		"nothing":                       {" ", "Enter"},
		"a space within":                {"ada lovelace", "one word"},
		"a wide space within":           {"ada\u3000lovelace", "one word"},
		"a line break":                  {"ada\nlovelace", "control"},
		"a zero byte":                   {"ada\x00", "control"},
		"a zero width space":            {"ada\u200b", "invisible character U+200B"},
		"a zero width joiner":           {"a\u200dda", "invisible character U+200D"},
		"a soft hyphen":                 {"a\u00adda", "invisible character U+00AD"},
		"a Hangul filler":               {"ada\u3164", "invisible character U+3164"},
		"a half-width Hangul filler":    {"\uffa0", "invisible"},
		"a variation selector":          {"ada\ufe0f", "invisible"},
		"a tag character":               {"ada\U000e0041", "invisible"},
		"an order mark":                 {"ada\ufeff", "invisible"},
		"a blank Braille cell":          {"ada\u2800", "invisible"},
		"writing turned round":          {"ada\u202egpj", "direction"},
		"an Arabic letter mark":         {"ada\u061c", "direction"},
		"an exclamation mark":           {"ada!", "Leave out '!'"},
		"a slash":                       {"a/b", "Leave out '/'"},
		"markup":                        {"<b>", "Leave out '<'"},
		"an emoji":                      {"ada😀", "Leave out '😀'"},
		"a mark alone":                  {"ad\u0332a", "U+0332"},
		"what NFKC makes into brackets": {"ada⑴", "Leave out '('"},
		"broken text":                   {"ada\xff", "broken"},
		"a Cyrillic a":                  {"аda", "one script"},
		"a Greek o":                     {"adο", "one script"},
		"Latin and Armenian":            {"adaօ", "one script"},
		"Cyrillic and Han":              {"ж太", "one script"},
		"Hangul and Hiragana":           {"김た", "one script"},
		"Cyrillic and a long dash":      {"жー", "one script"},
		"digits of two systems":         {"علي3٣", "one kind"},
		"a letter like a colon":         {"ada\u02d0", "punctuation"},
		"151 characters":                {strings.Repeat("é", 151), "150 characters: it has 151"},
		"NFKC makes it too long":        {strings.Repeat("ﷺ", 10), ""},
		"a flood":                       {strings.Repeat("a", 1e6), "Shorten"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseUsername(row.typed)
			if message, ok := errors.AsType[form.Message](err); !ok || !strings.Contains(string(message), row.want) {
				t.Errorf("%q is %q, error %v, want a message with %q", row.typed, got, err, row.want)
			}
		})
	}
}

func TestKeyIsOneForOneName(t *testing.T) {
	for _, same := range [][]string{
		{"ada", "ADA", "Ada", "ＡＤＡ"}, {"straße", "STRASSE", "Strasse"}, {"élise", "E\u0301LISE"}, {"ΣΊΣΥΦΟΣ", "σίσυφος", "σίσυφοσ"},
		{"Ada@Example.ORG", "ada@example.org"}, {"\u212aim", "kim"}, {"ﬁona", "FIONA"},
	} {
		for _, s := range same {
			if Key(s) != Key(same[0]) {
				t.Errorf("Key(%q) is %q, Key(%q) is %q", s, Key(s), same[0], Key(same[0]))
			}
		}
	}
	if Key("ada") == Key("adá") {
		t.Error("an accent is lost")
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"Ada", "straße", "\u0345\u0301", "\u1e9e", "\xff", "İi̇", "ᾼ\u0323"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if key := Key(s); Key(key) != key {
			t.Fatalf("Key(%q) is %q, and its key %q", s, key, Key(key))
		}
	})
}

// Every letter and mark there is, but those of scripts without case or marks, alone and between others.
func TestKeyOfAKeyIsTheKey(t *testing.T) {
	for r := range rune(0x110000) {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.So) || unicode.In(r, unicode.Han, unicode.Hangul) {
			continue
		}
		for _, s := range []string{string(r), "Ά" + string(r) + "\u0345\u0301"} {
			if key := Key(s); Key(key) != key {
				t.Fatalf("Key(%+q) is %+q, and its key %+q", s, key, Key(key))
			}
		}
	}
}

func FuzzParseUsername(f *testing.F) {
	for _, s := range []string{"ada", "Tarō太郎", "аda", "ﷺ", "\u1100\u1161", "a@b.c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := ParseUsername(s)
		if err != nil {
			if _, ok := errors.AsType[form.Message](err); !ok {
				t.Fatalf("%v is no message", err)
			}
			return
		}
		if again, err := ParseUsername(name); err != nil || again != name {
			t.Fatalf("%q becomes %q, then %q, %v", s, name, again, err)
		}
		if n := utf8.RuneCountInString(name); n < 1 || n > UsernameMax {
			t.Fatalf("%q has %d characters", name, n)
		}
	})
}

func TestUsernameIsForeignEmail(t *testing.T) {
	for name, row := range map[string]struct {
		username, email string
		want            bool
	}{
		"another's address":       {"bob@example.org", "ada@example.org", true},
		"an address, without one": {"bob@example.org", "", true},
		"one's own":               {"Ada@Example.org", "ada@example.org", false},
		"no domain":               {"ada@home", "ada@example.org", false},
		"no @":                    {"ada.lovelace", "ada@example.org", false},
		"nothing before the @":    {"@ada.b", "ada@example.org", false},
		"no address at all":       {"a@b@example.org", "ada@example.org", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := UsernameIsForeignEmail(row.username, row.email); got != row.want {
				t.Errorf("it is %v", got)
			}
		})
	}
}
