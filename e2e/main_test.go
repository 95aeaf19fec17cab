// Package e2e tries the real binary from outside: in a real browser with JavaScript on and off, in a text browser, over
// plain HTTP, and with its process killed. NAMEPLATE_SHOTS=DIR keeps a picture of every page that axe looks at.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the path of the binary, built once for all tests.
var program string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if _, err := os.Stat("../public/dist"); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: public/dist is missing, so the binary would have no style sheet. Run `make run` or `make test`.")
		return 1
	}
	dir, err := os.MkdirTemp("", "nameplate-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "nameplate")
	build := exec.Command("go", "build", "-tags", "sqlite_fts5", "-o", program, "./cmd/nameplate")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: build the binary: %v\n%s", err, out)
		return 1
	}
	defer closeBrowser()
	return m.Run()
}
