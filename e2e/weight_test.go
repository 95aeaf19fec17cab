package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestWeight measures what travels, headers included, to a browser that knows brotli and gzip.
func TestWeight(t *testing.T) {
	s := start(t)
	s.superuser("root")
	s.command(nil, "seed", "100", "--yes")
	visitor, member, root := newClient(t, s), newClient(t, s), newClient(t, s)
	member.register("ada", map[string]string{"portfolio_site": "https://example.org/ada"})
	root.login("root", rootPassword)
	id := s.id("ada")
	for _, page := range []struct {
		name  string
		c     *client
		path  string
		first bool // with the style sheet and the scripts
		limit int
	}{
		{"the first visit of the register page", visitor, "/register", true, 30_000},
		{"the admin's list of 100 people", root, "/admin/users", true, 45_000},
		{"the start page", visitor, "/", false, 8_000},
		{"the register page, later", visitor, "/register", false, 8_000},
		{"the log-in page", visitor, "/login", false, 8_000},
		{"a public page", visitor, "/@ada", false, 8_000},
		{"a page that is not there", visitor, "/nothing-here", false, 8_000},
		{"one's profile", member, "/settings/profile", false, 8_000},
		{"a row of it", member, "/settings/profile/portfolio_site", false, 8_000},
		{"a picture's row", member, "/settings/profile/profile_pic", false, 8_000},
		{"a page that is not allowed", member, "/admin/users", false, 8_000},
		{"the dashboard", root, "/admin/", false, 8_000},
		{"a person in the admin", root, "/admin/users/" + id, false, 8_000},
		{"a person to add", root, "/admin/users/new", false, 8_000},
		{"a person to delete", root, "/admin/users/" + id + "/delete", false, 8_000},
		{"a group", root, "/admin/groups/1", false, 8_000},
		{"the history", root, "/admin/history", true, 45_000},
		{"a row of the list of people", root.part(), "/admin/users/" + id, false, 3_000},
		{"the same row in edit mode", root.part(), "/admin/users/" + id + "/edit", false, 3_000},
	} {
		t.Run(page.name, func(t *testing.T) {
			weight := page.c.weigh(t, page.path)
			if page.first {
				page.c.get(page.path).doc.Find("link[rel=stylesheet], script[src]").Each(func(_ int, file *goquery.Selection) {
					weight += page.c.weigh(t, file.AttrOr("href", file.AttrOr("src", "")))
				})
			}
			t.Logf("%d bytes", weight)
			if weight >= page.limit {
				t.Errorf("%s weighs %d bytes on the wire, want under %d", page.path, weight, page.limit)
			}
		})
	}
}

// manyOptions declares columns of which each is one of hundreds.
const manyOptions = "[[attribute]]\nname='country'\nkind='country'\ncolumn=true\n[[attribute]]\nname='zone'\nkind='timezone'\ncolumn=true\n" +
	"[[attribute]]\nname='tongue'\nkind='language'\ncolumn=true\n[[attribute]]\nname='motto'\nkind='text'\ncolumn=true\n"

// TestWeightOfARow with columns of many options: what is sent and what is answered, when it is opened, saved, refused, and in conflict.
func TestWeightOfARow(t *testing.T) {
	s := startWith(t, manyOptions)
	s.superuser("root")
	newClient(t, s).register("ada", nil)
	root := newClient(t, s)
	root.login("root", rootPassword)
	path := "/admin/users/" + s.id("ada")
	for _, row := range []struct {
		name, method, path string
		change             map[string]string
		want               int
	}{
		{"the row", "GET", path, nil, 200},
		{"in edit mode", "GET", path + "/edit", nil, 200},
		{"saved", "POST", path, map[string]string{"country": "germany", "zone": "America/New York", "tongue": "Deutsch", "motto": "on"}, 200},
		{"in edit mode again", "GET", path + "/edit", nil, 200},
		{"refused", "POST", path, map[string]string{"country": "Nowhere", "zone": "Mars", "tongue": "Martian", "version": "2"}, 422},
		{"in conflict", "POST", path, map[string]string{"country": "FR", "zone": "Europe/Paris", "tongue": "fr", "motto": "off", "version": "1"}, 409},
	} {
		form := ""
		if row.method == "POST" {
			_, sent, err := root.get("/admin/users?edit="+s.id("ada")).fill("[name=motto]", row.change)
			if err != nil {
				t.Fatal(err)
			}
			form = sent.Encode()
		}
		status, weight := root.part().weighs(t, row.method, row.path, form)
		if t.Logf("%s: %d bytes, %d sent", row.name, weight, len(form)); status != row.want || weight >= 3_000 || len(form) >= 3_000 {
			t.Errorf("%s: %d, %d bytes for %d; want %d, under 3,000", row.name, status, weight, len(form), row.want)
		}
	}
	if got := s.strings("SELECT country || zone || tongue FROM profiles WHERE motto = 'on'"); len(got) != 1 || got[0] != "DEAmerica/New_Yorkde" {
		t.Errorf("%q is kept", got)
	}
}

// weigh returns how many bytes the answer for a path has on the wire.
func (c *client) weigh(t *testing.T, path string) int {
	t.Helper()
	status, weight := c.weighs(t, "GET", path, "")
	if status >= 300 && status < 400 {
		t.Fatalf("%s sends on", path)
	}
	return weight
}

// weighs makes a request, and returns its status and how many bytes its answer has on the wire.
func (c *client) weighs(t *testing.T, method, path, form string) (status, weight int) {
	t.Helper()
	var read atomic.Int64
	wire := &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return counted{conn, &read}, err
	}}
	defer wire.CloseIdleConnections()
	req, err := http.NewRequest(method, c.base+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, br")
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c.parts {
		req.Header.Set("HX-Request", "true")
		req.Header.Set("HX-Request-Type", "partial")
	}
	res, err := (&http.Client{Transport: wire, Jar: c.http.Jar, CheckRedirect: c.http.CheckRedirect}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	if n, err := strconv.Atoi(res.Header.Get("Content-Length")); err == nil && n > 1500 && res.Header.Get("Content-Encoding") == "" {
		t.Errorf("%s: %d bytes are not compressed", path, n)
	}
	return res.StatusCode, int(read.Load())
}

// part is the same browser, asking for parts as htmx does.
func (c *client) part() *client {
	other := *c
	other.parts = true
	return &other
}

// counted is a connection that counts what is read from it.
type counted struct {
	net.Conn
	read *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}
