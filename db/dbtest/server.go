package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// server is one PostgreSQL server, with a Unix socket only.
type server struct {
	dir  string
	pool *sql.DB
	life io.WriteCloser // the watchdog stops the server when this pipe is closed, which the end of the process does too

	template    sync.Once
	templateErr error
}

// start returns the server of this process and starts it when it is first asked for.
var start = sync.OnceValues(func() (*server, error) {
	s, err := launch()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL for tests (Debian: apt install postgresql): %w", err)
	}
	return s, nil
})

// watchdog makes a database cluster, runs the server, and stops it when its standard input is closed. $1 is the directory of
// PostgreSQL's programs and $2 the one to work in.
const watchdog = `
cd "$2" || exit 1
"$1/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log >&2; rm -rf "$2"; exit 1; }
"$1/postgres" -D data -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
	-c max_connections=300 >>log 2>&1 </dev/null &
pid=$!
cat >/dev/null
kill -QUIT $pid 2>/dev/null
wait $pid
cd /
rm -rf "$2"
`

func launch() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "nameplate-pg-") // a socket's path must be short
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", "-c", watchdog, "watchdog", bin, dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C ends the tests, and then the watchdog the server
	if os.Getuid() == 0 {
		credential, err := unprivileged()
		if err != nil {
			return nil, err
		}
		cmd.SysProcAttr.Credential = credential
		if err := os.Chown(dir, int(credential.Uid), int(credential.Gid)); err != nil {
			return nil, err
		}
	}
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	problems, err := os.Create(filepath.Join(dir, "watchdog")) // no pipe: go test would wait for its end
	if err != nil {
		return nil, err
	}
	defer problems.Close()
	cmd.Stderr = problems
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + dir}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{dir: dir, life: life}
	if s.pool, err = sql.Open("pgx", s.source("postgres")); err != nil {
		return nil, err
	}
	return s, s.ready(cmd)
}

// ready waits until the server answers.
func (s *server) ready(cmd *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	deadline := time.After(60 * time.Second)
	for {
		err := s.pool.PingContext(context.Background())
		if err == nil {
			return nil
		}
		select {
		case end := <-ended:
			return fmt.Errorf("the server ended: %w", errors.Join(end, err))
		case <-deadline:
			return errors.Join(err, s.life.Close())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// programs returns the directory that holds initdb and postgres, of the newest version.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// unprivileged returns a user for the server, which refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (s *server) source(database string) string {
	return "postgres:///" + database + "?host=" + s.dir + "&user=postgres&sslmode=disable"
}

func (s *server) exec(query string) error {
	_, err := s.pool.Exec(query)
	return err
}

// Server returns the address of an empty database on the server of this process, for a program that is no test.
func Server() (source string, err error) {
	s, err := start()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("server_%d", made.Add(1))
	return s.source(name), s.exec("CREATE DATABASE " + name + " TEMPLATE template0")
}
