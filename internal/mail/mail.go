// Package mail sends messages: through a mail server, or onto the standard error where there is none.
package mail

import (
	"context"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// Message is one mail to one person.
type Message struct {
	ID      string // what stands before the @ of its Message-ID: the same each time it is tried
	To      string // a plain address
	Subject string
	Text    string
	HTML    string
	Image   Image // the picture that the HTML shows
}

// Image is a picture that travels within a message. It has no bytes where a message has none.
type Image struct {
	ID   string // what the HTML calls it, as in src="cid:ID" (RFC 2392)
	Name string // as a file
	Type string // image/png or image/jpeg
	Data []byte
}

// Sender sends messages one after the other. It may be used by many goroutines at once.
type Sender interface {
	// Send hands over a message. It fails with an error that Refused knows when trying again can't help.
	Send(ctx context.Context, m Message) error
	// Check says what is wrong with the way messages go, without sending any.
	Check(ctx context.Context) error
}

// Open returns what sends for a setting: smtp://user:password@host:port (STARTTLS where the server offers it), smtps:// (TLS from
// the beginning), or for an empty one a Printer on w. From is the sender's address, with or without a name; name is the
// sender's where it has none. Its errors never hold the password.
func Open(setting, from, name string, w io.Writer) (Sender, error) {
	sender, err := ParseFrom(from)
	if err != nil {
		return nil, err
	}
	if sender.Name == "" {
		sender.Name = name
	}
	if setting == "" {
		return &Printer{from: sender, w: w}, nil
	}
	server, err := parseServer(setting)
	if err != nil {
		return nil, err
	}
	return &SMTP{server: server, from: sender}, nil
}

// ParseFrom reads the sender's address, with or without a name, as in RFC 5322.
func ParseFrom(from string) (*mail.Address, error) {
	a, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("%q is no address: write one such as nameplate@example.org", from)
	}
	if a.Address, err = ascii(a.Address); err != nil {
		return nil, fmt.Errorf("%q is no address: its domain can't be read", from)
	}
	return a, nil
}

// ascii writes the domain of an address as mail servers know it (RFC 5891).
func ascii(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", fmt.Errorf("the domain of the address: %w", err)
	}
	return address[:at+1] + domain, nil
}

// Printer writes messages for an operator to read, where there is no mail server.
type Printer struct {
	from *mail.Address
	mu   sync.Mutex
	w    io.Writer
}

// Send writes the text of the message.
func (p *Printer) Send(_ context.Context, m Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := strings.ReplaceAll(strings.TrimRight(m.Text, "\n"), "\n", "\n  | ")
	_, err := fmt.Fprintf(p.w, "mail, not sent because NAMEPLATE_SMTP is not set:\n  | To: %s\n  | Subject: %s\n  |\n  | %s\n", m.To, m.Subject, text)
	return err
}

// Check has nothing to find.
func (p *Printer) Check(context.Context) error { return nil }
