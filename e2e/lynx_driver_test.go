package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// lynx is the text browser, on a terminal of its own. It reads pages and presses keys as a person would: a field is
// found by the label before it, a link or button by its words.
type lynx struct {
	t     testing.TB
	s     *server
	dir   string
	keys  *os.File
	reads int
	at    int    // the number of the link or field where the cursor is
	page  string // the page as it was last read, on one line, with a number [n] before each link and field
	cmd   *exec.Cmd
}

const lynxConfig = `ACCEPT_ALL_COOKIES:TRUE
CHARACTER_SET:utf-8
INFOSECS:0
MESSAGESECS:0
ALERTSECS:0
DEBUGSECS:0
NO_PAUSE:TRUE
`

// openLynx starts lynx on a path of s.
func openLynx(t testing.TB, s *server, path string) *lynx {
	t.Helper()
	dir := t.TempDir()
	l := &lynx{t: t, s: s, dir: dir}
	config, script := filepath.Join(dir, "lynx.cfg"), filepath.Join(dir, "keys")
	if err := os.WriteFile(config, []byte(lynxConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(script, 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.keys, err = os.OpenFile(script, os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	master, terminal := openTerminal(t)
	l.cmd = exec.Command("lynx", "-cfg="+config, "-cmd_script="+script, "-number_fields", s.url+path)
	l.cmd.Env = []string{"HOME=" + dir, "TERM=vt100", "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "LINES=40", "COLUMNS=100"}
	l.cmd.Stdin, l.cmd.Stdout, l.cmd.Stderr = terminal, terminal, terminal
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := l.cmd.Start(); err != nil {
		t.Fatalf("start lynx (Debian's package lynx): %v", err)
	}
	terminal.Close()
	go io.Copy(io.Discard, master)
	t.Cleanup(func() {
		l.cmd.Process.Kill()
		l.cmd.Wait()
		l.keys.Close()
		master.Close()
	})
	l.read()
	return l
}

// openTerminal makes a pseudo terminal.
func openTerminal(t testing.TB) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	size := &unix.Winsize{Row: 40, Col: 100}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, terminal
}

// press sends keys: every byte of the text is one, in lynx's own spelling.
func (l *lynx) press(text string) {
	l.t.Helper()
	var script strings.Builder
	for _, key := range []byte(text) {
		switch {
		case key == '\t':
			script.WriteString("key <tab>\n")
		case key == '\n': // what the Enter key sends
			script.WriteString("key ^M\n")
		case key == ' ':
			script.WriteString("key <space>\n")
		case key < ' ':
			fmt.Fprintf(&script, "key ^%c\n", key+'@')
		default:
			fmt.Fprintf(&script, "key %c\n", key)
		}
	}
	if _, err := l.keys.WriteString(script.String()); err != nil {
		l.t.Fatal(err)
	}
}

var blanks = regexp.MustCompile(`\s+`)

// read lets lynx print the page into a file, as it shows it.
func (l *lynx) read() string {
	l.t.Helper()
	l.reads++
	path := filepath.Join(l.dir, fmt.Sprintf("page%d.txt", l.reads))
	l.press("P\n\x15" + path + "\n")
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(path)
		if err != nil || len(text) == 0 {
			continue
		}
		time.Sleep(20 * time.Millisecond)
		if again, _ := os.ReadFile(path); len(again) == len(text) {
			page, _, _ := strings.Cut(string(text), "\nReferences\n")
			l.at = 1 // after printing lynx is at the top again
			l.page = strings.ReplaceAll(blanks.ReplaceAllString(page, " "), "_", "")
			return l.page
		}
	}
	l.t.Fatalf("lynx showed no page within %v; the last was:\n%s", patience, l.page)
	return ""
}

// goTo opens a path and reads its page.
func (l *lynx) goTo(path string) {
	l.t.Helper()
	l.press("g\x15" + l.s.url + path + "\n")
	l.read()
}

// see checks that the page says the words.
func (l *lynx) see(words ...string) {
	l.t.Helper()
	for _, word := range words {
		if !strings.Contains(l.page, word) {
			l.t.Fatalf("lynx does not show %q but:\n%s", word, l.page)
		}
	}
}

// move brings the cursor to a link, button or field: the first that matches behind the words that stand before it.
func (l *lynx) move(after, pattern string) {
	l.t.Helper()
	begin := strings.Index(l.page, after)
	if begin < 0 {
		l.t.Fatalf("lynx does not show %q but:\n%s", after, l.page)
	}
	found := regexp.MustCompile(pattern).FindStringSubmatch(l.page[begin+len(after):])
	if found == nil {
		l.t.Fatalf("behind %q there is no %s:\n%s", after, pattern, l.page)
	}
	n, _ := strconv.Atoi(found[1])
	if n < l.at {
		l.t.Fatalf("%s has the number %d, and the cursor is past it at %d", pattern, n, l.at)
	}
	l.press(strings.Repeat("\t", n-l.at))
	l.at = n
}

// fill types a text into the field whose label is given, behind the words after.
func (l *lynx) fill(after, label, text string) {
	l.t.Helper()
	l.move(after, regexp.QuoteMeta(label)+`[^\[]*\[(\d+)\]`)
	l.press("\x15" + text)
}

// follow presses a link or button with these words, behind the words after, and reads the page it leads to.
func (l *lynx) follow(after, words string) {
	l.t.Helper()
	l.move(after, `\[(\d+)\]\s*(?:[^\s\[\]]+\) )?`+regexp.QuoteMeta(words)) // a button's value may stand before its words
	l.press("\n")
	l.read()
}

// tick turns the tick of a box on, or off, whose label comes behind the words after.
func (l *lynx) tick(after, label string) {
	l.t.Helper()
	l.move(after, `\[(\d+)\]\[.\]\s*`+regexp.QuoteMeta(label))
	l.press("\n")
}
