package handlers

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/views"
)

const sessionsPath = "/settings/sessions"

// openSessions lists where one is logged in.
func (a *App) openSessions(c *fiber.Ctx) error {
	list, err := a.DB.SessionsOf(c.UserContext(), signedIn(c).ID, thisSession(c))
	if err != nil {
		return err
	}
	page := a.page(c, "Where you are logged in")
	switch c.Query("saved") {
	case "one":
		page.Saved = "That browser is logged out."
	case "all":
		page.Saved = "Every other browser is logged out."
	}
	var sessions []views.Session
	for _, s := range list {
		sessions = append(sessions, views.NewSession(strconv.FormatInt(s.ID, 10), s.UserAgent, s.IP, s.CreatedAt, s.SeenAt, s.This))
	}
	return render(c, fiber.StatusOK, views.SessionsPage(page, sessions), views.SessionList(page, sessions))
}

// endSessions logs out one browser, or all others. One that has gone meanwhile is as it should be.
func (a *App) endSessions(c *fiber.Ctx) error {
	id, _ := strconv.ParseInt(posted(c, "session"), 10, 64) // what is no number is none
	if posted(c, "all") != "" {
		if err := a.DB.EndSessions(c.UserContext(), signedIn(c).ID, thisSession(c)); err != nil {
			return err
		}
		return redirect(c, sessionsPath+"?saved=all")
	}
	if err := a.DB.EndSession(c.UserContext(), signedIn(c).ID, id); err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	return redirect(c, sessionsPath+"?saved=one")
}
