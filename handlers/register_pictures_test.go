package handlers

import (
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"nameplate/db/dbtest"
)

// TestStrangersPicturesAreCounted: each is kept, whatever becomes of its form. One network leaves only so many, and people with a form that is
// refused meet no wait.
func TestStrangersPicturesAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		c, first := s.client(), 0
		var r answer
		for i := range 60 {
			r = c.upload("/register", "profile_pic", "a.jpg", photo(t, uint8(i)), "username", "x", "email", "ada@example.org", "password", "x")
			if r.status == http.StatusTooManyRequests {
				first = i
				break
			}
		}
		if first < 30 || first > 32 || r.header.Get("Retry-After") == "" || !r.says("Please wait") || !r.says("choose") || r.value("email") != "ada@example.org" {
			t.Fatalf("the first wait is at %d: %s", first, r.Find("form").Text())
		}
		kept := s.files()
		for i := range 10 {
			if r := c.upload("/register", "profile_pic", "a.jpg", photo(t, uint8(100+i)), "username", "x"); r.status != http.StatusTooManyRequests {
				t.Errorf("picture %d within the wait: %d", i, r.status)
			}
		}
		if n := s.files(); n != kept {
			t.Errorf("%d files were stored within the wait", n-kept)
		}
		if r := c.registered("eve", "eve@example.org"); r.status != http.StatusSeeOther {
			t.Errorf("a form without a picture: %d", r.status)
		}
		now.pass(time.Minute)
		if r := s.client().upload("/register", "profile_pic", "a.jpg", photo(t, 200), "username", "ada", "email", "ada@example.org", "password", password); r.status != http.StatusSeeOther {
			t.Errorf("after the wait: %d", r.status)
		}
	})
}

func TestPicturesWithinAWaitLeaveTheDisk(t *testing.T) {
	disk := t.TempDir()
	t.Setenv("TMPDIR", disk)
	s := newSite(t, dbtest.SQLite(t))
	s.clock()
	for range 40 {
		s.client().upload("/register", "profile_pic", "a.jpg", make([]byte, 20<<10), "username", "x")
	}
	if left, err := os.ReadDir(disk); err != nil || len(left) > 0 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
}

// TestAKeptPictureStaysWithin a wait, and counts once.
func TestAKeptPictureStaysWithinAWait(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		mine := s.client()
		waiting := mine.upload("/register", "profile_pic", "a.jpg", photo(t, 1), "username", "x").value("waiting_profile_pic")
		if waiting == "" {
			t.Fatal("the picture is not kept")
		}
		for range 40 {
			if r := mine.post("/register", "username", "x", "waiting_profile_pic", waiting); r.status != http.StatusUnprocessableEntity {
				t.Fatalf("the same picture once more: %d", r.status)
			}
		}
		for i := range 40 {
			s.client().upload("/register", "profile_pic", "a.jpg", photo(t, uint8(i)), "username", "x")
		}
		r := mine.upload("/register", "profile_pic", "b.jpg", photo(t, 99), "username", "x", "waiting_profile_pic", waiting)
		if r.status != http.StatusTooManyRequests || r.value("waiting_profile_pic") != waiting {
			t.Errorf("%d, and %q waits", r.status, r.value("waiting_profile_pic"))
		}
		if r := mine.post("/register", "username", "ada", "email", "ada@example.org", "password", password, "waiting_profile_pic", waiting); r.status != http.StatusSeeOther {
			t.Errorf("with the kept one: %d", r.status)
		}
	})
}

// TestAcceptedPicturesAreForgiven: a school registers, each with a picture.
func TestAcceptedPicturesAreForgiven(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		s.clock()
		for i := range 50 {
			n := strconv.Itoa(i)
			if r := s.client().upload("/register", "profile_pic", "a.jpg", photo(t, uint8(i)), "username", "name"+n, "email", n+"@example.org", "password", password); r.status != http.StatusSeeOther {
				t.Fatalf("number %d: %d", i, r.status)
			}
		}
	})
}
