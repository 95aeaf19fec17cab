package handlers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp/fasthttputil"

	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/picture"
)

// TestLargeTablesAreReadOfWhoMayImport only, and a few at once: who else sends one is answered before it comes.
func TestLargeTablesAreReadOfWhoMayImport(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	ln := fasthttputil.NewInmemoryListener()
	go func() { _ = s.app.Listener(ln) }()
	defer func() { must(t, s.app.Shutdown()) }()
	session := func(name string, change ...func(*account.User)) string {
		return s.as(s.add(name, change...)).cookies["session"]
	}
	clerk := func(u *account.User) { u.IsStaff, u.Permissions = true, []string{"users.add"} }
	boss, gone := session("boss", clerk), s.add("gone", clerk)
	left := s.as(gone).cookies["session"]
	dbtest.Exec(t, s.db, fmt.Sprintf("UPDATE users SET is_active = FALSE WHERE id = %d", gone.ID))

	open := func(to, token string, length int) net.Conn {
		t.Helper()
		conn, err := ln.Dial()
		must(t, err)
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost:8080\r\nCookie: session=%s\r\nSec-Fetch-Site: same-origin\r\n"+
			"Content-Type: multipart/form-data; boundary=X\r\nContent-Length: %d\r\n\r\n-", to, token, length)
		must(t, err)
		return conn
	}
	answered := func(conn net.Conn) int {
		t.Helper()
		must(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		_, _ = io.Copy(io.Discard, response.Body)
		must(t, conn.Close())
		return response.StatusCode
	}
	for _, row := range []struct {
		outcome, to, token string
		length, want       int
	}{
		{"nobody is asked who they are", importPath, "x", 120 << 20, 303},
		{"who was deactivated is nobody", importPath, left, 120 << 20, 303},
		{"a member may not", importPath, session("ada"), 120 << 20, 403},
		{"staff that may only look may not", importPath, session("viewer", func(u *account.User) { u.IsStaff, u.Permissions = true, []string{"users.view"} }), 120 << 20, 403},
		{"elsewhere nobody sends so much", "/admin/users/new", boss, 120 << 20, 413},
		{"nobody sends more than a table may have", importPath, boss, 140 << 20, 413},
	} {
		if got := answered(open(row.to, row.token, row.length)); got != row.want {
			t.Errorf("%s: %d, want %d", row.outcome, got, row.want)
		}
	}

	refused := make(chan int, 3*largeMost)
	var all []net.Conn
	for range 3 * largeMost {
		conn := open(importPath, boss, 120<<20)
		all = append(all, conn)
		go func() {
			if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil && response.Header.Get("Retry-After") != "" {
				refused <- response.StatusCode
			}
		}()
	}
	for range 2 * largeMost {
		select {
		case status := <-refused:
			if status != http.StatusServiceUnavailable {
				t.Errorf("one too many: %d", status)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("any number is let in")
		}
	}
	select {
	case <-refused:
		t.Error("fewer are let in than may be")
	case <-time.After(200 * time.Millisecond):
	}
	for _, conn := range all {
		must(t, conn.Close())
	}
	body := "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\nusername\n" + strings.Repeat("\n", bodyLimit) + "\r\n--X--\r\n"
	for range 2 * largeMost { // each makes room for the next
		status := 503
		for end := time.Now().Add(5 * time.Second); status == 503 && time.Now().Before(end); {
			conn := open(importPath, boss, len(body))
			go func() { _, _ = io.WriteString(conn, body[1:]) }()
			status = answered(conn)
		}
		if status != 422 {
			t.Fatalf("a table without people: %d", status)
		}
	}
}

func TestWhoWaitsTooLongForATurnIsAnswered(t *testing.T) {
	a := &App{Reader: picture.NewReader(1)}
	f := fiber.New()
	f.Get("/", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), answerTime+100*time.Millisecond)
		defer cancel()
		c.SetUserContext(ctx)
		for range 2 {
			if _, err := a.turn(c); err != nil {
				t.Errorf("there is room: %v", err)
			}
		}
		if _, err := a.turn(c); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			t.Errorf("there is no room: %v, and no time to say so: %v", err, ctx.Err())
		}
		return nil
	})
	_, err := f.Test(httptest.NewRequest(http.MethodGet, "/", nil), -1)
	must(t, err)
}
