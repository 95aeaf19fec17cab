package handlers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"nameplate/db/dbtest"
)

const formType = "application/x-www-form-urlencoded"

func TestBodiesThatCostMoreThanTheySayAreRefused(t *testing.T) {
	form := "multipart/form-data; boundary=X"
	part := func(name, value string) string {
		return "--X\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	zipped := &bytes.Buffer{}
	z := gzip.NewWriter(zipped)
	_, err := z.Write([]byte(part("username", strings.Repeat("a", 1<<20)) + "--X--\r\n"))
	must(t, err)
	must(t, z.Close())
	onEach(t, func(t *testing.T, s *site) {
		for _, row := range []struct {
			outcome, contentType, encoding, body string
			want                                 int
		}{
			{"a usual form is read", formType, "", "username=ada&password=x", 422},
			{"a usual form with parts is read", form, "", part("username", "ada") + "--X--\r\n", 422},
			{"a compressed form is refused", form, "gzip", zipped.String(), 415},
			{"a compressed form of another kind is refused", formType, "deflate", "username=ada", 415},
			{"too many fields are refused", formType, "", strings.Repeat("a&", 1000), 413},
			{"too much text in a part is refused", form, "", part("username", strings.Repeat("a ", 1_500_000)) + "--X--\r\n", 413},
			{"too long a name of a part is refused", form, "", part(strings.Repeat("n", 3_000_000), "") + "--X--\r\n", 413},
		} {
			for _, at := range []string{"/login", "/register", "/nothing"} {
				c := s.client()
				r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(row.body))
				r.Header.Set("Content-Type", row.contentType)
				if row.encoding != "" {
					r.Header.Set("Content-Encoding", row.encoding)
				}
				want := row.want
				if at == "/nothing" && want == 422 {
					want = http.StatusNotFound
				}
				if got := c.do(r); got.status != want {
					t.Errorf("%s at %s: %d, want %d", row.outcome, at, got.status, want)
				}
			}
		}
	})
}

// Comparing a password with names takes time that grows with their length.
func TestLongNamesBesideAPasswordAreCut(t *testing.T) {
	f := fiber.New()
	f.Post("/", func(c *fiber.Ctx) error {
		names := typedNames(c)
		return c.SendString(strconv.Itoa(max(len(names.Username), len(names.Email), len(names.FirstName), len(names.LastName))))
	})
	long := strings.Repeat("a b ", 100_000)
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(values([]string{"username", long, "email", long, "first_name", long, "last_name", long}).Encode()))
	r.Header.Set("Content-Type", formType)
	response, err := f.Test(r, -1)
	must(t, err)
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if longest, err := strconv.Atoi(string(body)); err != nil || longest < 150 || longest > 1000 {
		t.Errorf("the longest name has %s bytes, %v", body, err)
	}
}

func TestBytesThatNoColumnTakes(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.client().with("User-Agent", "old \xff browser")
		if r := c.post("/login", "username", "ada", "password", password); r.status != http.StatusSeeOther {
			t.Fatalf("log in with a name of the browser that is no UTF-8: %d", r.status)
		}
		boss := s.as(s.add("boss", asSuperuser))
		r := boss.post(path("/admin/users/ID", ada.ID), "version", "1", "list", "q="+strings.Repeat("a", 100_000))
		if r.status != http.StatusSeeOther || len(r.location()) > 5000 {
			t.Errorf("a list's query that no header holds: %d, %d bytes", r.status, len(r.location()))
		}
		for _, name := range []string{"a\x00b", "\xff"} {
			if r := c.post("/settings/profile/username", "username", name); r.status != 422 || !r.says("username") {
				t.Errorf("a username of %q: %d", name, r.status)
			}
			for _, field := range []string{"username", "email"} {
				if r := boss.post(path("/admin/users/ID", ada.ID), "version", "1", field, name); r.status != 422 {
					t.Errorf("%s of %q in the admin: %d", field, name, r.status)
				}
			}
		}
	})
}

func TestFilesOfAFormAreKeptOnTheDisk(t *testing.T) {
	f := fiber.New(fiber.Config{StreamRequestBody: true, DisablePreParseMultipartForm: true})
	f.Post("/", func(c *fiber.Ctx) error {
		form, err := readBody(c.Request(), &arrival{}, &arrival{Reader: c.Request().BodyStream()}, bodyLimit)
		must(t, err)
		header := form.File["file"][0]
		file, err := header.Open()
		must(t, err)
		if _, onDisk := file.(*os.File); !onDisk || header.Size != 1<<20 {
			t.Errorf("%d bytes are kept in a %T", header.Size, file)
		}
		return file.Close()
	})
	body := "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n" + strings.Repeat("a", 1<<20) + "\r\n--X--\r\n"
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=X")
	response, err := f.Test(r, -1)
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Errorf("status %d", response.StatusCode)
	}
}

// TestTextOfPartsIsReadNoFurtherThanItMayBe: whoever sends a byte a minute would have the memory for it.
func TestTextOfPartsIsReadNoFurtherThanItMayBe(t *testing.T) {
	body := strings.NewReader("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + strings.Repeat("a", 9<<20) + "\r\n--X--\r\n")
	r := &fasthttp.Request{}
	r.Header.SetMethod(http.MethodPost)
	r.Header.SetContentType("multipart/form-data; boundary=X")
	r.SetBodyStream(body, body.Len())
	_, err := readBody(r, &arrival{}, &arrival{Reader: r.BodyStream()}, bodyLimit)
	if read := int(body.Size()) - body.Len(); err != fiber.ErrRequestEntityTooLarge || read > textMax+64<<10 {
		t.Errorf("%v after %d bytes", err, read)
	}
}

func TestFilesOfAFormLeaveTheDisk(t *testing.T) {
	disk := t.TempDir()
	t.Setenv("TMPDIR", disk)
	s := newSite(t, dbtest.SQLite(t))
	file := func(name string) string {
		return "--X\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"a.jpg\"\r\n\r\n" + strings.Repeat("a", 64<<10) + "\r\n"
	}
	for outcome, body := range map[string]string{
		"read":            file("profile_pic") + "--X--\r\n",
		"cut off":         file("profile_pic") + file("other")[:1000],
		"too much text":   file("profile_pic") + strings.Replace(file("a"), "; filename", "; x", 1) + strings.Repeat("a", textMax) + "\r\n--X--\r\n",
		"too many fields": file("profile_pic") + strings.Repeat("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n", 1001) + "--X--\r\n",
		"too large":       file("profile_pic") + "--X--\r\n" + strings.Repeat("a", bodyLimit),
	} {
		r := httptest.NewRequest(http.MethodPost, "/register", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=X")
		want, ok := map[string]int{"read": 422, "cut off": 400}[outcome]
		if !ok {
			want = http.StatusRequestEntityTooLarge
		}
		if got := s.client().do(r); got.status != want {
			t.Errorf("%s: %d", outcome, got.status)
		}
		if left, err := os.ReadDir(disk); err != nil || len(left) > 0 {
			t.Errorf("%s: %d files are left, %v", outcome, len(left), err)
		}
	}
}

func TestLengthsOfBodies(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	ln := fasthttputil.NewInmemoryListener()
	go func() { _ = s.app.Listener(ln) }()
	defer func() { must(t, s.app.Shutdown()) }()
	const next = "GET /healthz HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"
	const parts = "--X\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nada\r\n--X--\r\n"
	inParts := func(body string) string {
		return fmt.Sprintf("Content-Type: multipart/form-data; boundary=X\r\nContent-Length: %d\r\n", len(body))
	}
	behind := parts + strings.Repeat("\r\n", 10_000) + next
	for _, row := range []struct {
		outcome, head, body string
		want                []int
	}{
		{"one length is read", "Content-Length: 4\r\n", "a=1&", []int{403, 200}},
		{"chunks are read", "Transfer-Encoding: chunked\r\n", "4\r\na=1&\r\n0\r\n\r\n", []int{403, 200}},
		{"a form with parts is read", inParts(parts), parts, []int{403, 200}},
		{"what stands behind the last part is no request", inParts(behind), behind, []int{403, 200}},
		{"a form in chunks is read", "Content-Type: multipart/form-data; boundary=X\r\nTransfer-Encoding: chunked\r\n",
			fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(behind), behind), []int{403, 200}},
		{"a form that is none ends the connection", inParts(next), next, []int{400}},
		{"a compressed body ends the connection", "Content-Encoding: gzip\r\n" + "Content-Length: 4\r\n", "a=1&", []int{415}},
		{"a length that no text has is not waited for", "Content-Length: 3000000\r\n", "a=1&", []int{413}},
		{"a length before chunks ends the connection", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", []int{400}},
		{"a coding that tells no end ends the connection", "Transfer-Encoding: identity\r\n", "", []int{400}},
		{"a length behind chunks ends the connection", "Transfer-Encoding: chunked\r\ncontent-length: 4\r\n", "0\r\n\r\n", []int{400}},
	} {
		conn, err := ln.Dial()
		must(t, err)
		_, err = conn.Write([]byte("POST /login HTTP/1.1\r\nHost: localhost:8080\r\n" + row.head + "\r\n" + row.body + next))
		must(t, err)
		read := bufio.NewReader(conn)
		var got []int
		for range len(row.want) + 1 {
			must(t, conn.SetReadDeadline(time.Now().Add(time.Second)))
			response, err := http.ReadResponse(read, nil)
			if err != nil {
				break
			}
			_, err = io.Copy(io.Discard, response.Body)
			must(t, err)
			got = append(got, response.StatusCode)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.outcome, got, row.want)
		}
		must(t, conn.Close())
	}
}

// TestTheDirectoryOfFilesIsMadeAnew where somebody has tidied it up.
func TestTheDirectoryOfFilesIsMadeAnew(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	data := photo(t, 1)
	t.Setenv("TMPDIR", t.TempDir()+"/own")
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusUnprocessableEntity} {
		if r := s.client().upload("/register", "profile_pic", "a.jpg", data); r.status != want {
			t.Errorf("%d, want %d", r.status, want)
		}
	}
}
