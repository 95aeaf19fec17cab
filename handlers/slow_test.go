package handlers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"
	"golang.org/x/sync/semaphore"

	"nameplate/db/dbtest"
)

// TestSlowFilesDoNotFillTheDisk: while they come, there is room for so many bytes, and a form beyond it is told when to come again.
func TestSlowFilesDoNotFillTheDisk(t *testing.T) {
	disk := t.TempDir()
	t.Setenv("TMPDIR", disk)
	s := newSite(t, dbtest.SQLite(t), func(a *App) { a.arriving = semaphore.NewWeighted(1 << 20) })
	ln := fasthttputil.NewInmemoryListener()
	go func() { _ = s.app.Listener(ln) }()
	defer func() { must(t, s.app.Shutdown()) }()
	begin := "--X\r\nContent-Disposition: form-data; name=\"profile_pic\"; filename=\"a.jpg\"\r\n\r\n" + strings.Repeat("a", 600<<10)
	const end = "\r\n--X--\r\n"
	open := func() net.Conn {
		conn, err := ln.Dial()
		must(t, err)
		_, err = fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: %d\r\n\r\n%s", len(begin+end), begin)
		must(t, err)
		return conn
	}
	finish := func(conn net.Conn) (*http.Response, string) {
		_, _ = io.WriteString(conn, end) // who was answered before that is not heard any more
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		page, err := io.ReadAll(response.Body)
		must(t, err)
		must(t, conn.Close())
		return response, string(page)
	}
	onDisk := func() (bytes int64) {
		files, err := os.ReadDir(disk)
		must(t, err)
		for _, file := range files {
			if info, err := file.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return bytes
	}
	slow := open()
	for deadline := time.Now().Add(10 * time.Second); onDisk() < 500<<10 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if r, page := finish(open()); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") != "60" || !strings.Contains(page, "Much is being sent") {
		t.Errorf("while another is on its way: %d %v", r.StatusCode, r.Header)
	}
	if r, _ := finish(slow); r.StatusCode != http.StatusForbidden { // it has no token
		t.Errorf("the slow one: %d", r.StatusCode)
	}
	for range 3 { // each makes room for the next
		if r, _ := finish(open()); r.StatusCode != http.StatusForbidden {
			t.Errorf("afterwards: %d", r.StatusCode)
		}
	}
	if onDisk() != 0 {
		t.Errorf("%d bytes are left", onDisk())
	}
}

// TestSlowTextsDoNotFillTheMemory, of forms with and without parts. What is small is read all the same.
func TestSlowTextsDoNotFillTheMemory(t *testing.T) {
	for kind, room := range map[string]int64{formType: 3 << 20, "multipart/form-data; boundary=X": partsText} {
		large := int(room) * 2 / 3
		places := semaphore.NewWeighted(room)
		s := newSite(t, dbtest.SQLite(t), func(a *App) { a.texts = places })
		ln := fasthttputil.NewInmemoryListener()
		go func() { _ = s.app.Listener(ln) }()
		defer func() { must(t, s.app.Shutdown()) }()
		begin := func(bytes, missing int) net.Conn {
			conn, err := ln.Dial()
			must(t, err)
			part := "--X\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n" + strings.Repeat("a", bytes)
			_, err = fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(part)+missing, part)
			must(t, err)
			return conn
		}
		answered := func(conn net.Conn) int {
			must(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			must(t, err)
			must(t, conn.Close())
			return response.StatusCode
		}
		until := func(full bool) {
			t.Helper()
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				free := places.TryAcquire(room / 2)
				if free {
					places.Release(room / 2)
				}
				if free != full {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("%s: there is room: %v", kind, free)
				}
			}
		}
		slow := begin(large, 9)
		until(true)
		if status := answered(begin(large, 9)); status != http.StatusServiceUnavailable {
			t.Errorf("%s: one too many: %d", kind, status)
		}
		if status := answered(begin(100, 0)); status == http.StatusServiceUnavailable {
			t.Errorf("%s: a small one: %d", kind, status)
		}
		must(t, slow.Close())
		until(false)
	}
}
