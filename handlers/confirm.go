package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

// confirmTime is how long somebody who has proven who they are is not asked again.
const confirmTime = 10 * time.Minute

// confirmed says whether who is signed in has proven within the last ten minutes who they are, or does so with this very form. When
// it says no, it has answered: with the question, in which the form waits with all that was typed, so that the answer goes on with what
// one was doing. Id is the element that htmx swaps.
func (a *App) confirmed(c *fiber.Ctx, id string) (bool, error) {
	if a.since(c, keyProof) < confirmTime {
		return true, nil
	}
	list, err := a.DB.Passkeys(c.UserContext(), signedIn(c).ID)
	if err != nil {
		return false, err
	}
	confirm := views.Confirm{ID: id, Swap: htmx(c), Passkeys: a.passkeys != nil && len(list) > 0, Path: c.Path(), Values: kept(c), Username: signedIn(c).Username}
	if answer := posted(c, "confirm_passkey"); answer != "" {
		person, err := a.passkeyOwner(c, answer)
		if err != nil {
			return false, err
		}
		if person.ID == signedIn(c).ID {
			a.note(c, keyProof)
			return true, nil
		}
		confirm.Error = "This passkey is not yours, or it took too long. Try once more, or type your password."
		return false, a.askAgain(c, fiber.StatusUnprocessableEntity, confirm)
	}
	if !has(c, "password") {
		return false, a.askAgain(c, fiber.StatusOK, confirm)
	}
	message, status, err := a.ownPassword(c, posted(c, "password"))
	if err != nil {
		return false, err
	}
	if message != "" {
		confirm.Error = message
		return false, a.askAgain(c, status, confirm)
	}
	a.note(c, keyProof)
	return true, nil
}

func (a *App) askAgain(c *fiber.Ctx, status int, confirm views.Confirm) error {
	page := a.page(c, "Confirm that it is you")
	return render(c, status, views.ConfirmPage(page, confirm), views.ConfirmForm(page, confirm))
}

// kept returns what a form holds, but for what is made anew and for passwords, which are never sent back.
func kept(c *fiber.Ctx) []views.KeptValue {
	var values []views.KeptValue
	keep := func(name, value string) {
		switch name {
		case "csrfmiddlewaretoken", "confirm_passkey", "password", "old_password", "new_password":
		default:
			values = append(values, views.KeptValue{Name: name, Value: value})
		}
	}
	if form := sentForm(c); form != nil {
		for name, all := range form.Value {
			for _, value := range all {
				keep(name, value)
			}
		}
		return values
	}
	for name, value := range c.Request().PostArgs().All() {
		keep(string(name), string(value))
	}
	return values
}

// wrongPassword is what is said beside a field for one's own password.
const wrongPassword = "This is not your password. Check that Caps Lock is off."

// ownPassword says what is wrong with what somebody typed as their password; empty for nothing. While they have to wait, it says so
// and the status is 429.
func (a *App) ownPassword(c *fiber.Ctx, password string) (message string, status int, err error) {
	me := signedIn(c)
	guesses := a.ownGuesses(me.ID)
	right, wait, err := a.passwordIs(c, me, password, guesses)
	switch {
	case err != nil:
		return "", 0, err
	case wait > 0:
		return "Too many tries. Please wait " + retryAfter(c, wait) + ", then try again.", fiber.StatusTooManyRequests, nil
	case !right:
		return wrongPassword, fiber.StatusUnprocessableEntity, nil
	}
	return "", 0, a.DB.Forgive(c.UserContext(), guesses...)
}
