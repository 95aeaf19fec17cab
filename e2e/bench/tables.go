package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// tables exports the most people as CSV, and imports as many into an empty site.
func (b *bench) tables() error {
	from := b.crowd
	if from == nil {
		var err error
		if from, _, err = b.seeded(b.most); err != nil {
			return err
		}
	}
	admin, err := b.root(from)
	if err != nil {
		return err
	}
	text, took, err := admin.get(people + "/export.csv?q=person")
	if err != nil {
		return err
	}
	b.table.most(fmt.Sprintf("export %d people", b.most), took.Seconds(), 60, " s")
	if err := b.peak(from, "  memory at the most during it"); err != nil {
		return err
	}
	if text, err = withoutPictures(text); err != nil {
		return err
	}
	into, err := b.newProcess("import")
	if err != nil {
		return err
	}
	for _, command := range [][]string{{"migrate"}, {"createsuperuser", "--no-input", "--username", "root", "--email", "root@example.org"}} {
		if err := into.command(command...); err != nil {
			return err
		}
	}
	if err := into.start(); err != nil {
		return err
	}
	defer into.stop()
	if admin, err = b.root(into); err != nil {
		return err
	}
	return b.importTable(admin, into, text)
}

// withoutPictures leaves out the column of pictures, which can't come in a table.
func withoutPictures(text string) (string, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return "", err
	}
	at := slices.Index(rows[0], "profile_pic")
	for i := range rows {
		rows[i] = slices.Delete(rows[i], at, at+1)
	}
	var out strings.Builder
	err = csv.NewWriter(&out).WriteAll(rows)
	return out.String(), err
}

// importTable sends a table, waits until it is looked at, confirms it, and waits until it is done.
func (b *bench) importTable(admin *client, into *process, text string) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "people.csv")
	if err == nil {
		_, err = io.WriteString(part, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	begin := time.Now()
	req, err := http.NewRequest("POST", admin.base+people+"/import", &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := admin.http.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("send a table: status %d", res.StatusCode)
	}
	sent := time.Since(begin)
	preview, err := admin.ended(res.Header.Get("Location"))
	if err != nil {
		return err
	}
	b.table.note(fmt.Sprintf("send a table of %d people (%d MB)", b.most, len(text)>>20), sent.Seconds(), " s")
	b.table.note("  look at what it does", (time.Since(begin) - sent).Seconds(), " s")
	id, _ := preview.Find("[name=import]").Attr("value")
	seen, _ := preview.Find("[name=seen]").Attr("value")
	if err := b.job(admin, people+"/import", url.Values{"import": {id}, "seen": {seen}, "confirm": {"1"}}, "  import it"); err != nil {
		return err
	}
	b.table.most(fmt.Sprintf("import %d people, all of it", b.most), time.Since(begin).Seconds(), 60, " s")
	return b.peak(into, "  memory at the most during it")
}

// ended waits for a job, and returns the page that it leads to.
func (c *client) ended(at string) (*goquery.Document, error) {
	for {
		req, err := http.NewRequest("GET", c.base+at, nil)
		if err != nil {
			return nil, err
		}
		res, err := c.http.Do(req)
		if err != nil {
			return nil, err
		}
		if to := res.Header.Get("Location"); to != "" {
			res.Body.Close()
			at = to
			continue
		}
		doc, err := goquery.NewDocumentFromReader(res.Body)
		res.Body.Close()
		if err != nil || doc.Find("progress").Length() == 0 {
			return doc, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// peak notes the most memory that a server has had.
func (b *bench) peak(p *process, name string) error {
	most, err := p.resident("VmHWM")
	if err == nil {
		b.table.note(name, most, " MB")
	}
	return err
}
