package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

const (
	approvalsPath = "/admin/waiting"
	listedMost    = 200 // rows of a list without pages
)

// approvals lists who waits to be approved.
func (a *App) approvals(c *fiber.Ctx) error {
	list, err := a.DB.Awaiting(c.UserContext(), listedMost)
	if err != nil {
		return err
	}
	page := a.page(c, "Who waits")
	if c.Query("saved") != "" {
		page.Saved = "Approved. They can log in."
		if a.Mail {
			page.Saved = "Approved. They get a mail."
		}
	}
	return send(c, fiber.StatusOK, views.ApprovalsPage(page, list))
}

// approve makes somebody active who waits. Of two admins who do so at once, the second finds it done.
func (a *App) approve(c *fiber.Ctx) error {
	id, _ := strconv.ParseInt(posted(c, "approve"), 10, 64) // what is no number is nobody's
	if err := a.DB.Approve(c.UserContext(), a.author(c), signedIn(c), id); err != nil && !isNotFound(err) {
		return err
	}
	return redirect(c, approvalsPath+"?saved=approved")
}
