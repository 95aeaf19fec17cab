package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nameplate/internal/mail/mailtest"
)

// TestHostileForms sends each form of the accounts what no browser would: every field with texts that are too long, broken, or mean
// something elsewhere, once and twice, and as a form with parts. Each is answered, and none by a fault of ours.
func TestHostileForms(t *testing.T) {
	paths := []string{
		"/register", "/register/check", "/login", "/login/code", "/login/passkey", "/verify-email", "/verify-email/TOKEN", "/undo-email/TOKEN",
		"/reset-password", "/reset-password/TOKEN", "/settings/account", "/settings/password", "/settings/sessions", "/settings/two-factor",
		"/settings/passkeys", "/settings/data", "/settings/delete", "/admin/invitations", "/admin/invitations/1/revoke", "/admin/waiting",
		"/admin/mail/1/retry", "/admin/mail/99999999999999999999/delete", "/admin/users/1/two-factor",
	}
	fields := []string{
		"username", "email", "password", "old_password", "new_password", "code", "recovery_code", "passkey", "confirm_passkey", "invitation", "name",
		"id", "remove", "session", "all", "begin", "codes", "resend", "cancel", "max_uses", "days", "approve", "reject", "next", "field", "remember",
	}
	texts := []string{
		"", "\x00", "\xff\xfe", "a\r\nBcc: eve@example.org", strings.Repeat("é", 2_000), "'; DROP TABLE users; --", `{"id":"x"}`, "[" + strings.Repeat("[", 2_000),
		"-1", "99999999999999999999", "1e9", "//evil.example", "<script>alert(1)</script>", "\u202e\u200b",
	}
	onEach(t, func(t *testing.T, s *site) {
		s.mails(&mailtest.Server{})
		s.add("boss", asSuperuser)
		boss := s.add("other", asSuperuser)
		for _, path := range paths {
			c := s.client()
			if strings.HasPrefix(path, "/settings") || strings.HasPrefix(path, "/admin") {
				c = s.as(boss)
			}
			for _, text := range texts {
				for _, only := range append([]string{""}, fields...) {
					if only != "" && len(text) > 1000 {
						continue // all fields together have had it
					}
					var form []string
					for _, field := range fields {
						if only == "" || only == field {
							form = append(form, field, text, field, text)
						}
					}
					if r := c.post(path, form...); r.status >= http.StatusInternalServerError || r.status == http.StatusOK && strings.Contains(r.body, "<script>alert") {
						t.Fatalf("%s with %s = %.20q: %d", path, only, text, r.status)
					}
				}
				if r := c.upload(path, "passkey", "x.json", []byte(text), "username", text, "email", text, "password", text); r.status >= http.StatusInternalServerError {
					t.Fatalf("%s in parts with %.20q: %d", path, text, r.status)
				}
			}
		}
		if strings.Contains(s.log.String(), "panic") {
			t.Error(s.log.String())
		}
	}, withMail, func(a *App) { a.Throttle = false })
}
