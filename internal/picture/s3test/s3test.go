// Package s3test gives tests a real S3 server, which "make bin/versitygw" builds.
package s3test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// What a server knows: its keys, its region, and the one bucket that it has.
const (
	AccessKey = "nameplate-test"
	SecretKey = "quiet-brass-doorway"
	Region    = "eu-test-1"
	Bucket    = "people"
)

// Env are the variables by which a program finds the keys.
var Env = []string{"AWS_ACCESS_KEY_ID=" + AccessKey, "AWS_SECRET_ACCESS_KEY=" + SecretKey, "AWS_EC2_METADATA_DISABLED=true"}

// setEnv sets them for this process, for good: all its tests share them.
var setEnv = sync.OnceValue(func() error {
	for _, variable := range [][2]string{{"AWS_ACCESS_KEY_ID", AccessKey}, {"AWS_SECRET_ACCESS_KEY", SecretKey}, {"AWS_EC2_METADATA_DISABLED", "true"}} {
		if err := os.Setenv(variable[0], variable[1]); err != nil {
			return err
		}
	}
	return nil
})

// Server is an S3 server on loopback, which ends with the test.
type Server struct {
	Addr   string        // a host and a port
	Client *minio.Client // for looking into the bucket

	t    testing.TB
	dir  string
	life io.WriteCloser // when this pipe is closed, which the end of the process does too, the server is killed
	done chan error
}

// Start starts a server with an empty bucket. It fails, and never skips, where the program is missing.
func Start(t testing.TB) *Server {
	t.Helper()
	port, err := freePort()
	if err == nil {
		err = setEnv()
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: fmt.Sprintf("127.0.0.1:%d", port), t: t, dir: t.TempDir()}
	s.Client, err = minio.New(s.Addr, &minio.Options{Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: Region, MaxRetries: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.Up()
	t.Cleanup(s.Kill)
	if err := s.Client.MakeBucket(context.Background(), Bucket, minio.MakeBucketOptions{Region: Region}); err != nil {
		t.Fatalf("make a bucket: %v\n%s", err, s.log())
	}
	return s
}

// Setting is what NAMEPLATE_UPLOADS is for the bucket, with a prefix, and with more of its parameters.
func (s *Server) Setting(prefix, more string) string {
	return "s3://" + Bucket + "/" + prefix + "?endpoint=http://" + s.Addr + "&region=" + Region + more
}

// watchdog runs the server, and kills it when its standard input is closed. $1 is the program, $2 the address and $3 the directory.
const watchdog = `
mkdir -p "$3/objects" "$3/meta" || exit 1
"$1" --quiet --port "$2" --region ` + Region + ` posix --sidecar "$3/meta" "$3/objects" >>"$3/log" 2>&1 </dev/null &
pid=$!
cat >/dev/null
kill -KILL $pid 2>/dev/null
wait $pid
exit 0
`

// Up starts the server, again after Kill, and waits until it answers.
func (s *Server) Up() {
	s.t.Helper()
	program := program()
	if _, err := os.Stat(program); err != nil {
		s.t.Fatalf("the S3 server for tests is missing (%v): run make bin/versitygw", err)
	}
	cmd := exec.Command("/bin/sh", "-c", watchdog, "watchdog", program, s.Addr, s.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C ends the tests, and then the watchdog the server
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + s.dir, "ROOT_ACCESS_KEY=" + AccessKey, "ROOT_SECRET_KEY=" + SecretKey}
	var err error
	if s.life, err = cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan error, 1)
	go func(done chan error) { done <- cmd.Wait() }(s.done)
	s.ready()
}

// ready waits until the server answers.
func (s *Server) ready() {
	s.t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.Addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Since(begun) > 30*time.Second {
			s.t.Fatalf("the S3 server does not answer: %v\n%s", err, s.log())
		}
	}
}

// Kill kills the server, as a power cut would. What it keeps stays for the next Up. It is nothing to kill it twice.
func (s *Server) Kill() {
	if s.life == nil {
		return
	}
	_ = s.life.Close()
	<-s.done
	s.life = nil
}

// Keys are the keys of all objects below a prefix, in order.
func (s *Server) Keys(prefix string) []string {
	s.t.Helper()
	var keys []string
	for object := range s.Client.ListObjectsIter(context.Background(), Bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if object.Err != nil {
			s.t.Fatal(object.Err)
		}
		keys = append(keys, object.Key)
	}
	return keys
}

// Age makes an object older than it is.
func (s *Server) Age(key string, by time.Duration) {
	s.t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(s.dir, "objects", Bucket, key), then, then); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// program is the server in the directory that the Makefile builds into.
func program() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "../../../bin/versitygw")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
