package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

const accountPath = "/settings/account"

// account shows what belongs to the account and not to the profile, each thing a row; htmx may ask for the row of the address.
func (a *App) account(c *fiber.Ctx) error {
	account := views.Account{Person: signedIn(c), Mail: a.Mail, Open: c.Query("edit") == "email", Saved: c.Query("saved"), Email: signedIn(c).Email}
	switch {
	case htmx(c) && account.Open:
		return send(c, fiber.StatusOK, views.EmailForm(a.page(c, yourAccount), account))
	case htmx(c) && c.Query("row") == "email":
		return send(c, fiber.StatusOK, views.EmailRow(a.page(c, yourAccount), account))
	}
	return a.showAccount(c, fiber.StatusOK, account)
}

const yourAccount = "Your account"

func (a *App) showAccount(c *fiber.Ctx, status int, account views.Account) error {
	page := a.page(c, yourAccount)
	list, err := a.DB.SessionsOf(c.UserContext(), account.Person.ID, thisSession(c))
	if err != nil {
		return err
	}
	second, err := a.DB.TwoFactor(c.UserContext(), account.Person.ID)
	if err != nil {
		return err
	}
	account.Sessions, account.TwoFactor, account.Passkeys, account.Avatars = len(list), second.On(), a.passkeys != nil, a.Avatars
	part := views.EmailRow(page, account)
	if account.Open {
		part = views.EmailForm(page, account)
	}
	return render(c, status, views.AccountPage(page, account), part)
}

// updateEmail asks for another address, or deals with one that waits for its proof.
func (a *App) updateEmail(c *fiber.Ctx) error {
	account := views.Account{Person: signedIn(c), Mail: a.Mail, Saved: "email"}
	switch {
	case posted(c, "resend") != "":
		wait, err := a.mailProof(c, account.Person)
		if err != nil {
			return err
		}
		if wait > 0 {
			account.Saved, account.Wait = "", retryAfter(c, wait)
			return a.showAccount(c, fiber.StatusTooManyRequests, account)
		}
		account.Saved = "resent"
	case posted(c, "cancel") != "":
		if err := a.DB.CancelEmail(c.UserContext(), account.Person.ID); err != nil {
			return err
		}
		account.Person.NewEmail = ""
	default:
		if ok, err := a.confirmed(c, "row-email"); !ok {
			return err
		}
		return a.changeEmail(c, account)
	}
	return saved(c, accountPath+"?saved="+account.Saved+"#row-email", views.EmailRow(a.page(c, yourAccount), account))
}

// changeEmail asks for the address that the form holds.
func (a *App) changeEmail(c *fiber.Ctx, row views.Account) error {
	row.Open, row.Email = true, cut(posted(c, "email"), 1000)
	email, err := account.ParseEmail(row.Email) // as it is counted: however it is typed, it is one address
	if err != nil {
		return a.refuseEmail(c, row, form.Errors{"email": err.Error()})
	}
	proof, wait, err := a.proof(c, email)
	if err != nil {
		return err
	}
	if wait > 0 {
		row.Saved, row.Wait = "", retryAfter(c, wait)
		return a.showAccount(c, fiber.StatusTooManyRequests, row)
	}
	person, err := a.DB.ChangeEmail(c.UserContext(), a.author(c), row.Person.ID, email, proof)
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return a.refuseEmail(c, row, errs)
	}
	if err != nil {
		return err
	}
	row.Person, row.Open = person, false
	if person.NewEmail != "" {
		row.Saved = "sent"
	}
	return saved(c, accountPath+"?saved="+row.Saved+"#row-email", views.EmailRow(a.page(c, yourAccount), row))
}

// refuseEmail says what is wrong with the address.
func (a *App) refuseEmail(c *fiber.Ctx, row views.Account, errs form.Errors) error {
	row.Errors, row.Saved = errs, ""
	return a.showAccount(c, fiber.StatusUnprocessableEntity, row)
}
