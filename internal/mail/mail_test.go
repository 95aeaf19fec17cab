package mail_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"nameplate/internal/mail"
	"nameplate/internal/mail/mailtest"
)

func message(to string) mail.Message {
	return mail.Message{ID: "1.2", To: to, Subject: "Grüße · Site", Text: "Zeile eins\n\nhttp://localhost/x/TOKEN\n", HTML: "<p>Zeile</p>"}
}

func open(t *testing.T, setting string) mail.Sender {
	t.Helper()
	s, err := mail.Open(setting, "nameplate@example.org", "Ada's Site", nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMessagesArrive(t *testing.T) {
	for name, server := range map[string]*mailtest.Server{
		"plainly":                          {},
		"over STARTTLS":                    {STARTTLS: true},
		"over TLS":                         {TLS: true},
		"with a password":                  {User: "me%40home", Password: "p%2Fw"},
		"with a password over STARTTLS":    {User: "me", Password: "pw", STARTTLS: true},
		"with a password over TLS at once": {User: "me", Password: "pw", TLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			mailtest.Start(t, server)
			setting := server.Setting()
			server.User, server.Password = strings.ReplaceAll(server.User, "%40", "@"), strings.ReplaceAll(server.Password, "%2F", "/")
			s := open(t, setting)
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("check: %v", err)
			}
			if n := len(server.Mails()); n != 0 {
				t.Errorf("check has sent %d mails", n)
			}
			if err := s.Send(t.Context(), message("ada@bücher.example")); err != nil {
				t.Fatal(err)
			}
			m := server.To(t, "ada@xn--bcher-kva.example", 1)[0]
			if len(m.Image) > 0 || strings.Contains(m.Header.Get("Content-Type"), "related") {
				t.Errorf("a picture that nobody sent: %s", m.Header.Get("Content-Type"))
			}
			want := message("")
			if m.Subject != want.Subject || m.Text != want.Text || m.HTML != want.HTML {
				t.Errorf("%q %q %q", m.Subject, m.Text, m.HTML)
			}
			if m.Link() != "/x/TOKEN" {
				t.Errorf("link %q", m.Link())
			}
			for header, want := range map[string]string{
				"From": `"Ada's Site" <nameplate@example.org>`, "To": "<ada@xn--bcher-kva.example>", "Auto-Submitted": "auto-generated", "Message-Id": "<1.2@example.org>",
			} {
				if got := m.Header.Get(header); got != want {
					t.Errorf("%s: %s, want %s", header, got, want)
				}
			}
			if _, err := m.Header.Date(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, row := range map[string]struct {
		answer  error
		forGood bool
	}{
		"nobody there":    {&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}, true},
		"not now":         {&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}, false},
		"a broken answer": {&smtp.SMTPError{Code: 421, Message: "Bye"}, false},
		"taken after all": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			server := mailtest.Start(t, &mailtest.Server{Refuse: func(string) error { return row.answer }})
			err := open(t, server.Setting()).Send(t.Context(), message("ada@example.org"))
			if (err != nil) != (row.answer != nil) || mail.Refused(err) != row.forGood {
				t.Errorf("%v, for good: %v", err, mail.Refused(err))
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	server := mailtest.Start(t, &mailtest.Server{User: "me", Password: "right"})
	s := open(t, "smtp://me:wrong-secret@"+server.Addr)
	for _, err := range []error{s.Check(t.Context()), s.Send(t.Context(), message("ada@example.org"))} {
		if err == nil || mail.Refused(err) || strings.Contains(err.Error(), "wrong-secret") {
			t.Errorf("%v", err)
		}
	}
}

// TestHangingServer connects to one that takes connections and says nothing: it ends when the context does.
func TestHangingServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- open(t, "smtp://"+l.Addr().String()).Send(ctx, message("ada@example.org")) }()
	select {
	case err := <-ended:
		if err == nil || mail.Refused(err) {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it hangs with the server")
	}
}

func TestHeadersStayOne(t *testing.T) {
	server := mailtest.Start(t, &mailtest.Server{})
	m := message("ada@example.org")
	m.Subject = "a\r\nBcc: eve@example.org\r\n\r\nbody"
	if err := open(t, server.Setting()).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := server.To(t, "ada@example.org", 1)[0]; got.Header.Get("Bcc") != "" || got.Text != m.Text {
		t.Errorf("a subject has become a header: %v", got.Header)
	}
	for _, to := range []string{"ada@example.org\r\nRCPT TO:<eve@example.org>", "ada@example.org, eve@example.org", "", "ada"} {
		m := message(to)
		if err := open(t, server.Setting()).Send(t.Context(), m); err == nil || !mail.Refused(err) {
			t.Errorf("%q: %v", to, err)
		}
	}
}

func TestOpen(t *testing.T) {
	for setting, want := range map[string]string{
		"":                                    "",
		"smtp://localhost":                    "",
		"smtp://localhost:25":                 "",
		"smtps://me:secret@mail.example.org":  "",
		"smtp://[::1]:2525":                   "",
		"mail.example.org:25":                 "does not begin with smtp://",
		"https://mail.example.org":            "does not begin with smtp://",
		"smtp://":                             "names no host",
		"smtp://me@mail.example.org":          "one is missing",
		"smtp://me:secret@mail.example.org/x": "something stands behind",
		"smtp://me:sec ret@mail:99999":        "",
		"smtp://me:secret@mail:99999":         "port",
		"smtp://me:se%zz@mail":                "can't be read",
	} {
		_, err := mail.Open(setting, "a@example.org", "Site", nil)
		if want == "" && setting == "smtp://me:sec ret@mail:99999" {
			want = "can't be read"
		}
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%q: %v, want %q", setting, err, want)
		}
	}
	for _, from := range []string{"", "nobody", "a@b@c", "a@example.org\r\nBcc: b@example.org"} {
		if _, err := mail.Open("", from, "Site", nil); err == nil {
			t.Errorf("from %q is taken", from)
		}
	}
}

func TestPrinter(t *testing.T) {
	var out bytes.Buffer
	s, err := mail.Open("", "Ada <a@example.org>", "Site", &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), message("ada@example.org")); err != nil || s.Check(t.Context()) != nil {
		t.Error(err)
	}
	for _, words := range []string{"not sent", "To: ada@example.org", "Subject: Grüße", "http://localhost/x/TOKEN"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is missing in\n%s", words, out.String())
		}
	}
}

// TestPicturesTravelWithin: what the HTML calls by cid: comes with it, and the text stays as it is.
func TestPicturesTravelWithin(t *testing.T) {
	server := mailtest.Start(t, &mailtest.Server{})
	sent := message("ada@example.org")
	sent.HTML = `<img src="cid:face.1.2@nameplate" alt="">`
	sent.Image = mail.Image{ID: "face.1.2@nameplate", Name: "face.png", Type: "image/png", Data: []byte("\x89PNG\r\n\x00\xff and more")}
	if err := open(t, server.Setting()).Send(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	m := server.To(t, "ada@example.org", 1)[0]
	if m.Text != sent.Text || m.HTML != sent.HTML || m.ImageID != sent.Image.ID || m.ImageType != "image/png" || !bytes.Equal(m.Image, sent.Image.Data) {
		t.Errorf("%+v", m)
	}
	if kind := m.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/related") {
		t.Errorf("it is %s", kind)
	}
}
