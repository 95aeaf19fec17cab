package handlers

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

const invitationsPath = "/admin/invitations"

func (a *App) showInvitations(c *fiber.Ctx, status int, inv views.Invitations) error {
	list := views.List{Listing: views.Listing{Resource: a.resource(account.Invitations)}}
	if account.May(signedIn(c), account.View, account.Invitations) { // who may only make some does not see those of others
		var err error
		if list, err = a.rowList(c.UserContext(), list.Resource, ""); err != nil {
			return err
		}
	}
	inv.Mail, inv.Closed = a.Mail, a.Registration == "closed"
	page := a.page(c, "Invitations")
	return render(c, status, views.InvitationsPage(page, inv, list), views.InvitationsPart(page, inv))
}

// createInvitation makes an invitation. Its link is in this answer alone, which is no redirect; or in the mail that is sent.
func (a *App) createInvitation(c *fiber.Ctx) error {
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
	inv = views.Invitations{Uses: "1", Days: "7", Link: a.BaseURL + "/register?invitation=" + token}
	if inv.Undo, err = a.undoInvitation(c); err != nil {
		return err
	}
	return a.showInvitations(c, fiber.StatusOK, inv)
}

// undoInvitation is the line of the history that the undo of the invitation begins from that was just made; 0 for who may not end it.
func (a *App) undoInvitation(c *fiber.Ctx) (int64, error) {
	if !account.May(signedIn(c), account.Change, account.Invitations) {
		return 0, nil
	}
	return a.DB.LastOf(c.UserContext(), signedIn(c).ID, account.Invitations)
}
