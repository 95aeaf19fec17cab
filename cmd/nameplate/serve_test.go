package main

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
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
	p := newPlace(t, "NAMEPLATE_SMTP=smtp://localhost", "NAMEPLATE_SITE_NAME=")
	s := p.serve("--throttle", "off")
	for _, path := range []string{"/healthz", "/readyz", "/", "/register"} {
		if status, err := s.get(path); status != http.StatusOK || err != nil {
			t.Errorf("%s: %d %v", path, status, err)
		}
	}
	for _, word := range []string{"make the first one with: " + binary + ` createsuperuser"`, "base_url=http://localhost:", "NAMEPLATE_SMTP", "NAMEPLATE_THROTTLE", "serving Nameplate"} {
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
	s.stop(syscall.SIGTERM)
	if want := binary + ` createsuperuser --database other.db"`; !strings.Contains(s.log(), want) {
		t.Errorf("the log does not say %q:\n%s", want, s.log())
	}
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

// Many people ask, and log in, which takes a while, when the signal comes: every request that was sent is answered.
func TestStopAnswersWhatWasAccepted(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "NAMEPLATE_THROTTLE=off")
	s := p.serve()
	const clients = 40
	var sent, answered sync.WaitGroup
	failures := make(chan error, clients)
	sent.Add(clients)
	for i := range clients {
		answered.Go(func() {
			if err := login(s.url, i, sent.Done); err != nil {
				failures <- err
			}
		})
	}
	sent.Wait()
	time.Sleep(20 * time.Millisecond) // the last connections reach the server
	status, took := s.stop(syscall.SIGTERM)
	answered.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if status != 0 || took > 10*time.Second {
		t.Errorf("status %d after %s", status, took)
	}
	if strings.Contains(s.log(), "cut off") {
		t.Errorf("requests were cut off:\n%s", s.log())
	}
	if _, err := s.get("/healthz"); err == nil {
		t.Error("it still answers")
	}
}

// login sends a log-in on a connection of its own, calls sent, and waits for the whole answer.
func login(base string, i int, sent func()) error {
	once := sync.OnceFunc(sent)
	defer once()
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	body := url.Values{"username": {fmt.Sprintf("nobody%d", i)}, "password": {testPassword}}.Encode()
	_, err = fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nSec-Fetch-Site: same-origin\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", u.Host, base, len(body), body)
	if err != nil {
		return err
	}
	once()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return fmt.Errorf("client %d: %w", i, err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return fmt.Errorf("client %d: %w", i, err)
	}
	if answer.StatusCode != http.StatusUnprocessableEntity {
		return fmt.Errorf("client %d: status %d", i, answer.StatusCode)
	}
	return nil
}

// A client that never sends its request doesn't keep the server alive.
func TestStopWithSilentClient(t *testing.T) {
	t.Parallel()
	s := newPlace(t).serve()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Le"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	if status, took := s.stop(syscall.SIGTERM); status != 0 || took > 10*time.Second {
		t.Errorf("status %d after %s", status, took)
	}
}

func TestOlderDatabase(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"clearsessions"}, {"seed", "1", "--yes"}, {"changepassword", "ada"}} {
		r := p.runBinary(laterBinary, args...)
		if r.status != 1 {
			t.Errorf("%s: status %d", args[0], r.status)
		}
		oneLine(t, r.stderr, "nameplate migrate", "nameplate.db")
	}
	if r := p.runBinary(laterBinary, "showmigrations"); !strings.Contains(r.stdout, "[X] 0001_") || !strings.Contains(r.stdout, "[ ] 9999_later") {
		t.Errorf("showmigrations: %s%s", r.stdout, r.stderr)
	}
	if r := p.runBinary(laterBinary, "check"); r.status != 1 || !strings.Contains(r.stdout, "nameplate migrate") {
		t.Errorf("check: %d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := p.runBinary(laterBinary, "migrate"); r.status != 0 || r.stdout != "applied 9999_later\n" {
		t.Errorf("migrate: %d %s%s", r.status, r.stdout, r.stderr)
	}
	if r := p.runBinary(laterBinary, "migrate"); r.status != 0 || r.stdout != "nothing to apply\n" {
		t.Errorf("migrate again: %d %s%s", r.status, r.stdout, r.stderr)
	}
}

func TestOlderDatabaseWithMigrateFlag(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	cmd := p.command(laterBinary, "serve", "--migrate", "--addr", "127.0.0.1:0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		if strings.Contains(p.runBinary(laterBinary, "showmigrations").stdout, "[X] 9999_later") {
			break
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if out := p.runBinary(laterBinary, "showmigrations").stdout; !strings.Contains(out, "[X] 9999_later") {
		t.Errorf("not migrated: %s", out)
	}
}

func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if r := p.runBinary(laterBinary, "migrate"); r.status != 0 {
		t.Fatal(r)
	}
	before := schema(t, filepath.Join(p.dir, "nameplate.db"))
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"serve", "--migrate", "--addr", "127.0.0.1:0"}, {"migrate"}, {"clearsessions"}, {"seed", "1"}} {
		r := p.run(args...)
		if r.status != 1 {
			t.Errorf("%s: status %d", args, r.status)
		}
		oneLine(t, r.stderr, "newer", "nameplate.db")
	}
	if out := p.must("showmigrations"); !strings.HasSuffix(out, "\n[X] 9999, unknown to this nameplate (v9.8.7): use the newer one that applied it\n") {
		t.Errorf("showmigrations: %s", out)
	}
	if after := schema(t, filepath.Join(p.dir, "nameplate.db")); after != before {
		t.Errorf("the schema was %s and is %s", before, after)
	}
}

// schema returns the statements that made a SQLite file.
func schema(t *testing.T, path string) string {
	t.Helper()
	d, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var text string
	if err := d.QueryRow("SELECT group_concat(sql, ';') FROM sqlite_schema").Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}
