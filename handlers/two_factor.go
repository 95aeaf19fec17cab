package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/views"
)

const twoFactorPath = "/settings/two-factor"

// twoFactorFor is the page to get a second factor on, before going on to another.
func twoFactorFor(next string) string {
	if next == "" {
		return twoFactorPath
	}
	return twoFactorPath + "?next=" + url.QueryEscape(next)
}

// twoFactor shows one's second factor.
func (a *App) twoFactor(c *fiber.Ctx) error {
	if behind(c) != nil { // the page may hold its secret
		return errLooking
	}
	return a.showTwoFactor(c, fiber.StatusOK, views.TwoFactor{Required: a.lacksTwoFactor(c), Saved: c.Query("saved"), Next: safeNext(c.Query("next"))})
}

func (a *App) showTwoFactor(c *fiber.Ctx, status int, two views.TwoFactor) error {
	person := signedIn(c)
	second, err := a.DB.TwoFactor(c.UserContext(), person.ID)
	if err != nil {
		return err
	}
	if two.Required && a.passkeys != nil {
		keys, err := a.DB.Passkeys(c.UserContext(), person.ID)
		if err != nil {
			return err
		}
		two.HasPasskey = len(keys) > 0
	}
	two.Needed = a.needsTwoFactor(person)
	two.Since, two.Left = second.Confirmed, second.Codes
	if !second.On() && second.Secret != "" {
		two.Secret = second.Secret
		if two.QR, two.QRSize, err = auth.QR(auth.TOTPURI(a.Site, person.Username, second.Secret)); err != nil {
			return err
		}
	}
	page := a.page(c, "Two-factor authentication")
	return render(c, status, views.TwoFactorPage(page, two), views.TwoFactorPart(page, two))
}

// updateTwoFactor begins with a second factor, takes its first code, makes new recovery codes, or turns it off.
func (a *App) updateTwoFactor(c *fiber.Ctx) error {
	if ok, err := a.confirmed(c, "two-factor"); !ok {
		return err
	}
	me := signedIn(c)
	switch {
	case posted(c, "off") != "":
		if err := a.DB.RemoveTwoFactor(c.UserContext(), a.author(c), me.ID, thisSession(c)); err != nil {
			return err
		}
		a.sessions.Remove(c.UserContext(), keyTwoFactor)
		return redirect(c, twoFactorPath+"?saved=off")
	case posted(c, "codes") != "":
		codes := auth.NewRecoveryCodes()
		err := a.DB.NewRecoveryCodes(c.UserContext(), a.author(c), me.ID, folded(codes))
		if isNotFound(err) {
			return redirect(c, twoFactorPath)
		}
		if err != nil {
			return err
		}
		return a.showTwoFactor(c, fiber.StatusOK, views.TwoFactor{Codes: codes})
	case has(c, "code"):
		return a.confirmTwoFactor(c)
	}
	if err := a.DB.BeginTwoFactor(c.UserContext(), me.ID, auth.NewTOTPSecret()); err != nil {
		return err
	}
	return redirect(c, twoFactorFor(safeNext(posted(c, "next"))))
}

// confirmTwoFactor takes the first code, and shows the recovery codes, which are shown this once. Only this answer has them: it is no
// redirect.
func (a *App) confirmTwoFactor(c *fiber.Ctx) error {
	me, codes := signedIn(c), auth.NewRecoveryCodes()
	guesses := a.codeGuesses(me.ID)
	wait, err := a.DB.Guess(c.UserContext(), guesses...)
	if err != nil {
		return err
	}
	if wait > 0 {
		return a.showTwoFactor(c, fiber.StatusTooManyRequests, views.TwoFactor{Next: safeNext(posted(c, "next")), Error: "Too many tries. Please wait " + retryAfter(c, wait) + ", then try again."})
	}
	ok, err := a.DB.ConfirmTwoFactor(c.UserContext(), a.author(c), me.ID, a.rightCode(c), folded(codes), thisSession(c))
	if err != nil {
		return err
	}
	if !ok {
		return a.showTwoFactor(c, fiber.StatusUnprocessableEntity, views.TwoFactor{Next: safeNext(posted(c, "next")), Required: a.lacksTwoFactor(c), Error: wrongCode})
	}
	if err := a.DB.Forgive(c.UserContext(), guesses...); err != nil {
		return err
	}
	a.sessions.Put(c.UserContext(), keyTwoFactor, "1")
	return a.showTwoFactor(c, fiber.StatusOK, views.TwoFactor{Codes: codes, Next: safeNext(posted(c, "next"))})
}

func folded(codes []string) []string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = auth.FoldRecoveryCode(code)
	}
	return list
}

// needsTwoFactor says whether the site asks a person for a second factor.
func (a *App) needsTwoFactor(person account.User) bool {
	return a.RequireTwoFactor == "everyone" || a.RequireTwoFactor == "staff" && account.MayViewAdmin(person)
}

// lacksTwoFactor says whether who is signed in needs a second factor, and has come in without one.
func (a *App) lacksTwoFactor(c *fiber.Ctx) bool {
	return a.needsTwoFactor(signedIn(c)) && a.sessions.GetString(c.UserContext(), keyTwoFactor) == ""
}
