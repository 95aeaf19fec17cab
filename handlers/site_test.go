package handlers

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
	"nameplate/public"
)

const password = "correct horse battery"

// site is the whole site over one database, without a network.
type site struct {
	t   *testing.T
	app *fiber.App
	db  *db.DB
	dir string // of the uploads
	log *bytes.Buffer

	pictures *picture.Store
}

// onEach runs test on SQLite and on PostgreSQL, each with a fresh site. change may alter the App before it is made.
func onEach(t *testing.T, test func(t *testing.T, s *site), change ...func(*App)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newSite(t, d, change...)) })
}

func newSite(t *testing.T, d *db.DB, change ...func(*App)) *site {
	t.Helper()
	declared, err := profile.Load(nameplate.ProfileTOML, "profile.toml")
	must(t, err)
	files, err := public.New()
	must(t, err)
	s := &site{t: t, db: d, dir: t.TempDir(), log: &bytes.Buffer{}}
	s.pictures, err = picture.Open(t.Context(), s.dir)
	must(t, err)
	a := App{
		DB: d, Profile: declared, Hasher: auth.NewTestHasher(), Reader: picture.NewReader(2), Pictures: s.pictures, Public: files,
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Site: "Nameplate", BaseURL: "http://localhost:8080", Registration: "open",
		Throttle: true,
	}
	for _, f := range change {
		f(&a)
	}
	d.RemovePicture = a.Pictures.Remove
	s.app, err = New(a)
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// add puts a person with the test's password into the database.
func (s *site) add(name string, change ...func(*account.User)) account.User {
	s.t.Helper()
	hash, err := auth.NewTestHasher().Hash(context.Background(), password)
	must(s.t, err)
	u := account.User{Username: name, Email: name + "@example.org", Password: hash, IsActive: true, DateJoined: s.db.Now()}
	for _, f := range change {
		f(&u)
	}
	u, err = s.db.CreateUser(context.Background(), db.Author{}, u)
	must(s.t, err)
	return u
}

// asStaff may do everything that can be permitted, asViewer look at everything.
func asStaff(u *account.User) { u.IsStaff, u.Permissions = true, account.Permissions() }

func asViewer(u *account.User) {
	u.IsStaff = true
	u.Permissions = slices.DeleteFunc(account.Permissions(), func(p string) bool { return !strings.HasSuffix(p, ".view") })
}

// proven has an address that its owner has confirmed.
func proven(u *account.User) { u.EmailVerified = u.DateJoined }

func asSuperuser(u *account.User) { u.IsStaff, u.IsSuperuser = true, true }

// client is a browser: it keeps cookies, and follows nothing by itself.
type client struct {
	*site
	cookies map[string]string
	headers map[string]string
}

func (s *site) client() *client {
	return &client{site: s, cookies: map[string]string{}, headers: map[string]string{"Sec-Fetch-Site": "same-origin"}}
}

// as is a browser in which user has logged in.
func (s *site) as(user account.User) *client {
	s.t.Helper()
	c := s.client()
	r := c.post("/login", "username", user.Username, "password", password)
	if r.status != http.StatusSeeOther {
		s.t.Fatalf("log in as %s: %d", user.Username, r.status)
	}
	return c
}

// htmx is the same browser, asking for parts.
func (c *client) htmx() *client {
	other := *c
	other.headers = map[string]string{"Sec-Fetch-Site": "same-origin", "HX-Request": "true", "HX-Request-Type": "partial"}
	return &other
}

// with is the same browser with one header more, or with one less if value is empty.
func (c *client) with(header, value string) *client {
	other := *c
	other.headers = map[string]string{}
	for k, v := range c.headers {
		other.headers[k] = v
	}
	other.headers[header] = value
	if value == "" {
		delete(other.headers, header)
	}
	return &other
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
	*goquery.Document
}

func (a answer) location() string { return a.header.Get("Location") }

// says tells whether the text of the page holds words.
func (a answer) says(words string) bool {
	return strings.Contains(strings.Join(strings.Fields(a.Text()), " "), words)
}

// value returns the value of the input of this name.
func (a answer) value(name string) string {
	return a.Find(`[name="`+name+`"]`).AttrOr("value", "")
}

func (c *client) do(r *http.Request) answer {
	c.t.Helper()
	for k, v := range c.headers {
		r.Header.Set(k, v)
	}
	if r.Host == "example.com" {
		r.Host = "localhost:8080"
	}
	for k, v := range c.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	response, err := c.app.Test(r, -1)
	must(c.t, err)
	body, err := io.ReadAll(response.Body)
	must(c.t, err)
	for _, cookie := range response.Cookies() {
		c.cookies[cookie.Name] = cookie.Value
		if cookie.Value == "" {
			delete(c.cookies, cookie.Name)
		}
	}
	markup := string(body)
	if strings.HasPrefix(markup, "<tr") { // a row alone is no document
		markup = "<table>" + markup + "</table>"
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(markup))
	must(c.t, err)
	return answer{response.StatusCode, response.Header, string(body), doc}
}

func (c *client) get(path string) answer {
	c.t.Helper()
	return c.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form of names and values.
func (c *client) post(path string, fields ...string) answer {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values(fields).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(r)
}

func values(fields []string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v
}

// upload sends a form with a file.
func (c *client) upload(path, field, filename string, data []byte, fields ...string) answer {
	c.t.Helper()
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for name, vs := range values(fields) {
		for _, v := range vs {
			must(c.t, w.WriteField(name, v))
		}
	}
	part, err := w.CreateFormFile(field, filename)
	must(c.t, err)
	_, err = part.Write(data)
	must(c.t, err)
	must(c.t, w.Close())
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.do(r)
}

// photo is a JPEG whose colour depends on shade.
func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	if drawn, ok := photos.Load(shade); ok {
		return bytes.Clone(drawn.([]byte))
	}
	img := image.NewRGBA(image.Rect(0, 0, 480, 360))
	for y := range 360 {
		for x := range 480 {
			img.SetRGBA(x, y, color.RGBA{shade, uint8(x), uint8(y), 255})
		}
	}
	b := &bytes.Buffer{}
	must(t, jpeg.Encode(b, img, nil))
	photos.Store(shade, b.Bytes())
	return bytes.Clone(b.Bytes())
}

var photos sync.Map // of those that photo has drawn

// ofEach is how many files a picture has: its squares, each in two formats, and the whole.
const ofEach = 2*len(profile.PictureSizes) + 1

// files counts the files of pictures on the disk.
func (s *site) files() int {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir + "/profile_pics")
	must(s.t, err)
	return len(entries)
}

func path(format string, id int64) string {
	return strings.ReplaceAll(format, "ID", strconv.FormatInt(id, 10))
}
