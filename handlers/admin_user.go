package handlers

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/views"
)

// user answers a row of the list to htmx, and the whole person to everybody else.
func (a *App) user(c *fiber.Ctx) error {
	person, err := a.DB.User(c.UserContext(), userID(c))
	if err != nil {
		return err
	}
	page := a.page(c, person.Username)
	if htmx(c) {
		return send(c, fiber.StatusOK, views.UserRow(page, a.bare(c), person))
	}
	switch c.Query("saved") {
	case "":
	case "proof":
		page.Saved = "A mail to confirm the address is on its way."
	case "none":
		page.Saved = nothingChanged
	case "link":
		page.Saved = "A link to choose a password is on its way by mail."
	default:
		page.Saved = savedIt
		if err := a.offerUndo(c, &page, account.Users+"-"+c.Params("id")); err != nil {
			return err
		}
	}
	if c.Query("undone") != "" {
		if err := a.sayUndone(c, &page); err != nil {
			return err
		}
	}
	return a.showUser(c, fiber.StatusOK, page, person, views.Edit{User: person})
}

// sendUserProof mails somebody who has registered the link once more that proves the address.
func (a *App) sendUserProof(c *fiber.Ctx) error {
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	if !a.Mail || !person.Unproven() {
		return redirect(c, userPath(person.ID))
	}
	if err := a.DB.SendProof(c.UserContext(), person.ID); err != nil {
		return err
	}
	return redirect(c, userPath(person.ID)+"?saved=proof")
}

// editUser answers a row in edit mode.
func (a *App) editUser(c *fiber.Ctx) error {
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	return a.showEdit(c, fiber.StatusOK, person, views.Edit{User: person, List: a.bare(c).Query.Encode()})
}

// updateUser saves what an admin changed of a person.
func (a *App) updateUser(c *fiber.Ctx) error {
	person, err := a.changeable(c, userID(c))
	if err != nil {
		return err
	}
	if posted(c, "resolve") == "theirs" {
		return a.savedUser(c, person, keptTheirs)
	}
	edit, err := a.readEdit(c, person)
	if err != nil {
		return err
	}
	if len(edit.Errors) == 0 {
		var after account.User
		after, err = a.DB.UpdateUser(c.UserContext(), a.author(c), signedIn(c), edit.User)
		if err == nil && after.Version == edit.User.Version {
			return a.savedUser(c, after, nothingChanged)
		}
		if err == nil {
			return a.savedUser(c, after, savedIt)
		}
	}
	if conflict, ok := errors.AsType[*db.Conflict](err); ok {
		a.conflict(&edit, conflict)
		if len(edit.Conflict.Fields) == 0 { // both wanted the same
			return a.savedUser(c, conflict.Theirs, nothingChanged)
		}
		if err := a.hold(c, views.Filled{Waiting: edit.Waiting}); err != nil {
			return err
		}
		return a.showEdit(c, fiber.StatusConflict, conflict.Theirs, edit)
	}
	errs, ok := errors.AsType[form.Errors](err)
	if err != nil && !ok {
		return err
	}
	for field, message := range errs {
		edit.Errors.Add(field, form.Message(message))
	}
	if err := a.hold(c, views.Filled{Waiting: edit.Waiting}); err != nil {
		return err
	}
	return a.showEdit(c, refusal(edit.Errors), person, edit)
}

// What is said of a person after their form was sent. Only of what was saved there is an undo.
const (
	savedIt        = "Saved"
	keptTheirs     = "Kept theirs"
	nothingChanged = "Nothing was changed"
)

// savedUser answers a person whose form was taken, and says what became of it: their row, the list at that row, or their page,
// wherever the form came from.
func (a *App) savedUser(c *fiber.Ctx, person account.User, said string) error {
	if htmx(c) && ofPage(c) {
		return a.savedPart(c, person, said)
	}
	id := strconv.FormatInt(person.ID, 10)
	query, to := url.Values{}, userPath(person.ID)
	if has(c, "list") {
		query, to = goBack(posted(c, "list")), usersPath
	}
	switch said {
	case savedIt:
		query.Set("saved", id)
	case nothingChanged:
		query.Set("saved", "none")
	}
	if from := goBack(posted(c, "from")).Encode(); from != "" && !has(c, "list") {
		query.Set("from", from)
	}
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	if has(c, "list") {
		to += "#user-" + id
	}
	list := a.bare(c)
	list.Saved, list.Said = person.ID, said
	if htmx(c) && said == savedIt {
		var err error
		if list.Undo, err = a.DB.LastChange(c.UserContext(), signedIn(c).ID, account.Users, person.ID); err != nil {
			return err
		}
	}
	return saved(c, to, views.UserRow(a.page(c, people), list, person))
}

// ofPage says whether a form is that of a person's page, and not that of a row.
func ofPage(c *fiber.Ctx) bool { return has(c, "from") && !has(c, "list") }

// savedPart answers the page of a person who was saved on it, without its frame.
func (a *App) savedPart(c *fiber.Ctx, person account.User, said string) error {
	page := a.page(c, person.Username)
	page.Saved = said
	if said == savedIt {
		if err := a.offerUndo(c, &page, account.Users+"-"+strconv.FormatInt(person.ID, 10)); err != nil {
			return err
		}
	}
	return a.showUser(c, fiber.StatusOK, page, person, views.Edit{User: person})
}

// showEdit answers a row in edit mode to htmx, and the page that the form came from to everybody else.
func (a *App) showEdit(c *fiber.Ctx, status int, person account.User, edit views.Edit) error {
	if htmx(c) && !ofPage(c) {
		return send(c, status, views.UserEditRow(a.page(c, people), a.bare(c), edit))
	}
	if !has(c, "list") {
		return a.showUser(c, status, a.page(c, person.Username), person, edit)
	}
	list, err := a.list(c.UserContext(), goBack(edit.List).Encode())
	if err != nil {
		return err
	}
	list.Open = &edit
	return a.showUsers(c, status, list)
}
