package picture

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"nameplate/internal/picture/s3test"
	"nameplate/internal/profile"
)

// behind is how a test looks, and reaches, behind a store.
type behind struct {
	write  func(path, content string)
	age    func(path string) // by two hours
	remove func(path string)
	paths  func() []string
}

// eachStore runs test over a directory and over a bucket, each empty.
func eachStore(t *testing.T, test func(t *testing.T, s *Store, b behind)) {
	t.Helper()
	t.Run("directory", func(t *testing.T) {
		s, path := openStore(t)
		test(t, s, behind{
			write: func(name, content string) { must(t, os.WriteFile(filepath.Join(path, name), []byte(content), 0o644)) },
			age: func(name string) {
				then := time.Now().Add(-2 * time.Hour)
				must(t, os.Chtimes(filepath.Join(path, name), then, then))
			},
			remove: func(name string) { must(t, os.Remove(filepath.Join(path, name))) },
			paths: func() (found []string) {
				must(t, filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
					if err == nil && !entry.IsDir() {
						found = append(found, strings.TrimPrefix(at, path+"/"))
					}
					return err
				}))
				return found
			},
		})
	})
	t.Run("bucket", func(t *testing.T) {
		server, s := openBucket(t, "")
		test(t, s, behind{
			write: func(name, content string) {
				_, err := server.Client.PutObject(t.Context(), s3test.Bucket, "a/site/"+name, strings.NewReader(content), int64(len(content)), minio.PutObjectOptions{})
				must(t, err)
			},
			age: func(name string) { server.Age("a/site/"+name, 2*time.Hour) },
			remove: func(name string) {
				must(t, server.Client.RemoveObject(t.Context(), s3test.Bucket, "a/site/"+name, minio.RemoveObjectOptions{}))
			},
			paths: func() (found []string) {
				for _, key := range server.Keys("") {
					found = append(found, strings.TrimPrefix(key, "a/site/"))
				}
				return found
			},
		})
	})
}

// openBucket opens the store of a fresh server, with a prefix.
func openBucket(t *testing.T, more string) (*s3test.Server, *Store) {
	t.Helper()
	server := s3test.Start(t)
	s, err := Open(t.Context(), server.Setting("a/site", more))
	must(t, err)
	must(t, s.Reach(t.Context()))
	t.Cleanup(func() { s.Close() })
	return server, s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// text reads what was opened to its end.
func text(t *testing.T, content Content, err error) string {
	t.Helper()
	must(t, err)
	got, err := io.ReadAll(content)
	must(t, errors.Join(err, content.Close()))
	if int64(len(got)) != content.Size {
		t.Errorf("%d bytes are said to be %d", len(got), content.Size)
	}
	return string(got)
}

func TestStoreKeepsAndRemoves(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		ctx, p := t.Context(), picture("a")
		for range 2 { // a second time is harmless
			must(t, s.Put(ctx, p))
		}
		for i, size := range profile.PictureSizes {
			for webp, want := range map[bool][]byte{false: p.Squares[i], true: p.WebP[i]} {
				content, err := s.Open(ctx, profile.PictureFile{Name: p.Name, Size: size, WebP: webp})
				if got := text(t, content, err); got != string(want) {
					t.Errorf("size %d holds %q", size, got)
				}
			}
		}
		content, err := s.OpenWhole(ctx, p.Name)
		if got := text(t, content, err); got != string(p.Whole) {
			t.Errorf("the whole is %q", got)
		}
		if got := b.paths(); len(got) != len(fileNames(p.Name)) {
			t.Errorf("there are %v", got)
		}
		for range 2 { // not there is no error
			must(t, s.Remove(ctx, p.Name))
		}
		if _, err := s.Open(ctx, profile.PictureFile{Name: p.Name, Size: 96}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("removed: %v", err)
		}
		if left := b.paths(); len(left) != 0 {
			t.Errorf("left are %v", left)
		}
	})
}

func TestStoreKeepsFiles(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		ctx, name := t.Context(), rand.Text()+"/../../my cv.pdf"
		must(t, s.PutFile(ctx, name, []byte("a text")))
		content, err := s.OpenFile(ctx, name)
		if got := text(t, content, err); got != "a text" {
			t.Errorf("it holds %q", got)
		}
		if found, err := s.Survey(ctx); len(found.Files) != 1 || err != nil {
			t.Errorf("%v, %v", found, err)
		}
		must(t, s.Remove(ctx, name))
		for _, bad := range []string{name, "../../etc/passwd", "x/y", "/", "", rand.Text()} {
			if _, err := s.OpenFile(ctx, bad); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if left := b.paths(); len(left) != 0 {
			t.Errorf("left are %v", left)
		}
	})
}

func TestStoreGivesParts(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		ctx, p := t.Context(), picture("a")
		must(t, s.Put(ctx, p))
		whole := p.Squares[1]
		last := int64(len(whole)) - 1
		for _, part := range [][2]int64{{0, 1}, {2, 5}, {last, 1}, {3, last - 2}, {0, last + 1}} {
			content, err := s.Open(ctx, profile.PictureFile{Name: p.Name, Size: 96})
			must(t, err)
			body, err := content.Part(ctx, part[0], part[1])
			must(t, err)
			got, err := io.ReadAll(body)
			must(t, errors.Join(err, body.Close()))
			if want := whole[part[0] : part[0]+part[1]]; !bytes.Equal(got, want) {
				t.Errorf("%v is %q, not %q", part, got, want)
			}
		}
	})
}

// TestStoreOutlastsTheRequest: an answer is sent after the context of its request has ended.
func TestStoreOutlastsTheRequest(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		name, large := rand.Text()+"/large.txt", strings.Repeat("all of it ", MaxFileBytes/10)
		must(t, s.PutFile(t.Context(), name, []byte(large)))
		ctx, cancel := context.WithCancel(t.Context())
		content, err := s.OpenFile(ctx, name)
		cancel()
		if got := text(t, content, err); got != large {
			t.Errorf("%d bytes of %d came", len(got), len(large))
		}
	})
}

func TestStoreRefusesNamesThatAreNone(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		ctx := t.Context()
		for outcome, name := range map[string]string{
			"empty": "", "up": "../../secret", "short": "abc", "upper case": strings.Repeat("A", nameLen), "slash": strings.Repeat("a/", nameLen/2),
			"zero byte": strings.Repeat("a", nameLen-1) + "\x00", "another's file": pictureName("a") + "-96.jpg/../" + pictureName("b"),
		} {
			if _, err := s.Open(ctx, profile.PictureFile{Name: name, Size: 96}); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: opened: %v", outcome, err)
			}
			if _, err := s.OpenWhole(ctx, name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: opened as a whole: %v", outcome, err)
			}
			if err := s.Put(ctx, Picture{Name: name}); err == nil {
				t.Errorf("%s: was put", outcome)
			}
			if err := s.Remove(ctx, name); err == nil {
				t.Errorf("%s: was removed", outcome)
			}
		}
		if _, err := s.Open(ctx, profile.PictureFile{Name: pictureName("a"), Size: 97}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("size 97: %v", err)
		}
		if left := b.paths(); len(left) != 0 {
			t.Errorf("there are %v", left)
		}
	})
}

func TestStoreTakesThePictureOfTwoAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := s.Put(t.Context(), picture("a")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := b.paths(); len(got) != len(fileNames(pictureName("a"))) {
			t.Errorf("there are %v", got)
		}
	})
}

func TestStoreCounts(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, b behind) {
		must(t, s.Put(t.Context(), picture("a")))
		must(t, s.PutFile(t.Context(), rand.Text()+"/cv.txt", []byte("twelve bytes")))
		want := int64(len("twelve bytes"))
		for _, content := range picture("a").files() {
			want += int64(len(content))
		}
		must(t, s.Count(t.Context()))
		u, err := s.Usage()
		if err != nil || u.Bytes != want || u.Files != len(b.paths()) {
			t.Errorf("%+v %v, want %d bytes", u, err, want)
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if err := s.Count(stopped); !errors.Is(err, context.Canceled) {
			t.Errorf("a count that was stopped: %v", err)
		}
	})
}
