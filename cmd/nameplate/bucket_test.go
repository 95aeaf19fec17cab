package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"nameplate/internal/picture/s3test"
)

func TestCheckLooksAtTheBucket(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	setting := server.Setting("site", "")
	for _, row := range []struct {
		outcome, setting string
		env              []string
		flags            []string
		status           int
		says             string
	}{
		{"a good one", setting, s3test.Env, nil, 0, `ok +the bucket s3://people/site takes, gives and removes files`},
		{"links", server.Setting("site", "&links=signed"), s3test.Env, nil, 0, `note +browsers fetch public pictures from http://127`},
		{"links without TLS", server.Setting("site", "&links=signed"), s3test.Env, []string{"--base-url", "https://people.example.org"}, 0, `warning +NAMEPLATE_BASE_URL is https, and signed links lead to http://127`},
		{"none", strings.Replace(setting, s3test.Bucket, "others", 1), s3test.Env, nil, 1, `wrong .*there is no bucket others; make it`},
		{"an unknown key", setting, []string{"AWS_ACCESS_KEY_ID=somebody", "AWS_SECRET_ACCESS_KEY=quiet-secret"}, nil, 1, `wrong .*correct AWS_ACCESS_KEY_ID`},
		{"a wrong secret", setting, []string{"AWS_ACCESS_KEY_ID=" + s3test.AccessKey, "AWS_SECRET_ACCESS_KEY=quiet-secret"}, nil, 1, `wrong .*correct AWS_SECRET_ACCESS_KEY`},
		{"another region", strings.Replace(setting, s3test.Region, "eu-west-1", 1), s3test.Env, nil, 1, `wrong .*another region`},
		{"no key", setting, []string{"AWS_EC2_METADATA_DISABLED=true"}, nil, 1, `wrong .*no key for the bucket people; set AWS_ACCESS_KEY_ID`},
		{"nothing listens", "s3://people?region=x&endpoint=http://127.0.0.1:1", s3test.Env, nil, 1, `wrong .*nothing listens there`},
	} {
		p := newPlace(t, append([]string{"NAMEPLATE_UPLOADS=" + row.setting}, row.env...)...)
		r := p.run(append([]string{"check"}, row.flags...)...)
		if r.status != row.status || !regexp.MustCompile(`(?m)^`+row.says).MatchString(r.stdout) || strings.Contains(r.stdout+r.stderr, "quiet-") {
			t.Errorf("%s: %d\n%s%s", row.outcome, r.status, r.stdout, r.stderr)
		}
		if left := server.Keys(""); len(left) != 0 {
			t.Errorf("%s: left behind %v", row.outcome, left)
		}
	}
}

// TestServeOnABucket starts where the bucket is there, goes on where its server is away, and refuses where that refuses.
func TestServeOnABucket(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	p := newPlace(t, append(s3test.Env, "NAMEPLATE_UPLOADS="+server.Setting("", ""))...)
	p.must("seed", "2", "--pictures")
	src := "/uploads/profile_pics/" + ask[string](p, "SELECT profile_pic FROM profiles ORDER BY user_id LIMIT 1") + "-96.jpg"
	up := p.serve()
	if status, body := fetch(t, up.url+src); status != 200 || !strings.HasPrefix(body, "\xff\xd8\xff") {
		t.Errorf("a picture: %d", status)
	}
	server.Kill()
	away := p.serve()
	for path, want := range map[string]int{"/readyz": 200, "/@person0000001": 200, src: 503} {
		if status, _ := fetch(t, away.url+path); status != want {
			t.Errorf("away, %s: %d", path, status)
		}
	}
	if log := away.log(); !strings.Contains(log, "there are no pictures just now") || strings.Contains(log, s3test.SecretKey) {
		t.Error(log)
	}
	server.Up()
	if status, _ := fetch(t, away.url+src); status != 200 {
		t.Errorf("back: %d", status)
	}
	r := p.run("serve", "--addr", "127.0.0.1:0", "--uploads", strings.Replace(server.Setting("", ""), s3test.Bucket, "others", 1))
	if r.status != 1 {
		t.Errorf("no such bucket: %+v", r)
	}
	oneLine(t, r.stderr, "nameplate serve: open the uploads in s3://others: ", "there is no bucket others; make it")
}

// TestServeSweepsWhatAKilledServerSent: with a directory at once. A bucket's server may take up what was sent even later.
func TestServeSweepsWhatAKilledServerSent(t *testing.T) {
	t.Parallel()
	eachUploads(t, "3", func(t *testing.T, u *uploads) {
		now := time.Now().UnixMilli()
		for number, since := range map[string]int64{"1": now, "2": now - 2*time.Hour.Milliseconds()} {
			name := u.pictureOf(number)
			u.exec("UPDATE profiles SET profile_pic = '' WHERE profile_pic = '" + name + "'")
			u.exec(fmt.Sprintf("INSERT INTO waiting_pictures (token, name, state, created_at) VALUES ('%s', '%s', 'uploading', %d)", number, name, since))
		}
		u.serve()
		want := "0"
		if u.bucket != nil {
			want = "1"
		}
		if n := u.text("SELECT count(*) FROM waiting_pictures"); n != want {
			t.Errorf("%s rows wait, want %s", n, want)
		}
		if out := u.must("uploads", "check"); !strings.Contains(out, "nothing else") {
			t.Error(out)
		}
		if u.bucket != nil {
			return
		}
		// What another server sends just now is left to it, and so is what it writes.
		u.exec(fmt.Sprintf("INSERT INTO waiting_pictures (token, name, state, created_at) VALUES ('3', '%s', 'uploading', %d)", u.pictureOf("3"), now))
		u.write("tmp/half-way")
		u.serve()
		if n := u.text("SELECT count(*) FROM waiting_pictures"); n != "1" {
			t.Errorf("%s rows wait beside another server", n)
		}
		if _, err := os.Stat(filepath.Join(u.dir, "uploads/tmp/half-way")); err != nil {
			t.Error(err)
		}
	})
}

// fetch returns the status and the body of a page.
func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
