package handlers

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

// forever lets a browser keep a file for a year without asking: its name changes with its content.
const forever = "public, max-age=31536000, immutable"

// healthz says that the process is up.
func (a *App) healthz(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// readyz says that the database answers.
func (a *App) readyz(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if err := a.DB.Ping(c.UserContext()); err != nil {
		a.Log.Error("the database does not answer", "err", err)
		c.Set(fiber.HeaderRetryAfter, "5")
		return c.Status(fiber.StatusServiceUnavailable).SendString("the database does not answer\n")
	}
	return c.SendString("ok\n")
}

// publicFile serves the style sheet, the scripts and the icons, compressed when they were built.
func (a *App) publicFile(c *fiber.Ctx) error {
	body, contentType, encoding, etag, ok := a.Public.Get(c.Path(), c.Get(fiber.HeaderAcceptEncoding))
	if !ok {
		return errNotFound
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	return keep(c, etag, contentType, body)
}

// defaultSide is the side of a default picture as PNG in pixels.
const defaultSide = 384

// defaultPicture draws the picture of who has none. It depends on its address alone.
func (a *App) defaultPicture(c *fiber.Ctx) error {
	p, ending, ok := profile.ParseDefaultPicture(unescape(c.Path()))
	if !ok {
		return errNotFound
	}
	c.Set("Cross-Origin-Resource-Policy", "cross-origin") // as every picture of a person
	if ending == profile.SVG {
		return keep(c, "", "image/svg+xml", picture.DefaultSVG(p))
	}
	data, err := a.Reader.Draw(c.UserContext(), func() ([]byte, error) { return picture.DefaultPNG(p, defaultSide) })
	if err != nil {
		return err
	}
	return keep(c, "", "image/png", data)
}

// keep answers with something that never changes.
func keep(c *fiber.Ctx, etag, contentType string, body []byte) error {
	c.Set(fiber.HeaderCacheControl, forever)
	c.Set(fiber.HeaderContentType, contentType)
	if etag != "" {
		c.Set(fiber.HeaderETag, etag)
		if c.Get(fiber.HeaderIfNoneMatch) == etag {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	return c.Send(body)
}

// pictureFile serves one size of a picture.
func (a *App) pictureFile(c *fiber.Ctx) error {
	stem, ok := strings.CutSuffix(c.Params("file"), ".jpg")
	name, size := cutSize(stem)
	pixels, err := strconv.Atoi(size)
	if !ok || err != nil || strconv.Itoa(pixels) != size {
		return errNotFound
	}
	hidden, err := a.DB.HidesPicture(c.UserContext(), name)
	if err != nil {
		return err
	}
	if hidden {
		return errNotFound
	}
	file, err := a.Pictures.Open(c.UserContext(), name, pixels)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	etag := `"` + stem + `"`
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, forever)
	c.Set(fiber.HeaderETag, etag)
	c.Set(fiber.HeaderContentType, "image/jpeg")
	if c.Get(fiber.HeaderIfNoneMatch) == etag {
		_ = file.Close()
		return c.SendStatus(fiber.StatusNotModified)
	}
	return c.SendStream(file.ReadCloser, int(file.Size)) // closes the file
}

// cutSize cuts what a picture's file is called into the picture's name and the size.
func cutSize(stem string) (name, size string) {
	at := strings.LastIndexByte(stem, '-')
	return stem[:max(at, 0)], stem[at+1:]
}
