// Bench loads the real binary and prints each figure of its speed and weight beside its limit.
//
//	go run -tags sqlite_fts5 ./e2e/bench [-quick] [-only WORDS]
//
// It builds the binary, seeds throw-away databases of 1,000, 100,000 and 1,000,000 people in a temporary directory, and
// starts a server on loopback for each. What is loaded in parallel is loaded with Debian's wrk (2 threads, 32
// connections); where the limit is a share of what Fiber can do at all, a bare handler of this program is loaded by turns
// with the subject, and medians are compared. What an admin waits for is asked for one request after the other.
//
// With -quick the databases are small and the runs short: it shows that everything can be measured, and its figures
// mean little. With -only it takes the steps alone in whose names the words stand. The exit status is 0 whenever everything
// could be measured, also where a figure is over its limit.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// plan says how much is measured.
type plan struct {
	few, many, most int // people in the three databases
	load            time.Duration
	turns           int // runs of wrk for each side
	asks            int // requests of which a median is taken
	logins          int // tries of each kind
	starts          int
}

var (
	full  = plan{few: 1_000, many: 100_000, most: 1_000_000, load: 3 * time.Second, turns: 3, asks: 40, logins: 200, starts: 10}
	quick = plan{few: 200, many: 1_000, most: 5_000, load: time.Second, turns: 1, asks: 5, logins: 10, starts: 3}
)

func main() {
	short := flag.Bool("quick", false, "small databases and short runs, to see that it works")
	only := flag.String("only", "", "take only the steps in whose names these words stand")
	bare := flag.String("bare", "", "be the bare handler on this address (used by the program itself)")
	source := flag.String("database", "", "the database of the bare handler")
	page := flag.String("page", "", "a file with the bytes that the bare handler writes")
	flag.Parse()
	var err error
	if *bare != "" {
		err = serveBare(*bare, *source, *page)
	} else if *short {
		err = run(quick, *only)
	} else {
		err = run(full, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// build is the name of the step that every run takes.
const build = "build the binary"

// run measures everything and prints the table.
func run(p plan, only string) error {
	if _, err := exec.LookPath("wrk"); err != nil {
		return fmt.Errorf("wrk is missing: apt-get install wrk")
	}
	dir, err := os.MkdirTemp("", "nameplate-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{plan: p, dir: dir, binary: filepath.Join(dir, "nameplate")}
	defer b.stopAll()
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{build, b.build},
		{"start from an empty directory", b.starts},
		{"load the public page and the register page", b.pages},
		{"ask for the admin's lists", b.lists},
		{"act on many people", b.actions},
		{"export and import tables", b.tables},
		{"add attributes", b.attributes},
		{"narrow lists by attributes", b.filters},
		{"narrow lists by attributes on PostgreSQL", b.filtersOnPostgres},
		{"change one's picture", b.upload},
		{"draw a photograph", b.photographs},
		{"send photographs", b.uploads},
		{"log in wrongly", b.logins},
		{"ask for a new password", b.resets},
		{"log in all at once", b.floods},
		{"weigh the servers", b.memory},
	} {
		if step.name != build && !strings.Contains(step.name, only) {
			continue
		}
		fmt.Fprintln(os.Stderr, "bench:", step.name, "…")
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	b.table.print(os.Stdout)
	return nil
}

// bench is one run: where it works, what it has started, and what it has measured.
type bench struct {
	plan
	dir     string
	source  string // where go.mod is
	binary  string
	servers []*process
	crowd   *process // the server with the most people
	table   table
}

func (b *bench) build() error {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return err
	}
	b.source = strings.TrimSpace(string(root))
	if _, err := os.Stat(filepath.Join(b.source, "public", "dist")); err != nil {
		return fmt.Errorf("public/dist is missing: run `make bench`, which makes it first")
	}
	cmd := exec.Command("go", "build", "-tags", "sqlite_fts5", "-trimpath", "-ldflags", "-s -w", "-o", b.binary, "./cmd/nameplate") // as make build does
	cmd.Dir = b.source
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// seeded starts a server whose database holds n people, and returns how long seeding took.
func (b *bench) seeded(n int) (*process, time.Duration, error) {
	p, err := b.newProcess(fmt.Sprintf("people-%d", n))
	if err != nil {
		return nil, 0, err
	}
	if err := p.command("migrate"); err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	if err := p.command("seed", fmt.Sprint(n), "--yes"); err != nil {
		return nil, 0, err
	}
	took := time.Since(begin)
	if err := p.command("createsuperuser", "--no-input", "--username", "root", "--email", "root@example.org"); err != nil {
		return nil, 0, err
	}
	return p, took, p.start()
}
