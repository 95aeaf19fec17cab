package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

const approvalsPath = "/admin/waiting"

// approvals lists who waits to be approved.
func (a *App) approvals(c *fiber.Ctx) error {
	list, err := a.DB.Awaiting(c.UserContext(), listedMost)
	if err != nil {
		return err
	}
	page := a.page(c, "Who waits")
	switch c.Query("saved") {
	case "approved":
		page.Saved = "Approved. They get a mail."
	case "rejected":
		page.Saved = "The account is deleted."
	}
	return send(c, fiber.StatusOK, views.ApprovalsPage(page, list))
}

// approve makes somebody active who waits, or deletes them. Of two admins who do so at once, the second finds it done.
func (a *App) approve(c *fiber.Ctx) error {
	if id := personIn(c, "approve"); id != 0 {
		if err := a.DB.Approve(c.UserContext(), a.author(c), signedIn(c), id); err != nil && !isNotFound(err) {
			return err
		}
		return redirect(c, approvalsPath+"?saved=approved")
	}
	id := personIn(c, "reject")
	person, err := a.DB.User(c.UserContext(), id)
	if err != nil && !isNotFound(err) {
		return err
	}
	if person.AwaitsApproval { // whoever was approved meanwhile stays
		if _, err := a.DB.DeleteUser(c.UserContext(), a.author(c), signedIn(c), id); err != nil && !isNotFound(err) {
			return err
		}
	}
	return redirect(c, approvalsPath+"?saved=rejected")
}

// personIn is the id that a form gives a field, 0 for none.
func personIn(c *fiber.Ctx, field string) int64 {
	id, _ := strconv.ParseInt(posted(c, field), 10, 64) // what is no number is nobody's
	return id
}
