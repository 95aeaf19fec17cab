package profile_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

func attribute(t testing.TB, lines ...string) profile.Attribute {
	t.Helper()
	p, err := profile.Load([]byte("[[attribute]]\n"+strings.Join(lines, "\n")), "test.toml")
	if err != nil {
		t.Fatal(err)
	}
	return p.Attributes[0]
}

func link(t testing.TB) profile.Attribute { return attribute(t, "name='site'", "kind='url'") }

func TestLinksAreTaken(t *testing.T) {
	a := link(t)
	for typed, want := range map[string]string{
		"":                                 "",
		"https://example.org/me":           "https://example.org/me",
		" HTTP://Example.ORG ":             "http://example.org",
		"example.org":                      "https://example.org",
		"example.org/me?a=b#c":             "https://example.org/me?a=b#c",
		"example.org:8080/me":              "https://example.org:8080/me",
		"localhost:8080":                   "https://localhost:8080",
		"http://intranet/ada":              "http://intranet/ada",
		"https://mastodon.example/@ada":    "https://mastodon.example/@ada",
		"https://my_site.example/":         "https://my_site.example/",
		"https://bücher.example/é":         "https://xn--bcher-kva.example/%C3%A9",
		"https://192.0.2.7/":               "https://192.0.2.7/",
		"https://[2001:DB8::1]:80/":        "https://[2001:db8::1]:80/",
		"https://example.org:/":            "https://example.org/",
		"https://example.org/a%2Fb?q=%20x": "https://example.org/a%2Fb?q=%20x",
		"https://example.org/<b>":          "https://example.org/%3Cb%3E",
		"https://example.org/?next=http://other.example/@x": "https://example.org/?next=http://other.example/@x",
	} {
		t.Run(typed, func(t *testing.T) {
			if got, err := a.Parse(typed); err != nil || got != want {
				t.Errorf("it is %q, %v", got, err)
			}
		})
	}
}

func TestLinksAreRefused(t *testing.T) {
	a := link(t)
	for typed, want := range map[string]string{
		"javascript:alert(1)":                              "begins with http:// or https://: 'javascript:' is not taken",
		"JaVaScRiPt://example.org/%0aalert(1)":             "'JaVaScRiPt:'",
		"java\nscript:alert(1)":                            "invisible",
		"\x01javascript:alert(1)":                          "invisible",
		"data:text/html,<script>":                          "'data:'",
		"vbscript:x":                                       "'vbscript:'",
		"ftp://example.org":                                "'ftp:'",
		"file:///etc/passwd":                               "'file:'",
		"mailto:ada@example.org":                           "'mailto:'",
		"example.org:8080evil":                             "is not taken",
		"ada@example.org":                                  "e-mail",
		"//evil.example":                                   "whole link",
		"/me":                                              "whole link",
		"ada":                                              "whole link",
		"https://":                                         "name of the site",
		"https:///path":                                    "name of the site",
		"https:example.org":                                "is not taken",
		"https:/example.org":                               "is not taken",
		"https://https://example.org":                      "once",
		"https://ada:secret@example.org":                   "before the @",
		"https://example.org@evil.example":                 "before the @",
		"example.org@evil.example/x":                       "e-mail",
		`https://example.org\@evil.example`:                "Write /",
		`https:\\example.org`:                              "Write /",
		"https://exa mple.org":                             "space",
		"https://example.org/a b":                          "space",
		"https://example.org/\u00a0":                       "",
		"https://example.org/a\tb":                         "invisible",
		"https://example.org/\u202egpj":                    "invisible",
		"https://exam\u200bple.org":                        "invisible",
		"https://example.org/\xff":                         "broken",
		"https://exa<b>mple.org":                           "",
		"https://exa'mple.org":                             "name of the site",
		"https://example..org":                             "name of the site",
		"https://-example.org":                             "name of the site",
		"https://1.2.3":                                    "name of the site",
		"https://999.1.1.1":                                "name of the site",
		"https://0x7f000001/":                              "name of the site",
		"https://[::1%25eth0]/":                            "name of the site",
		"https://[::1":                                     "can't be read",
		"https://example.org:99999":                        "port",
		"https://example.org:0":                            "port",
		"https://example.org/%zz":                          "can't be read",
		"https://example.org/" + strings.Repeat("a", 1981): "2000 characters, this one has 2001",
		"https://example.org/" + strings.Repeat("é", 1000): "at most 2000",
	} {
		t.Run(typed[:min(40, len(typed))], func(t *testing.T) {
			got, err := a.Parse(typed)
			if typed == "https://example.org/\u00a0" { // trimmed
				if got != "https://example.org/" {
					t.Errorf("it is %q, %v", got, err)
				}
				return
			}
			if message, ok := errors.AsType[form.Message](err); !ok || !strings.Contains(string(message), want) {
				t.Errorf("it is %q, error %v, want a message with %q", got, err, want)
			}
		})
	}
}

func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"https://example.org/me", "example.org", "//evil", "javascript:x", "http://a_b.c:80/%2F?x#y", "https://bücher.de", "http://[::1]/"} {
		f.Add(s)
	}
	a := link(f)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := a.Parse(s)
		if err != nil {
			if _, ok := errors.AsType[form.Message](err); !ok {
				t.Fatalf("%v is no message", err)
			}
			return
		}
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Host == "" || u.User != nil || !strings.HasPrefix(got, "http://") && !strings.HasPrefix(got, "https://") {
			t.Fatalf("%q becomes %q (%v)", s, got, err)
		}
		if again, err := a.Parse(got); err != nil || again != got {
			t.Fatalf("%q becomes %q, then %q, %v", s, got, again, err)
		}
	})
}

func TestTexts(t *testing.T) {
	a := attribute(t, "name='motto'", "kind='text'", "max=5")
	needed := attribute(t, "name='motto'", "kind='text'", "required=true")
	for name, row := range map[string]struct {
		attr        profile.Attribute
		typed, want string
		refused     string
	}{
		"trimmed":          {a, "  hello ", "hello", ""},
		"composed":         {a, "e\u0301", "é", ""},
		"nothing":          {a, " ", "", ""},
		"needed":           {needed, " ", "", "Motto: fill this in"},
		"too long":         {a, "hello!", "", "5 characters, it has 6"},
		"two lines":        {a, "a\nb", "", "one line"},
		"turned round":     {a, "a\u202eb", "", "direction"},
		"200 by default":   {needed, strings.Repeat("x", 201), "", "200 characters"},
		"markup is a text": {a, "<b>", "<b>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := row.attr.Parse(row.typed)
			if row.refused == "" && (err != nil || got != row.want) {
				t.Errorf("it is %q, %v", got, err)
			}
			if row.refused != "" && (err == nil || !strings.Contains(err.Error(), row.refused)) {
				t.Errorf("it is %q, error %v", got, err)
			}
		})
	}
}

func TestPicturesTravelAsTokens(t *testing.T) {
	a := attribute(t, "name='pic'", "kind='picture'", "required=true")
	for text, good := range map[string]bool{
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ": true, strings.Repeat("a", 32): true, "short": false, "../../../../etc/passwd": false,
		"": false, strings.Repeat("a", 200): false,
	} {
		if _, err := a.Parse(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestUserAttributesFollowAccount(t *testing.T) {
	for _, a := range profile.UserAttributes() {
		typed, want := map[string]string{"username": " ＡＤＡ ", "email": " ada@example.org ", "first_name": " Ada ", "last_name": ""}[a.Name],
			map[string]string{"username": "ADA", "email": "ada@example.org", "first_name": "Ada", "last_name": ""}[a.Name]
		if got, err := a.Parse(typed); err != nil || got != want || !a.OfUser || a.Autocomplete == "" {
			t.Errorf("%s is %q, %v", a.Name, got, err)
		}
		if _, err := a.Parse("  "); (err != nil) != a.Required {
			t.Errorf("%s left empty: %v", a.Name, err)
		}
	}
}
