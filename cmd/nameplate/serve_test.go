package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is a binary that serves.
type server struct {
	t     *testing.T
	cmd   *exec.Cmd
	url   string // where it listens
	mu    sync.Mutex
	lines []string
	ended chan struct{} // closed when its standard error ends
}

// serve starts a server in the place, on a port of its own, and waits until it says where it listens.
func (p *place) serve(args ...string) *server {
	p.t.Helper()
	s := &server{t: p.t, ended: make(chan struct{})}
	s.cmd = p.command(binary, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.cmd.Process.Kill(); <-s.ended; s.cmd.Wait() })
	address := make(chan string, 1)
	go s.read(stderr, address)
	select {
	case addr := <-address:
		s.url = "http://" + addr
	case <-s.ended:
		p.t.Fatalf("the server ended: %s", s.log())
	case <-time.After(20 * time.Second):
		p.t.Fatalf("the server does not say where it listens: %s", s.log())
	}
	return s
}

var listening = regexp.MustCompile(`address"?[=:]"?([0-9.]+:[0-9]+)`)

func (s *server) read(stderr io.Reader, address chan<- string) {
	defer close(s.ended)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		s.mu.Lock()
		s.lines = append(s.lines, lines.Text())
		s.mu.Unlock()
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			address <- found[1]
		}
	}
}

func (s *server) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// stop sends a signal and returns the exit status and how long the server took.
func (s *server) stop(signal os.Signal) (int, time.Duration) {
	s.t.Helper()
	begun := time.Now()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(15 * time.Second):
		s.t.Fatal("the server does not stop")
	}
	s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode(), time.Since(begun)
}

// get asks for a path and returns the status.
func (s *server) get(path string) (int, error) {
	client := http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(s.url + path)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

func TestServeFromNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "NAMEPLATE_METRICS_ADDR=:9000", "NAMEPLATE_SITE_NAME=")
	s := p.serve("--throttle", "off")
	for _, path := range []string{"/healthz", "/readyz", "/", "/register"} {
		if status, err := s.get(path); status != http.StatusOK || err != nil {
			t.Errorf("%s: %d %v", path, status, err)
		}
	}
	for _, word := range []string{"make the first one with: " + binary + ` createsuperuser"`, "base_url=http://localhost:", "NAMEPLATE_METRICS_ADDR", "NAMEPLATE_THROTTLE", "serving Nameplate"} {
		for end := time.Now().Add(10 * time.Second); !strings.Contains(s.log(), word) && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond) // it is written while the first requests are answered
		}
		if !strings.Contains(s.log(), word) {
			t.Errorf("the log does not say %q:\n%s", word, s.log())
		}
	}
	if status, took := s.stop(syscall.SIGTERM); status != 0 || took > 10*time.Second {
		t.Errorf("SIGTERM: status %d after %s", status, took)
	}
	if names := p.names(); !slices.Equal(names, []string{"nameplate.db", "uploads"}) {
		t.Errorf("left behind: %q", names)
	}
	p.superuser()
	s = p.serve("--log", "json", "--base-url", "https://people.example.org/", "--site-name", "Brass")
	for _, word := range []string{`{"time":`, `"base_url":"https://people.example.org"`, "serving Brass"} {
		if !strings.Contains(s.log(), word) {
			t.Errorf("the log does not say %q:\n%s", word, s.log())
		}
	}
	if status, took := s.stop(os.Interrupt); status != 0 || took > 10*time.Second {
		t.Errorf("SIGINT: status %d after %s", status, took)
	}
	if strings.Contains(s.log(), "createsuperuser") {
		t.Errorf("there is a superuser, and the log asks for one:\n%s", s.log())
	}
}

// Who names the database on the command line is told to name it again.
func TestServeNamesItsDatabase(t *testing.T) {
	t.Parallel()
	s := newPlace(t).serve("--database=other.db")
	want := binary + ` createsuperuser --database other.db"`
	for range 200 {
		if strings.Contains(s.log(), want) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Errorf("the log does not say %q:\n%s", want, s.log())
}

func TestServePortInUse(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p := newPlace(t)
	r := p.run("serve", "--addr", ln.Addr().String())
	if r.status != 1 {
		t.Errorf("status %d", r.status)
	}
	oneLine(t, r.stderr, ln.Addr().String(), "another program", "--addr")
	if names := p.names(); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}
