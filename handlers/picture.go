package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

// updatePicture replaces or removes one's own picture or file.
func (a *App) updatePicture(c *fiber.Ctx, attr profile.Attribute) error {
	if isTrue(posted(c, "remove")) {
		return a.setAttribute(c, attr, "", views.Waiting{})
	}
	waiting, err := a.waitingPicture(c, attr)
	field := views.Field{Attribute: attr, Waiting: waiting}
	if message, ok := errors.AsType[form.Message](err); ok {
		field.Error = message.Error()
	} else if err != nil {
		return err
	} else if waiting.Token == "" {
		field.Error = "Choose a " + attr.Kind.Name + " first, or cancel."
	}
	if field.Error == "" {
		return a.setAttribute(c, attr, waiting.Token, waiting)
	}
	if waiting.Token != "" {
		if err := a.DB.HoldWaiting(c.UserContext(), waiting.Token); err != nil {
			return err
		}
	}
	return a.refuseAttribute(c, refusal(form.Errors{attr.Name: field.Error}), field)
}
