package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// password is what everybody but the superusers logs in with.
const password = "seven slow herons 88"

// client is a browser without a screen: it keeps cookies, sends forms as they stand in the page, and follows nothing.
type client struct {
	t     testing.TB
	base  string
	http  *http.Client
	parts bool // it asks for parts as htmx does
}

// answer is what the server said to one request.
type answer struct {
	status int
	header http.Header
	body   string
	at     *url.URL
	doc    *goquery.Document
}

func newClient(t testing.TB, s *server) *client {
	jar, _ := cookiejar.New(nil)
	return &client{t: t, base: s.url, http: &http.Client{
		Jar:     jar,
		Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
}

// send makes one request; its error is one of the connection.
func (c *client) send(method, path, contentType string, body io.Reader) (*answer, error) {
	req, err := http.NewRequest(method, path, body)
	if err != nil {
		return nil, err
	}
	if req.URL.Host == "" {
		base, _ := url.Parse(c.base)
		req.URL = base.ResolveReference(req.URL)
		req.Host = req.URL.Host
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	a := &answer{status: res.StatusCode, header: res.Header, body: string(text), at: req.URL}
	a.doc, err = goquery.NewDocumentFromReader(bytes.NewReader(text))
	return a, err
}

// get asks for a path and ends the test when nothing answers.
func (c *client) get(path string) *answer {
	c.t.Helper()
	a, err := c.send("GET", path, "", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// fill returns what a browser would send for the form that holds the element matching selector, with the given values
// instead of the form's own.
func (a *answer) fill(selector string, values map[string]string) (action string, sent url.Values, err error) {
	form := a.doc.Find(selector).First().Closest("form")
	if form.Length() == 0 {
		return "", nil, fmt.Errorf("%s has no form with %s (status %d)", a.at.Path, selector, a.status)
	}
	sent = url.Values{}
	inputs := form.Find("input, select, textarea")
	if id, ok := form.Attr("id"); ok {
		inputs = inputs.AddSelection(a.doc.Find(`[form="` + id + `"]`))
	}
	inputs.Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		switch {
		case goquery.NodeName(in) == "button":
		case goquery.NodeName(in) == "select":
			in.Find("option[selected]").AddSelection(in.Find("option").First()).First().Each(func(_ int, option *goquery.Selection) {
				sent.Add(name, option.AttrOr("value", option.Text()))
			})
		case name == "", kind == "file", kind == "submit", (kind == "checkbox" || kind == "radio") && !checked:
		default:
			sent.Add(name, in.AttrOr("value", in.Text()))
		}
	})
	for name, value := range values {
		sent.Set(name, value)
	}
	at, err := a.at.Parse(form.AttrOr("action", ""))
	if err != nil {
		return "", nil, err
	}
	return at.String(), sent, nil
}

// post sends the form of page that holds selector, with pictures where there are any.
func (c *client) post(page *answer, selector string, values map[string]string, pictures map[string][]byte) (*answer, error) {
	action, sent, err := page.fill(selector, values)
	if err != nil {
		return nil, err
	}
	if len(pictures) == 0 {
		return c.send("POST", action, "application/x-www-form-urlencoded", strings.NewReader(sent.Encode()))
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range sent {
		for _, one := range all {
			w.WriteField(name, one)
		}
	}
	for name, data := range pictures {
		part, err := w.CreateFormFile(name, "photo.jpg")
		if err != nil {
			return nil, err
		}
		part.Write(data)
	}
	w.Close()
	return c.send("POST", action, w.FormDataContentType(), &body)
}

// submit is post for a test that needs the answer to have this status.
func (c *client) submit(want int, page *answer, selector string, values map[string]string) *answer {
	c.t.Helper()
	a, err := c.post(page, selector, values, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if a.status != want {
		c.t.Fatalf("POST %s: status %d, want %d:\n%s", a.at.Path, a.status, want, clip(a.body))
	}
	return a
}

// register signs a person up with the password of that name.
func (c *client) register(username string, more map[string]string) {
	c.t.Helper()
	values := map[string]string{"username": username, "email": username + "@example.org", "password": password}
	for name, value := range more {
		values[name] = value
	}
	c.submit(http.StatusSeeOther, c.get("/register"), "[name=email]", values)
}

// login signs in and ends the test when that fails.
func (c *client) login(username, secret string) {
	c.t.Helper()
	c.submit(http.StatusSeeOther, c.get("/login"), "[name=password]", map[string]string{"username": username, "password": secret})
}

// clip shortens a page for a message.
func clip(text string) string {
	if len(text) > 2000 {
		return text[:2000] + " …"
	}
	return text
}
