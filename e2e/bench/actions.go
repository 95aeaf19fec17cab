package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// What Django's own admin takes for its list of 100 rows and for a substring search, both among a million people, and what showing the list
// asks for: figures of Django 5.2 with its default templates, measured elsewhere, to stand beside ours.
const (
	djangoList     = "85 ms"
	djangoSearch   = "800 ms"
	djangoRequests = "24"
	djangoWeight   = "360 kB"
)

// actions changes many people at once as jobs, and takes that back.
func (b *bench) actions() error {
	p, err := b.newProcess("actions")
	if err != nil {
		return err
	}
	if err := p.command("migrate"); err != nil {
		return err
	}
	for _, command := range [][]string{{"seed", fmt.Sprint(b.many), "--yes"}, {"createsuperuser", "--no-input", "--username", "root", "--email", "root@example.org"}} {
		if err := p.command(command...); err != nil {
			return err
		}
	}
	if err := p.start(); err != nil {
		return err
	}
	defer p.stop()
	admin, err := b.root(p)
	if err != nil {
		return err
	}
	for _, action := range []string{"deactivate", "activate", "require_new_password", "add_to_group", "delete"} {
		fields := url.Values{"action": {action}, "across": {"1"}, "confirm": {"1"}, "list": {"q=person"}, "group": {"1"}}
		if err := b.job(admin, "/admin/users/actions", fields, fmt.Sprintf("%s with %d people, a job", action, b.many)); err != nil {
			return err
		}
	}
	page, _, err := admin.get("/admin/history?action=delete")
	if err != nil {
		return err
	}
	line, err := links(page, "tbody td:last-child a")
	if err != nil {
		return err
	}
	for _, query := range []string{"", "?action=delete", "?field=is_active", "?by_id=" + fmt.Sprint(b.many+1)} {
		took, err := admin.typical("/admin/history"+query, b.asks)
		if err != nil {
			return err
		}
		b.table.most(fmt.Sprintf("the history%s, with %d lines", query, 5*b.many), took, 15, " ms")
	}
	for _, at := range line {
		at, _, _ = strings.Cut(at, "?")
		if err := b.job(admin, at+"/undo", url.Values{}, fmt.Sprintf("take back that %d people were deleted", b.many)); err != nil {
			return err
		}
		break
	}
	most, err := p.resident("VmHWM")
	if err == nil {
		b.table.note("  memory at the most during these", most, " MB")
	}
	return err
}

// job posts what becomes a job, and waits until it is done.
func (b *bench) job(admin *client, path string, fields url.Values, name string) error {
	begin := time.Now()
	req, err := http.NewRequest("POST", admin.base+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := admin.http.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	at := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("%s: status %d", name, res.StatusCode)
	}
	for strings.HasPrefix(at, "/admin/jobs/") {
		page, _, err := admin.get(at)
		if err != nil {
			return err
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
		if err != nil {
			return err
		}
		if doc.Find("progress").Length() == 0 {
			if !strings.Contains(doc.Find("main").Text(), "Done:") {
				return fmt.Errorf("%s: %s", name, doc.Find("main").Text())
			}
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.table.note(name, time.Since(begin).Seconds(), " s")
	return nil
}
