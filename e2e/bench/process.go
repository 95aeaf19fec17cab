package main

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
	"strconv"
	"strings"
	"syscall"
	"time"
)

// rootPassword is the superuser's in every throw-away database.
const rootPassword = "quiet brass doorway 41"

// process is one server and the directory it works in.
type process struct {
	dir, url string
	path     string
	args     []string
	env      []string
	cmd      *exec.Cmd
	log      bytes.Buffer
}

// newProcess prepares a server of the built binary in a directory of its own.
func (b *bench) newProcess(name string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(b.dir, name)
	p := &process{dir: dir, url: "http://" + addr, path: b.binary, args: []string{"serve"}, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir,
		"NAMEPLATE_ADDR=" + addr, "NAMEPLATE_THROTTLE=off", "NAMEPLATE_SUPERUSER_PASSWORD=" + rootPassword,
	}}
	b.servers = append(b.servers, p)
	return p, os.MkdirAll(dir, 0o700)
}

func (p *process) database() string { return filepath.Join(p.dir, "nameplate.db") }

// open opens the database's file beside the server, for reading.
func (p *process) open() (*sql.DB, error) {
	return sql.Open("sqlite3", "file:"+p.database()+"?_query_only=1&_busy_timeout=5000")
}

// command runs another command of the program in the same directory.
func (p *process) command(args ...string) error {
	cmd := exec.Command(p.path, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("nameplate %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// start begins to serve and waits for the first answer.
func (p *process) start() error {
	p.cmd = exec.Command(p.path, p.args...)
	p.cmd.Env, p.cmd.Dir = p.env, p.dir
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		return err
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Microsecond) {
		if res, err := http.Get(p.url + "/"); err == nil {
			res.Body.Close()
			return nil
		}
	}
	return fmt.Errorf("no answer from %s within 30 s", p.url)
}

// stop ends the process and waits for it.
func (p *process) stop() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
	p.cmd = nil
}

func (b *bench) stopAll() {
	for _, p := range b.servers {
		p.stop()
	}
}

// resident returns a figure of /proc/PID/status in megabytes: VmRSS is now, VmHWM the most so far.
func (p *process) resident(field string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(field + `:\s*(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("no %s for process %d", field, p.cmd.Process.Pid)
	}
	kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
	return kilobytes / 1024, err
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// starts measures from an empty directory to the first answer.
func (b *bench) starts() error {
	var took []float64
	for i := range b.plan.starts {
		p, err := b.newProcess(fmt.Sprintf("start-%d", i))
		if err != nil {
			return err
		}
		begin := time.Now()
		if err := p.start(); err != nil {
			return err
		}
		took = append(took, milliseconds(time.Since(begin)))
		p.stop()
	}
	b.table.most("from an empty directory to the first answer", median(took), 100, " ms")
	return nil
}
