package handlers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

func describe(u account.User) string { return fmt.Sprintf("%+v", u) }

func styleSheet(s *site) string {
	return s.client().get("/").Find("link[rel=stylesheet]").AttrOr("href", "none")
}

// initialsOf and patternOf are the paths of what is shown of somebody who has no picture.
func initialsOf(u account.User) string {
	return profile.Attribute{}.DefaultPicture(u).Path(profile.SVG)
}

func patternOf(u account.User) string {
	return profile.PatternOf(account.Key(u.Username)).Path(profile.SVG)
}

func TestPerson(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.add("Ada", func(u *account.User) {
			u.FirstName, u.LastName = "Ada", "Lovelace"
			u.Set("portfolio_site", "https://example.org/ada?a=1&b=2")
		})
		s.add("gone", func(u *account.User) { u.IsActive = false })
		r := s.client().get("/@Ada")
		if r.status != 200 || r.Find("h1").Text() == "" || !r.says("Ada Lovelace") {
			t.Fatalf("%d", r.status)
		}
		card := r.Find(".h-card")
		if !strings.Contains(card.Find(".p-name").Text(), "Ada Lovelace") {
			t.Error("no p-name")
		}
		if card.Find(".u-url.u-uid").AttrOr("href", "") != "http://localhost:8080/@Ada" {
			t.Errorf("u-uid is %q", card.Find(".u-url.u-uid").AttrOr("href", ""))
		}
		link := card.Find(`a[href="https://example.org/ada?a=1&b=2"]`)
		if link.AttrOr("rel", "") != "me ugc noopener" || !link.HasClass("u-url") {
			t.Errorf("the link's rel is %q", link.AttrOr("rel", ""))
		}
		if src := card.Find("img.u-photo").AttrOr("src", ""); s.client().get(src).header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("the default picture at %q", src)
		}
		for property, want := range map[string]string{"og:title": "Ada Lovelace", "og:type": "profile", "og:url": "http://localhost:8080/@Ada", "profile:username": "Ada"} {
			if got := r.Find(`meta[property="`+property+`"]`).AttrOr("content", ""); got != want {
				t.Errorf("%s is %q, want %q", property, got, want)
			}
		}
		if strings.Contains(r.body, "@example.org") {
			t.Error("the address is on the public page")
		}
		tests := []struct {
			path     string
			status   int
			location string
		}{
			{"/@ada", 302, "/@Ada"}, {"/@ADA", 302, "/@Ada"}, {"/@%41da", 200, ""}, {"/@nobody", 404, ""}, {"/@gone", 404, ""},
			{"/@", 404, ""}, {"/@%00", 404, ""}, {"/@%ff", 404, ""}, {"/@..%2f..%2fetc", 404, ""}, {"/@" + strings.Repeat("a", 4000), 404, ""},
		}
		for _, test := range tests {
			if r := s.client().get(test.path); r.status != test.status || r.location() != test.location {
				t.Errorf("%.40s: %d to %q, want %d to %q", test.path, r.status, r.location(), test.status, test.location)
			}
		}
	})
}

func TestPersonIsRevalidated(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		r := s.client().get("/@ada")
		etag := r.header.Get("ETag")
		if etag == "" || strings.Contains(r.header.Get("Cache-Control"), "no-store") || len(r.header.Values("Set-Cookie")) != 0 {
			t.Fatalf("for a stranger: %v", r.header)
		}
		if r := s.client().with("If-None-Match", etag).get("/@ada"); r.status != http.StatusNotModified || r.body != "" {
			t.Errorf("a second look: %d with %d bytes", r.status, len(r.body))
		}
		if vary := s.client().with("Accept-Encoding", "gzip").get("/@ada").header.Values("Vary"); len(vary) != 1 || vary[0] != r.header.Get("Vary") || !strings.Contains(vary[0], "Accept-Encoding") {
			t.Errorf("compressed it varies by %q, plain by %q", vary, r.header.Get("Vary"))
		}
		own := s.as(ada)
		if r := own.get("/@ada"); r.header.Get("Cache-Control") != "no-store" || !strings.Contains(r.header.Get("Vary"), "Cookie") {
			t.Errorf("for its owner: %v", r.header)
		}
		own.post("/settings/profile/first_name", "first_name", "Ada")
		if r := s.client().with("If-None-Match", etag).get("/@ada"); r.status != http.StatusOK {
			t.Errorf("after a change: %d", r.status)
		}
	})
}

func TestHeaders(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		for _, at := range []string{"/", "/register", "/login", "/settings/profile", "/@boss", "/admin/users", "/nothing", "/healthz", styleSheet(s), "/uploads/profile_pics/x"} {
			r := c.get(at)
			for name, want := range map[string]string{
				"Content-Security-Policy":    policy,
				"X-Content-Type-Options":     "nosniff",
				"Referrer-Policy":            "same-origin",
				"Cross-Origin-Opener-Policy": "same-origin",
			} {
				if got := r.header.Get(name); got != want {
					t.Errorf("%s: %s is %q", at, name, got)
				}
			}
			if r.header.Get("Permissions-Policy") == "" || r.header.Get("Cross-Origin-Resource-Policy") == "" || r.header.Get("Server") != "" {
				t.Errorf("%s: %v", at, r.header)
			}
			head := c.do(httptest.NewRequest(http.MethodHead, at, nil))
			if head.status != r.status || head.body != "" {
				t.Errorf("HEAD %s: %d with %d bytes, GET %d", at, head.status, len(head.body), r.status)
			}
		}
		for _, at := range []string{"/settings/profile", "/admin/users", "/login", "/register", "/@boss"} {
			r := c.get(at)
			if r.header.Get("Cache-Control") != "no-store" || !strings.Contains(r.header.Get("Vary"), "Cookie") || !strings.Contains(r.header.Get("Vary"), "HX-Request") {
				t.Errorf("%s may be cached: %v", at, r.header)
			}
		}
	})
}

func TestErrorsArePages(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("ada"))
		for at, want := range map[string]int{"/nothing": 404, "/admin/users": 403, "/@nobody": 404, "/uploads/../go.mod": 404, "/public/../app.go": 404, "/public/%2e%2e%2fapp.go": 404} {
			page, part := c.get(at), c.htmx().get(at)
			if page.status != want || page.Find("h1").Length() != 1 || page.Find("main").Length() != 1 {
				t.Errorf("%s: %d, want a page with %d", at, page.status, want)
			}
			if part.status != want || part.Find("h1").Length() != 0 || part.Find("[role=alert]").Length() != 1 {
				t.Errorf("%s with htmx: %d: %s", at, part.status, part.body)
			}
		}
		if r := c.do(httptest.NewRequest(http.MethodPut, "/login", nil)); r.status != http.StatusMethodNotAllowed && r.status != http.StatusNotFound {
			t.Errorf("PUT: %d", r.status)
		}
	})
}
