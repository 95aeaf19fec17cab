package handlers

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

// checkRegister answers one field of the form, checked, as it is left. Whatever it finds, the check itself went well: 200.
func (a *App) checkRegister(c *fiber.Ctx) error {
	if !a.open() {
		if invitation, err := a.invited(c, posted(c, "invitation")); err != nil {
			return err
		} else if invitation.ID == 0 {
			return errForbidden
		}
	}
	name := orElse(posted(c, "field"), c.Get("HX-Trigger-Name"))
	for _, field := range a.registerFields(newFilled()) {
		if name == "" && has(c, field.Name) {
			name = field.Name
		}
		if field.Name != name || field.IsUpload() {
			continue
		}
		field.Value, _ = typed(c, field.Attribute)
		wait, err := a.DB.Wait(c.UserContext(), a.lookUps(c)...)
		if err != nil {
			return err
		}
		if wait > 0 && looksUp(field.Attribute) {
			return a.checkLater(c, createAccount, withoutPassword(field), wait)
		}
		if err := a.checkNew(c.UserContext(), field.Attribute, field.Value, typedNames(c)); err != nil {
			message, ok := errors.AsType[form.Message](err)
			if !ok {
				return err
			}
			field.Error = message.Error()
			if err := a.countTaken(c, []profile.Attribute{field.Attribute}, map[string]string{field.Name: field.Value}, form.Errors{field.Name: field.Error}); err != nil {
				return err
			}
		}
		field.Good = field.Error == "" && field.Value != ""
		return send(c, fiber.StatusOK, views.FieldInput(a.page(c, createAccount), withoutPassword(field)))
	}
	return errNotFound
}

func withoutPassword(field views.Field) views.Field {
	if field.Type == "password" {
		field.Value = ""
	}
	return field
}

// typedNames returns the names and the address that a form holds, which its password may not be like. They are cut where no
// name goes on: comparing takes a while for each word.
func typedNames(c *fiber.Ctx) account.User {
	of := func(field string) string { return cut(posted(c, field), 1000) }
	return account.User{Username: of("username"), Email: of("email"), FirstName: of("first_name"), LastName: of("last_name")}
}

// checkNew checks one field of a new account. Its error is a form.Message when the field is wrong.
func (a *App) checkNew(ctx context.Context, attr profile.Attribute, text string, names account.User) error {
	if attr.Name == "password" {
		return auth.CheckPassword(text, names.Username, names.Email, names.FirstName, names.LastName)
	}
	value, err := attr.Parse(text)
	if err != nil {
		return err
	}
	if !attr.OfUser {
		return a.checkUnique(ctx, attr, value, 0)
	}
	if attr.Name == "email" && a.Mail {
		return nil // that an address is taken is told to its owner alone
	}
	return a.checkFree(ctx, attr.Name, value, names.Email, 0)
}

// checkFree says whether a user name or an address can be had by the person with this id, 0 for somebody new.
func (a *App) checkFree(ctx context.Context, field, value, email string, id int64) error {
	if field == "username" && account.UsernameIsForeignEmail(value, email) {
		return db.ForeignEmail
	}
	if (field != "username" && field != "email") || value == "" {
		return nil
	}
	taken, err := a.DB.Taken(ctx, field, value, id)
	if err != nil {
		return fmt.Errorf("look whether %s is taken: %w", field, err)
	}
	if taken {
		return db.TakenMessage(field, value)
	}
	return nil
}

// checkUnique says whether a value of a unique attribute can be had by the person with this id, 0 for somebody new.
func (a *App) checkUnique(ctx context.Context, attr profile.Attribute, value string, id int64) error {
	taken, err := a.DB.TakenAttribute(ctx, attr, value, id)
	if err == nil && taken {
		return db.TakenAttributeMessage(attr, value)
	}
	return err
}
