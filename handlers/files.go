package handlers

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

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
	data, err := a.drawer.Draw(c.UserContext(), func() ([]byte, error) { return picture.DefaultPNG(p, defaultSide) })
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
		if unchanged(c, etag) {
			return c.SendStatus(fiber.StatusNotModified)
		}
	}
	return c.Send(body)
}

// linkLife is how long a browser may keep where a picture is, in seconds: much shorter than the link itself can be followed.
const linkLife = picture.LinkTime / 2 / time.Second

// publicPicture serves a square of a picture on a site where everybody may see all of them, or says where it is. What strangers don't see is
// left to privatePicture.
func (a *App) publicPicture(c *fiber.Ctx) error {
	square, unseen, err := a.pictureFile(c)
	if err != nil {
		return err
	}
	if unseen {
		return c.Next()
	}
	link, err := a.Pictures.Link(c.UserContext(), c.Method(), square)
	if err != nil {
		return orNotFound(err)
	}
	if link == "" {
		return a.sendPicture(c, square)
	}
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d", linkLife))
	return c.Redirect(link, fiber.StatusFound)
}

// sendPicture answers with a square of a picture.
func (a *App) sendPicture(c *fiber.Ctx, square profile.PictureFile) error {
	content, err := a.Pictures.Open(c.UserContext(), square)
	if err != nil {
		return orNotFound(err)
	}
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, forever)
	c.Set(fiber.HeaderContentType, square.Type())
	return sendContent(c, `"`+square.String()+`"`, content)
}

// pictureFile is the square of a picture that a path names. It fails where nobody is to see it.
func (a *App) pictureFile(c *fiber.Ctx) (square profile.PictureFile, unseen bool, err error) {
	square, ok := profile.ParsePictureFile(c.Params("file"))
	if !ok {
		return square, false, errNotFound
	}
	hidden, unseen, err := a.DB.HidesPicture(c.UserContext(), square.Name)
	if err == nil && hidden {
		err = errNotFound
	}
	return square, unseen, err
}

// orNotFound is the error of a store: there is no such picture, or else what has gone wrong.
func orNotFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	return err
}
