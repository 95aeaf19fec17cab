package handlers

import (
	"net/url"
	"testing"
)

func escaped(text string) string { return url.QueryEscape(text) }

// TestNobodyIsSentAnywhere but to the hosts that are meant, whatever an address looks like.
func TestNobodyIsSentAnywhere(t *testing.T) {
	a := &App{AvatarHosts: []string{"pictures.example", "other.example:8443", "xn--bcher-kva.example", "[2001:db8::7]:8080"}, plainHost: "people.example"}
	for _, row := range []struct{ address, want string }{
		{"https://pictures.example/a.png", "https://pictures.example/a.png"},
		{"http://PICTURES.example:80/a.png?x=1&y=%2F#z", "http://pictures.example/a.png?x=1&y=%2F"},
		{"https://pictures.example:443", "https://pictures.example"},
		{"https://pictures.example:/a.png", "https://pictures.example/a.png"},
		{"https://other.example:8443/", "https://other.example:8443/"},
		{"https://bücher.example/ä.png", "https://xn--bcher-kva.example/%C3%A4.png"},
		{"https://XN--BCHER-KVA.example/", "https://xn--bcher-kva.example/"},
		{"http://[2001:db8::7]:8080/a", "http://[2001:db8::7]:8080/a"},
		{"https://people.example/public/x.svg", "https://people.example/public/x.svg"},
		{"https://pictures.example//evil.example/", "https://pictures.example//evil.example/"}, // a path of it
		{"https://pictures。example/", "https://pictures.example/"},                             // browsers read it so, too

		{"", ""}, {"/a.png", ""}, {"//pictures.example/a.png", ""}, {"//evil.example", ""}, {"pictures.example/a.png", ""}, {"https:pictures.example", ""},
		{"https:/pictures.example", ""}, {"https:///pictures.example", ""}, {"https:///evil.example", ""}, {`https:\\evil.example`, ""}, {`https://pictures.example\@evil.example`, ""},
		{`https://evil.example\.pictures.example/`, ""}, {`https://pictures.example/\evil.example`, ""}, {"https://pictures.example@evil.example/", ""}, {"https://evil.example@pictures.example/", ""},
		{"https://a:b@pictures.example/", ""}, {"https://@pictures.example/", ""}, {"https://pictures.example:8443/", ""}, {"http://pictures.example:443/", ""}, {"https://other.example/", ""},
		{"https://pictures.example./", ""}, {"https://people.example./", ""}, {"https://pictures.example.evil.example/", ""}, {"https://evil-pictures.example/", ""}, {"https://www.pictures.example/", ""},
		{"https://pictures.example%2eevil.example/", ""}, {"https://pictures.example%00.evil.example/", ""}, {"https://evil.example/https://pictures.example", ""}, {"https://evil.example#@pictures.example", ""},
		{"https://evil.example?@pictures.example", ""}, {"https://рictures.example/", ""}, {"https://pictures.example\u200d/", ""}, {"https://pictures.example\u2044evil.example/", ""}, {"https://[::1]/", ""},
		{"javascript:alert(1)", ""}, {"javascript://pictures.example/%0aalert(1)", ""}, {"data:image/png;base64,AA", ""}, {"ftp://pictures.example/", ""}, {"HTTPS://evil.example", ""},
		{"https://pictures.example/\r\nSet-Cookie: a=b", ""}, {"https://pictures.example/ a", ""}, {"\thttps://pictures.example/", ""}, {"https://pic\ttures.example/", ""}, {"https://pictures.example:99999999/", ""},
		{"https://pictures.example:a/", ""}, {"https://pictures.example/" + string(make([]byte, 3000)), ""},
	} {
		got, ok := a.allowed(row.address)
		if got != row.want || ok != (row.want != "") {
			t.Errorf("%q leads to %q, want %q", row.address, got, row.want)
		}
	}
}
