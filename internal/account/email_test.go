package account

import (
	"errors"
	"strings"
	"testing"

	"nameplate/internal/form"
)

func TestParseEmailAccepts(t *testing.T) {
	for typed, want := range map[string]string{
		"ada@example.org":           "ada@example.org",
		" Ada@Example.org\n":        "Ada@Example.org",
		"a.b+c_d-e@sub.example.co":  "a.b+c_d-e@sub.example.co",
		"o'neill@example.org":       "o'neill@example.org",
		"ada@localhost":             "ada@localhost",
		"ada@bücher.example":        "ada@bücher.example",
		"ada@例え.テスト":                "ada@例え.テスト",
		"ada@ＥＸＡＭＰＬＥ.org":           "ada@EXAMPLE.org",
		"ada@xn--bcher-kva.example": "ada@xn--bcher-kva.example",
		"!#$%&'*+-/=?^_`{|}~@b.org": "!#$%&'*+-/=?^_`{|}~@b.org",
		strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 93) + "org": strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 93) + "org",
	} {
		t.Run(typed, func(t *testing.T) {
			if got, err := ParseEmail(typed); err != nil || got != want {
				t.Errorf("it is %q, %v", got, err)
			}
			if again, err := ParseEmail(want); err != nil || again != want {
				t.Errorf("again it is %q, %v", again, err)
			}
		})
	}
}

func TestParseEmailRefuses(t *testing.T) {
	for typed, want := range map[string]string{
		"":                                        "Enter",
		"ada":                                     "with an @",
		"ada@":                                    "after the @",
		"@example.org":                            "before the @",
		"ada@b@example.org":                       "one @",
		"ada@example":                             "after the @",
		"ada@example.":                            "dots after",
		"ada@.org":                                "dots after",
		"ada@exa..mple.org":                       "dots after",
		"ada@-example.org":                        "hyphens",
		"ada@example-.org":                        "hyphens",
		"ada@exam_ple.org":                        "Leave out '_'",
		"ada@127.0.0.1":                           "end of the address",
		"ada@[127.0.0.1]":                         "the address alone",
		"ada@example.o":                           "end of the address",
		".ada@example.org":                        "dots before",
		"ada.@example.org":                        "dots before",
		"a..da@example.org":                       "dots before",
		"Ada <ada@example.org>":                   "space",
		"<ada@example.org>":                       "the address alone",
		`"ada"@example.org`:                       "the address alone",
		"ada@example.org,bob@b.org":               "the address alone",
		"ada(x)@example.org":                      "the address alone",
		"ada@example.org\r\nBcc: x@y.zz":          "control",
		"ada\x00@example.org":                     "control",
		"ada\u200b@example.org":                   "invisible",
		"ada@exam\u00adple.org":                   "invisible",
		"ad\u202ea@example.org":                   "invisible",
		"ada@exa\xffmple.org":                     "broken",
		"adä@example.org":                         "Leave out 'ä'",
		"\u212aim@example.org":                    "before the @",
		strings.Repeat("a", 65) + "@b.org":        "64",
		"ada@" + strings.Repeat("b", 64) + ".org": "63",
		"a@" + strings.Repeat("b.", 125) + "orga": "254",
	} {
		t.Run(typed[:min(len(typed), 30)], func(t *testing.T) {
			got, err := ParseEmail(typed)
			if message, ok := errors.AsType[form.Message](err); !ok || !strings.Contains(string(message), want) {
				t.Errorf("it is %q, error %v, want a message with %q", got, err, want)
			}
		})
	}
}

func FuzzParseEmail(f *testing.F) {
	f.Add("ada@example.org")
	f.Add("ada@例え.テスト")
	f.Fuzz(func(t *testing.T, s string) {
		address, err := ParseEmail(s)
		if err != nil {
			return
		}
		if again, err := ParseEmail(address); err != nil || again != address {
			t.Fatalf("%q becomes %q, then %q, %v", s, address, again, err)
		}
		if strings.Count(address, "@") != 1 || strings.ContainsAny(address, " \r\n<>,\"") {
			t.Fatalf("%q becomes %q", s, address)
		}
	})
}
