package account

import (
	"errors"
	"strings"
	"testing"

	"nameplate/internal/form"
)

func TestParseNameAccepts(t *testing.T) {
	for typed, want := range map[string]string{
		"":                       "",
		"  Ada ":                 "Ada",
		"Jean-Luc O'Neill Jr.":   "Jean-Luc O'Neill Jr.",
		"e\u0301lise":            "élise",
		"می\u200cخواهم":          "می\u200cخواهم",
		"ක්\u200dෂ":              "ක්\u200dෂ",
		"葛\U000e0100城":           "葛\U000e0100城",
		"山田\u3000太郎":             "山田\u3000太郎",
		"Nguyễn Thị Minh Khai":   "Nguyễn Thị Minh Khai",
		"<b>Ada</b>":             "<b>Ada</b>",
		strings.Repeat("字", 150): strings.Repeat("字", 150),
	} {
		t.Run(typed, func(t *testing.T) {
			if got, err := ParseName("First name", typed); err != nil || got != want {
				t.Errorf("%+q is %+q, %v", typed, got, err)
			}
		})
	}
}

func TestParseNameRefuses(t *testing.T) {
	for name, row := range map[string]struct{ typed, want string }{
		"a line break":          {"Ada\nLovelace", "one line"},
		"a line separator":      {"Ada\u2028Lovelace", "one line"},
		"a zero byte":           {"Ada\x00x", "one line"},
		"writing turned round":  {"Ada\u202eecalevoL", "direction"},
		"a zero width space":    {"Ada\u200bL", "invisible"},
		"a joiner at the end":   {"Ada\u200d", "invisible"},
		"a joiner beside space": {"Ada\u200d L", "invisible"},
		"two joiners":           {"A\u200d\u200dda", "invisible"},
		"a Hangul filler":       {"\u3164", "invisible"},
		"a joined emoji":        {"👩\u200d🔬", "invisible"},
		"a pile of accents":     {"A" + strings.Repeat("\u0335", 20), "fewer accents"},
		"a private character":   {"Ada\ue000", "stands for no letter"},
		"broken text":           {"Ada\xff", "broken"},
		"151 characters":        {strings.Repeat("字", 151), "150 characters, it has 151"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseName("First name", row.typed)
			message, ok := errors.AsType[form.Message](err)
			if !ok || !strings.Contains(string(message), row.want) || !strings.HasPrefix(string(message), "First name: ") {
				t.Errorf("%+q is %+q, error %v, want a message with %q", row.typed, got, err, row.want)
			}
		})
	}
}

func TestParseTextTakesEmoji(t *testing.T) {
	for _, text := range []string{"👩\u200d🔬 at work", "❤\ufe0f", "🏳\ufe0f\u200d🌈"} {
		if got, err := ParseText("Motto", text, 100); err != nil || got != text {
			t.Errorf("%+q is %+q, %v", text, got, err)
		}
	}
	if _, err := ParseText("Motto", "a\u200d🔬", 100); err == nil {
		t.Error("a joiner behind a letter is taken")
	}
}

func FuzzParseText(f *testing.F) {
	f.Add("Ada", 10)
	f.Add("👩\u200d🔬", 3)
	f.Fuzz(func(t *testing.T, s string, max int) {
		if max < 1 || max > 1000 {
			return
		}
		text, err := ParseText("Motto", s, max)
		if err != nil {
			return
		}
		if again, err := ParseText("Motto", text, max); err != nil || again != text {
			t.Fatalf("%+q becomes %+q, then %+q, %v", s, text, again, err)
		}
	})
}

func TestInitials(t *testing.T) {
	for name, row := range map[string]struct {
		user User
		want string
	}{
		"first and last name":      {User{FirstName: "Ada", LastName: "lovelace", Username: "x"}, "AL"},
		"a first name":             {User{FirstName: "ada", Username: "x"}, "A"},
		"a last name":              {User{LastName: "élise", Username: "x"}, "É"},
		"a username of one word":   {User{Username: "bob"}, "B"},
		"a username of two words":  {User{Username: "ada.king_noel"}, "AK"},
		"a username with a number": {User{Username: "7of9"}, "7"},
		"an address":               {User{Username: "ada@example.org"}, "A"},
		"signs only":               {User{Username: "._-"}, "N"},
		"a name of signs":          {User{FirstName: "!!", Username: "bob"}, "B"},
		"a bracketed name":         {User{FirstName: "(Ada)", Username: "bob"}, "A"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := row.user.Initials(); got != row.want {
				t.Errorf("initials are %q", got)
			}
		})
	}
}
