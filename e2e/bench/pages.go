package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// pages loads the public page and the register page, by turns with a bare handler that writes the same bytes.
func (b *bench) pages() error {
	subject, _, err := b.seeded(b.many)
	if err != nil {
		return err
	}
	rest, err := subject.resident("VmRSS")
	if err != nil {
		return err
	}
	b.table.most(fmt.Sprintf("resident memory at rest, %d people", b.many), rest, 40, " MB")
	random, err := b.random(subject)
	if err != nil {
		return err
	}
	if err := b.compare("the public page", subject, "/@person0000007", random, subject.database()); err != nil {
		return err
	}
	if err := b.compare("the register page", subject, "/register", "", ""); err != nil {
		return err
	}
	subject.stop()
	return nil
}

// random writes the script with which wrk asks for another active person each time, and returns its path.
func (b *bench) random(p *process) (string, error) {
	db, err := p.open()
	if err != nil {
		return "", err
	}
	defer db.Close()
	rows, err := db.Query("SELECT username FROM users WHERE is_active = TRUE AND username LIKE 'person%'")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var names strings.Builder
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
		names.WriteString(name + "\n")
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	list, script := filepath.Join(b.dir, "names.txt"), filepath.Join(b.dir, "random.lua")
	if err := os.WriteFile(list, []byte(names.String()), 0o600); err != nil {
		return "", err
	}
	return script, os.WriteFile(script, []byte(fmt.Sprintf(randomLua, list)), 0o600)
}

const randomLua = `
local names = {}
init = function()
  for name in io.lines(%q) do names[#names + 1] = name end
  math.randomseed(os.time())
end
request = function() return wrk.format(nil, '/@' .. names[math.random(#names)]) end
`

// compare loads one path of the subject and of the bare handler by turns.
func (b *bench) compare(name string, subject *process, path, script, database string) error {
	bare, err := b.bare(subject.url+path, database)
	if err != nil {
		return err
	}
	defer bare.stop()
	var ours, limits []float64
	for range b.turns {
		for _, side := range []struct {
			url  string
			into *[]float64
		}{{subject.url, &ours}, {bare.url, &limits}} {
			rate, err := b.wrk(side.url+path, script)
			if err != nil {
				return err
			}
			*side.into = append(*side.into, rate)
		}
	}
	b.table.note(name+", requests a second", median(ours), "")
	b.table.note("  a bare handler that writes the same", median(limits), "")
	b.table.least("  the share of it", median(ours)/median(limits), 0.5, "")
	return nil
}

// bare starts this program as the bare handler, in a process of its own, with the bytes of a page.
func (b *bench) bare(page, database string) (*process, error) {
	res, err := http.Get(page)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d %v", page, res.StatusCode, err)
	}
	file := filepath.Join(b.dir, "page.html")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	p := &process{dir: b.dir, url: "http://" + addr, path: self, args: []string{"-bare", addr, "-page", file, "-database", database}}
	b.servers = append(b.servers, p)
	return p, p.start()
}

var perSecond = regexp.MustCompile(`Requests/sec:\s*([\d.]+)`)

// wrk loads an address and returns the requests that were answered in a second. An answer that is no 2xx is an error.
func (b *bench) wrk(url, script string) (float64, error) {
	args := []string{"-t2", "-c32", fmt.Sprintf("-d%.0fs", b.load.Seconds())}
	if script != "" {
		args = append(args, "-s", script)
	}
	out, err := exec.Command("wrk", append(args, url)...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk %s: %w\n%s", url, err, out)
	}
	if regexp.MustCompile(`Non-2xx|Socket errors`).Match(out) {
		return 0, fmt.Errorf("wrk %s: not every request was answered:\n%s", url, out)
	}
	found := perSecond.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("wrk %s: no figure in\n%s", url, out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
