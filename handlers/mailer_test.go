package handlers

import (
	"context"
	"log/slog"
	"testing"

	"nameplate/internal/mail"
	"nameplate/internal/mail/mailtest"
)

// withMail is a site whose mail goes to a real server.
func withMail(a *App) { a.Mail = true }

// post is the mail server of a site, and what sends to it.
type post struct {
	*mailtest.Server
	mailer *Mailer
}

// mails gives a site a mail server, to which nothing is sent before send.
func (s *site) mails(server *mailtest.Server) *post {
	s.t.Helper()
	mailtest.Start(s.t, server)
	sender, err := mail.Open(server.Setting(), "nameplate@example.org", "Nameplate", nil)
	must(s.t, err)
	return &post{server, &Mailer{DB: s.db, Pictures: s.pictures, Sender: sender, Log: slog.New(slog.NewTextHandler(s.log, nil)), Site: "Nameplate", BaseURL: "http://localhost:8080"}}
}

// send sends all that is due.
func (p *post) send(t *testing.T) {
	t.Helper()
	for {
		m, wait, err := p.mailer.DB.NextMail(t.Context())
		if wait > 0 {
			return
		}
		must(t, err)
		p.mailer.send(t.Context(), m)
	}
}

// last sends all that is due and returns the last mail to an address, the n-th.
func (p *post) last(t *testing.T, address string, n int) mailtest.Mail {
	t.Helper()
	p.send(t)
	list := p.To(t, address, n)
	if len(list) != n {
		t.Fatalf("%d mails to %s, not %d", len(list), address, n)
	}
	return list[n-1]
}

// TestMailerRuns queues a mail while the mailer waits, and stops it.
func TestMailerRuns(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		s.add("ada")
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { p.mailer.Run(ctx); close(stopped) }()
		must(t, s.db.RequestReset(t.Context(), "ADA@example.org"))
		m := p.To(t, "ada@example.org", 1)[0]
		if m.Subject != "Choose a new password · Nameplate" {
			t.Errorf("subject %q", m.Subject)
		}
		stop()
		<-stopped
	})
}
