package handlers

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

const (
	keyViewAs   = "view_as"        // whom a superuser looks as
	keyViewFrom = "view_from"      // since when, in milliseconds since 1970
	viewTime    = 30 * time.Minute // how long that lasts at most
	localBehind = "behind"         // who looks as somebody else
	endViewPath = "/view-as/end"
	reasonMax   = 200
)

// errLooking refuses what would change something while one looks as somebody else.
var errLooking = errors.New("looking as somebody else")

// lookAs puts whom a superuser looks as in the place of who is signed in. It ends by itself, with the rights to do it, and with
// the account of who is looked as.
func (a *App) lookAs(c *fiber.Ctx, me *account.User) error {
	ctx := c.UserContext()
	id, _ := strconv.ParseInt(a.sessions.GetString(ctx, keyViewAs), 10, 64)
	if id == 0 {
		return nil
	}
	if !account.MaySetRights(*me) || a.since(c, keyViewFrom) > viewTime {
		a.endLook(c)
		return nil
	}
	person, err := a.DB.User(ctx, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && !person.IsActive {
		a.endLook(c)
		return nil
	}
	if err == nil {
		person, err = a.DB.WithRights(ctx, person)
	}
	if err != nil {
		return err
	}
	person.Viewed = true
	c.Locals(localMe, &person)
	c.Locals(localBehind, me)
	return nil
}

// behind is who looks as somebody else; nil where nobody does.
func behind(c *fiber.Ctx) *account.User {
	user, _ := c.Locals(localBehind).(*account.User)
	return user
}

// readOnly refuses what would change something while one looks as somebody else.
func readOnly(c *fiber.Ctx) error {
	if behind(c) == nil || c.Path() == endViewPath || c.Path() == "/logout" {
		return c.Next()
	}
	if !methodIsSafe(c.Method()) {
		return errLooking
	}
	return c.Next()
}

func (a *App) endLook(c *fiber.Ctx) {
	a.sessions.Remove(c.UserContext(), keyViewAs)
	a.sessions.Remove(c.UserContext(), keyViewFrom)
}

// viewAsForm asks why a superuser wants to look as somebody.
func (a *App) viewAsForm(c *fiber.Ctx) error {
	person, err := a.viewable(c)
	if err != nil {
		return err
	}
	return a.showViewAs(c, fiber.StatusOK, person, views.ViewAs{})
}

// viewable returns somebody as whom the one who asks may look: superusers as anybody active but themselves.
func (a *App) viewable(c *fiber.Ctx) (account.User, error) {
	person, err := a.DB.User(c.UserContext(), userID(c))
	if err == nil && (!account.MaySetRights(signedIn(c)) || person.ID == signedIn(c).ID || !person.IsActive) {
		err = errForbidden
	}
	return person, err
}

func (a *App) showViewAs(c *fiber.Ctx, status int, person account.User, view views.ViewAs) error {
	return send(c, status, views.ViewAsPage(a.page(c, "Look as "+person.Username), person, view))
}

// viewAs begins to look as somebody. They find it in their own data, with the reason.
func (a *App) viewAs(c *fiber.Ctx) error {
	person, err := a.viewable(c)
	if err != nil {
		return err
	}
	view := views.ViewAs{Reason: cut(posted(c, "reason"), 4*reasonMax)}
	reason, err := account.ParseText("Why", view.Reason, reasonMax)
	if err == nil && strings.TrimSpace(reason) == "" {
		err = form.Message("Say why: they will read it.")
	}
	if message, ok := errors.AsType[form.Message](err); ok {
		view.Error = message.Error()
		return a.showViewAs(c, fiber.StatusUnprocessableEntity, person, view)
	}
	if err != nil {
		return err
	}
	if err := a.DB.Looked(c.UserContext(), a.author(c), person.ID, reason); err != nil {
		return err
	}
	a.sessions.Put(c.UserContext(), keyViewAs, strconv.FormatInt(person.ID, 10))
	a.note(c, keyViewFrom)
	return redirect(c, "/settings/profile")
}

// endViewAs goes back to being oneself.
func (a *App) endViewAs(c *fiber.Ctx) error {
	if behind(c) == nil {
		return redirect(c, "/")
	}
	id := signedIn(c).ID
	a.endLook(c)
	return redirect(c, userPath(id))
}
