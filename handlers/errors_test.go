package handlers

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"nameplate/db/dbtest"
	"nameplate/public"
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

// TestTimeIsUp: what took too long is said on a page, though the context of the request has ended.
func TestTimeIsUp(t *testing.T) {
	files, err := public.New()
	must(t, err)
	a := &App{DB: dbtest.SQLite(t), Public: files, Log: slog.New(slog.DiscardHandler)}
	a.sessions = newSessions(a.DB)
	f := fiber.New()
	f.Use(a.deadline)
	f.Get("/", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), 0)
		defer cancel()
		c.SetUserContext(ctx)
		return ctx.Err()
	})
	r, err := f.Test(httptest.NewRequest(http.MethodGet, "/", nil), -1)
	must(t, err)
	body, err := io.ReadAll(r.Body)
	must(t, err)
	if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || !strings.Contains(string(body), "Busy just now") {
		t.Errorf("%d: %s", r.StatusCode, body)
	}
}
