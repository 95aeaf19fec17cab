package handlers

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

const yourProfile = "Your profile"

// profile shows one's own profile, each attribute a row; htmx may ask for one row.
func (a *App) profile(c *fiber.Ctx) error {
	person, page := signedIn(c), a.page(c, yourProfile)
	if attr, ok := a.Profile.Row(c.Query("row")); ok && htmx(c) && attr.MaySee(&person, person) {
		return send(c, fiber.StatusOK, views.AttributeRow(page, person, attr, false))
	}
	if attr, ok := a.Profile.Row(c.Query("saved")); ok {
		page.Saved = attr.Name
	} else if c.Query("saved") == "account" {
		page.Saved = "account"
	}
	return send(c, fiber.StatusOK, views.ProfilePage(page, person, a.ownRows(person), views.Editing{}))
}

// ownRows are the rows of a person's own profile. Whoever looks as them does not see all of these.
func (a *App) ownRows(person account.User) []profile.Attribute {
	return slices.DeleteFunc(a.Profile.Rows(), func(attr profile.Attribute) bool { return !attr.MaySee(&person, person) })
}

// editAttribute shows one row in edit mode.
func (a *App) editAttribute(c *fiber.Ctx) error {
	attr, ok := a.Profile.Row(c.Params("attribute"))
	if !ok {
		return errNotFound
	}
	person := signedIn(c)
	if !attr.MayEdit(person, person) {
		return errForbidden
	}
	return a.showAttribute(c, fiber.StatusOK, person, views.Field{Attribute: attr, Value: orElse(person.Value(attr.Name), attr.Default), Version: person.Version})
}

// updateAttribute saves one row of one's own profile.
func (a *App) updateAttribute(c *fiber.Ctx) error {
	attr, ok := a.Profile.Row(c.Params("attribute"))
	switch {
	case !ok:
		return errNotFound
	case !attr.MayEdit(signedIn(c), signedIn(c)):
		return errForbidden
	case posted(c, "resolve") == "theirs":
		return saved(c, rowPath(attr), views.AttributeRow(a.page(c, yourProfile), signedIn(c), attr, false))
	case attr.IsUpload():
		return a.updatePicture(c, attr)
	}
	text, sent := typed(c, attr)
	if !sent { // cut short on its way, or somebody else's form: emptying the value is not what it says
		return a.showAgain(c, fiber.StatusUnprocessableEntity, views.Field{
			Attribute: attr, Value: signedIn(c).Value(attr.Name), Error: "Send the form once more: the value did not arrive.",
		})
	}
	return a.setAttribute(c, attr, text, views.Waiting{})
}

// setAttribute saves one value and answers the row, or the form with what is wrong or was changed meanwhile.
func (a *App) setAttribute(c *fiber.Ctx, attr profile.Attribute, value string, waiting views.Waiting) error {
	wait, err := a.DB.Wait(c.UserContext(), a.lookUps(c)...)
	if err != nil {
		return err
	}
	if wait > 0 && looksUp(attr) {
		return a.showAgain(c, fiber.StatusTooManyRequests, views.Field{Attribute: attr, Value: value, Error: tooManyNames(retryAfter(c, wait))})
	}
	person, err := a.DB.SetAttribute(c.UserContext(), a.author(c), signedIn(c).ID, attr, value, version(c))
	field := views.Field{Attribute: attr, Value: value, Waiting: waiting}
	if errs, ok := errors.AsType[form.Errors](err); ok {
		field.Error = errs[attr.Name]
		if err := a.countTaken(c, []profile.Attribute{attr}, map[string]string{attr.Name: value}, errs); err != nil {
			return err
		}
		return a.showAgain(c, fiber.StatusUnprocessableEntity, field)
	}
	if conflict, ok := errors.AsType[*db.Conflict](err); ok {
		return a.showConflict(c, field, conflict)
	}
	if err != nil {
		return err
	}
	return saved(c, settings+"?saved="+attr.Name+"#row-"+attr.Name, views.AttributeRow(a.page(c, yourProfile), person, attr, true))
}

// showConflict answers the form with what the value was, what somebody else made of it, and what this form would.
func (a *App) showConflict(c *fiber.Ctx, field views.Field, conflict *db.Conflict) error {
	theirs := conflict.Theirs.Value(field.Name)
	field.Version, field.Before = conflict.Theirs.Version, version(c)
	yours := field.Value
	if parsed, err := field.Parse(yours); err == nil {
		yours = parsed
	}
	field.Conflict = &views.ConflictField{Label: field.Label, Was: words(field.Attribute, conflict.Was[field.Name]),
		Theirs: words(field.Attribute, theirs), Yours: words(field.Attribute, yours)}
	if field.IsPicture() {
		field.Conflict.TheirPicture, field.Conflict.YourPicture = theirs, field.Waiting.Name
	}
	if field.See == profile.Oneself {
		field.Conflict.Was = "(not kept)" // the history has nothing of what only oneself sees
	}
	if err := a.holdWaiting(c.UserContext(), field.Waiting); err != nil {
		return err
	}
	return a.showAttribute(c, fiber.StatusConflict, conflict.Theirs, field)
}

// words says a value as people read it.
func words(attr profile.Attribute, value string) string {
	if attr.IsUpload() && value == "" {
		return "no " + attr.Kind.Name
	}
	if attr.IsFile() && !strings.Contains(value, "/") {
		return "another file" // the token of one that waits
	}
	return attr.Words(value)
}

// version is the one that a form was made of, 0 for none. A form in conflict is of the one from before that, until it brings a choice.
func version(c *fiber.Ctx) int64 {
	text := posted(c, "version")
	if before := posted(c, "before"); before != "" && posted(c, "resolve") == "" {
		text = before
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil { // also a number too large, which is no version
		return 0
	}
	return max(n, 0)
}

// checkAttribute answers the field of one row, checked, as it is left.
func (a *App) checkAttribute(c *fiber.Ctx) error {
	attr, ok := a.Profile.Row(c.Params("attribute"))
	if !ok || attr.IsUpload() {
		return errNotFound
	}
	person := signedIn(c)
	if !attr.MayEdit(person, person) {
		return errForbidden
	}
	text, _ := typed(c, attr)
	field := views.Field{Attribute: attr, Value: text, Check: checkPath(attr)}
	wait, err := a.DB.Wait(c.UserContext(), a.lookUps(c)...)
	if err != nil {
		return err
	}
	if wait > 0 && looksUp(attr) {
		return a.checkLater(c, yourProfile, field, wait)
	}
	value, err := attr.Parse(field.Value)
	if err == nil && attr.OfUser {
		err = a.checkFree(c.UserContext(), attr.Name, value, person.Email, person.ID)
	} else if err == nil {
		err = a.checkUnique(c.UserContext(), attr, value, person.ID)
	}
	if message, ok := errors.AsType[form.Message](err); ok {
		field.Error = message.Error()
		if err := a.countTaken(c, []profile.Attribute{attr}, map[string]string{attr.Name: text}, form.Errors{attr.Name: field.Error}); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	field.Good = field.Error == "" && field.Value != ""
	return send(c, fiber.StatusOK, views.FieldInput(a.page(c, yourProfile), field))
}

func checkPath(attr profile.Attribute) string { return settings + "/" + attr.Name + "/check" }

func rowPath(attr profile.Attribute) string { return settings + "#row-" + attr.Name }

// showAgain answers a form with itself. It keeps the version that it was made of.
func (a *App) showAgain(c *fiber.Ctx, status int, field views.Field) error {
	person := signedIn(c)
	if field.Version = version(c); field.Version == 0 {
		field.Version = person.Version
	}
	return a.showAttribute(c, status, person, field)
}

// showAttribute answers a row in edit mode: htmx gets the row, everybody else the whole page with that row open.
func (a *App) showAttribute(c *fiber.Ctx, status int, person account.User, field views.Field) error {
	page := a.page(c, yourProfile)
	field.Check = checkPath(field.Attribute)
	if field.IsUpload() {
		field.Now, field.Value, field.Check = person.Value(field.Name), "", ""
	}
	if field.IsPicture() && behind(c) == nil {
		var err error
		if field.Framing, err = a.framing(c.UserContext(), field.Attribute, field); err != nil {
			return err
		}
	}
	return render(c, status,
		views.ProfilePage(page, person, a.ownRows(person), views.Editing{Name: field.Name, Field: field}),
		views.AttributeForm(page, person, field))
}
