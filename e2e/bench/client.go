package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// client asks one request after the other on one connection, and keeps cookies.
type client struct {
	base string
	http *http.Client
}

func newClient(base string) *client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &client{base, &http.Client{Jar: jar, Timeout: 3 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// send makes one request and returns its body, and how long it took to the last byte. Another status than want is an
// error.
func (c *client) send(want int, method, path, kind string, body io.Reader) (string, time.Duration, error) {
	req, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		return "", 0, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	begin := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	took := time.Since(begin)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s %s: status %d, want %d", method, path, res.StatusCode, want)
	}
	return string(text), took, err
}

func (c *client) get(path string) (string, time.Duration, error) {
	return c.send(http.StatusOK, "GET", path, "", nil)
}

// post sends a form as the site's own page would.
func (c *client) post(want int, path string, fields url.Values) (time.Duration, error) {
	_, took, err := c.send(want, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
	return took, err
}

// put sends a form with one file, and other fields.
func (c *client) put(want int, path, field string, data []byte, fields map[string]string) (time.Duration, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		_ = w.WriteField(name, value) // a buffer takes everything
	}
	part, err := w.CreateFormFile(field, "photo.jpg")
	if err != nil {
		return 0, err
	}
	if _, err := part.Write(data); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	_, took, err := c.send(want, "POST", path, w.FormDataContentType(), &body)
	return took, err
}

// typical returns the median of how long a page takes, in milliseconds. The first asks are not counted.
func (c *client) typical(path string, asks int) (float64, error) {
	var all []float64
	for i := range asks + 3 {
		_, took, err := c.get(path)
		if err != nil {
			return 0, err
		}
		if i >= 3 {
			all = append(all, milliseconds(took))
		}
	}
	return median(all), nil
}

// weigh returns how many bytes of a body travel to a browser.
func (c *client) weigh(path string) (int, error) {
	req, err := http.NewRequest("GET", c.base+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip, br")
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d", path, res.StatusCode)
	}
	return len(body), err
}

// links returns the address of each link of a page that matches the selector, by its id.
func links(page, selector string) (map[string]string, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	doc.Find(selector).Each(func(_ int, a *goquery.Selection) {
		found[a.AttrOr("id", "")] = a.AttrOr("href", "")
	})
	return found, nil
}
