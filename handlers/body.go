package handlers

import (
	"bytes"

	"github.com/gofiber/fiber/v2"
)

const (
	textMax   = 2_500 << 10 // the most bytes of text that a form may hold, files aside: as in Django
	fieldsMax = 1000        // the most fields of a form, as in Django
)

// bounded refuses a body that would cost far more to take apart than to send: one that is compressed, and a form with more
// text or more fields than any page of the site sends. It comes before everything that reads a form.
func bounded(c *fiber.Ctx) error {
	r := c.Request()
	if len(r.Header.Peek(fiber.HeaderContentEncoding)) > 0 {
		return fiber.ErrUnsupportedMediaType // a few bytes may stand for gigabytes, and no browser sends it
	}
	if len(r.Header.MultipartFormBoundary()) == 0 {
		if body := r.Body(); len(body) > textMax || bytes.Count(body, []byte("&")) >= fieldsMax {
			return fiber.ErrRequestEntityTooLarge
		}
		return c.Next()
	}
	form, err := c.MultipartForm()
	if err != nil {
		return fiber.ErrBadRequest
	}
	fields, text := len(form.File), 0
	for name, values := range form.Value {
		fields += len(values)
		for _, value := range values {
			text += len(name) + len(value)
		}
	}
	if fields > fieldsMax || text > textMax {
		return fiber.ErrRequestEntityTooLarge
	}
	return c.Next()
}
