package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // a driver for database/sql
	"github.com/minio/minio-go/v7"

	"nameplate/db/dbtest"
	"nameplate/internal/picture/s3test"
)

// uploads is a place with people who have pictures, whose database and store a test reaches behind the program's back.
type uploads struct {
	*place
	database *sql.DB
	bucket   *s3test.Server // nil for a directory
}

// eachUploads runs test over SQLite with a directory, and over PostgreSQL with a bucket, each with so many people.
func eachUploads(t *testing.T, people string, test func(t *testing.T, u *uploads)) {
	t.Helper()
	start := func(t *testing.T, driver, source string, u *uploads) {
		t.Parallel()
		var err error
		if u.database, err = sql.Open(driver, source); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { u.database.Close() })
		u.must("seed", people, "--pictures")
		test(t, u)
	}
	t.Run("sqlite and a directory", func(t *testing.T) {
		p := newPlace(t)
		start(t, "sqlite3", filepath.Join(p.dir, "nameplate.db"), &uploads{place: p})
	})
	t.Run("postgres and a bucket", func(t *testing.T) {
		source, err := dbtest.Server()
		if err != nil {
			t.Fatal(err)
		}
		server := s3test.Start(t)
		p := newPlace(t, append(s3test.Env, "NAMEPLATE_DATABASE="+source, "NAMEPLATE_UPLOADS="+server.Setting("site", ""))...)
		start(t, "pgx", source, &uploads{p, nil, server})
	})
}

func (u *uploads) exec(query string) {
	u.t.Helper()
	if _, err := u.database.Exec(query); err != nil {
		u.t.Fatal(err)
	}
}

func (u *uploads) text(query string) (text string) {
	u.t.Helper()
	if err := u.database.QueryRow(query).Scan(&text); err != nil {
		u.t.Fatalf("%s: %v", query, err)
	}
	return text
}

func (u *uploads) pictureOf(number string) string {
	u.t.Helper()
	return u.text("SELECT profile_pic FROM profiles p JOIN users u ON u.id = p.user_id WHERE username = 'person000000" + number + "'")
}

func (u *uploads) write(path string) {
	u.t.Helper()
	var err error
	if u.bucket == nil {
		err = os.WriteFile(filepath.Join(u.dir, "uploads", path), []byte("text"), 0o600)
	} else {
		_, err = u.bucket.Client.PutObject(context.Background(), s3test.Bucket, "site/"+path, strings.NewReader("text"), 4, minio.PutObjectOptions{})
	}
	if err != nil {
		u.t.Fatal(err)
	}
}

func (u *uploads) age(path string) {
	u.t.Helper()
	then := time.Now().Add(-2 * time.Hour)
	if u.bucket != nil {
		u.bucket.Age("site/"+path, 2*time.Hour)
	} else if err := os.Chtimes(filepath.Join(u.dir, "uploads", path), then, then); err != nil {
		u.t.Fatal(err)
	}
}

// remove removes the files of a picture of these parts.
func (u *uploads) remove(name string, parts ...string) {
	u.t.Helper()
	for _, part := range parts {
		path := "profile_pics/" + name + "-" + part + ".jpg"
		var err error
		if u.bucket == nil {
			err = os.Remove(filepath.Join(u.dir, "uploads", path))
		} else {
			err = u.bucket.Client.RemoveObject(context.Background(), s3test.Bucket, "site/"+path, minio.RemoveObjectOptions{})
		}
		if err != nil {
			u.t.Fatal(err)
		}
	}
}

var allParts = []string{"whole", "48", "96", "192", "384", "768"}

func TestUploadsCheck(t *testing.T) {
	t.Parallel()
	eachUploads(t, "9", func(t *testing.T, u *uploads) {
		if out := u.must("uploads", "check"); !regexp.MustCompile(`^ok +the pictures and files in .* are all there, and nothing else \(9\)\n$`).MatchString(out) {
			t.Errorf("a clean place: %s", out)
		}
		some, all, shrunk, old := u.pictureOf("1"), u.pictureOf("2"), u.pictureOf("3"), u.pictureOf("4")
		u.remove(some, "48", "768")
		u.remove(all, allParts...)
		u.remove(shrunk, "whole")
		u.exec("UPDATE profiles SET profile_pic = '' WHERE profile_pic = '" + old + "'")
		u.exec("INSERT INTO waiting_pictures (token, name, state, created_at) VALUES ('old', '" + old + "', 'held', 1000)")
		nobodys, key := strings.Repeat("z", 32), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		for _, path := range []string{"profile_pics/" + nobodys + "-96.jpg", "files/" + key, "profile_pics/notes.txt", "tmp/half"} {
			u.write(path)
			u.age(path)
		}
		u.write("tmp/being-written")
		lines := []string{
			`incomplete  ` + some + `, profile_pic of person0000001, without 48, 768`, `gone        ` + all + `, profile_pic of person0000002`,
			`incomplete  ` + shrunk + `, profile_pic of person0000003, without whole`, `waiting     ` + old + `, since 1970-01-01T00:00:01Z`,
			`unowned     ` + nobodys, `unowned     ` + key + `/`, `stray       profile_pics/notes.txt`, `stray       tmp/half`,
		}
		for range 2 { // looking changes nothing
			r := u.run("uploads", "check")
			if r.status != 1 || strings.Count(r.stdout, "\n") != len(lines) {
				t.Errorf("%+v", r)
			}
			oneLine(t, r.stderr, "nameplate uploads check: 8 things differ", "--fix")
			for _, line := range lines {
				if !strings.Contains(r.stdout, line+"\n") {
					t.Errorf("%q is not said:\n%s", line, r.stdout)
				}
			}
		}
		if r := u.run("check"); r.status != 1 || !strings.Contains(r.stdout, ": 1 picture missing;") || !strings.Contains(r.stdout, "2 pictures with a part missing;") ||
			!strings.Contains(r.stdout, "holds 2 stray files;") || !strings.Contains(r.stdout, "1 picture without an owner") || !strings.Contains(r.stdout, "1 file without an owner") {
			t.Errorf("check: %+v", r)
		}
		out := u.must("uploads", "check", "--fix")
		for i, done := range []string{"drawn again", "taken away", "drawn again", "removed", "removed", "removed", "removed", "removed"} {
			if !strings.Contains(out, lines[i]+": "+done+"\n") {
				t.Errorf("%q is not %s:\n%s", lines[i], done, out)
			}
		}
		if out := u.must("uploads", "check"); !strings.Contains(out, "nothing else (7)") {
			t.Errorf("mended: %s", out)
		}
		if u.pictureOf("1") != some || u.pictureOf("2") != "" || u.pictureOf("3") != shrunk {
			t.Error("the names of what was drawn again are others, or that of what was gone is still there")
		}
		if who := u.text("SELECT by_username || ' ' || COALESCE(by_id, 0) || ' ' || old FROM history WHERE field = 'profile_pic' AND action = 'change'"); who != " 0 "+all {
			t.Errorf("the history says %q", who)
		}
		if n := u.text("SELECT count(*) FROM waiting_pictures"); n != "0" {
			t.Errorf("%s rows wait", n)
		}
	})
}

// TestUploadsThatCantBeDrawn: what is left of a picture is no picture.
func TestUploadsThatCantBeDrawn(t *testing.T) {
	t.Parallel()
	eachUploads(t, "3", func(t *testing.T, u *uploads) {
		broken := u.pictureOf("1")
		u.remove(broken, allParts...)
		u.write("profile_pics/" + broken + "-96.jpg")
		r := u.run("uploads", "check", "--fix")
		if r.status != 1 || !strings.Contains(r.stdout, "nothing of it can be read; go back to a backup") || u.pictureOf("1") != broken {
			t.Errorf("%+v", r)
		}
		oneLine(t, r.stderr, "1 thing differs; the lines above")
	})
}

// TestUploadsOfAnotherPlace: with the wrong directory or the wrong database nothing is mended.
func TestUploadsOfAnotherPlace(t *testing.T) {
	t.Parallel()
	eachUploads(t, "12", func(t *testing.T, u *uploads) {
		elsewhere := []string{"--uploads", "other"}
		if u.bucket != nil {
			elsewhere[1] = u.bucket.Setting("other", "")
		} else if err := os.Mkdir(filepath.Join(u.dir, "other"), 0o700); err != nil {
			t.Fatal(err)
		}
		check := []string{"uploads", "check", "--fix"}
		r := u.run(append(check, elsewhere...)...)
		if r.status != 1 || r.stdout != "" {
			t.Errorf("an empty place: %+v", r)
		}
		oneLine(t, r.stderr, "nothing is there, and rows name 12 uploads", "--yes")

		r = u.run(append(check, "--database", "other.db")...)
		if r.status != 1 {
			t.Errorf("no database: %+v", r)
		}
		u.must("migrate", "--database", "other.db")
		r = u.run(append(check, "--database", "other.db")...)
		if r.status != 1 || r.stdout != "" {
			t.Errorf("another database: %+v", r)
		}
		oneLine(t, r.stderr, "no row names 12 of the 12 uploads that are there", "--yes")

		var kept []string
		for _, number := range []string{"1", "2", "3", "4", "5", "6", "7"} {
			kept = append(kept, u.pictureOf(number))
			u.remove(u.pictureOf(number), allParts...)
		}
		r = u.run(check...)
		if r.status != 1 || u.pictureOf("1") != kept[0] {
			t.Errorf("most are gone: %+v", r)
		}
		oneLine(t, r.stderr, "7 of the 12 uploads that rows name are not there", "--yes")
		if out := u.must(append(check, "--yes")...); strings.Count(out, ": taken away\n") != 7 || u.pictureOf("1") != "" {
			t.Errorf("with --yes: %s", out)
		}
		if out := u.must("uploads", "check"); !strings.Contains(out, "nothing else (5)") {
			t.Errorf("mended: %s", out)
		}
	})
}

func TestUploadsWithoutADirectory(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("migrate")
	oneLine(t, p.run("uploads", "check", "--fix").stderr, "there is no directory uploads", "NAMEPLATE_UPLOADS")
	if names := p.names(); len(names) != 1 {
		t.Errorf("left behind: %q", names)
	}
}

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
