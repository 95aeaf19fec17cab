package main

import (
	"context"
	"database/sql"
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
		path := "profile_pics/" + name + "-" + part
		if !strings.HasSuffix(part, ".webp") {
			path += ".jpg"
		}
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

var allParts = []string{"whole", "48", "96", "192", "384", "768", "48.webp", "96.webp", "192.webp", "384.webp", "768.webp"}

func TestUploadsCheck(t *testing.T) {
	t.Parallel()
	eachUploads(t, "9", func(t *testing.T, u *uploads) {
		if out := u.must("uploads", "check"); !regexp.MustCompile(`^ok +the pictures and files in .* are all there, and nothing else \(9\)\n$`).MatchString(out) {
			t.Errorf("a clean place: %s", out)
		}
		some, all, shrunk, old := u.pictureOf("1"), u.pictureOf("2"), u.pictureOf("3"), u.pictureOf("4")
		u.remove(some, "48", "768", "48.webp")
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
			`incomplete  ` + some + `, profile_pic of person0000001, without 48, 48.webp, 768`, `gone        ` + all + `, profile_pic of person0000002`,
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

		r = u.run(append([]string{"uploads", "check"}, elsewhere...)...)
		if r.status != 1 || strings.Count(r.stdout, "gone ") != 12 {
			t.Errorf("an empty place, looked at: %+v", r)
		}
		oneLine(t, r.stderr, "nothing is there, and rows name 12 uploads", "NAMEPLATE_UPLOADS right?", "--yes")
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

// TestUploadsOfASmallPlaceElsewhere: of a few pictures, too, none is removed by a mistyped database.
func TestUploadsOfASmallPlaceElsewhere(t *testing.T) {
	t.Parallel()
	eachUploads(t, "3", func(t *testing.T, u *uploads) {
		u.must("migrate", "--database", "other.db")
		r := u.run("uploads", "check", "--fix", "--database", "other.db")
		if r.status != 1 || r.stdout != "" {
			t.Errorf("another database: %+v", r)
		}
		oneLine(t, r.stderr, "no row names 3 of the 3 uploads that are there", "--yes")
		if out := u.must("uploads", "check"); !strings.Contains(out, "nothing else (3)") {
			t.Errorf("afterwards: %s", out)
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
