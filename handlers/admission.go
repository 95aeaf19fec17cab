package handlers

import (
	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

// invited returns the invitation that a token stands for; the zero one for none, or one by which nobody may come any more.
func (a *App) invited(c *fiber.Ctx, token string) (db.Invitation, error) {
	if token == "" || a.Registration == "closed" {
		return db.Invitation{}, nil
	}
	invitation, err := a.DB.Invitation(c.UserContext(), token)
	if isNotFound(err) {
		return db.Invitation{}, nil
	}
	return invitation, err
}

const waitingPath = "/register/waiting"

// waiting says that an account is to be approved.
func (a *App) waiting(c *fiber.Ctx) error {
	page := a.page(c, "Your account waits")
	return render(c, fiber.StatusOK, views.WaitingPage(page), views.WaitingPage(page))
}

// admit decides how somebody who registers begins: active at once, or once the address is proven and an admin has approved. Whoever comes
// by an invitation is approved by that, and has proven the address if its link was mailed there.
func (a *App) admit(invitation db.Invitation, user *account.User, errs form.Errors) {
	user.AwaitsApproval = a.Approval && invitation.ID == 0
	user.IsActive = !user.AwaitsApproval
	if invitation.Email != "" && account.Key(invitation.Email) != account.Key(user.Email) {
		errs.Add("email", form.Message("Use the address that the invitation is for: "+invitation.Email+"."))
	}
	switch {
	case invitation.Mailed:
		user.EmailVerified = a.DB.Now()
	case a.Mail:
		user.Email, user.NewEmail = "", user.Email
	}
}

// refuseStranger says that one can't register. Used says that there was an invitation, by which nobody may come any more.
func (a *App) refuseStranger(c *fiber.Ctx, status int, used bool) error {
	closed := views.Closed{Title: "Registration is closed", Text: "New accounts on " + a.Site + " are made by its administrators. Ask one of them if you would like to have one."}
	switch {
	case a.Registration != "closed" && used:
		closed = views.Closed{Title: "This invitation does not work any more", Text: "It was used already, has ended or was taken back. Ask who sent it to you for another."}
	case a.Registration != "closed":
		closed = views.Closed{Title: "Registration is by invitation", Text: "Ask somebody who looks after " + a.Site + " for an invitation. Whoever has one opens its link."}
	}
	page := a.page(c, closed.Title)
	return render(c, status, views.ClosedPage(page, closed), views.ClosedPage(page, closed))
}
