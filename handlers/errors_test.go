package handlers

import (
	"net/http"
	"strings"
	"testing"
)

// TestLogHoldsNoToken: a fault on a page behind the link of a mail is logged without that link.
func TestLogHoldsNoToken(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		must(t, s.db.Close())
		const token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		for _, path := range []string{"/verify-email/" + token, "/undo-email/" + token, "/reset-password/" + token, "/Reset-Password/" + token + "/", "/register?invitation=" + token} {
			for _, r := range []answer{s.client().get(path), s.client().post(path)} {
				if r.status < 500 {
					t.Fatalf("%s: %d", path, r.status)
				}
			}
		}
		if log := s.log.String(); strings.Contains(log, token) || !strings.Contains(log, "path=/reset-password/") || !strings.Contains(log, "path=/register") {
			t.Errorf("%s", log)
		}
		if r := s.client().get("/@ada"); r.status < http.StatusInternalServerError || !strings.Contains(s.log.String(), "path=/@ada") {
			t.Errorf("%d: %s", r.status, s.log)
		}
	})
}
