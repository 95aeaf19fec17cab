package handlers

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const (
	textMax   = 2_500 << 10 // the most bytes of text that a form may hold, files aside: as in Django
	fieldsMax = 1000        // the most fields of a form, as in Django
)

// careful lets a connection end with its answer, unless body takes that back: what is left unread of a body would be the next request.
func careful(serve fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		ctx.SetConnectionClose()
		serve(ctx)
	}
}

// body reads all that comes with a request, before anything asks for it.
func (a *App) body(c *fiber.Ctx) error {
	most, done, err := a.bodyMost(&c.Request().Header)
	defer done()
	if err != nil {
		return err
	}
	if err := readBody(c.Request(), most); err != nil {
		return err
	}
	c.Response().Header.ResetConnectionClose()
	return c.Next()
}

// readBody refuses what would cost far more to take apart than to send: a body that is compressed, and a form with more text or more fields
// than any page of the site sends.
func readBody(r *fasthttp.Request, most int) error {
	switch {
	case len(r.Header.Peek(fiber.HeaderContentEncoding)) > 0:
		return fiber.ErrUnsupportedMediaType // a few bytes may stand for gigabytes, and no browser sends it
	case r.Header.ContentLength() > most:
		return fiber.ErrRequestEntityTooLarge
	case hasParts(&r.Header):
		return readParts(r, most)
	case r.IsBodyStream():
		return readText(r, most)
	}
	return nil
}

func hasParts(h *fasthttp.RequestHeader) bool { return len(h.MultipartFormBoundary()) > 0 }

// readParts reads a form with files. These go to the disk as they come, all but the smallest, so that memory holds those alone that are
// looked at.
func readParts(r *fasthttp.Request, most int) error {
	form, err := r.MultipartFormWithLimit(most)
	if err != nil {
		return unreadable(err)
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
	if rest := r.BodyStream(); rest != nil { // whatever stands behind the last part is no request
		if _, err = io.CopyN(io.Discard, rest, int64(most)); err != io.EOF {
			return unreadable(err)
		}
	}
	return nil
}

func readText(r *fasthttp.Request, most int) error {
	text, err := io.ReadAll(io.LimitReader(r.BodyStream(), int64(most)+1))
	switch {
	case err != nil:
		return unreadable(err)
	case len(text) < r.Header.ContentLength():
		return fiber.ErrBadRequest
	case len(text) > most, bytes.Count(text, []byte("&")) >= fieldsMax:
		return fiber.ErrRequestEntityTooLarge
	}
	r.SetBodyRaw(text)
	return nil
}

// unreadable is the answer to a body that could not be read to its end: whose fault that was.
func unreadable(err error) error {
	line, disk := net.Error(nil), (*fs.PathError)(nil)
	switch {
	case errors.As(err, &disk):
		return err
	case errors.As(err, &line) && line.Timeout():
		return fiber.ErrRequestTimeout
	case err == nil, errors.Is(err, fasthttp.ErrBodyTooLarge):
		return fiber.ErrRequestEntityTooLarge
	}
	return fiber.ErrBadRequest
}
