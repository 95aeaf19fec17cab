package picture

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"nameplate/internal/picture/s3test"
	"nameplate/internal/profile"
)

// unavailable fails the test unless err says that the server is away or refuses, and why, in one line without a secret.
func unavailable(t *testing.T, err error, refused bool, words ...string) {
	t.Helper()
	u, ok := errors.AsType[*Unavailable](err)
	if !ok || u.Refused != refused || !IsUnavailable(err) {
		t.Errorf("%v (%T, %+v)", err, err, u)
		return
	}
	for _, word := range words {
		if !strings.Contains(u.Reason, word) {
			t.Errorf("%q does not say %q", u.Reason, word)
		}
	}
	if strings.Contains(err.Error(), s3test.SecretKey) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q holds a secret, or several lines", err)
	}
	if network, ok := errors.AsType[net.Error](err); ok {
		t.Errorf("%v is taken for what the database says", network)
	}
}

func TestBucketSaysWhatIsWrong(t *testing.T) {
	server := s3test.Start(t)
	setting := server.Setting("", "")
	for _, row := range []struct {
		outcome, setting string
		env              [2]string
		words            string
	}{
		{"a bucket that is not there", strings.Replace(setting, s3test.Bucket, "others", 1), [2]string{}, "there is no bucket others"},
		{"a key that nobody knows", setting, [2]string{"AWS_ACCESS_KEY_ID", "somebody"}, "AWS_ACCESS_KEY_ID"},
		{"a wrong secret", setting, [2]string{"AWS_SECRET_ACCESS_KEY", "guessed"}, "AWS_SECRET_ACCESS_KEY"},
		{"another region", strings.Replace(setting, s3test.Region, "eu-west-1", 1), [2]string{}, "another region"},
	} {
		t.Run(row.outcome, func(t *testing.T) {
			if row.env[0] != "" {
				t.Setenv(row.env[0], row.env[1])
			}
			s, err := Open(t.Context(), row.setting)
			must(t, err)
			_, opening := s.Open(t.Context(), profile.PictureFile{Name: pictureName("a"), Size: 96})
			_, listing := s.Survey(t.Context())
			for _, err := range []error{s.Reach(t.Context()), s.Put(t.Context(), picture("a")), opening, listing} {
				unavailable(t, err, true, row.words)
			}
		})
	}
	t.Run("no key", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		t.Setenv("HOME", t.TempDir())
		_, err := Open(t.Context(), setting)
		unavailable(t, err, true, "no key", "AWS_SECRET_ACCESS_KEY")
	})
	t.Run("TLS where none is spoken", func(t *testing.T) {
		s, err := Open(t.Context(), strings.Replace(setting, "http://", "https://", 1))
		must(t, err)
		unavailable(t, s.Reach(t.Context()), false, "speaks no TLS", "http://")
	})
}

func TestBucketTakesItsRegionFromTheServer(t *testing.T) {
	server := s3test.Start(t)
	s, err := Open(t.Context(), strings.Replace(server.Setting("", ""), "region="+s3test.Region, "", 1))
	must(t, err)
	must(t, s.Put(t.Context(), picture("a")))
}

func TestBucketWhoseServerIsKilled(t *testing.T) {
	server, s := openBucket(t, "")
	ctx, p := t.Context(), picture("a")
	must(t, s.Put(ctx, p))
	large := "ABCDEFGHIJKLMNOPQRSTUVWXYZ/large.txt"
	must(t, s.PutFile(ctx, large, make([]byte, MaxFileBytes)))
	half, err := s.OpenFile(ctx, large)
	must(t, err)
	server.Kill()
	_, err = io.Copy(io.Discard, half)
	unavailable(t, err, false, server.Addr) // a part is never taken for the whole
	half.Close()
	begun := time.Now()
	_, opening := s.Open(ctx, profile.PictureFile{Name: p.Name, Size: 96})
	_, listing := s.Survey(ctx)
	for _, err := range []error{opening, listing, s.Put(ctx, picture("b")), s.Remove(ctx, p.Name), s.Reach(ctx)} {
		unavailable(t, err, false, "no server answers", server.Addr, "nothing listens there")
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("to say so took %s", took)
	}
	server.Up()
	content, err := s.Open(ctx, profile.PictureFile{Name: p.Name, Size: 96})
	if got := text(t, content, err); got != string(p.Squares[1]) {
		t.Errorf("after it came back: %q", got)
	}
}

// TestBucketWhoseServerHangs: the database waits for a removal.
func TestBucketWhoseServerHangs(t *testing.T) {
	_ = s3test.Start(t) // for the keys
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	t.Parallel()
	s, err := Open(t.Context(), "s3://people?region=x&endpoint=http://"+l.Addr().String())
	must(t, err)
	var both sync.WaitGroup
	both.Go(func() {
		begun := time.Now()
		unavailable(t, s.Remove(t.Context(), pictureName("a")), false, "took too long")
		if took := time.Since(begun); took > removeTimeout+time.Second {
			t.Errorf("a removal took %s", took)
		}
	})
	both.Go(func() {
		begun := time.Now()
		_, err := s.Open(t.Context(), profile.PictureFile{Name: pictureName("a"), Size: 96})
		unavailable(t, err, false, "took too long")
		if took := time.Since(begun); took > answerTimeout+time.Second {
			t.Errorf("a picture took %s", took)
		}
	})
	both.Wait()
}

func TestSignedLinks(t *testing.T) {
	server, s := openBucket(t, "&links=signed")
	p := picture("a")
	must(t, s.Put(t.Context(), p))
	follow := func(method, link string) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, link, nil)
		must(t, err)
		response, err := http.DefaultClient.Do(r)
		must(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		must(t, err)
		return response.StatusCode, response.Header, string(body)
	}
	link, err := s.Link(t.Context(), http.MethodGet, profile.PictureFile{Name: p.Name, Size: 96})
	must(t, err)
	status, header, body := follow(http.MethodGet, link)
	if status != 200 || body != string(p.Squares[1]) || header.Get("Content-Type") != "image/jpeg" || header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("%d %v %q", status, header, body)
	}
	if !strings.HasPrefix(link, s.Links()+"/") || s.Links() != "http://"+server.Addr || strings.Contains(link, s3test.SecretKey) {
		t.Errorf("%s is not at %s", link, s.Links())
	}
	head, err := s.Link(t.Context(), http.MethodHead, profile.PictureFile{Name: p.Name, Size: 96})
	must(t, err)
	if status, _, _ := follow(http.MethodHead, head); status != 200 {
		t.Errorf("HEAD: %d", status)
	}
	short, err := s.objects.(s3).sign(t.Context(), http.MethodGet, fileName(p.Name, 96), time.Second)
	must(t, err)
	time.Sleep(2100 * time.Millisecond)
	for outcome, link := range map[string]string{
		"expired":    short,
		"lengthened": strings.Replace(short, "X-Amz-Expires=1&", "X-Amz-Expires=600&", 1),
		"of another": strings.Replace(link, "-96.jpg", "-whole.jpg", 1),
		"unsigned":   link[:strings.IndexByte(link, '?')],
	} {
		if status, _, body := follow(http.MethodGet, link); status != 403 {
			t.Errorf("%s: %d %q", outcome, status, body)
		}
	}
	for _, bad := range []string{"", "../x", pictureName("a") + "-whole"} {
		if link, err := s.Link(t.Context(), http.MethodGet, profile.PictureFile{Name: bad, Size: 96}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %s %v", bad, link, err)
		}
	}
}

func TestNoLinksWithoutTheSetting(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store, _ behind) {
		if link, err := s.Link(t.Context(), http.MethodGet, profile.PictureFile{Name: pictureName("a"), Size: 96}); link != "" || err != nil || s.Links() != "" {
			t.Errorf("%q %v, at %q", link, err, s.Links())
		}
	})
}

func TestWholesAndFilesAreForNobodysCache(t *testing.T) {
	server, s := openBucket(t, "")
	must(t, s.Put(t.Context(), picture("a")))
	must(t, s.PutFile(t.Context(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ/cv.html", []byte("<script>")))
	for path, want := range map[string][2]string{
		fileName(pictureName("a"), 96):     {"image/jpeg", "public, max-age=31536000, immutable"},
		webpName(pictureName("a"), 96):     {"image/webp", "public, max-age=31536000, immutable"},
		wholeName(pictureName("a")):        {"image/jpeg", "private, no-store"},
		"files/ABCDEFGHIJKLMNOPQRSTUVWXYZ": {"application/octet-stream", "private, no-store"},
	} {
		info, err := server.Client.StatObject(t.Context(), s3test.Bucket, "a/site/"+path, minio.StatObjectOptions{})
		must(t, err)
		if got := [2]string{info.ContentType, info.Metadata.Get("Cache-Control")}; got != want {
			t.Errorf("%s is %v, not %v", path, got, want)
		}
	}
}
