package handlers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net"
	"os"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"nameplate/db"
)

const (
	textMax   = 2_500 << 10 // the most bytes of text that a form may hold, as in Django
	partsText = 512 << 10   // the most bytes of text that a form with files may hold beside them
	fieldsMax = 1000        // the most fields of a form, as in Django

	formReserve = 10 << 20 // what multipart.Reader.ReadForm takes for text beside what it is told
	localForm   = "form"
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
		linger(c, err)
		return err
	}
	text, files := &arrival{Reader: c.Request().BodyStream()}, &arrival{Reader: c.Request().BodyStream()}
	if n := c.Request().Header.ContentLength(); n < 0 || n > smallBody {
		text.room, files.room = a.texts, a.arriving
	}
	defer text.leave()
	defer files.leave()
	form, err := readBody(c.Request(), text, files, most)
	if err != nil {
		linger(c, err)
		return err
	}
	if form != nil {
		text.leave() // what it has of text is little
		defer func() { _ = form.RemoveAll() }()
		c.Locals(localForm, form)
	}
	c.Response().Header.ResetConnectionClose()
	return c.Next()
}

// sentForm returns the form with files that came with a request, nil for none.
func sentForm(c *fiber.Ctx) *multipart.Form {
	form, _ := c.Locals(localForm).(*multipart.Form)
	return form
}

// sentFile returns a file that came with a form, the first where there are several, nil for none.
func sentFile(c *fiber.Ctx, name string) *multipart.FileHeader {
	if form := sentForm(c); form != nil && len(form.File[name]) > 0 {
		return form.File[name][0]
	}
	return nil
}

// readBody refuses what would cost far more to take apart than to send: a body that is compressed, and a form with more text or more fields
// than any page of the site sends. The form is one with files, whose files are to be removed; nil for any other.
func readBody(r *fasthttp.Request, text, files *arrival, most int) (*multipart.Form, error) {
	switch {
	case len(r.Header.Peek(fiber.HeaderContentEncoding)) > 0:
		return nil, fiber.ErrUnsupportedMediaType // a few bytes may stand for gigabytes, and no browser sends it
	case r.Header.ContentLength() > most:
		return nil, fiber.ErrRequestEntityTooLarge
	case hasParts(&r.Header) && !text.take(partsText):
		return nil, errCrowded
	case hasParts(&r.Header):
		return readParts(r, files, most)
	case r.IsBodyStream():
		return nil, readText(r, text, most)
	}
	return nil, nil
}

func hasParts(h *fasthttp.RequestHeader) bool { return len(h.MultipartFormBoundary()) > 0 }

// readParts reads a form with files. These go to the disk as they come, so that memory holds those alone that are looked at, and never more
// than partsText of the rest, however slowly it comes.
func readParts(r *fasthttp.Request, sent io.Reader, most int) (*multipart.Form, error) {
	if !r.IsBodyStream() {
		return nil, fiber.ErrBadRequest
	}
	body := &io.LimitedReader{R: sent, N: int64(most) + 1}
	form, err := multipart.NewReader(body, string(r.Header.MultipartFormBoundary())).ReadForm(partsText - formReserve)
	if err == nil {
		_, err = io.Copy(io.Discard, body) // whatever stands behind the last part is no request
	}
	if err == nil && body.N > 0 && fieldsOf(form) <= fieldsMax {
		return form, nil
	}
	if form != nil {
		_ = form.RemoveAll()
	}
	if body.N <= 0 {
		err = nil // what was cut off is no fault of its own
	}
	if errors.Is(err, fs.ErrNotExist) { // somebody has tidied up where files lie as they come
		return nil, fmt.Errorf("%w: %w", db.ErrBusy, errors.Join(err, os.MkdirAll(os.TempDir(), 0o700)))
	}
	return nil, unreadable(err)
}

func fieldsOf(form *multipart.Form) int {
	fields := len(form.File)
	for _, values := range form.Value {
		fields += len(values)
	}
	return fields
}

func readText(r *fasthttp.Request, sent io.Reader, most int) error {
	text, err := io.ReadAll(io.LimitReader(sent, int64(most)+1))
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
	case errors.As(err, &disk), errors.Is(err, errCrowded):
		return err
	case errors.As(err, &line) && line.Timeout():
		return fiber.ErrRequestTimeout
	case err == nil, errors.Is(err, multipart.ErrMessageTooLarge):
		return fiber.ErrRequestEntityTooLarge
	}
	return fiber.ErrBadRequest
}
