package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
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
	if err := a.sayApproved(c, &page); err != nil {
		return err
	}
	return send(c, fiber.StatusOK, views.ApprovalsPage(page, list))
}

// sayApproved says what became of who was chosen, and offers to take it back.
func (a *App) sayApproved(c *fiber.Ctx, page *views.Page) error {
	if c.Query("undone") != "" {
		return a.sayUndone(c, page)
	}
	if c.Query("saved") == "none" {
		page.Saved = "Nobody was chosen."
	}
	id, err := strconv.ParseInt(c.Query("saved"), 10, 64)
	if err != nil {
		return nil
	}
	person, err := a.DB.User(c.UserContext(), id)
	switch {
	case err != nil && !isNotFound(err):
		return err
	case err != nil || !person.IsActive:
		page.Saved = "They wait no more: somebody else has decided meanwhile."
		return nil
	case a.Mail:
		page.Saved = person.Username + " is approved, and gets a mail."
	default:
		page.Saved = person.Username + " is approved, and can log in."
	}
	return a.offerUndo(c, page, account.Users+"-"+c.Query("saved"))
}

// approve makes somebody active who waits. Of two admins who do so at once, the second finds it done.
func (a *App) approve(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(posted(c, "approve"), 10, 64)
	if err != nil {
		return redirect(c, approvalsPath+"?saved=none")
	}
	if err := a.DB.Approve(c.UserContext(), a.author(c), signedIn(c), id); err != nil && !isNotFound(err) {
		return err
	}
	return redirect(c, approvalsPath+"?saved="+strconv.FormatInt(id, 10))
}
