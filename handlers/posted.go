package handlers

import (
	"github.com/gofiber/fiber/v2"

	"nameplate/internal/profile"
)

// posted returns the value that a form gives a field, the first where it gives several. Fiber's own FormValue would take the
// address's before the form's.
func posted(c *fiber.Ctx, name string) string {
	if values := formValues(c, name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// formValues returns every value that a form gives a field.
func formValues(c *fiber.Ctx, name string) []string {
	if form := sentForm(c); form != nil {
		return form.Value[name]
	}
	var values []string
	for _, value := range c.Request().PostArgs().PeekMulti(name) {
		values = append(values, string(value))
	}
	return values
}

// typed returns what a form says of an attribute, put together from all of its inputs, and whether it says anything of it.
func typed(c *fiber.Ctx, attr profile.Attribute) (text string, sent bool) {
	for _, field := range attr.Fields() {
		sent = sent || has(c, field)
	}
	return attr.Typed(func(field string) []string { return formValues(c, field) }), sent
}

// has says whether a form gives a field at all.
func has(c *fiber.Ctx, name string) bool { return len(formValues(c, name)) > 0 }

// listMax is the most bytes of a list's query that a form sends back to: it ends in a header.
const listMax = 4000
