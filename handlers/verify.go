package handlers

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

// tokenInPath keeps an address that holds a token from being told to anybody.
func tokenInPath(c *fiber.Ctx) error {
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return c.Next()
}

// awaitProof keeps in the session who has registered with this browser, and says to look at one's mail. It is the same for an
// address that somebody has already.
func (a *App) awaitProof(c *fiber.Ctx, person account.User) error {
	a.sessions.Put(c.UserContext(), keyPending, strconv.FormatInt(person.ID, 10))
	return redirect(c, "/verify-email")
}

// askForProof is for who logs in with the right password before the address is proven: the link is mailed once more.
func (a *App) askForProof(c *fiber.Ctx, person account.User, guesses []db.Guess) error {
	if err := a.DB.Forgive(c.UserContext(), guesses...); err != nil {
		return err
	}
	if _, err := a.mailProof(c, person); err != nil {
		return err
	}
	return a.awaitProof(c, person)
}

// mailProof mails the link that proves an address, unless that was done too often just now.
func (a *App) mailProof(c *fiber.Ctx, person account.User) (wait time.Duration, err error) {
	wait, err = a.DB.Guess(c.UserContext(), append(a.mailLimit("proof", orElse(person.NewEmail, person.Email)), a.mailFrom(c, "proof")...)...)
	if err != nil || wait > 0 {
		return wait, err
	}
	return 0, a.DB.SendProof(c.UserContext(), person.ID)
}

// pending returns who has registered with this browser and is still to prove the address; the zero User for nobody.
func (a *App) pending(c *fiber.Ctx) (account.User, error) {
	id, _ := strconv.ParseInt(a.sessions.GetString(c.UserContext(), keyPending), 10, 64)
	if id == 0 {
		return account.User{}, nil
	}
	person, err := a.DB.User(c.UserContext(), id)
	if errors.Is(err, db.ErrNotFound) || err == nil && !person.Unproven() {
		return account.User{}, nil
	}
	return person, err
}

// lookAtMail says that a mail is under way, and offers another.
func (a *App) lookAtMail(c *fiber.Ctx) error {
	if me(c) != nil {
		return redirect(c, accountPath)
	}
	return a.showLookAtMail(c, fiber.StatusOK, views.LookAtMail{Sent: c.Query("sent") != ""})
}

func (a *App) showLookAtMail(c *fiber.Ctx, status int, look views.LookAtMail) error {
	person, err := a.pending(c)
	if err != nil {
		return err
	}
	look.Address = person.NewEmail
	page := a.page(c, "Look at your mail")
	return render(c, status, views.LookAtMailPage(page, look), views.LookAtMailForm(page, look))
}

// sendProof mails the link once more, or to another address where the first was mistyped.
func (a *App) sendProof(c *fiber.Ctx) error {
	person, err := a.pending(c)
	if err != nil {
		return err
	}
	if person.ID == 0 {
		return redirect(c, "/login")
	}
	if has(c, "email") {
		return a.correctEmail(c, person)
	}
	wait, err := a.mailProof(c, person)
	if err != nil {
		return err
	}
	if wait > 0 {
		return a.showLookAtMail(c, fiber.StatusTooManyRequests, views.LookAtMail{Wait: retryAfter(c, wait)})
	}
	return redirect(c, "/verify-email?sent=1")
}

// proof counts that an address is asked for, and says how it is proven, unless one has to wait.
func (a *App) proof(c *fiber.Ctx, email string) (db.Proof, time.Duration, error) {
	wait, err := a.DB.Guess(c.UserContext(), a.mailFrom(c, "proof")...)
	if err != nil || wait > 0 || !a.Mail {
		return db.NoProof, wait, err
	}
	if mail, err := a.mayMail(c, "proof", email); err != nil || !mail {
		return db.ProofUnsent, 0, err
	}
	return db.ProofSent, 0, nil
}

// correctEmail gives a registration another address to be proven.
func (a *App) correctEmail(c *fiber.Ctx, person account.User) error {
	look := views.LookAtMail{Email: cut(posted(c, "email"), 1000)}
	email, err := account.ParseEmail(look.Email)
	if err == nil && account.UsernameIsForeignEmail(person.Username, email) {
		err = form.Message("Use the address that is your username, or register with another username.")
	}
	if err != nil {
		look.Error = err.Error()
		return a.showLookAtMail(c, fiber.StatusUnprocessableEntity, look)
	}
	proof, wait, err := a.proof(c, email)
	if err != nil {
		return err
	}
	if wait > 0 {
		look.Wait = retryAfter(c, wait)
		return a.showLookAtMail(c, fiber.StatusTooManyRequests, look)
	}
	if _, err := a.DB.ChangeEmail(c.UserContext(), a.author(c), person.ID, email, proof); err != nil {
		return err
	}
	return redirect(c, "/verify-email?sent=1")
}

// deadLink says that a link can't be used: whoever has it may have used it already.
func (a *App) deadLink(c *fiber.Ctx, dead views.DeadLink) error {
	page := a.page(c, "This link does not work any more")
	return render(c, fiber.StatusNotFound, views.DeadLinkPage(page, dead), views.DeadLinkPart(page, dead))
}

var (
	deadVerify = views.DeadLink{Text: "It was used already, is older than 24 hours, or another was sent since. If you have confirmed the address with it, all is well.", Action: "Log in", Path: "/login"}
	deadUndo   = views.DeadLink{Text: "It was used already, is older than 7 days, or the address was changed back since.", Action: "Log in", Path: "/login"}
	deadReset  = views.DeadLink{Text: "It was used already, is older than 30 minutes, the password or the address was changed since, or another link was sent.", Action: "Ask for another link", Path: "/reset-password"}
)

// verifyEmailForm shows a button. Opening the link uses up nothing: programs that scan mail open it, too.
func (a *App) verifyEmailForm(c *fiber.Ctx) error {
	token, err := a.DB.Token(c.UserContext(), db.TokenVerify, c.Params("token"))
	if errors.Is(err, db.ErrNotFound) {
		return a.deadLink(c, deadVerify)
	}
	if err != nil {
		return err
	}
	page := a.page(c, "Confirm your e-mail address")
	link := views.Link{Path: c.Path(), Email: token.Email, Username: token.User.Username}
	return render(c, fiber.StatusOK, views.VerifyEmailPage(page, link), views.VerifyEmailForm(page, link))
}

// verifyEmail makes the address that the link went to the person's own. Who has registered with this very browser is logged in.
func (a *App) verifyEmail(c *fiber.Ctx) error {
	waiting, err := a.pending(c)
	if err != nil {
		return err
	}
	person, err := a.DB.VerifyEmail(c.UserContext(), a.author(c), c.Params("token"))
	if errors.Is(err, db.ErrNotFound) {
		return a.deadLink(c, deadVerify)
	}
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return a.deadLink(c, views.DeadLink{Text: "Another account has this address by now. " + errs["email"], Action: "Log in", Path: "/login"})
	}
	if err != nil {
		return err
	}
	switch me := me(c); {
	case me != nil && me.ID == person.ID:
		return redirect(c, accountPath+"?saved=email")
	case person.AwaitsApproval:
		return redirect(c, waitingPath)
	case waiting.ID == person.ID && waiting.Password == person.Password:
		if err := a.signIn(c, person, false); err != nil {
			return err
		}
		return redirect(c, settings+"?saved=account")
	}
	return redirect(c, "/login?verified=1")
}

// undoEmailForm shows a button, as verifyEmailForm does.
func (a *App) undoEmailForm(c *fiber.Ctx) error {
	token, err := a.DB.Token(c.UserContext(), db.TokenUndo, c.Params("token"))
	if errors.Is(err, db.ErrNotFound) {
		return a.deadLink(c, deadUndo)
	}
	if err != nil {
		return err
	}
	page := a.page(c, "Take the change back")
	link := views.Link{Path: c.Path(), Email: token.Email, Username: token.User.Username}
	return render(c, fiber.StatusOK, views.UndoEmailPage(page, link), views.UndoEmailForm(page, link))
}

// undoEmail gives a person the former address back, and logs everybody out.
func (a *App) undoEmail(c *fiber.Ctx) error {
	_, err := a.DB.UndoEmail(c.UserContext(), a.author(c), c.Params("token"))
	if errors.Is(err, db.ErrNotFound) {
		return a.deadLink(c, deadUndo)
	}
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return a.deadLink(c, views.DeadLink{Text: "Another account has this address by now. " + errs["email"], Action: "Log in", Path: "/login"})
	}
	if err != nil {
		return err
	}
	if err := a.sessions.Destroy(c.UserContext()); err != nil {
		return err
	}
	return redirect(c, "/login?undone=1")
}
