package handlers

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/internal/form"
	"nameplate/views"
)

// oneself says whether a page of the admin is about who is signed in. The password, the second factor and the address of one's own are
// changed in one's account, where the present password is asked for.
func oneself(c *fiber.Ctx) bool { return userID(c) == signedIn(c).ID }

// userPasswordForm asks for a new password for somebody who can't log in. Who is to prove who they are does so before they think of one.
func (a *App) userPasswordForm(c *fiber.Ctx) error {
	if oneself(c) {
		return redirect(c, passwordPath)
	}
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	if ok, err := a.confirmed(c, "password"); !ok {
		return err
	}
	return a.showUserPassword(c, fiber.StatusOK, person, "")
}

// updateUserPassword sets the password of a person and ends every session of theirs.
func (a *App) updateUserPassword(c *fiber.Ctx) error {
	if oneself(c) {
		return redirect(c, passwordPath)
	}
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	if isTrue(posted(c, "mail")) {
		return a.mailPasswordLink(c, person)
	}
	if ok, err := a.confirmed(c, "password"); !ok {
		return err
	}
	if proves := has(c, "password") || has(c, "confirm_passkey"); proves && !has(c, "new_password") {
		return a.showUserPassword(c, fiber.StatusOK, person, "")
	}
	password := posted(c, "new_password")
	err = auth.CheckPassword(password, person.Username, person.Email, person.FirstName, person.LastName)
	if message, ok := errors.AsType[form.Message](err); ok {
		return a.showUserPassword(c, fiber.StatusUnprocessableEntity, person, message.Error())
	}
	hash, err := a.Hasher.Hash(c.UserContext(), password)
	if err != nil {
		return fmt.Errorf("hash the new password of user %d: %w", person.ID, err)
	}
	if err := a.setPassword(c, person, hash); err != nil {
		return err
	}
	return redirect(c, userPath(person.ID)+"?saved=1")
}

// mailPasswordLink mails a person the link to choose a password. The present one stays until they do.
func (a *App) mailPasswordLink(c *fiber.Ctx, person account.User) error {
	if !a.Mail || person.Email == "" {
		return redirect(c, userPath(person.ID)+"/password")
	}
	if err := a.DB.MailPasswordLink(c.UserContext(), a.author(c), person.ID); err != nil {
		return err
	}
	return redirect(c, userPath(person.ID)+"?saved=link")
}

func (a *App) showUserPassword(c *fiber.Ctx, status int, person account.User, message string) error {
	attr := passwordAttribute()
	attr.Name, attr.Label = "new_password", "New password"
	attr.Help = "At least 8 characters. " + person.Username + " is signed out everywhere, and logs in with it from now on."
	attr.Help += " It can't be taken back"
	if a.Mail && person.Email != "" {
		attr.Help += ", and neither can the mail that tells them"
	}
	attr.Help += "."
	field := views.Field{Attribute: attr, Type: "password", Error: message}
	return send(c, status, views.UserPasswordPage(a.page(c, "New password for "+person.Username), person, field))
}
