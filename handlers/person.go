package handlers

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"nameplate/internal/profile"
	"nameplate/views"
)

// person shows the public page of somebody. Another spelling of the name is sent on to the canonical one: not for good,
// because names can change.
func (a *App) person(c *fiber.Ctx) error {
	typed := unescape(c.Params("username"))
	person, err := a.DB.UserByName(c.UserContext(), typed)
	if err != nil {
		return err
	}
	if !person.IsSeen() {
		return errNotFound
	}
	path := "/@" + url.PathEscape(person.Username)
	if typed != person.Username {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Redirect(path, fiber.StatusFound)
	}
	page := a.publicPage(c, person.FullName())
	page.Canonical = a.BaseURL + path
	page.Description = person.FullName() + " on " + a.Site + "."
	if name := a.Profile.PublicPicture(person); name != "" {
		page.Image = a.BaseURL + profile.PicturePath(name, profile.PictureSizes[len(profile.PictureSizes)-1])
	}
	return revalidated(c, views.PublicPage(page, person, a.Profile.Seen(a.viewer(c), person)))
}

// publicPage begins a page that is the same for all strangers: without a token, because it has no form for them.
func (a *App) publicPage(c *fiber.Ctx, title string) views.Page {
	if me(c) != nil {
		return a.page(c, title)
	}
	return views.Page{Site: a.Site, Title: title, BaseURL: a.BaseURL, Path: c.Path(), Open: a.open(), Asset: a.Public.URL}
}

// revalidated answers a stranger with an ETag, so that a second look is a 304 (RFC 9110, 13.1.2).
func revalidated(c *fiber.Ctx, page templ.Component) error {
	if me(c) != nil {
		return send(c, fiber.StatusOK, page)
	}
	c.Set(fiber.HeaderCacheControl, "public, no-cache")
	if err := send(c, fiber.StatusOK, page); err != nil {
		return err
	}
	c.Set(fiber.HeaderVary, "Cookie, HX-Request, Accept-Encoding") // a shared cache may keep it
	sum := sha256.Sum256(c.Response().Body())
	etag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	c.Set(fiber.HeaderETag, etag)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
		c.Response().ResetBody()
		return c.SendStatus(fiber.StatusNotModified)
	}
	return nil
}
