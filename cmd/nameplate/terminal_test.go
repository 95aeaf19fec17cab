package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dialogue is a command that talks with a person at a terminal.
type dialogue struct {
	t    *testing.T
	desk *os.File // the person's side
	wait func() int

	mu   sync.Mutex
	seen bytes.Buffer
	read int // how much of seen was expected already
}

// talk starts a command at a terminal of its own.
func (p *place) talk(args ...string) *dialogue {
	p.t.Helper()
	desk, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(desk.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(desk.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := p.command(binary, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	d := &dialogue{t: p.t, desk: desk, wait: func() int { cmd.Wait(); return cmd.ProcessState.ExitCode() }}
	go d.listen()
	p.t.Cleanup(func() { cmd.Process.Kill(); terminal.Close(); desk.Close() })
	return d
}

func (d *dialogue) listen() {
	chunk := make([]byte, 1024)
	for {
		n, err := d.desk.Read(chunk)
		d.mu.Lock()
		d.seen.Write(chunk[:n])
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// expect waits for words that were not expected before.
func (d *dialogue) expect(words string) {
	d.t.Helper()
	for range 400 {
		d.mu.Lock()
		at := strings.Index(d.seen.String()[d.read:], words)
		if at >= 0 {
			d.read += at + len(words)
		}
		d.mu.Unlock()
		if at >= 0 {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	d.t.Fatalf("%q was never said: %q", words, d.screen())
}

func (d *dialogue) screen() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen.String()
}

// answer waits for a question, and types.
func (d *dialogue) answer(question, text string) {
	d.t.Helper()
	d.expect(question)
	time.Sleep(50 * time.Millisecond) // the terminal stops showing what is typed just after the question
	if _, err := d.desk.WriteString(text); err != nil {
		d.t.Fatal(err)
	}
}

func TestCreateSuperuserAsks(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.talk("createsuperuser")
	d.answer("Username: ", "a/da\n")
	d.answer("Username: ", "ada\n")
	d.answer("E-mail address: ", "nowhere\n")
	d.answer("E-mail address: ", "ada@example.org\n")
	d.answer("Password: ", "12345678\n")
	d.answer("Password: ", testPassword+"\n")
	d.answer("Password again: ", "something else 1\n")
	d.expect("differ")
	d.answer("Password: ", testPassword+"\n")
	d.answer("Password again: ", testPassword+"\n")
	d.expect("added the superuser ada")
	if status := d.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
	if strings.Contains(d.screen(), testPassword) {
		t.Errorf("the password is shown: %q", d.screen())
	}
	if n := ask[int](p, "SELECT count(*) FROM users WHERE username = 'ada' AND is_superuser"); n != 1 {
		t.Errorf("%d superusers", n)
	}
}

// A name or an address that somebody has is refused at once, before anything else is asked.
func TestCreateSuperuserAsksForWhatIsFree(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	d := p.talk("createsuperuser", "--username", "Ada")
	d.expect("Choose another username: 'Ada' is taken.")
	d.answer("Username: ", "ADA\n")
	d.expect("Choose another username: 'ADA' is taken.")
	d.answer("Username: ", "bob@example.org\n")
	d.answer("E-mail address: ", "Ada@Example.org\n")
	d.expect("Choose another address: 'Ada@")
	d.answer("E-mail address: ", "other@example.org\n")
	d.expect("The username bob@example.org looks like an e-mail address.")
	d.answer("E-mail address: ", "bob@example.org\n")
	d.answer("Password: ", testPassword+"\n")
	d.answer("Password again: ", testPassword+"\n")
	d.expect("added the superuser bob@example.org")
	if status := d.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// Where somebody takes the name while the password is typed, the last line says so and names it.
func TestCreateSuperuserIsOvertaken(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("migrate")
	d := p.talk("createsuperuser", "--username", "ada", "--email", "other@example.org")
	d.expect("Password: ")
	p.superuser()
	d.answer("", testPassword+"\n")
	d.answer("Password again: ", testPassword+"\n")
	d.expect("nameplate createsuperuser: Choose another username: 'ada' is taken.\r\n")
	if status := d.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
}

func TestChangePasswordAsks(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	before := ask[string](p, "SELECT password FROM users")

	d := p.talk("changepassword", "ada")
	d.answer("Password: ", "\x03")
	if status := d.wait(); status != 1 {
		t.Errorf("Ctrl-C: status %d", status)
	}
	if ask[string](p, "SELECT password FROM users") != before {
		t.Error("Ctrl-C changed the password")
	}

	d = p.talk("changepassword", "ada")
	d.answer("Password: ", "another brass doorway 42\n")
	d.answer("Password again: ", "another brass doorway 42\n")
	d.expect("changed the password of ada")
	if status := d.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
	if ask[string](p, "SELECT password FROM users") == before {
		t.Error("the password is the same")
	}
}
