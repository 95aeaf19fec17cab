package handlers

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/profile"
)

const (
	relPage   = "http://webfinger.net/rel/profile-page"
	relAvatar = "http://webfinger.net/rel/avatar"
)

// fingered is what a client makes of an answer.
type fingered struct {
	Subject string
	Aliases []string
	Links   []struct{ Rel, Type, Href string }
}

func (f fingered) href(rel string) string {
	for _, link := range f.Links {
		if link.Rel == rel {
			return link.Href
		}
	}
	return ""
}

// fingers asks by WebFinger, and reads the answer where there is one.
func (f forge) fingers(query string) (seen, fingered) {
	f.t.Helper()
	s := f.asks(http.MethodGet, f.base+"/.well-known/webfinger"+query)
	var answer fingered
	if s.header.Get("Access-Control-Allow-Origin") != "*" || s.header.Get("Set-Cookie") != "" {
		f.t.Errorf("%s: %v", query, s.header)
	}
	if s.status == http.StatusOK {
		must(f.t, json.Unmarshal(s.body, &answer))
		if s.header.Get("Content-Type") != "application/jrd+json" || s.header.Get("Cache-Control") != "public, max-age=300" {
			f.t.Errorf("%s: %v", query, s.header)
		}
	}
	return s, answer
}

func TestWebFingerFindsPageAndPicture(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		ada := f.withPicture(f.add("Ada", func(u *account.User) { u.Email = "ada@example.org" }), 200)
		f.as(ada).agrees(true)
		host := strings.TrimPrefix(f.base, "http://")
		for _, resource := range []string{"acct:Ada@127.0.0.1", "acct:ada@" + host, "ACCT:ADA@" + host, f.base + "/@Ada", f.base + "/@ada", "acct:%41da@127.0.0.1"} {
			s, answer := f.fingers("?resource=" + escaped(resource))
			if s.status != http.StatusOK || answer.Subject != "acct:Ada@127.0.0.1" || len(answer.Aliases) != 1 || answer.Aliases[0] != f.base+"/@Ada" || len(answer.Links) != 2 {
				t.Errorf("%s: %d %s", resource, s.status, s.body)
				continue
			}
			if answer.href(relPage) != f.base+"/@Ada" || answer.Links[0].Type != "text/html" || answer.Links[1].Type != "image/jpeg" {
				t.Errorf("%s: %+v", resource, answer)
			}
			if picture := f.asks(http.MethodGet, answer.href(relAvatar)); !near(picture.red(), 200) || picture.side() < 384 {
				t.Errorf("%s leads to %d, %d pixels with red %d", answer.href(relAvatar), picture.status, picture.side(), picture.red())
			}
			if page := f.asks(http.MethodGet, answer.href(relPage)); page.status != http.StatusOK || !strings.Contains(string(page.body), "h-card") {
				t.Errorf("%s leads to %d", answer.href(relPage), page.status)
			}
			for _, hash := range account.AvatarHashes("ada@example.org") {
				if strings.Contains(string(s.body), hash) || strings.Contains(string(s.body), "example.org") {
					t.Errorf("it tells of the address: %s", s.body)
				}
			}
		}
		for query, want := range map[string]string{
			"&rel=" + escaped(relPage): relPage, "&rel=" + escaped(relAvatar): relAvatar, "&rel=self": "", "&rel=": "", "&rel=self&rel=" + escaped(relPage): relPage,
			"&rel=" + escaped(relPage) + "&rel=" + escaped(relAvatar): relPage + " " + relAvatar,
		} {
			_, answer := f.fingers("?resource=acct:ada@127.0.0.1" + query)
			var rels []string
			for _, link := range answer.Links {
				rels = append(rels, link.Rel)
			}
			if got := strings.Join(rels, " "); got != want || answer.Links == nil || answer.Subject == "" {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	})
}

func TestWebFingerOfWhoHasNoPicture(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		name := "a+b@example.org"
		u := f.add(name, func(u *account.User) { u.Email = "a+b@example.org" })
		f.as(u).agrees(true)
		_, answer := f.fingers("?resource=" + escaped("acct:a+b%40example.org@127.0.0.1"))
		if answer.Subject != "acct:a+b%40example.org@127.0.0.1" || answer.href(relPage) != f.base+"/@a+b@example.org" || len(answer.Links) != 2 || answer.Links[1].Type != "image/png" {
			t.Fatalf("%+v", answer)
		}
		want := f.base + profile.Attribute{}.DefaultPicture(u).Path(profile.PNG)
		if s := f.asks(http.MethodGet, answer.href(relAvatar)); answer.href(relAvatar) != want || s.format != "png" || s.side() != defaultSide {
			t.Errorf("%s, %d", answer.href(relAvatar), s.status)
		}
		if _, again := f.fingers("?resource=" + escaped(answer.Subject)); again.Subject != answer.Subject {
			t.Errorf("the subject leads to %+v", again)
		}
	})
}

func TestWebFingerTellsOfNobodyElse(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		ada := f.add("ada")
		boss := f.add("boss", asSuperuser)
		f.add("quiet")
		f.as(ada).agrees(true)
		nobody := ""
		for _, resource := range []string{"acct:nobody@127.0.0.1", "acct:quiet@127.0.0.1", "acct:ada@evil.example", "acct:ada@127.0.0.1.", "acct:ada", "acct:@127.0.0.1", "acct:", "ada@127.0.0.1", "mailto:ada@example.org",
			"acct:ada@example.org", "https://evil.example/@ada", f.base + "/ada", f.base + "/settings/data", f.base + "/@ada/x", f.base + "/@ada?a=b", "http://x@" + strings.TrimPrefix(f.base, "http://") + "/@ada",
			"acct:ada@127.0.0.1/@ada", "acct:ada@evil.example@127.0.0.1", "\x00", "acct:\x00@127.0.0.1", "acct:%ff@127.0.0.1", "acct:%zz@127.0.0.1", "::", strings.Repeat("a", 5000)} {
			s, _ := f.fingers("?resource=" + escaped(resource))
			if s.status != http.StatusNotFound {
				t.Errorf("%.80q: %d %s", resource, s.status, s.body)
			}
			if got := s.sameness(); nobody == "" {
				nobody = got
			} else if got != nobody {
				t.Errorf("%.80q is told apart: %s, and not %s", resource, got, nobody)
			}
		}
		for _, query := range []string{"", "?", "?resource=", "?rel=self"} {
			if s, _ := f.fingers(query); s.status != http.StatusBadRequest {
				t.Errorf("%q: %d", query, s.status)
			}
		}
		_, _, err := f.db.ActOnPeople(t.Context(), dbAuthor(boss), db.Bulk{Action: "deactivate", IDs: []int64{ada.ID}})
		must(t, err)
		if s, _ := f.fingers("?resource=acct:ada@127.0.0.1"); s.status != http.StatusNotFound {
			t.Errorf("of who is deactivated: %d", s.status)
		}
	})
}
