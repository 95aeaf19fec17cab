package auth

import (
	"errors"
	"strings"
	"testing"

	"nameplate/internal/form"
)

func TestCheckPasswordAccepts(t *testing.T) {
	for name, password := range map[string]string{
		"four words":             "correct horse battery staple",
		"random letters":         "xk7vq9zm",
		"random signs":           "T#9v!pL2",
		"the fewest characters":  "8wkf3vzt",
		"the most characters":    strings.Repeat("ab3 kx-Q", 16),
		"another script":         "мокрыйслонпоёт",
		"the most, of 4 bytes":   manyEmoji(128),
		"a long run of digits":   "930481726451",
		"a name and much beside": "ada sails over green water",
	} {
		t.Run(name, func(t *testing.T) {
			if err := CheckPassword(password, "ada", "ada@example.org", "Ada", "Lovelace", ""); err != nil {
				t.Errorf("%q is refused: %v", password, err)
			}
		})
	}
}

// manyEmoji returns n characters of four bytes that don't repeat.
func manyEmoji(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune(0x1f300 + i*7%251))
	}
	return b.String()
}

func TestCheckPasswordRefuses(t *testing.T) {
	for password, want := range map[string]string{
		"":                       "Enter",
		"xk7vq9z":                "longer",
		"äöüß€ñç":                "longer",
		"xk7v\nq9zm":             "control",
		"xk7v\x00q9zm":           "control",
		"xk7v\xffq9zm":           "control",
		strings.Repeat("a ", 65): "Shorten",
		strings.Repeat("x", 1e5): "Shorten",
		"password":               "first to be guessed",
		"Password":               "first to be guessed",
		"password123":            "first to be guessed",
		"password2026!":          "first to be guessed",
		"Summer2026!":            "first to be guessed",
		"P@ssw0rd":               "first to be guessed",
		"p4$$w0rd!":              "first to be guessed",
		"iloveyou1":              "first to be guessed",
		"trustno1":               "first to be guessed",
		"12345678":               "first to be guessed",
		"qwertyuiop":             "first to be guessed",
		"qwertyuiop12":           "first to be guessed",
		"1qaz2wsx":               "first to be guessed",
		"aaaaaaaa":               "first to be guessed",
		"adalovelace":            "like 'lovelace'",
		"lovelace99":             "like 'lovelace'",
		"ecalevol":               "like 'lovelace'",
		"countess1":              "like 'countess'",
		"example.org":            "like 'countess@example.org'",
		"wintermute":             "like 'wintermute'",
	} {
		t.Run(password[:min(len(password), 20)], func(t *testing.T) {
			err := CheckPassword(password, "byron", "countess@example.org", "Wintermute", "Lovelace")
			message, ok := errors.AsType[form.Message](err)
			if !ok || !strings.Contains(string(message), want) {
				t.Errorf("error %v, want a message with %q", err, want)
			}
		})
	}
}

func TestReasonsSayWhatToDo(t *testing.T) {
	if err := CheckPassword("password123"); !strings.Contains(err.Error(), "unrelated words") {
		t.Errorf("%v", err)
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("password123", "ada")
	f.Add("\xff\u0301", "é")
	f.Fuzz(func(t *testing.T, password, own string) {
		if err := CheckPassword(password, own); err != nil {
			if _, ok := errors.AsType[form.Message](err); !ok {
				t.Fatalf("%v is no message", err)
			}
		}
	})
}

func BenchmarkCheckPassword(b *testing.B) {
	CheckPassword("correct horse battery staple")
	for b.Loop() {
		CheckPassword("correct horse battery staple", "ada", "ada@example.org", "Ada", "Lovelace")
	}
}
