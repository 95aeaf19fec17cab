package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"net"

	"nameplate/internal/mail/mailtest"
)

// mailServer is Debian's aiosmtpd, which keeps what it is sent in a Maildir.
type mailServer struct {
	t    testing.TB
	addr string
	dir  string
	cmd  *exec.Cmd
}

// startMail starts a mail server, which stops when the test ends.
func startMail(t testing.TB) *mailServer {
	t.Helper()
	m := &mailServer{t: t, addr: freeAddr(t), dir: filepath.Join(t.TempDir(), "box")}
	m.up()
	t.Cleanup(m.stop)
	return m
}

func (m *mailServer) up() {
	m.t.Helper()
	m.cmd = exec.Command("/usr/bin/aiosmtpd", "-n", "-l", m.addr, "-c", "aiosmtpd.handlers.Mailbox", m.dir)
	m.cmd.Stderr = os.Stderr
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.cmd.Start(); err != nil {
		m.t.Fatalf("start the mail server (Debian's package python3-aiosmtpd): %v", err)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", m.addr); err == nil {
			conn.Close()
			return
		}
	}
	m.t.Fatal("the mail server does not listen")
}

func (m *mailServer) stop() {
	if m.cmd != nil {
		m.cmd.Process.Kill()
		m.cmd.Wait()
		m.cmd = nil
	}
}

// setting is the server as Nameplate is told of it.
func (m *mailServer) setting() string { return "NAMEPLATE_SMTP=smtp://" + m.addr }

// last waits until n mails with a subject have come to an address, and returns the one that came last.
func (m *mailServer) last(address, subject string, n int) mailtest.Mail {
	m.t.Helper()
	var found []mailtest.Mail
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		found = nil
		files, _ := filepath.Glob(filepath.Join(m.dir, "new", "*"))
		for _, file := range files { // named by the time they came
			if mail, ok := m.read(file); ok && mail.Header.Get("To") == "<"+address+">" && strings.HasPrefix(mail.Subject, subject) {
				found = append(found, mail)
			}
		}
		if len(found) >= n {
			return found[len(found)-1]
		}
	}
	m.t.Fatalf("%d mails %q came to %s, not %d", len(found), subject, address, n)
	return mailtest.Mail{}
}

func (m *mailServer) read(file string) (mailtest.Mail, bool) {
	f, err := os.Open(file)
	if err != nil {
		return mailtest.Mail{}, false
	}
	defer f.Close()
	mail, err := mailtest.Read(f)
	return mail, err == nil
}
