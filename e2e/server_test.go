package e2e

import (
	"bytes"
	"database/sql"
	"fmt"
	"net"
	"net/http"
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

	_ "github.com/mattn/go-sqlite3"
)

// rootPassword is the password of the superuser that server.superuser makes.
const rootPassword = "quiet brass doorway 41"

// server is the real binary with a database and uploads of its own.
type server struct {
	t    testing.TB
	dir  string
	addr string
	url  string
	env  []string
	log  *logs
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended
}

// start runs a server on an empty database. It is stopped when the test ends.
// Each env is a NAME=value that comes on top of the tests' own settings.
func start(t testing.TB, env ...string) *server {
	t.Helper()
	s := prepare(t, env...)
	s.up()
	return s
}

// startWith is start with what profile declares instead of the built-in profile.toml.
func startWith(t testing.TB, profile string, env ...string) *server {
	t.Helper()
	s := prepare(t, env...)
	s.command(nil, "migrate")
	s.declare(profile)
	s.command(nil, "makemigrations", "--yes")
	s.command(nil, "migrate")
	s.up()
	return s
}

// declare makes profile the server's profile.toml, from its next start on.
func (s *server) declare(profile string) {
	s.t.Helper()
	file := filepath.Join(s.dir, "profile.toml")
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if setting := "NAMEPLATE_PROFILE=" + file; !slices.Contains(s.env, setting) {
		s.env = append(s.env, setting)
	}
}

// prepare makes a server that does not run yet.
func prepare(t testing.TB, env ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), addr: freeAddr(t), log: &logs{}}
	s.url = "http://" + s.addr
	s.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir,
		"NAMEPLATE_ADDR=" + s.addr,
		"NAMEPLATE_DATABASE=" + filepath.Join(s.dir, "nameplate.db"),
		"NAMEPLATE_UPLOADS=" + s.uploads(),
		"NAMEPLATE_THROTTLE=off",
	}, env...)
	t.Cleanup(func() {
		s.stop()
		if strings.Contains(s.log.String(), "panic") {
			t.Error("the server's log tells of a panic")
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.log)
		}
	})
	return s
}

func (s *server) uploads() string { return filepath.Join(s.dir, "uploads") }

// up starts the process and waits until it is ready.
func (s *server) up() {
	s.t.Helper()
	s.cmd = exec.Command(program, "serve")
	s.cmd.Env, s.cmd.Dir = s.env, s.dir
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	gone := make(chan struct{})
	s.gone = gone
	go func(cmd *exec.Cmd) {
		cmd.Wait()
		close(gone)
	}(s.cmd)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		select {
		case <-gone:
			s.t.Fatalf("serve ended at once:\n%s", s.log)
		default:
		}
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	s.t.Fatalf("serve was not ready within 30 s:\n%s", s.log)
}

// stop ends the process as an operator does, and says how long that took.
func (s *server) stop() time.Duration {
	s.t.Helper()
	begin := time.Now()
	s.signal(syscall.SIGTERM, 15*time.Second)
	return time.Since(begin)
}

// kill ends the process as a power cut does.
func (s *server) kill() {
	s.t.Helper()
	s.signal(syscall.SIGKILL, 5*time.Second)
}

func (s *server) signal(sig syscall.Signal, wait time.Duration) {
	s.t.Helper()
	if s.cmd == nil {
		return
	}
	select {
	case <-s.gone:
		return
	default:
	}
	s.cmd.Process.Signal(sig)
	select {
	case <-s.gone:
	case <-time.After(wait):
		s.cmd.Process.Kill()
		<-s.gone
		s.t.Errorf("the server did not end within %v of %v", wait, sig)
	}
}

// command runs another command of the program on the same database.
func (s *server) command(env []string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir = append(append([]string{}, s.env...), env...), s.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("nameplate %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// superuser makes a superuser without a terminal, with rootPassword.
func (s *server) superuser(username string) {
	s.t.Helper()
	s.command([]string{"NAMEPLATE_SUPERUSER_PASSWORD=" + rootPassword},
		"createsuperuser", "--no-input", "--username", username, "--email", username+"@example.org")
}

// strings reads the first column of a query, straight from the database's file.
func (s *server) strings(query string, args ...any) []string {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.dir, "nameplate.db")+"?_busy_timeout=5000&_query_only=1")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one sql.NullString
		if err := rows.Scan(&one); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, one.String)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// change runs a statement straight on the database's file, as no page does: to let time pass, for example.
func (s *server) change(query string, args ...any) {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.dir, "nameplate.db")+"?_busy_timeout=5000")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
}

// id returns the id of the user with this name, as it stands in addresses.
func (s *server) id(username string) string {
	s.t.Helper()
	ids := s.strings("SELECT id FROM users WHERE username = ?", username)
	if len(ids) != 1 {
		s.t.Fatalf("%d users are called %q", len(ids), username)
	}
	return ids[0]
}

// memory returns the most memory that the process has held so far, in megabytes.
func (s *server) memory() int {
	s.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	var kilobytes int
	found := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if found == nil {
		s.t.Fatalf("no VmHWM in %s", status)
	}
	fmt.Sscan(string(found[1]), &kilobytes)
	return kilobytes / 1024
}

// freeAddr returns a loopback address with a port that nobody listens on.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// logs is a buffer that a process writes while a test reads.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
