package handlers

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/internal/form"
	"nameplate/views"
)

const passwordPath = "/settings/password"

// changePasswordURL sends a password manager to where one's password is changed (W3C, A Well-Known URL for Changing Passwords).
func (a *App) changePasswordURL(c *fiber.Ctx) error {
	return c.Redirect(passwordPath, fiber.StatusFound)
}

// passwordForm asks for the present password and a new one.
func (a *App) passwordForm(c *fiber.Ctx) error {
	return a.showPassword(c, fiber.StatusOK, nil)
}

func (a *App) showPassword(c *fiber.Ctx, status int, errs form.Errors) error {
	page, person := a.page(c, "Change your password"), signedIn(c)
	return render(c, status, views.PasswordPage(page, person, errs), views.PasswordForm(page, person, errs))
}

// updatePassword changes one's own password, and logs out every other browser. This one goes on with a new session.
func (a *App) updatePassword(c *fiber.Ctx) error {
	person, errs := signedIn(c), form.Errors{}
	password := posted(c, "new_password")
	errs.Add("new_password", checkPassword(password, person))
	if person.PasswordExpired && password == posted(c, "old_password") {
		errs.Add("new_password", form.Message("Choose another password than the present one."))
	}
	message, status, err := a.ownPassword(c, posted(c, "old_password"))
	if err != nil {
		return err
	}
	if message != "" {
		errs["old_password"] = message
		return a.showPassword(c, status, errs)
	}
	if len(errs) > 0 {
		return a.showPassword(c, fiber.StatusUnprocessableEntity, errs)
	}
	if person.Password, err = a.Hasher.Hash(c.UserContext(), password); err != nil {
		return fmt.Errorf("hash the new password of user %d: %w", person.ID, err)
	}
	if err := a.setPassword(c, person, person.Password); err != nil {
		return err
	}
	if err := a.renewSession(c, person); err != nil {
		return err
	}
	return redirect(c, accountPath+"?saved=password")
}

// setPassword gives a person another password, and forgives what was guessed at the account.
func (a *App) setPassword(c *fiber.Ctx, person account.User, hash string) error {
	if err := a.DB.SetPassword(c.UserContext(), a.author(c), person.ID, hash); err != nil {
		return err
	}
	return a.DB.Forgive(c.UserContext(), a.forgiven(person)...)
}

// checkPassword says what is wrong with a new password of person.
func checkPassword(password string, person account.User) error {
	return auth.CheckPassword(password, person.Username, person.Email, person.NewEmail, person.FirstName, person.LastName)
}

// resetForm asks for an address to mail a link to, or says that it was done.
func (a *App) resetForm(c *fiber.Ctx) error {
	return a.showReset(c, fiber.StatusOK, views.Reset{Mail: a.Mail, Sent: c.Query("sent") != ""})
}

func (a *App) showReset(c *fiber.Ctx, status int, reset views.Reset) error {
	page := a.page(c, "Choose a new password")
	return render(c, status, views.ResetPage(page, reset), views.ResetForm(page, reset))
}

// requestReset mails a link to whoever has the address. The answer is the same whether anybody has.
func (a *App) requestReset(c *fiber.Ctx) error {
	reset := views.Reset{Mail: a.Mail, Email: cut(posted(c, "email"), 1000)}
	email, err := account.ParseEmail(reset.Email)
	if err != nil {
		reset.Error = err.Error()
		return a.showReset(c, fiber.StatusUnprocessableEntity, reset)
	}
	wait, err := a.DB.Guess(c.UserContext(), a.mailFrom(c, "reset")...)
	if err != nil {
		return err
	}
	if wait > 0 {
		reset.Error = "A link was asked for too often. Please wait " + retryAfter(c, wait) + ", then try again."
		return a.showReset(c, fiber.StatusTooManyRequests, reset)
	}
	mail, err := a.mayMail(c, "reset", email)
	if err == nil && mail {
		err = a.DB.RequestReset(c.UserContext(), email)
	}
	if err != nil {
		return err
	}
	return redirect(c, "/reset-password?sent=1")
}

// resetPasswordForm asks whoever has the link for a new password. Opening it uses up nothing.
func (a *App) resetPasswordForm(c *fiber.Ctx) error {
	return a.withReset(c, func(person account.User) error {
		return a.showResetPassword(c, fiber.StatusOK, person, "")
	})
}

// resetPassword uses up the link. Whoever has it logs in with the new password afterwards.
func (a *App) resetPassword(c *fiber.Ctx) error {
	return a.withReset(c, func(person account.User) error {
		password := posted(c, "new_password")
		err := checkPassword(password, person)
		if message, ok := errors.AsType[form.Message](err); ok {
			return a.showResetPassword(c, fiber.StatusUnprocessableEntity, person, message.Error())
		}
		hash, err := a.Hasher.Hash(c.UserContext(), password)
		if err != nil {
			return fmt.Errorf("hash the new password of user %d: %w", person.ID, err)
		}
		if _, err := a.DB.ResetPassword(c.UserContext(), a.author(c), c.Params("token"), hash, a.forgiven(person)...); err != nil {
			return err
		}
		return redirect(c, "/login?reset=1")
	})
}

// withReset calls next with the person whose link it is, and says so when the link can't be used.
func (a *App) withReset(c *fiber.Ctx, next func(person account.User) error) error {
	token, err := a.DB.Token(c.UserContext(), db.TokenReset, c.Params("token"))
	if err == nil {
		err = next(token.User)
	}
	if errors.Is(err, db.ErrNotFound) {
		return a.deadLink(c, deadReset)
	}
	return err
}

func (a *App) showResetPassword(c *fiber.Ctx, status int, person account.User, message string) error {
	page := a.page(c, "Choose a new password")
	link := views.Link{Path: c.Path(), Username: person.Username, Error: message}
	return render(c, status, views.ResetPasswordPage(page, link), views.ResetPasswordForm(page, link))
}
