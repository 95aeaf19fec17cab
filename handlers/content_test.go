package handlers

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"nameplate/db/dbtest"
	"nameplate/internal/profile"
)

func TestPartsOfPictures(t *testing.T) {
	eachStore(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		s.as(ada).upload(pictureRow, "profile_pic", "a.jpg", photo(t, 1))
		at := profile.PicturePath(s.pictureOf(ada), 96)
		whole := s.client().get(at)
		size, etag := len(whole.body), whole.header.Get("ETag")
		if whole.status != 200 || etag == "" || whole.header.Get("Accept-Ranges") != "bytes" || whole.header.Get("Cache-Control") != forever {
			t.Fatalf("%d %v", whole.status, whole.header)
		}
		end := strconv.Itoa(size - 1)
		for _, row := range []struct {
			asked, condition string
			status, from, to int // to is behind the last byte
		}{
			{"bytes=0-9", "", 206, 0, 10},
			{"bytes=10-", "", 206, 10, size},
			{"BYTES=10-19", "", 206, 10, 20},
			{"bytes= 10-19 ", "", 206, 10, 20},
			{"bytes=-10", "", 206, size - 10, size},
			{"bytes=-9999999", "", 206, 0, size},
			{"bytes=5-99999999999999999999999", "", 206, 5, size},
			{"bytes=" + end + "-" + end, "", 206, size - 1, size},
			{"bytes=0-9", etag, 206, 0, 10},
			{"bytes=0-9", `"another"`, 200, 0, size},
			{"bytes=0-9", "W/" + etag, 200, 0, size},
			{"bytes=0-9", "Sun, 06 Nov 1994 08:49:37 GMT", 200, 0, size},
			{"bytes=0-1,5-6", "", 200, 0, size},
			{"bytes=9-0", "", 200, 0, size},
			{"bytes=", "", 200, 0, size},
			{"bytes=-", "", 200, 0, size},
			{"bytes=a-b", "", 200, 0, size},
			{"bytes=+1-2", "", 200, 0, size},
			{"bytes=--5", "", 200, 0, size},
			{"lines=0-9", "", 200, 0, size},
			{"bytes=" + strconv.Itoa(size) + "-", "", 416, 0, 0},
			{"bytes=99999999999999999999999-", "", 416, 0, 0},
			{"bytes=-0", "", 416, 0, 0},
		} {
			r := s.client().with("Range", row.asked).with("If-Range", row.condition).get(at)
			said := r.header.Get("Content-Range")
			want := map[int]string{200: "", 206: "bytes " + strconv.Itoa(row.from) + "-" + strconv.Itoa(row.to-1) + "/" + strconv.Itoa(size), 416: "bytes */" + strconv.Itoa(size)}[row.status]
			if r.status != row.status || said != want || row.status != 416 && r.body != whole.body[row.from:row.to] {
				t.Errorf("%s if %q: %d %q with %d bytes", row.asked, row.condition, r.status, said, len(r.body))
			}
			if row.status == 416 && r.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v is kept", row.asked, r.header)
			}
		}
		head := s.client().with("Range", "bytes=0-9").do(httptest.NewRequest(http.MethodHead, at, nil))
		if head.status != 200 || head.header.Get("Content-Length") != strconv.Itoa(size) || head.body != "" || head.header.Get("ETag") != etag {
			t.Errorf("HEAD: %d %v", head.status, head.header)
		}
		for list, want := range map[string]int{
			etag: 304, "W/" + etag: 304, `"other", ` + etag: 304, `"other",W/` + etag + `,"more"`: 304, "*": 304,
			`"other"`: 200, "": 200, strings.Trim(etag, `"`): 200, "w/" + etag: 200,
		} {
			r := s.client().with("If-None-Match", list).with("Range", "bytes=0-9").get(at)
			if want == 200 {
				want = 206
			}
			if r.status != want || r.status == 304 && (r.body != "" || r.header.Get("ETag") != etag || r.header.Get("Cache-Control") != forever) {
				t.Errorf("who has %s: %d %v", list, r.status, r.header)
			}
		}
	})
}

// TestFilesAreSentByTheKernel: fasthttp leaves an *os.File to sendfile, and copies anything else.
func TestFilesAreSentByTheKernel(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	ada := s.add("ada")
	s.as(ada).upload(pictureRow, "profile_pic", "a.jpg", photo(t, 1))
	for _, part := range []string{"", "bytes=10-"} {
		var c fasthttp.RequestCtx
		c.Request.SetRequestURI(profile.PicturePath(s.pictureOf(ada), 768))
		c.Request.Header.Set("Accept-Encoding", "br, gzip")
		c.Request.Header.Set("Range", part)
		s.app.Handler()(&c)
		file, ok := c.Response.BodyStream().(*os.File)
		if !ok {
			t.Fatalf("%q: it is a %T", part, c.Response.BodyStream())
		}
		must(t, file.Close())
	}
}
