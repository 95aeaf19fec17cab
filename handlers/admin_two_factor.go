package handlers

import (
	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

// userTwoFactorForm asks before a person who has lost the second factor gets rid of it.
func (a *App) userTwoFactorForm(c *fiber.Ctx) error {
	if oneself(c) {
		return redirect(c, twoFactorPath)
	}
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	second, err := a.DB.TwoFactor(c.UserContext(), person.ID)
	if err != nil {
		return err
	}
	return send(c, fiber.StatusOK, views.UserTwoFactorPage(a.page(c, "Second factor of "+person.Username), person, second.On()))
}

// removeUserTwoFactor takes the second factor from a person who has lost it.
func (a *App) removeUserTwoFactor(c *fiber.Ctx) error {
	if oneself(c) {
		return redirect(c, twoFactorPath)
	}
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	if ok, err := a.confirmed(c, "two-factor"); !ok {
		return err
	}
	if err := a.DB.RemoveTwoFactor(c.UserContext(), a.author(c), person.ID, ""); err != nil {
		return err
	}
	return redirect(c, userPath(person.ID)+"?saved=1")
}
