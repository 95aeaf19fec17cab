package handlers

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

// forge is another program that shows people's faces: it asks over the network, and follows where it is sent.
type forge struct {
	*site
	base string
}

// withForge runs a test on each database, with a site that really listens, and a program that asks it.
func withForge(t *testing.T, test func(t *testing.T, f forge), change ...func(*App)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newForge(t, d, change...)) })
}

func newForge(t *testing.T, d *db.DB, change ...func(*App)) forge {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	base := "http://" + ln.Addr().String()
	on := func(a *App) { a.Avatars, a.Throttle, a.BaseURL = true, false, base }
	s := newSite(t, d, append([]func(*App){on}, change...)...)
	go func() { _ = s.app.Listener(ln) }() // it ends with an error when it is shut down
	t.Cleanup(func() { _ = s.app.Shutdown() })
	return forge{s, base}
}

// seen is what the other program got in the end.
type seen struct {
	status int
	header http.Header
	body   []byte
	img    image.Image // nil for none
	format string
}

// asks gets what an address shows, with headers in pairs.
func (f forge) asks(method, address string, headers ...string) seen {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, address, nil)
	must(f.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	must(f.t, err)
	body, err := io.ReadAll(response.Body)
	must(f.t, err)
	must(f.t, response.Body.Close())
	s := seen{status: response.StatusCode, header: response.Header, body: body}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "image/") && len(body) > 0 {
		s.img, s.format, err = image.Decode(bytes.NewReader(body))
		must(f.t, err)
		if s.format != strings.TrimPrefix(response.Header.Get("Content-Type"), "image/") {
			f.t.Errorf("%s is %s", response.Header.Get("Content-Type"), s.format)
		}
	}
	return s
}

// shows gets the face of an address as forges do: by the MD5 of it, or where there is a plus before the query, by the SHA-256.
func (f forge) shows(email, query string) seen {
	f.t.Helper()
	hashes := account.AvatarHashes(email)
	rest, long := strings.CutPrefix(query, "+")
	if long {
		return f.asks(http.MethodGet, f.base+"/avatar/"+hashes[1]+rest)
	}
	return f.asks(http.MethodGet, f.base+"/avatar/"+hashes[0]+rest)
}

// red is how much red there is in the middle of a photo, which tells the photos of the tests apart.
func (s seen) red() int {
	if s.img == nil {
		return -1
	}
	size := s.img.Bounds().Size()
	r, _, _, _ := s.img.At(size.X/2, size.Y/2).RGBA()
	return int(r >> 8)
}

func (s seen) side() int {
	if s.img == nil || s.img.Bounds().Dx() != s.img.Bounds().Dy() {
		return -1
	}
	return s.img.Bounds().Dx()
}

// agrees turns one's own switch on or off.
func (c *client) agrees(yes bool) {
	c.t.Helper()
	fields := []string{"avatar_public", "0"}
	if yes {
		fields = append(fields, "avatar_public", "1")
	}
	if r := c.post("/settings/data", fields...); r.location() != "/settings/data?saved=avatar_public#sharing" {
		c.t.Fatalf("%d to %s", r.status, r.location())
	}
}

func near(a, b int) bool { return a-b < 12 && b-a < 12 }

func TestAForgeShowsTheSameFace(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		ada := f.withPicture(f.add("ada", func(u *account.User) { u.Email = "Ada@Example.org" }), 200)
		c := f.as(ada)
		if s := f.shows("ada@example.org", "?d=404"); s.status != http.StatusNotFound {
			t.Errorf("before: %d", s.status)
		}
		c.agrees(true)
		for query, side := range map[string]int{
			"": 80, "?s=1": 1, "?s=2": 2, "?s=47": 47, "?size=100": 100, "?s=511&d=404": 511, "?s=512": 512, "?s=513": 512, "?s=99999999999999999999": 512, "?s=-99999999999999999999": 80, "?s=100000": 512,
			"?s=0": 80, "?s=-5": 80, "?s=big": 80, "?s=": 80, "?s=&size=40": 40, ".jpg?s=20": 20, ".png": 80, ".JPEG?s=20&r=x": 20, "+?s=33": 33, "+.jpg": 80,
		} {
			s := f.shows("ada@example.org", query)
			if s.status != http.StatusOK || s.side() != side || s.format != "jpeg" || side >= 64 && !near(s.red(), 200) {
				t.Errorf("%s: %d, %s of %d pixels with red %d, want %d", query, s.status, s.format, s.side(), s.red(), side)
			}
			if s.header.Get("Set-Cookie") != "" || s.header.Get("Vary") != "" || s.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || s.header.Get("Cache-Control") != "public, max-age=300" ||
				s.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(s.header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s: %v", query, s.header)
			}
		}
		for _, side := range profile.PictureSizes[:4] {
			stored, err := os.ReadFile(fmt.Sprintf("%s/profile_pics/%s-%d.jpg", f.dir, ada.Value("profile_pic"), side))
			must(t, err)
			if s := f.shows("ada@example.org", fmt.Sprintf("?s=%d", side)); !bytes.Equal(s.body, stored) {
				t.Errorf("%d pixels are drawn anew", side)
			}
		}
		upper := f.asks(http.MethodGet, f.base+"/avatar/"+strings.ToUpper(account.AvatarHashes("ada@example.org")[1])+"?s=64")
		if !near(upper.red(), 200) || upper.side() != 64 {
			t.Errorf("in capitals: %d, %d", upper.status, upper.red())
		}
		for range 2 { // the second time it is kept
			first := f.shows("ada@example.org", "?s=70")
			again := f.asks(http.MethodGet, f.base+"/avatar/"+account.AvatarHashes("ada@example.org")[0]+"?s=70", "If-None-Match", first.header.Get("ETag"))
			for _, tags := range []string{"*", "W/" + first.header.Get("ETag"), `"another", ` + first.header.Get("ETag")} {
				if s := f.asks(http.MethodGet, f.base+"/avatar/"+account.AvatarHashes("ada@example.org")[0]+"?s=70", "If-None-Match", tags); s.status != http.StatusNotModified {
					t.Errorf("asked again with %s: %d", tags, s.status)
				}
			}
			head := f.asks(http.MethodHead, f.base+"/avatar/"+account.AvatarHashes("ada@example.org")[0]+"?s=70")
			if first.header.Get("ETag") == "" || again.status != http.StatusNotModified || len(again.body) > 0 || again.header.Get("ETag") != first.header.Get("ETag") {
				t.Errorf("asked again: %d %v", again.status, again.header)
			}
			if head.status != http.StatusOK || len(head.body) > 0 || head.header.Get("Content-Length") != fmt.Sprint(len(first.body)) {
				t.Errorf("HEAD: %d %v", head.status, head.header)
			}
		}
	})
}

// TestAFaceGoesWithTheNextRequest once it is another, or nobody's to be shown.
func TestAFaceGoesWithTheNextRequest(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		boss := f.add("boss", asSuperuser)
		ada := f.withPicture(f.add("ada"), 200)
		c := f.as(ada)
		red := func() int { t.Helper(); return f.shows("ada@example.org", "?s=64&d=404").red() }
		c.agrees(true)
		if got := red(); !near(got, 200) {
			t.Fatalf("red %d", got)
		}
		f.withPicture(ada, 90)
		if got := red(); !near(got, 90) {
			t.Errorf("another picture: red %d", got)
		}
		c.agrees(false)
		if got := red(); got != -1 {
			t.Errorf("no longer agreed: red %d", got)
		}
		c.agrees(true)
		if got := red(); !near(got, 90) {
			t.Errorf("agreed again: red %d", got)
		}
		for _, action := range []string{"deactivate", "activate", "delete"} {
			_, _, err := f.db.ActOnPeople(t.Context(), dbAuthor(boss), db.Bulk{Action: action, IDs: []int64{ada.ID}})
			must(t, err)
			if got := red(); (got == -1) != (action != "activate") {
				t.Errorf("%s: red %d", action, got)
			}
		}
		_, err := f.db.Undo(t.Context(), dbAuthor(boss), lastHistory(t, f.site))
		must(t, err)
		if got := red(); !near(got, 90) {
			t.Errorf("brought back: red %d", got)
		}
		c = f.as(ada)
		_, err = f.db.ChangeEmail(t.Context(), dbAuthor(ada), ada.ID, "new@example.org", db.NoProof)
		must(t, err)
		if got := f.shows("new@example.org", "?d=404").red(); red() != -1 || !near(got, 90) {
			t.Errorf("at another address: red %d", got)
		}
		if r := c.post("/settings/profile/profile_pic", "remove", "1"); r.status != http.StatusSeeOther {
			t.Fatal(r.status)
		}
		if got := f.shows("new@example.org", "?d=404").red(); got != -1 {
			t.Errorf("removed: red %d", got)
		}
	})
}

func lastHistory(t *testing.T, s *site) int64 {
	t.Helper()
	var id int64
	_, err := fmt.Sscan(dbtest.Text(t, s.db, "SELECT max(id) FROM history"), &id)
	must(t, err)
	return id
}

// TestWhatStandsForAFace asks for somebody unknown in every way, and for somebody known who has no picture.
func TestWhatStandsForAFace(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		f.as(f.add("cid")).agrees(true)
		for _, email := range []string{"nobody@example.org", "cid@example.org"} {
			hash := account.AvatarHashes(email)[0]
			pattern, err := picture.DefaultPNG(profile.PatternOf(hash), 60)
			must(t, err)
			somebody, err := picture.Silhouette(60)
			must(t, err)
			blank, err := picture.Blank(60)
			must(t, err)
			for want, drawing := range map[string][]byte{
				"": pattern, "identicon": pattern, "monsterid": pattern, "wavatar": pattern, "retro": pattern, "robohash": pattern, "pagan": pattern, "nonsense": pattern,
				"mp": somebody, "mm": somebody, "blank": blank,
			} {
				for _, parameter := range []string{"d", "default"} {
					s := f.shows(email, "?s=60&"+parameter+"="+want)
					if s.status != http.StatusOK || s.format != "png" || !bytes.Equal(s.body, drawing) || s.header.Get("Cache-Control") != "public, max-age=300" || s.header.Get("ETag") == "" {
						t.Errorf("%s, %s=%s: %d, %s of %d pixels", email, parameter, want, s.status, s.format, s.side())
					}
				}
			}
			if s := f.shows(email, "?d=404"); s.status != http.StatusNotFound || s.header.Get("Content-Type") != "text/plain; charset=utf-8" || s.header.Get("Set-Cookie") != "" {
				t.Errorf("%s, d=404: %d %v", email, s.status, s.header)
			}
		}
		for name, hash := range map[string]string{"an address": "ada@example.org", "too short": "abc", "no hexadecimal": strings.Repeat("g", 32), "between the two": strings.Repeat("a", 40),
			"with another ending": strings.Repeat("a", 32) + ".gif", "with two": strings.Repeat("a", 32) + ".png.jpg", "a letter of another script": strings.Repeat("a", 30) + "%D0%B0"} {
			if s := f.asks(http.MethodGet, f.base+"/avatar/"+hash); s.status != http.StatusNotFound || s.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: %d %v", name, s.status, s.header)
			}
		}
		f.as(f.withPicture(f.add("ada"), 200)).agrees(true)
		for _, query := range []string{"?f=y&s=60", "?forcedefault=y&s=60", "?f=true&s=60&d=mp"} {
			if s := f.shows("ada@example.org", query); s.format != "png" || s.side() != 60 {
				t.Errorf("%s: %s of %d pixels", query, s.format, s.side())
			}
		}
	})
}

// TestOtherProgramsAreSentOn to hosts that the operator allows, and to no others.
func TestOtherProgramsAreSentOn(t *testing.T) {
	drawing, err := picture.Silhouette(31)
	must(t, err)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RequestURI() == "/no%20body.png?a=1&b=2" {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(drawing)
		}
	}))
	t.Cleanup(other.Close)
	withForge(t, func(t *testing.T, f forge) {
		for name, to := range map[string]string{
			"another host": other.URL + "/no%20body.png?a=1&b=2#top", "this site": f.base + profile.PatternOf("x").Path(profile.PNG),
		} {
			if s := f.shows("nobody@example.org", "?d="+escaped(to)); s.status != http.StatusOK || s.img == nil || s.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: %d %s", name, s.status, s.body)
			}
		}
	}, func(a *App) { a.AvatarHosts = []string{strings.TrimPrefix(other.URL, "http://")} })
}
