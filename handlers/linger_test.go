package handlers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate/db/dbtest"
)

// TestWhoSendsTooMuchHearsSo, though it sends all of it before it listens.
func TestWhoSendsTooMuchHearsSo(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = s.app.Listener(Linger(ln)) }()
	defer func() { must(t, s.app.Shutdown()) }()
	for _, head := range []string{"Content-Type: multipart/form-data; boundary=X\r\n", "Content-Type: " + formType + "\r\n"} {
		conn, err := net.Dial("tcp", ln.Addr().String())
		must(t, err)
		sent := strings.NewReader(strings.Repeat("a", 3*bodyLimit))
		_, err = fmt.Fprintf(conn, "POST /register HTTP/1.1\r\nHost: localhost:8080\r\nReferer: http://localhost:8080/register?invitation=x\r\n%sContent-Length: %d\r\n\r\n", head, 3*bodyLimit)
		must(t, err)
		if n, err := io.Copy(conn, sent); err != nil {
			t.Errorf("%q: after %d bytes: %v", head, n, err)
			continue
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Fatalf("%q: %v, %v", head, response, err)
		}
		page, err := goquery.NewDocumentFromReader(response.Body)
		must(t, err)
		if back := page.Find(".problem .button").AttrOr("href", ""); !strings.Contains(page.Find(".problem").Text(), "10 MB") || back != "/register?invitation=x" {
			t.Errorf("%q: the page says %q, and leads back to %q", head, page.Find(".problem").Text(), back)
		}
		must(t, conn.Close())
	}
}
