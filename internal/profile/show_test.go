package profile

import "testing"

func TestLinkText(t *testing.T) {
	for _, test := range []struct{ name, link, want string }{
		{"no scheme, and no slash that says nothing", "https://example.org/", "example.org"},
		{"letters are shown as letters", "https://example.org/%D8%AF%D8%A7%D9%86%D8%A7", "example.org/دانا"},
		{"what means something else unescaped stays escaped", "https://example.org/a%2Fb%20c%3F", "example.org/a%2Fb%20c%3F"},
		{"what turns the line around stays escaped", "https://example.org/%E2%80%AEgro", "example.org/%E2%80%AEgro"},
		{"a space of another script stays escaped", "https://example.org/%E3%80%80", "example.org/%E3%80%80"},
		{"a letter that can't be seen stays escaped", "https://example.org/%E3%85%A4", "example.org/%E3%85%A4"},
		{"bytes that are no text stay escaped", "https://example.org/%FF%FE", "example.org/%FF%FE"},
		{"the host stays as it is", "https://xn--mgba3gch31f.example/", "xn--mgba3gch31f.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := linkText(test.link); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
