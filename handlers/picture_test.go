package handlers

import (
	"bytes"
	"crypto/rand"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

const pictureRow = "/settings/profile/profile_pic"

// stripes is an upright JPEG: red on top, green in the middle, blue below.
func stripes(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 200, 600))
	for i, colour := range []color.RGBA{{220, 0, 0, 255}, {0, 160, 0, 255}, {0, 0, 220, 255}} {
		draw.Draw(img, image.Rect(0, 200*i, 200, 200*(i+1)), image.NewUniform(colour), image.Point{}, draw.Src)
	}
	b := &bytes.Buffer{}
	must(t, jpeg.Encode(b, img, nil))
	return b.Bytes()
}

// shows is the colour in the middle of a served picture.
func (c *client) shows(path string) string {
	c.t.Helper()
	r := c.get(path)
	img, err := jpeg.Decode(strings.NewReader(r.body))
	if err != nil {
		c.t.Fatalf("%s: %d, %v", path, r.status, err)
	}
	red, green, blue, _ := img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2).RGBA()
	switch max(red, green, blue) {
	case red:
		return "red"
	case green:
		return "green"
	}
	return "blue"
}

// pictures says that a page shows so many different pictures in this place, which are all there.
func (r answer) pictures(c *client, selector string, want int) {
	c.t.Helper()
	shown := map[string]bool{}
	for _, img := range r.Find(selector).EachIter() {
		src := img.AttrOr("src", "")
		shown[src] = true
		if got := c.get(src); got.status != http.StatusOK {
			c.t.Errorf("%s: %d", src, got.status)
		}
	}
	if len(shown) != want {
		c.t.Errorf("%d pictures at %s, want %d", len(shown), selector, want)
	}
}

func (s *site) pictureOf(u account.User) string {
	s.t.Helper()
	u, err := s.db.User(s.t.Context(), u.ID)
	must(s.t, err)
	return u.Value("profile_pic")
}

func TestWholeIsForWhoseItIs(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c, eve := s.as(ada), s.as(s.add("eve"))
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t))
		r := c.get(c.get(pictureRow).Find(".whole img").AttrOr("src", ""))
		img, err := jpeg.Decode(strings.NewReader(r.body))
		if err != nil || img.Bounds().Size() != image.Pt(200, 600) || r.header.Get("Cache-Control") != unshared || r.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%d: %v, %v", r.status, err, r.header)
		}
		for _, at := range []string{"/uploads/profile_pics/" + s.pictureOf(ada) + "-whole.jpg", pictureRow + "/whole", "/settings/profile/portfolio_site/whole", pictureRow + "/whole?waiting=none"} {
			if r := eve.get(at); r.status != 404 {
				t.Errorf("%s: %d", at, r.status)
			}
		}
	})
}

func TestPictureThatIsGoneIsChosenAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("ada"))
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t))
		must(t, os.RemoveAll(s.dir+"/profile_pics"))
		must(t, os.Mkdir(s.dir+"/profile_pics", 0o755))
		if r := c.get(pictureRow); r.status != 200 || r.Find("fieldset.framing[hidden]").Length() != 1 {
			t.Errorf("the form: %d", r.status)
		}
		if r := c.post(pictureRow, "focus", "0,0", "zoom", "100"); r.status != http.StatusUnprocessableEntity || !r.says("Choose the picture again") {
			t.Errorf("another frame of it: %d", r.status)
		}
	})
}

func TestPictureWhoseWholeIsBrokenIsChosenAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		for _, left := range []string{"", string(stripes(t)[:900])} {
			c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t))
			must(t, os.WriteFile(s.dir+"/profile_pics/"+s.pictureOf(ada)+"-whole.jpg", []byte(left), 0o644))
			if r := c.get(pictureRow); r.status != 200 {
				t.Errorf("the form, with %d bytes left: %d", len(left), r.status)
			}
			if r := c.post(pictureRow, "focus", "0,0", "zoom", "100"); r.status != 422 || !r.says("Choose the picture again") {
				t.Errorf("another frame, with %d bytes left: %d", len(left), r.status)
			}
			if r := c.post(pictureRow, "remove", "1"); r.status != 303 || s.pictureOf(ada) != "" {
				t.Errorf("removed, with %d bytes left: %d", len(left), r.status)
			}
		}
	})
}

// TestFormThatIsSentTwice: the picture that waits is the first's, and the second is answered as any other that comes too late.
func TestFormThatIsSentTwice(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("ada"))
		for range 5 {
			r := c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t), "preview", "1")
			token, version := r.value("waiting_profile_pic"), r.value("version")
			var beside sync.WaitGroup
			for range 4 {
				again := &client{site: s, cookies: maps.Clone(c.cookies), headers: c.headers}
				beside.Go(func() {
					if r := again.post(pictureRow, "waiting_profile_pic", token, "version", version); r.status != 303 && r.status != 409 && r.status != 422 {
						t.Errorf("%d", r.status)
					}
				})
			}
			beside.Wait()
			c.post(pictureRow, "remove", "1")
		}
	})
}

// TestPictureOnAFullDisk: what fitted of it is not left behind.
func TestPictureOnAFullDisk(t *testing.T) {
	if os.Getuid() != 0 { // nobody else makes a small disk
		return
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=96k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := newSite(t, dbtest.SQLite(t), func(a *App) {
		var err error
		a.Pictures, err = picture.Open(t.Context(), dir)
		must(t, err)
		t.Cleanup(func() { _ = a.Pictures.Close() })
	})
	img := image.NewGray(image.Rect(0, 0, 900, 900))
	_, err := rand.Read(img.Pix)
	must(t, err)
	b := &bytes.Buffer{}
	must(t, jpeg.Encode(b, img, nil))
	if r := s.as(s.add("ada")).upload(pictureRow, "profile_pic", "a.jpg", b.Bytes()); r.status != http.StatusServiceUnavailable {
		t.Errorf("it is answered with %d", r.status)
	}
	if left, err := os.ReadDir(dir + "/profile_pics"); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// TestPictureFromBeforeIsFramed: it has three sizes and no whole.
func TestPictureFromBeforeIsFramed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		before := strings.Repeat("a", 32)
		for _, size := range []string{"96", "192", "384"} {
			must(t, os.WriteFile(s.dir+"/profile_pics/"+before+"-"+size+".jpg", stripes(t), 0o644))
		}
		must(t, s.db.AddWaiting(t.Context(), 0, strings.Repeat("t", 20), before))
		c.post(pictureRow, "waiting_profile_pic", strings.Repeat("t", 20))
		if got := s.pictureOf(ada); got != before {
			t.Fatalf("it is %q", got)
		}
		if src := c.get("/@ada").Find("img").AttrOr("srcset", ""); strings.Contains(src, "768") || !strings.Contains(src, "384") {
			t.Errorf("it is offered in %s", src)
		}
		if r := c.post(pictureRow, "focus", "50,0", "zoom", "100"); r.status != 303 || s.files() != ofEach || c.shows(profile.PicturePath(s.pictureOf(ada), 768)) != "red" {
			t.Errorf("framed: %d, %d files", r.status, s.files())
		}
	})
}

// TestEditUserConflictShowsPictures: nobody can choose between two of them by words.
func TestEditUserConflictShowsPictures(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		at, version := path("/admin/users/ID", ada.ID), strconv.FormatInt(ada.Version, 10)
		boss.upload(at, "profile_pic", "a.jpg", photo(t, 1), "version", version)
		r := boss.upload(at, "profile_pic", "b.jpg", photo(t, 2), "version", version)
		if r.status != http.StatusConflict {
			t.Fatalf("%d", r.status)
		}
		r.pictures(boss, ".conflict img", 2)
	})
}
