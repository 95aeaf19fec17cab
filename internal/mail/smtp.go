package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

const (
	stepTimeout = 15 * time.Second // for connecting, and for each answer of the server
	sendTimeout = time.Minute      // for all of one message
)

// server is a mail server as a setting names it.
type server struct {
	host           string
	port           int
	tls            bool // from the beginning, and not by STARTTLS
	user, password string
}

func parseServer(setting string) (server, error) {
	wrong := func(why string) (server, error) {
		return server{}, errors.New(why + ": write smtp://user:password@mail.example.org:587 or smtps://user:password@mail.example.org:465, with %40 for an @ in the name or the password")
	}
	u, err := url.Parse(setting)
	if err != nil { // the error holds the setting
		return wrong("it can't be read")
	}
	s := server{host: u.Hostname(), tls: u.Scheme == "smtps", port: 587}
	if s.tls {
		s.port = 465
	}
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return wrong("it does not begin with smtp:// or smtps://")
	case s.host == "":
		return wrong("it names no host")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return wrong("something stands behind the host and the port")
	}
	if port := u.Port(); port != "" {
		if s.port, err = strconv.Atoi(port); err != nil || s.port < 1 || s.port > 65535 {
			return wrong("its port is none")
		}
	}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	if (s.user == "") != (s.password == "") {
		return wrong("of user and password one is missing")
	}
	return s, nil
}

// here says whether the server is on this machine: what goes there meets nobody on its way.
func (s server) here() bool {
	ip, err := netip.ParseAddr(s.host)
	return s.host == "localhost" || err == nil && ip.IsLoopback()
}

// SMTP hands messages to a mail server (RFC 5321, RFC 6409), over one connection each.
type SMTP struct {
	server server
	from   *netmail.Address
}

// client prepares a conversation. No answer in it is waited for longer than ctx lasts.
func (s *SMTP) client(ctx context.Context) (*mail.Client, error) {
	patience := stepTimeout
	if end, ok := ctx.Deadline(); ok {
		patience = max(time.Millisecond, min(patience, time.Until(end)))
	}
	options := []mail.Option{
		mail.WithPort(s.server.port), mail.WithTimeout(patience), mail.WithoutNoop(), mail.WithoutRset(),
		// The certificate of a server on this machine is nearly always one that it made for itself.
		mail.WithTLSConfig(&tls.Config{ServerName: s.server.host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.server.here()}),
		mail.WithTLSPolicy(mail.TLSOpportunistic),
	}
	if s.server.tls {
		options = append(options, mail.WithSSL())
	}
	if s.server.user != "" {
		auth := mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover) // never sends a password that others on the way could read
		if s.server.here() {
			auth = mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc)
		}
		options = append(options, auth, mail.WithUsername(s.server.user), mail.WithPassword(s.server.password))
	}
	return mail.NewClient(s.server.host, options...)
}

// Send hands one message to the server.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := s.message(m)
	if err != nil {
		return &refused{err}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return fmt.Errorf("prepare the mail client: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return s.connecting(err)
	}
	err = client.Send(msg)
	_ = client.Close() // the server has taken it, or has not: that it doesn't say goodbye changes nothing
	if sent, ok := errors.AsType[*mail.SendError](err); ok && permanent(sent) {
		return &refused{err}
	}
	return err
}

// message writes what is sent. It fails for an address that can't stand in an envelope.
func (s *SMTP) message(m Message) (*mail.Msg, error) {
	to, err := ascii(m.To)
	if err != nil {
		return nil, err
	}
	msg := mail.NewMsg()
	if err := msg.FromFormat(s.from.Name, s.from.Address); err != nil {
		return nil, err
	}
	if err := msg.To(to); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	domain := s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answering machine answers
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	if len(m.Image.Data) == 0 {
		return msg, nil
	}
	return msg, msg.EmbedReader(m.Image.Name, bytes.NewReader(m.Image.Data), mail.WithFileContentID("<"+m.Image.ID+">"), mail.WithFileContentType(mail.ContentType(m.Image.Type)))
}

// Check connects to the server and introduces itself, as for a message.
func (s *SMTP) Check(ctx context.Context) error {
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return s.connecting(err)
	}
	return client.Close()
}

// connecting says which server could not be reached, and why.
func (s *SMTP) connecting(err error) error {
	if errors.Is(err, mail.ErrNoSupportedAuthDiscovered) && !s.server.tls {
		return fmt.Errorf("the mail server %s:%d takes a password over an encrypted connection only, and offers none: try smtps://, or another port", s.server.host, s.server.port)
	}
	return fmt.Errorf("the mail server %s:%d: %w", s.server.host, s.server.port, err)
}

// permanent says whether the server has refused the person or the message for good (RFC 5321, 4.2.1). That it refuses the sender
// is for the operator to mend, after which it goes.
func permanent(err *mail.SendError) bool {
	return !err.IsTemp() && err.ErrorCode() >= 500 && (err.Reason == mail.ErrSMTPRcptTo || err.Reason == mail.ErrSMTPDataClose)
}

type refused struct{ err error }

func (r *refused) Error() string { return r.err.Error() }
func (r *refused) Unwrap() error { return r.err }

// Refused says whether an error of Send is for good: the same message would be refused again.
func Refused(err error) bool {
	_, ok := errors.AsType[*refused](err)
	return ok
}
