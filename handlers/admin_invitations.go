package handlers

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

const (
	invitationsPath = "/admin/invitations"
	listedMost      = 200 // rows of a list without pages
)

// invitations lists the invitations, with the form for another.
func (a *App) invitations(c *fiber.Ctx) error {
	return a.showInvitations(c, fiber.StatusOK, views.Invitations{Uses: "1", Days: "7", Saved: c.Query("saved")})
}

func (a *App) showInvitations(c *fiber.Ctx, status int, inv views.Invitations) error {
	list, err := a.DB.Invitations(c.UserContext(), listedMost)
	if err != nil {
		return err
	}
	inv.Mail, inv.Closed = a.Mail, a.Registration == "closed"
	for _, i := range list {
		inv.List = append(inv.List, views.Invitation{
			ID: i.ID, Email: i.Email, Uses: i.Uses, MaxUses: i.MaxUses, ExpiresAt: i.ExpiresAt, CreatedAt: i.CreatedAt, By: i.By, Came: i.Came, Open: i.Open,
		})
	}
	page := a.page(c, "Invitations")
	return render(c, status, views.InvitationsPage(page, inv), views.InvitationsPart(page, inv))
}

// createInvitation makes an invitation. Its link is in this answer alone, which is no redirect; or in the mail that is sent.
func (a *App) createInvitation(c *fiber.Ctx) error {
	if !account.MayAdd(signedIn(c)) {
		return errForbidden
	}
	inv := views.Invitations{Email: cut(posted(c, "email"), 1000), Uses: cut(posted(c, "max_uses"), 20), Days: cut(posted(c, "days"), 20)}
	uses, _ := strconv.Atoi(inv.Uses) // what is no number is none that may be
	days, _ := strconv.Atoi(inv.Days)
	token, err := a.DB.AddInvitation(c.UserContext(), a.author(c), inv.Email, uses, days, a.Mail)
	if errs, ok := errors.AsType[form.Errors](err); ok {
		inv.Errors = errs
		return a.showInvitations(c, fiber.StatusUnprocessableEntity, inv)
	}
	if err != nil {
		return err
	}
	if token == "" {
		return redirect(c, invitationsPath+"?saved=sent")
	}
	return a.showInvitations(c, fiber.StatusOK, views.Invitations{Uses: "1", Days: "7", Link: a.BaseURL + "/register?invitation=" + token})
}

// revokeInvitation ends an invitation. One that has ended already is as it should be.
func (a *App) revokeInvitation(c *fiber.Ctx) error {
	if err := a.DB.RevokeInvitation(c.UserContext(), a.author(c), userID(c)); err != nil && !isNotFound(err) {
		return err
	}
	return redirect(c, invitationsPath+"?saved=revoked")
}
