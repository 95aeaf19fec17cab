package handlers

import (
	"fmt"
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// unshared keeps an answer out of every cache: not everybody may see it.
const unshared = "private, no-store"

// download answers a file of somebody as something to save, never as a page of this site.
func (a *App) download(c *fiber.Ctx) error {
	person, err := a.DB.UserByName(c.UserContext(), unescape(c.Params("username")))
	if err != nil {
		return err
	}
	attr, ok := a.Profile.Attribute(c.Params("attribute"))
	value, asks := person.Value(attr.Name), a.viewer(c)
	if !ok || !attr.IsFile() || value == "" || !attr.MaySee(asks, person) {
		return errNotFound
	}
	if !person.IsSeen() && (asks == nil || !account.May(*asks, account.View, account.Users)) {
		return errNotFound
	}
	file, err := a.Pictures.OpenFile(c.UserContext(), value)
	if err != nil {
		return orNotFound(fmt.Errorf("open the %s of user %d: %w", attr.Name, person.ID, err))
	}
	etag := ""
	key, name, _ := strings.Cut(value, "/")
	c.Set(fiber.HeaderCacheControl, unshared)
	if attr.See == profile.Anyone && person.IsSeen() {
		c.Set(fiber.HeaderCacheControl, "public, no-cache")
		etag = `"` + key + `"` // another file has another key
	}
	c.Set(fiber.HeaderVary, "Cookie")
	c.Set(fiber.HeaderContentType, downloadType(name))
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name})) // RFC 6266
	return sendContent(c, etag, file)
}

// downloadType is the media type of a file by its ending, which acceptFile has chosen by its content.
func downloadType(name string) string {
	if strings.HasSuffix(strings.ToLower(name), ".pdf") {
		return "application/pdf"
	}
	return "text/plain; charset=utf-8"
}

// privatePicture serves a picture on a site where not everybody may see each of them, and elsewhere one of people whom strangers don't see. None is kept by a cache: who sees a picture
// that waits now may not once it is somebody's.
func (a *App) privatePicture(c *fiber.Ctx) error {
	square, _, err := a.pictureFile(c)
	if err != nil {
		return err
	}
	sees, err := a.DB.MaySeePicture(c.UserContext(), square.Name, a.viewer(c))
	if err != nil {
		return err
	}
	if !sees {
		return errNotFound
	}
	if err := a.sendPicture(c, square); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, unshared)
	return nil
}
