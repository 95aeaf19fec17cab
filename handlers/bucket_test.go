package handlers

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nameplate"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/picture"
	"nameplate/internal/picture/s3test"
	"nameplate/internal/profile"
)

const withFile = "\n[[attribute]]\nname = 'cv'\nkind = 'file'\nregister = true\n"

// onBucket makes a site with the declaration of toml whose pictures are in a bucket. More are parameters of its setting.
func onBucket(t *testing.T, toml, more string, change ...func(*App)) (*site, *s3test.Server) {
	t.Helper()
	server := s3test.Start(t)
	pictures, err := picture.Open(t.Context(), server.Setting("site", more))
	must(t, err)
	t.Cleanup(func() { _ = pictures.Close() })
	declared, err := profile.Load([]byte(toml), "profile.toml")
	must(t, err)
	d := dbtest.OpenWith(t, filepath.Join(t.TempDir(), "nameplate.db"), t.TempDir(), toml)
	return newSite(t, d, append(change, func(a *App) { a.Pictures, a.Profile = pictures, declared })...), server
}

// eachStore runs test on a site whose pictures are in a directory, and on one whose pictures are in a bucket.
func eachStore(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	t.Run("directory", func(t *testing.T) { test(t, newSite(t, dbtest.SQLite(t))) })
	t.Run("bucket", func(t *testing.T) {
		s, _ := onBucket(t, string(nameplate.ProfileTOML), "")
		test(t, s)
	})
}

func TestTheWholeSiteOnABucket(t *testing.T) {
	s, server := onBucket(t, string(nameplate.ProfileTOML)+withFile, "")
	c := s.client()
	r := c.upload("/register", "profile_pic", "a.jpg", photo(t, 1), signUp("email", "")...)
	token := r.value("waiting_profile_pic")
	if r.status != 422 || token == "" || c.get(r.Find(".picture img").AttrOr("src", "")).status != 200 || len(server.Keys("site/profile_pics/")) != ofEach {
		t.Fatalf("refused: %d, token %q, %v", r.status, token, server.Keys(""))
	}
	if r := c.post("/register", signUp("waiting_profile_pic", token)...); r.status != 303 {
		t.Fatalf("registered: %d", r.status)
	}
	ada, err := s.db.UserByName(t.Context(), "ada")
	must(t, err)
	if r := s.client().get(s.client().get("/@ada").Find("img.u-photo").AttrOr("src", "")); r.status != 200 || r.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the picture on the page: %d %v", r.status, r.header)
	}
	if r := c.post(pictureRow, "focus", "0,0", "zoom", "200"); r.status != 303 || len(server.Keys("")) != ofEach {
		t.Errorf("framed: %d, %v", r.status, server.Keys(""))
	}
	if r := c.get(c.get(pictureRow).Find(".whole img").AttrOr("src", "")); r.status != 200 || r.header.Get("Cache-Control") != unshared {
		t.Errorf("the whole: %d %v", r.status, r.header)
	}
	if r := c.upload(pictureRow, "profile_pic", "b.jpg", stripes(t)); r.status != 303 || c.shows(profile.PicturePath(s.pictureOf(ada), 768)) == "" || len(server.Keys("")) != ofEach {
		t.Errorf("replaced: %d, %v", r.status, server.Keys(""))
	}
	if r := c.upload("/settings/profile/cv", "cv", "cv.txt", []byte("a life")); r.status != 303 || s.client().get("/@ada/cv").body != "a life" {
		t.Errorf("a file: %d", r.status)
	}
	if files := unzip(t, c.post("/settings/data").body); files["cv/cv.txt"] != "a life" || len(files["profile_pic.jpg"]) < 1000 {
		t.Errorf("the ZIP has %d files", len(files))
	}
	if r := c.post("/settings/profile/cv", "remove", "1"); r.status != 303 || len(server.Keys("")) != ofEach {
		t.Errorf("the file removed: %d, %v", r.status, server.Keys(""))
	}
	if r := c.post("/settings/delete", "username", "ada", "password", password); r.status != 303 || len(server.Keys("")) != 0 {
		t.Errorf("deleted: %d, %v", r.status, server.Keys(""))
	}
	if r := s.as(s.add("boss", asSuperuser)).get("/admin/"); r.status != 200 || r.Find("#row-uploads").Length() != 1 || r.Find("#row-free").Length() != 0 {
		t.Errorf("the dashboard knows how much room a bucket has: %d", r.status)
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Error(s.log.String())
	}
}

// TestAServerThatIsAway: what needs no picture goes on, nothing is lost, and all is well once it is back.
func TestAServerThatIsAway(t *testing.T) {
	s, server := onBucket(t, string(nameplate.ProfileTOML)+withFile, "", func(a *App) { a.Avatars = true })
	ada := s.add("ada", proven)
	c := s.as(ada)
	c.upload(pictureRow, "profile_pic", "a.jpg", photo(t, 1))
	c.post("/settings/data", "avatar_public", "1")
	before, keys := s.pictureOf(ada), server.Keys("")
	server.Kill()
	for _, path := range []string{"/", "/@ada", "/settings/profile", pictureRow, "/settings/profile/cv", "/settings/account", "/register", "/readyz"} {
		if r := c.get(path); r.status != 200 && r.status != 303 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	s.log.Reset()
	r := s.client().get(profile.PicturePath(before, 96))
	if r.status != 503 || r.header.Get("Retry-After") == "" || r.header.Get("Cache-Control") != "no-store" || strings.Contains(r.body, server.Addr) || strings.Contains(r.body, s3test.Bucket) {
		t.Errorf("a picture: %d %v", r.status, r.header)
	}
	if said := s.log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, server.Addr) || strings.Contains(said, s3test.SecretKey) {
		t.Errorf("the log says %s", said)
	}
	if r := s.client().get("/avatar/" + account.AvatarHashes("ada@example.org")[0]); r.status != 503 || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("an avatar: %d, which anybody keeps: %v", r.status, r.header)
	}
	s.log.Reset()
	for name, r := range map[string]answer{
		"registering": s.client().upload("/register", "profile_pic", "b.jpg", photo(t, 2), signUp("username", "eve", "email", "eve@example.org")...),
		"one's own":   c.upload(pictureRow, "profile_pic", "b.jpg", photo(t, 2)),
		"a file":      c.upload("/settings/profile/cv", "cv", "cv.txt", []byte("a life")),
		"a frame":     c.post(pictureRow, "focus", "0,0", "zoom", "200"),
	} {
		if r.status != 503 || r.header.Get("Retry-After") == "" || !r.says(notKept) || name == "registering" && (r.value("username") != "eve" || r.value("email") != "eve@example.org") {
			t.Errorf("%s: %d %v\n%s", name, r.status, r.header, r.Text())
		}
	}
	if said := s.log.String(); strings.Count(said, "could not be kept") != 4 || strings.Count(said, "\n") != 4 {
		t.Errorf("the log says %s", said)
	}
	if r := s.client().post("/register", signUp("username", "eve", "email", "eve@example.org")...); r.status != 303 {
		t.Errorf("registering without a picture: %d", r.status)
	}
	if r := c.post(pictureRow, "remove", "1"); r.status != 303 || s.pictureOf(ada) != "" {
		t.Errorf("one's picture removed: %d", r.status)
	}
	server.Up()
	if got := server.Keys(""); len(got) != len(keys) {
		t.Errorf("what was kept became %v", got)
	}
	if _, err := s.db.SweepPictures(t.Context(), s.db.Now(), s.db.Now().Add(time.Second), s.db.RemovePicture); err != nil || len(server.Keys("")) != 0 {
		t.Errorf("swept: %v, %v", err, server.Keys(""))
	}
	if r := c.upload(pictureRow, "profile_pic", "b.jpg", photo(t, 2)); r.status != 303 || s.client().get(profile.PicturePath(s.pictureOf(ada), 96)).status != 200 {
		t.Errorf("once it is back: %d", r.status)
	}
}

func TestPublicPicturesAreSignedLinks(t *testing.T) {
	s, server := onBucket(t, string(nameplate.ProfileTOML)+withFile, "&links=signed")
	ada := s.add("ada")
	c := s.as(ada)
	c.upload(pictureRow, "profile_pic", "a.jpg", photo(t, 1))
	c.upload("/settings/profile/cv", "cv", "cv.txt", []byte("a life"))
	at := profile.PicturePath(s.pictureOf(ada), 96)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r := s.client().do(httptest.NewRequest(method, at, nil))
		if r.status != 302 || r.header.Get("Cache-Control") != "public, max-age=300" || !strings.Contains(r.location(), "X-Amz-Expires=600&") || !strings.HasPrefix(r.location(), "http://"+server.Addr+"/") {
			t.Fatalf("%s: %d to %s %v", method, r.status, r.location(), r.header)
		}
		request, err := http.NewRequestWithContext(t.Context(), method, r.location(), nil)
		must(t, err)
		picture, err := http.DefaultClient.Do(request)
		must(t, err)
		body, err := io.ReadAll(picture.Body)
		must(t, err)
		must(t, picture.Body.Close())
		if picture.StatusCode != 200 || picture.Header.Get("Content-Type") != "image/jpeg" || method == http.MethodGet && http.DetectContentType(body) != "image/jpeg" {
			t.Errorf("%s: %d %v", method, picture.StatusCode, picture.Header)
		}
	}
	if policy := c.get("/@ada").header.Get("Content-Security-Policy"); policy != strings.Replace(policy, "img-src 'self'; ", "", 1) || !strings.Contains(policy, "; img-src 'self' http://"+server.Addr+"; ") {
		t.Errorf("pages show no such pictures: %s", policy)
	}
	if r := c.get(c.get(pictureRow).Find(".whole img").AttrOr("src", "")); r.status != 200 {
		t.Errorf("the whole: %d %s", r.status, r.location())
	}
	if r := s.client().get("/@ada/cv"); r.status != 200 || r.body != "a life" {
		t.Errorf("a file: %d %s", r.status, r.location())
	}
	for _, name := range []string{"x-96.jpg", s.pictureOf(ada) + "-97.jpg", s.pictureOf(ada) + "-whole.jpg"} {
		if r := s.client().get("/uploads/profile_pics/" + name); r.status != 404 {
			t.Errorf("%s: %d %s", name, r.status, r.location())
		}
	}
	boss := s.add("boss", asSuperuser)
	person, err := s.db.User(t.Context(), ada.ID)
	must(t, err)
	person.Set("profile_pic", "")
	_, err = s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, person)
	must(t, err)
	if r := s.client().get(at); r.status != 404 {
		t.Errorf("a picture that is kept for an undo alone: %d", r.status)
	}
}

// TestPrivatePicturesAreNoLinks: whoever has a link has the picture.
func TestPrivatePicturesAreNoLinks(t *testing.T) {
	s, _ := onBucket(t, guarded, "&links=signed")
	ada := s.add("ada")
	own, staff := s.as(ada), s.as(s.add("staff", asStaff))
	own.upload("/settings/profile/portrait", "portrait", "a.jpg", photo(t, 1))
	saved, err := s.db.User(t.Context(), ada.ID)
	must(t, err)
	at := profile.PicturePath(saved.Value("portrait"), 96)
	for who, c := range map[string]*client{"own": own, "staff": staff, "stranger": s.client(), "other": s.as(s.add("other"))} {
		want := map[bool]int{true: 200, false: 404}[who == "own" || who == "staff"]
		for _, part := range []string{"", "bytes=0-9"} {
			r := c.with("Range", part).get(at)
			if r.status != want && (r.status != 206 || part == "") || want == 404 && r.status != 404 || r.location() != "" || want == 200 && r.header.Get("Cache-Control") != unshared {
				t.Errorf("%s: %d %s %v", who, r.status, r.location(), r.header)
			}
		}
	}
}
