package handlers

import (
	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

const mailPath = "/admin/mail"

// failingMail lists the mails that could not be sent.
func (a *App) failingMail(c *fiber.Ctx) error {
	list, err := a.DB.FailingMail(c.UserContext(), listedMost)
	if err != nil {
		return err
	}
	page := a.page(c, "Mail that failed")
	switch c.Query("saved") {
	case "retried":
		page.Saved = "It is tried again now, and for two more days."
	case "deleted":
		page.Saved = "The mail is deleted."
	}
	var mails []views.FailedMail
	for _, m := range list {
		mails = append(mails, views.FailedMail{
			ID: m.ID, Kind: m.Kind, UserID: m.UserID, Username: m.Username, Address: m.Address, CreatedAt: m.CreatedAt, NextAt: m.NextAt, Tries: m.Tries, Error: m.Error,
		})
	}
	return send(c, fiber.StatusOK, views.MailPage(page, mails))
}

// retryMail sends a mail once more. One that was sent meanwhile is as it should be.
func (a *App) retryMail(c *fiber.Ctx) error {
	if err := a.DB.RetryMail(c.UserContext(), userID(c)); err != nil && !isNotFound(err) {
		return err
	}
	return redirect(c, mailPath+"?saved=retried")
}

// deleteMail gives a mail up.
func (a *App) deleteMail(c *fiber.Ctx) error {
	if err := a.DB.DropMail(c.UserContext(), userID(c)); err != nil && !isNotFound(err) {
		return err
	}
	return redirect(c, mailPath+"?saved=deleted")
}
