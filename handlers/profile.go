package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

const yourProfile = "Your profile"

// profile shows one's own profile, each attribute a row; htmx may ask for one row.
func (a *App) profile(c *fiber.Ctx) error {
	person, page := signedIn(c), a.page(c, yourProfile)
	if attr, ok := a.Profile.Row(c.Query("row")); ok && htmx(c) {
		return send(c, fiber.StatusOK, views.AttributeRow(page, person, attr, false))
	}
	if attr, ok := a.Profile.Row(c.Query("saved")); ok {
		page.Saved = attr.Name
	} else if c.Query("saved") == "account" {
		page.Saved = "account"
	}
	return send(c, fiber.StatusOK, views.ProfilePage(page, person, a.Profile.Rows(), views.Editing{}))
}

// editAttribute shows one row in edit mode.
func (a *App) editAttribute(c *fiber.Ctx) error {
	attr, ok := a.Profile.Row(c.Params("attribute"))
	if !ok {
		return errNotFound
	}
	field := views.Field{Attribute: attr, Value: signedIn(c).Value(attr.Name)}
	return a.showAttribute(c, fiber.StatusOK, field)
}

// updateAttribute saves one row of one's own profile.
func (a *App) updateAttribute(c *fiber.Ctx) error {
	attr, ok := a.Profile.Row(c.Params("attribute"))
	if !ok {
		return errNotFound
	}
	if attr.IsPicture() {
		return a.updatePicture(c, attr)
	}
	if !has(c, attr.Name) { // cut short on its way, or somebody else's form: emptying the value is not what it says
		return a.showAttribute(c, fiber.StatusUnprocessableEntity, views.Field{
			Attribute: attr, Value: signedIn(c).Value(attr.Name), Error: "Send the form once more: the value did not arrive.",
		})
	}
	return a.setAttribute(c, attr, posted(c, attr.Name), views.Waiting{})
}

// setAttribute saves one value and answers the row, or the form with what is wrong.
func (a *App) setAttribute(c *fiber.Ctx, attr profile.Attribute, value string, waiting views.Waiting) error {
	person, err := a.DB.SetAttribute(c.UserContext(), a.author(c), signedIn(c).ID, attr, value)
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return a.showAttribute(c, fiber.StatusUnprocessableEntity,
			views.Field{Attribute: attr, Value: value, Error: errs[attr.Name], Waiting: waiting})
	}
	if err != nil {
		return err
	}
	return saved(c, settings+"?saved="+attr.Name+"#row-"+attr.Name, views.AttributeRow(a.page(c, yourProfile), person, attr, true))
}

// checkAttribute answers the field of one row, checked, as it is left.
func (a *App) checkAttribute(c *fiber.Ctx) error {
	attr, ok := a.Profile.Row(c.Params("attribute"))
	if !ok || attr.IsPicture() {
		return errNotFound
	}
	person := signedIn(c)
	field := views.Field{Attribute: attr, Value: posted(c, attr.Name), Check: checkPath(attr)}
	value, err := attr.Parse(field.Value)
	if err == nil && attr.OfUser {
		err = a.checkFree(c.UserContext(), attr.Name, value, person.Email, person.ID)
	}
	if message, ok := errors.AsType[form.Message](err); ok {
		field.Error = message.Error()
	} else if err != nil {
		return err
	}
	field.Good = field.Error == "" && field.Value != ""
	return send(c, fiber.StatusOK, views.FieldInput(a.page(c, yourProfile), field))
}

func checkPath(attr profile.Attribute) string { return settings + "/" + attr.Name + "/check" }

// showAttribute answers a row in edit mode: htmx gets the row, everybody else the whole page with that row open.
func (a *App) showAttribute(c *fiber.Ctx, status int, field views.Field) error {
	person, page := signedIn(c), a.page(c, yourProfile)
	field.Check = checkPath(field.Attribute)
	if field.IsPicture() {
		field.Now, field.Value, field.Check = person.Value(field.Name), "", ""
	}
	return render(c, status,
		views.ProfilePage(page, person, a.Profile.Rows(), views.Editing{Name: field.Name, Field: field}),
		views.AttributeForm(page, person, field))
}
