package handlers

import (
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/views"
)

const wrongLogin = "The username or the password is not right. Check both, and that Caps Lock is off."

// loginForm asks who is there.
func (a *App) loginForm(c *fiber.Ctx) error {
	next := safeNext(c.Query("next"))
	if me(c) != nil {
		return redirect(c, orElse(next, settings))
	}
	page, login := a.page(c, "Log in"), views.Login{Next: next}
	switch {
	case c.Query("reset") != "":
		page.Saved = "Your password is changed. Log in with the new one."
	case c.Query("verified") != "":
		page.Saved = "Your address is confirmed. Log in to go on."
	case c.Query("undone") != "":
		page.Saved = "The address is yours again, everybody was logged out, and the former password lets nobody in. We have sent you a mail: choose a new password with it."
	case c.Query("gone") != "":
		page.Saved = "Your account is deleted."
	case next != "":
		page.Saved = "Log in to go on."
	}
	return render(c, fiber.StatusOK, views.LoginPage(page, login), views.LoginForm(page, login))
}

// login lets somebody in by user name or e-mail address. Every cause of a refusal has one wording and takes the same time.
func (a *App) login(c *fiber.Ctx) error {
	login := views.Login{
		Username: cut(posted(c, "username"), 1000),
		Next:     safeNext(posted(c, "next")),
		Remember: isTrue(posted(c, "remember")),
	}
	person, err := a.DB.UserForLogin(c.UserContext(), login.Username)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	guesses := append(a.guesses(c, login.Username), db.LoginTry(a.DB.Now()))
	right, wait, err := a.passwordIs(c, person, posted(c, "password"), guesses)
	if err != nil {
		return err
	}
	if wait > 0 || !right || !person.IsActive && !person.AwaitsApproval {
		return a.refuseLogin(c, login, wait)
	}
	switch {
	case person.Unproven() && a.Mail:
		return a.askForProof(c, person, guesses)
	case person.AwaitsApproval:
		if err := a.DB.Forgive(c.UserContext(), guesses...); err != nil {
			return err
		}
		return redirect(c, waitingPath)
	}
	return a.passed(c, person, login, guesses)
}

// passwordIs says whether a password is that of person, unless one has to wait before it is even looked at. The try is counted.
func (a *App) passwordIs(c *fiber.Ctx, person account.User, password string, guesses []db.Guess) (right bool, wait time.Duration, err error) {
	if wait, err = a.DB.Guess(c.UserContext(), guesses...); err != nil || wait > 0 {
		return false, wait, err
	}
	right, err = a.Hasher.Verify(c.UserContext(), person.Password, password)
	if err != nil {
		err = fmt.Errorf("check the password of user %d: %w", person.ID, err)
	}
	return right, 0, err
}

// refuseLogin answers 422, or 429 while one has to wait. The password is never sent back.
func (a *App) refuseLogin(c *fiber.Ctx, login views.Login, wait time.Duration) error {
	status := fiber.StatusUnprocessableEntity
	login.Error = wrongLogin
	if wait > 0 {
		status = fiber.StatusTooManyRequests
		login.Error, login.Wait = "Too many tries.", retryAfter(c, wait)
	}
	page := a.page(c, "Log in")
	return render(c, status, views.LoginPage(page, login), views.LoginForm(page, login))
}

// logout ends the session at once, and lets the browser forget what it kept of the site.
func (a *App) logout(c *fiber.Ctx) error {
	if err := a.sessions.Destroy(c.UserContext()); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	return redirect(c, "/")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func isTrue(s string) bool { return s == "1" || s == "on" || s == "true" || s == "yes" }
