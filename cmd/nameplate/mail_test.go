package main

import (
	"strings"
	"testing"

	"nameplate/internal/mail/mailtest"
)

// TestCheckMail has check look at mail servers, to which it sends nothing.
func TestCheckMail(t *testing.T) {
	t.Parallel()
	server := mailtest.Start(t, &mailtest.Server{User: "me", Password: "right-secret"})
	open := mailtest.Start(t, &mailtest.Server{})
	for _, row := range []struct {
		outcome string
		args    []string
		status  int
		says    string
	}{
		{"no server is noted", nil, 0, "note     NAMEPLATE_SMTP is not set"},
		{"a server that answers is fine", []string{"--smtp", server.Setting(), "--mail-from", "people@example.org"}, 0, "ok       the mail server answers"},
		{"a sender that others refuse is warned of", []string{"--smtp", server.Setting()}, 0, "warning  NAMEPLATE_MAIL_FROM is nameplate@localhost"},
		{"a wrong password is wrong", []string{"--smtp", "smtp://me:other-secret@" + server.Addr}, 1, "are the user and the password right?"},
		{"a server that isn't there is wrong", []string{"--smtp", "smtp://127.0.0.1:1"}, 1, "wrong    NAMEPLATE_SMTP: the mail server 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused; is it running"},
		{"a password that nobody asks for is wrong", []string{"--smtp", "smtp://me:other-secret@" + open.Addr}, 1, "leave the user and the password out"},
		{"TLS where there is none is wrong", []string{"--smtp", "smtps://" + open.Addr}, 1, "write smtp:// for this port"},
		{"links to this machine are warned of", []string{"--smtp", open.Setting()}, 0, "warning  NAMEPLATE_SMTP is set and NAMEPLATE_BASE_URL is not"},
		{"approval where nobody registers is noted", []string{"--registration", "closed", "--approval", "on"}, 0, "note     NAMEPLATE_APPROVAL is on"},
	} {
		r := newPlace(t).run(append([]string{"check"}, row.args...)...)
		if r.status != row.status || !strings.Contains(r.stdout, row.says) {
			t.Errorf("%s: status %d, %s", row.outcome, r.status, r.stdout)
		}
		if strings.Contains(r.stdout+r.stderr, "secret") {
			t.Errorf("%s: the password is told: %s%s", row.outcome, r.stdout, r.stderr)
		}
	}
	if n := len(server.Mails()); n != 0 {
		t.Errorf("check has sent %d mails", n)
	}
}
