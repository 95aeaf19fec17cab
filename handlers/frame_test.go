package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

func TestFrameIsChangedWithoutTheFile(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		if r := c.get(pictureRow); r.Find("fieldset.framing[disabled][hidden]").Length() != 1 {
			t.Error("a frame is asked for where there is no picture")
		}
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t))
		first := s.pictureOf(ada)
		r := c.get(pictureRow)
		if n := r.Find(`.framing input[name=focus]`).Length(); n != 10 || r.Find("input[name=zoom]").Length() != 6 || r.value("framed") != first {
			t.Errorf("%d places of %q", n, r.value("framed"))
		}
		for focus, want := range map[string]string{"50,0": "red", "0,50": "green", "50,100": "blue", "7.5,90": "blue"} {
			before := s.pictureOf(ada)
			if r := c.post(pictureRow, "focus", focus, "zoom", "150"); r.status != 303 || s.files() != ofEach {
				t.Fatalf("%s: %d, %d files", focus, r.status, s.files())
			}
			now := s.pictureOf(ada)
			if stored, _ := profile.ParsePictureName(now); now == before || stored.Frame.Focus() != focus || stored.Frame.Zoom != 150 {
				t.Errorf("%s: it is %s", focus, now)
			}
			if got := c.shows(profile.PicturePath(now, 192)); got != want {
				t.Errorf("%s: %s, want %s", focus, got, want)
			}
		}
		now := s.pictureOf(ada)
		if r := c.post(pictureRow, "focus", "7.5,90", "zoom", "150"); r.status != 303 && s.pictureOf(ada) != now {
			t.Errorf("the same frame again: %d", r.status)
		}
		stored, _ := profile.ParsePictureName(now)
		if r := c.htmx().post(pictureRow, "focus", "0,0", "zoom", "400"); r.status != 200 || r.Find("#row-profile_pic img").Length() != 1 || s.pictureOf(ada) == now {
			t.Errorf("with htmx, away from %v: %d", stored.Frame, r.status)
		}
	})
}

func TestFrameThatIsNone(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t))
		before := s.pictureOf(ada)
		for _, fields := range [][]string{
			{"focus", "101,50", "zoom", "100"}, {"focus", "-1,50", "zoom", "100"}, {"focus", "x", "zoom", "100"}, {"focus", "50,50", "zoom", "99"}, {"focus", "50,50", "zoom", "401"},
			{"focus", "50,50"}, {"zoom", "100"}, {"focus", "50,50", "zoom", strings.Repeat("1", 1000)}, {"focus", "NaN,Inf", "zoom", "100", "preview", "1"},
		} {
			r := c.post(pictureRow, fields...)
			if r.status != http.StatusUnprocessableEntity || !r.says("Choose one of the places") || s.pictureOf(ada) != before || s.files() != ofEach {
				t.Errorf("%.60q: %d, %d files", fields, r.status, s.files())
			}
			r = c.upload(pictureRow, "profile_pic", "a.jpg", photo(t, 1), fields...)
			if r.status != http.StatusUnprocessableEntity || s.pictureOf(ada) != before || r.value("waiting_profile_pic") == "" {
				t.Errorf("%.60q with a file, which is kept: %d", fields, r.status)
			}
			must(t, s.db.DropWaiting(t.Context(), r.value("waiting_profile_pic"), s.db.RemovePicture))
		}
		if r := s.as(s.add("eve")).post(pictureRow, "focus", "0,0", "zoom", "100"); r.status != http.StatusUnprocessableEntity || !r.says("Choose a picture first") {
			t.Errorf("without a picture: %d", r.status)
		}
	})
}

// TestFrameOfTheFormIsThatOfItsPicture: what was left as it was says nothing of another picture that comes along; what is sent with a file
// alone is its frame.
func TestFrameOfTheFormIsThatOfItsPicture(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t), "focus", "50,100", "zoom", "100")
		now := s.pictureOf(ada)
		if got := c.shows(profile.PicturePath(now, 192)); got != "blue" {
			t.Errorf("in the frame that came along: %s", got)
		}
		c.upload(pictureRow, "profile_pic", "b.jpg", photo(t, 9), "focus", "50,100", "zoom", "100", "framed", now)
		if stored, _ := profile.ParsePictureName(s.pictureOf(ada)); stored.Frame != profile.GoodFrame(480, 360) {
			t.Errorf("another picture begins with %v", stored.Frame)
		}
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t), "focus", "0,0", "zoom", "200", "framed", s.pictureOf(ada))
		if stored, _ := profile.ParsePictureName(s.pictureOf(ada)); stored.Frame != (profile.Frame{Zoom: 200}) {
			t.Errorf("what was chosen is %v", stored.Frame)
		}
	})
}

// TestFrameIsOfThePicturePageAlone: a field of another form may be called so.
func TestFrameIsOfThePicturePageAlone(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		r := s.client().upload("/register", "profile_pic", "a.jpg", stripes(t), "username", "ada", "email", "ada@example.org", "password", password, "focus", "Biology", "zoom", "near")
		u, err := s.db.UserByName(t.Context(), "ada")
		if r.status != 303 || err != nil || u.Value("profile_pic") == "" {
			t.Errorf("%d, %v", r.status, err)
		}
	})
}

func TestPreview(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		if c.get(pictureRow).Find("button[name=preview]").Length() != 1 {
			t.Error("before there is a picture, none can be looked at")
		}
		r := c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t), "preview", "1")
		token := r.value("waiting_profile_pic")
		if r.status != 200 || token == "" || !r.says("It is not saved yet") || s.pictureOf(ada) != "" || r.Find("fieldset.framing:not([disabled])").Length() != 1 {
			t.Fatalf("a new one: %d, token %q", r.status, token)
		}
		if whole := r.Find(".whole img").AttrOr("src", ""); c.get(whole).status != 200 || s.client().get(whole).status != 303 {
			t.Errorf("the whole of what waits, at %q: %d", whole, c.get(whole).status)
		}
		r = c.post(pictureRow, "waiting_profile_pic", token, "focus", "50,100", "zoom", "200", "preview", "1")
		again := r.value("waiting_profile_pic")
		if r.status != 200 || again == token || s.files() != ofEach || c.shows(r.Find(".picture img").AttrOr("src", "")) != "blue" {
			t.Errorf("in another frame: %d, %d files", r.status, s.files())
		}
		if r.Find("input[name=focus][checked]").AttrOr("value", "") != "50,100" || r.Find("input[name=zoom][checked]").AttrOr("value", "") != "200" {
			t.Error("the form forgot what was chosen")
		}
		if r := c.post(pictureRow, "waiting_profile_pic", again, "focus", "50,100", "zoom", "200"); r.status != 303 || s.files() != ofEach || c.shows(profile.PicturePath(s.pictureOf(ada), 48)) != "blue" {
			t.Errorf("saved: %d, %d files", r.status, s.files())
		}
		saved := s.pictureOf(ada)
		r = c.post(pictureRow, "focus", "50,0", "zoom", "100", "preview", "1")
		if r.status != 200 || s.pictureOf(ada) != saved || s.files() != 2*ofEach || c.shows(r.Find(".picture img").AttrOr("src", "")) != "red" {
			t.Errorf("of the present one: %d, %d files", r.status, s.files())
		}
		if r := c.post(pictureRow, "preview", "1"); r.status != 422 {
			t.Errorf("of nothing else: %d", r.status)
		}
	})
}

// TestFrameIsOfThePictureThatWasShown, and of no other that took its place meanwhile.
func TestFrameIsOfThePictureThatWasShown(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		c.upload(pictureRow, "profile_pic", "a.jpg", stripes(t))
		form := c.get(pictureRow)
		c.upload(pictureRow, "profile_pic", "b.jpg", photo(t, 1))
		now := s.pictureOf(ada)
		r := c.post(pictureRow, "framed", form.value("framed"), "whole", form.value("whole"), "version", form.value("version"), "focus", "50,100", "zoom", "200")
		if r.status != http.StatusUnprocessableEntity || !r.says("the picture is another one meanwhile") || r.value("framed") != now || s.pictureOf(ada) != now {
			t.Errorf("%d", r.status)
		}
		frame := func(form answer, focus string) answer {
			return c.post(pictureRow, "framed", form.value("framed"), "whole", form.value("whole"), "version", form.value("version"), "focus", focus, "zoom", "200")
		}
		if r := frame(r, "50,0"); r.status != http.StatusSeeOther || s.pictureOf(ada) == now {
			t.Errorf("chosen again: %d", r.status)
		}
		// Another frame of the same picture is a conflict, in which one chooses.
		two := c.get(pictureRow)
		frame(two, "0,50")
		r = frame(two, "100,50")
		if r.status != http.StatusConflict || r.value("waiting_profile_pic") == "" || r.Find("fieldset.framing").Length() != 1 {
			t.Errorf("two frames at once: %d", r.status)
		}
		now = s.pictureOf(ada)
		// Whoever wanted to remove it, and is told of the other, may still choose one.
		r = c.post(pictureRow, "remove", "1", "version", form.value("version"))
		if r.status != http.StatusConflict || r.value("remove") != "1" || r.Find("fieldset.framing").Length() != 0 {
			t.Fatalf("removed meanwhile: %d", r.status)
		}
		r = c.upload(pictureRow, "profile_pic", "c.jpg", photo(t, 2), "remove", "1", "resolve", "mine", "version", r.value("version"), "before", r.value("before"))
		if r.status != http.StatusSeeOther || s.pictureOf(ada) == "" || s.pictureOf(ada) == now {
			t.Errorf("chosen in a conflict: %d", r.status)
		}
	})
}
