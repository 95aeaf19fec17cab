// Package mailtest gives tests a real mail server, which keeps what it is sent.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a mail server on a loopback port. Its fields are set before it starts.
type Server struct {
	User, Password string // asked for when set
	STARTTLS       bool   // offered
	TLS            bool   // from the beginning
	Addr           string // set by Start

	// Refuse answers a recipient; nil takes everybody. It may wait.
	Refuse func(to string) error

	mu    sync.Mutex
	mails []Mail
}

// Mail is one that the server took.
type Mail struct {
	From, To string // of the envelope
	Header   mail.Header
	Subject  string
	Text     string
	HTML     string

	ImageID, ImageType string // of the picture that the HTML shows; empty for none
	Image              []byte
}

// Start starts a server, which stops when the test ends.
func Start(t testing.TB, s *Server) *Server {
	t.Helper()
	server := smtp.NewServer(s)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = quiet{}
	if s.STARTTLS || s.TLS {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	if s.TLS {
		l = tls.NewListener(l, server.TLSConfig)
	}
	go func() { _ = server.Serve(l) }() // it ends with an error when it is closed
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// Setting is the server as NAMEPLATE_SMTP names it.
func (s *Server) Setting() string {
	setting := "smtp://"
	if s.TLS {
		setting = "smtps://"
	}
	if s.User != "" {
		setting += s.User + ":" + s.Password + "@"
	}
	return setting + s.Addr
}

// Mails returns what was taken so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail{}, s.mails...)
}

// To returns what was taken for an address, once there are n of them. It waits for these, and fails the test when they don't come.
func (s *Server) To(t testing.TB, address string, n int) []Mail {
	t.Helper()
	var found []Mail
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		found = nil
		for _, m := range s.Mails() {
			if m.To == address {
				found = append(found, m)
			}
		}
		if len(found) >= n {
			return found
		}
	}
	t.Fatalf("%d mails to %s came, not %d: %v", len(found), address, n, s.Mails())
	return nil
}

var link = regexp.MustCompile(`https?://\S+`)

// Link returns the path of the first link in the text.
func (m Mail) Link() string {
	at := link.FindString(m.Text)
	if _, path, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(at, "http://"), "https://"), "/"); ok {
		return "/" + path
	}
	return ""
}

// NewSession begins a conversation.
func (s *Server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }

type session struct {
	server *Server
	in     bool // authenticated
	mail   Mail
}

// AuthMechanisms are those that the server offers.
func (s *session) AuthMechanisms() []string {
	if s.server.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks the name and the password.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.User || password != s.server.Password {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

// Mail notes the sender.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.User != "" && !s.in {
		return smtp.ErrAuthRequired
	}
	s.mail.From = from
	return nil
}

// Rcpt notes the recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = to
	if s.server.Refuse != nil {
		return s.server.Refuse(to)
	}
	return nil
}

// Data reads the message.
func (s *session) Data(r io.Reader) error {
	m, err := Read(r)
	if err != nil {
		return err
	}
	m.From, m.To = s.mail.From, s.mail.To
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, m)
	return nil
}

// Reset forgets the message.
func (s *session) Reset() { s.mail = Mail{} }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate makes one that nobody vouches for, as mail servers on one's own machine have.
func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mail.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Read reads a message as it travels (RFC 5322): its text, its HTML, and a picture within that (RFC 2387).
func Read(r io.Reader) (m Mail, err error) {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return m, err
	}
	m.Header = msg.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return m, err
	}
	return m, m.readParts(msg.Header.Get("Content-Type"), msg.Body)
}

func (m *Mail) readParts(contentType string, body io.Reader) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = m.readPart(part)
		}
		if err != nil {
			return err
		}
	}
}

func (m *Mail) readPart(part *multipart.Part) error {
	contentType := part.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		return m.readParts(contentType, part)
	case strings.HasPrefix(kind, "image/"):
		m.ImageID, m.ImageType = strings.Trim(part.Header.Get("Content-ID"), "<>"), kind
		m.Image, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		return err
	}
	body, err := io.ReadAll(quotedprintable.NewReader(part))
	text := strings.ReplaceAll(string(body), "\r\n", "\n")
	if kind == "text/html" {
		m.HTML = text
	} else {
		m.Text = text
	}
	return err
}
