package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The real binary, and one of a later version, which knows one more migration.
var binary, laterBinary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "nameplate-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary, laterBinary = filepath.Join(dir, "nameplate"), filepath.Join(dir, "later")
	err = errors.Join(
		build(binary, "-ldflags", "-X main.version=v9.8.7 -X main.commit=c0ffee"),
		overlay(dir),
		build(laterBinary, "-overlay", filepath.Join(dir, "overlay.json")))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func build(path string, flags ...string) error {
	args := append([]string{"build", "-tags", "sqlite_fts5", "-o", path}, flags...)
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		return fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return nil
}

// overlay adds a migration to what the later version is built from.
func overlay(dir string) error {
	migration := filepath.Join(dir, "later.sql")
	place, err := filepath.Abs("../../db/migrations/sqlite/9999_later.sql")
	if err != nil {
		return err
	}
	files, err := json.Marshal(map[string]any{"Replace": map[string]string{place: migration}})
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(migration, []byte("-- +goose Up\nCREATE TABLE later (id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE later;\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "overlay.json"), files, 0o600))
}

// place is an empty directory in which commands run, with an environment of its own.
type place struct {
	t     *testing.T
	dir   string
	env   []string
	stdin string
}

func newPlace(t *testing.T, env ...string) *place {
	t.Helper()
	dir := t.TempDir()
	return &place{t: t, dir: dir, env: append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...)}
}

// result is what a command left behind.
type result struct {
	status         int
	stdout, stderr string
}

// run runs the binary to its end.
func (p *place) run(args ...string) result {
	p.t.Helper()
	return p.runBinary(binary, args...)
}

func (p *place) runBinary(program string, args ...string) result {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := p.command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(p.stdin), &stdout, &stderr
	cmd.WaitDelay = time.Second
	timer := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (p *place) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// must runs a command that has to succeed, and returns what it printed.
func (p *place) must(args ...string) string {
	p.t.Helper()
	r := p.run(args...)
	if r.status != 0 {
		p.t.Fatalf("nameplate %s: status %d\n%s%s", strings.Join(args, " "), r.status, r.stdout, r.stderr)
	}
	return r.stdout
}

// names returns the files of the place.
func (p *place) names() []string {
	p.t.Helper()
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// superuser adds the superuser ada with the password of all tests.
func (p *place) superuser(flags ...string) {
	p.t.Helper()
	p.env = append(p.env, passwordVariable+"="+testPassword)
	p.must(append([]string{"createsuperuser", "--no-input", "--username", "ada", "--email", "ada@example.org"}, flags...)...)
}

const testPassword = "quiet brass doorway 41"

// oneLine fails the test unless text is one line that contains each of the words.
func oneLine(t *testing.T, text string, words ...string) {
	t.Helper()
	if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		t.Errorf("not one line: %q", text)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q does not say %q", text, word)
		}
	}
}
