package views

import (
	"bytes"
	commandline "flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

var update = commandline.Bool("update", false, "write the golden files again")

const mailToken = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func mails(site, username string) map[string]Mail {
	const base = "https://people.example.org"
	return map[string]Mail{
		"verify-email-new":     VerifyMail(site, base, username, mailToken, true),
		"verify-email":         VerifyMail(site, base, username, mailToken, false),
		"taken-new":            TakenMail(site, base, username, true),
		"taken":                TakenMail(site, base, username, false),
		"email-changed":        EmailChangedMail(site, base, username, mailToken),
		"email-replaced":       EmailChangedMail(site, base, username, ""),
		"reset-password":       ResetMail(site, base, username, mailToken, true),
		"reset-no-password":    ResetMail(site, base, username, mailToken, false),
		"two-factor-on":        TwoFactorMail(site, base, username, true),
		"two-factor-off":       TwoFactorMail(site, base, username, false),
		"passkey-added":        PasskeyMail(site, base, username, true),
		"passkey-removed":      PasskeyMail(site, base, username, false),
		"invitation":           InvitationMail(site, base, username, mailToken, "2026-06-01"),
		"invitation-by-nobody": InvitationMail(site, base, "", mailToken, "2026-06-01"),
		"approved":             ApprovedMail(site, base, username),
		"awaits":               AwaitsMail(site, base),
		"password-changed":     PasswordChangedMail(site, base, username),
		"with-a-face":          withFace(ApprovedMail(site, base, username)),
	}
}

func withFace(m Mail) Mail { m.Face = "cid:face.1.2@nameplate"; return m }

// TestMails compares each mail with its golden file: go test ./views -run TestMails -update writes them again.
func TestMails(t *testing.T) {
	for name, m := range mails("Nameplate", "ada") {
		t.Run(name, func(t *testing.T) {
			var text, html bytes.Buffer
			if err := MailText(m).Render(t.Context(), &text); err != nil {
				t.Fatal(err)
			}
			if err := MailHTML(m).Render(t.Context(), &html); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", text.Bytes())
			golden(t, name+".html", html.Bytes())
			for _, part := range []string{text.String(), html.String()} {
				if m.Link != "" && !strings.Contains(part, m.Link) {
					t.Error("the link is missing")
				}
			}
			for line := range strings.Lines(text.String()) {
				if len(line) > 79 && !strings.Contains(line, "://") {
					t.Errorf("the line is too long: %s", line)
				}
			}
			doc, err := goquery.NewDocumentFromReader(&html)
			if err != nil || doc.Find(`img:not([src^="cid:"]), script, link, [srcset], [background]`).Length() > 0 || strings.Contains(doc.Find("style").Text(), "url(") {
				t.Errorf("the mail asks for something: %v", err)
			}
			if n := doc.Find(`img[width="48"][height="48"][alt=""]`).Length(); (n == 1) != (m.Face != "") || n != doc.Find("img").Length() {
				t.Errorf("it has %d faces", n)
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "mail", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is now\n%s\nwant\n%s", file, got, want)
	}
}

// TestMailsEscape fills each mail with hostile text: as HTML it is text, and as text it is as it was typed.
func TestMailsEscape(t *testing.T) {
	for name, m := range mails(hostile, hostile) {
		var text, html bytes.Buffer
		if err := MailHTML(m).Render(t.Context(), &html); err != nil {
			t.Fatal(err)
		}
		if err := MailText(m).Render(t.Context(), &text); err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(&html)
		if err != nil || doc.Find(`script, img:not([src^="cid:face"]), b`).Length() > 0 {
			t.Errorf("%s: a name has become markup: %v", name, err)
		}
		if !strings.Contains(strings.Join(strings.Fields(text.String()), " "), hostile) {
			t.Errorf("%s: the text has escaped a name", name)
		}
	}
}
