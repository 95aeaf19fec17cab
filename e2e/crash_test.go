package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nameplate/internal/picture"
	"nameplate/internal/picture/s3test"
)

// TestKill cuts the power in the middle of registrations with pictures and of changes of their frames, again and again. Whatever was
// answered is whole; no file is without a row, and no row without its files.
func TestKill(t *testing.T) {
	t.Run("directory", func(t *testing.T) { killed(t, start(t), 4) })
	t.Run("bucket", func(t *testing.T) {
		bucket := s3test.Start(t)
		killed(t, start(t, append(s3test.Env, "NAMEPLATE_UPLOADS="+bucket.Setting("site", ""))...), 2)
	})
}

func killed(t *testing.T, s *server, rounds int) {
	for round := range rounds {
		answered := registerUntilKilled(t, s, round)
		s.up()
		if len(answered) < 8 {
			t.Fatalf("round %d: only %d registrations were answered before the kill", round, len(answered))
		}
		for name, framed := range answered {
			c := newClient(t, s)
			c.login(name, password)
			src, _ := c.get("/@" + name).doc.Find("img.u-photo").Attr("src")
			found := regexp.MustCompile(`^/uploads/profile_pics/([^/]+)-\d+\.jpg$`).FindStringSubmatch(src)
			switch {
			case found == nil:
				t.Errorf("round %d: %s was answered, but the picture is %q", round, name, src)
			case !strings.Contains(found[1], cornerFrame) && framed:
				t.Errorf("round %d: %s was told of another frame than that of %s", round, name, found[1])
			case strings.Contains(found[1], cornerFrame):
				if a := c.get(picturePath(found[1], 768)); a.status != http.StatusOK {
					t.Errorf("round %d: the framed picture of %s: %d", round, name, a.status)
				}
			default:
				checkPictures(t, c, found[1])
			}
		}
		s.command(nil, "uploads", "check") // fails the test where anything differs
		if _, err := os.Stat(s.uploads()); err == nil {
			compareFiles(t, s)
		}
	}
}

// cornerFrame is a frame in the name of a picture: that which cornered asks for.
const cornerFrame = "-0-0-200-"

// cornered says whether another frame of one's own picture was answered with success.
func cornered(c *client) bool {
	page, err := c.send("GET", "/settings/profile/profile_pic", "", nil)
	if err != nil || page.status != http.StatusOK {
		return false
	}
	a, err := c.post(page, "[name=focus]", map[string]string{"focus": "0,0", "zoom": "200"}, nil)
	return err == nil && a.status == http.StatusSeeOther
}

// registerUntilKilled signs people up from several connections, some of whom choose another frame at once, and kills the server in the midst
// of it. It returns who was answered with success, and whether their frame was, too.
func registerUntilKilled(t *testing.T, s *server, round int) map[string]bool {
	t.Helper()
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		answered = map[string]bool{}
		dead     atomic.Bool
	)
	note := func(name string, framed bool) {
		mu.Lock()
		defer mu.Unlock()
		answered[name] = framed
	}
	for worker := range 6 {
		wg.Go(func() {
			for i := 0; i < 100 && !dead.Load(); i++ {
				name, c := fmt.Sprintf("person-%d-%d-%d", round, worker, i), newClient(t, s)
				if !registered(c, name, i%3 == 2, uint64(round*1000+worker*100+i)) {
					continue
				}
				note(name, false)
				if i%2 == 0 && cornered(c) {
					note(name, true)
				}
			}
		})
	}
	for begin := time.Now(); time.Since(begin) < 20*time.Second; time.Sleep(2 * time.Millisecond) {
		mu.Lock()
		n := len(answered)
		mu.Unlock()
		if n >= 20 {
			break
		}
	}
	time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
	s.kill()
	dead.Store(true)
	wg.Wait()
	return answered
}

// registered says whether a registration with a picture was answered with success. With astray the form is refused
// first, so that its picture waits.
func registered(c *client, name string, astray bool, seed uint64) bool {
	page, err := c.send("GET", "/register", "", nil)
	if err != nil || page.status != http.StatusOK {
		return false
	}
	values := map[string]string{"username": name, "email": name + "@example.org", "password": password}
	pictures := map[string][]byte{"profile_pic": snapshot(seed)}
	if astray {
		values["email"] = "no address"
		page, err = c.post(page, "[name=email]", values, pictures)
		if err != nil || page.status != http.StatusUnprocessableEntity {
			return false
		}
		values["email"], pictures = name+"@example.org", nil
	}
	a, err := c.post(page, "[name=email]", values, pictures)
	return err == nil && a.status == http.StatusSeeOther
}

// compareFiles holds the pictures' files against the rows that name them.
func compareFiles(t *testing.T, s *server) {
	t.Helper()
	rows := map[string]bool{}
	for _, name := range s.strings("SELECT profile_pic FROM profiles WHERE profile_pic <> '' UNION SELECT name FROM waiting_pictures") {
		rows[name] = true
	}
	files := map[string]int{}
	entries, err := os.ReadDir(filepath.Join(s.uploads(), "profile_pics"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()[:max(strings.LastIndex(entry.Name(), "-"), 0)]
		files[name]++
		if !rows[name] {
			t.Errorf("the file %s is named by no row", entry.Name())
		}
	}
	for _, name := range s.strings("SELECT profile_pic FROM profiles WHERE profile_pic <> ''") {
		if files[name] != picture.Expected(name) {
			t.Errorf("a profile names the picture %s, of which there are %d files", name, files[name])
		}
	}
	left, err := os.ReadDir(filepath.Join(s.uploads(), "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("uploads/tmp still holds %s", entry.Name())
	}
}
