package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/errgroup"
)

const (
	dialTimeout   = 3 * time.Second
	answerTimeout = 10 * time.Second // until a server begins to answer, all tries together
	putTimeout    = 30 * time.Second // for all files of a picture
	readTimeout   = 2 * time.Minute  // for one file, to whoever is on a slow line
	removeTimeout = 5 * time.Second  // the database waits for it
	tries         = 3
	atOnce        = 6 // requests for one picture
)

// s3 keeps files in a bucket of a server that speaks S3.
type s3 struct {
	bucket
	core   minio.Core
	origin string // of signed links: a scheme and a host; empty where there are none
}

// openS3 makes the client of a bucket. It looks for keys, and asks the server nothing.
func openS3(ctx context.Context, setting string) (s3, error) {
	b, err := parseBucket(setting)
	if err != nil {
		return s3{}, err
	}
	transport, err := minio.DefaultTransport(b.secure)
	if err != nil {
		return s3{}, err
	}
	transport.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	transport.TLSHandshakeTimeout, transport.ResponseHeaderTimeout = dialTimeout, answerTimeout
	keys := credentials.NewChainCredentials(providers())
	core, err := minio.NewCore(b.host, &minio.Options{Creds: keys, Secure: b.secure, Transport: transport, Region: b.region, MaxRetries: tries})
	if err != nil {
		return s3{}, err
	}
	found, err := keys.GetWithContext(core.CredContext())
	if err != nil || found.AccessKeyID == "" || found.SecretAccessKey == "" {
		return s3{}, &Unavailable{Reason: "there is no key for the bucket " + b.name + "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", Refused: true}
	}
	s := s3{bucket: b, core: *core}
	if b.signed {
		if s.origin, err = s.originOfLinks(ctx); err != nil {
			return s3{}, err
		}
	}
	return s, nil
}

// providers are where keys are looked for: the environment, ~/.aws, and the role of the machine.
func providers() []credentials.Provider {
	all := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	if os.Getenv("AWS_EC2_METADATA_DISABLED") != "true" {
		all = append(all, &credentials.IAM{})
	}
	return all
}

func (s s3) close() error { return nil }

func (s s3) key(path string) string { return s.prefix + path }

func (s s3) reach(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	for found := range s.core.ListObjectsIter(within, s.name, minio.ListObjectsOptions{Prefix: s.prefix, MaxKeys: 1}) {
		return s.told(ctx, found.Err)
	}
	return s.told(ctx, within.Err())
}

func (s s3) put(ctx context.Context, files iter.Seq2[string, []byte]) error {
	within, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	all, within := errgroup.WithContext(within)
	all.SetLimit(atOnce)
	for path, content := range files {
		all.Go(func() error {
			_, err := s.core.Client.PutObject(within, s.name, s.key(path), bytes.NewReader(content), int64(len(content)), optionsOf(path))
			return err
		})
	}
	return s.told(ctx, all.Wait())
}

// optionsOf says how a file is served by the server itself, to who follows a signed link.
func optionsOf(path string) minio.PutObjectOptions {
	switch {
	case strings.HasSuffix(path, ".webp"):
		return minio.PutObjectOptions{ContentType: "image/webp", CacheControl: "public, max-age=31536000, immutable"}
	case !strings.HasSuffix(path, ".jpg"):
		return minio.PutObjectOptions{ContentType: "application/octet-stream", CacheControl: "private, no-store"}
	case strings.HasSuffix(path, "-whole.jpg"):
		return minio.PutObjectOptions{ContentType: "image/jpeg", CacheControl: "private, no-store"}
	}
	return minio.PutObjectOptions{ContentType: "image/jpeg", CacheControl: "public, max-age=31536000, immutable"}
}

// open begins to read a file. What was begun outlasts ctx, since an answer is sent after its request has ended.
func (s s3) open(ctx context.Context, path string) (Content, error) {
	body, size, err := s.get(ctx, path, minio.GetObjectOptions{})
	if err != nil {
		return Content{}, err
	}
	return Content{body, size, func(ctx context.Context, from, n int64) (io.ReadCloser, error) {
		_ = body.Close()
		return s.part(ctx, path, from, n)
	}}, nil
}

func (s s3) part(ctx context.Context, path string, from, n int64) (io.ReadCloser, error) {
	var opts minio.GetObjectOptions
	if err := opts.SetRange(from, from+n-1); err != nil {
		return nil, err
	}
	body, size, err := s.get(ctx, path, opts)
	if err == nil && size != n {
		return nil, errors.Join(fmt.Errorf("the server %s gives %d bytes of %s instead of %d", s.host, size, path, n), body.Close())
	}
	return body, err
}

func (s s3) get(ctx context.Context, path string, opts minio.GetObjectOptions) (io.ReadCloser, int64, error) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	slow := time.AfterFunc(answerTimeout, cancel)
	body, info, _, err := s.core.GetObject(within, s.name, s.key(path), opts)
	if !slow.Stop() && err == nil {
		err = errors.Join(context.DeadlineExceeded, body.Close())
	}
	if err != nil {
		cancel()
		return nil, 0, s.told(ctx, err)
	}
	return &stream{body, s.bucket, cancel}, info.Size, nil
}

// stream is a body with what ends its request.
type stream struct {
	io.ReadCloser
	from   bucket
	cancel context.CancelFunc
}

// Read fails as everything of a bucket does.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = s.from.told(context.Background(), err)
	}
	return n, err
}

// Close ends the request.
func (s *stream) Close() error {
	defer s.cancel()
	return s.ReadCloser.Close()
}

func (s s3) remove(ctx context.Context, paths []string) error {
	within, cancel := context.WithTimeout(ctx, removeTimeout)
	defer cancel()
	all, within := errgroup.WithContext(within)
	all.SetLimit(atOnce)
	for _, path := range paths {
		all.Go(func() error {
			err := s.core.RemoveObject(within, s.name, s.key(path), minio.RemoveObjectOptions{})
			if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
				return nil
			}
			return err
		})
	}
	return s.told(ctx, all.Wait())
}

func (s s3) list(ctx context.Context, folder string) iter.Seq2[object, error] {
	return func(yield func(object, error) bool) {
		prefix := s.key(folder + "/")
		for found := range s.core.ListObjectsIter(ctx, s.name, minio.ListObjectsOptions{Prefix: prefix}) {
			if found.Err != nil {
				yield(object{}, s.told(ctx, found.Err))
				return
			}
			name := strings.TrimPrefix(found.Key, prefix)
			if name == "" || strings.HasSuffix(name, "/") { // a folder
				continue
			}
			if !yield(object{name, found.Size, found.LastModified}, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the client says nothing of what it left out
			yield(object{}, err)
		}
	}
}

// free is not known of a bucket.
func (s s3) free() (int64, error) { return -1, nil }

func (s s3) link(ctx context.Context, method, path string) (string, error) {
	if !s.signed {
		return "", nil
	}
	return s.sign(ctx, method, path, LinkTime)
}

func (s s3) sign(ctx context.Context, method, path string, life time.Duration) (string, error) {
	u, err := s.core.Presign(ctx, method, s.name, s.key(path), life, nil)
	if err != nil {
		return "", s.told(ctx, err)
	}
	return u.String(), nil
}

func (s s3) alone() bool { return false }

func (s s3) links() string { return s.origin }

// originOfLinks looks at a link. None is asked for, since the region is known.
func (s s3) originOfLinks(ctx context.Context) (string, error) {
	link, err := s.link(ctx, http.MethodGet, picsDir)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(link)
	if err != nil {
		return "", err
	}
	return u.Scheme + "://" + u.Host, nil
}
