package handlers

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/internal/account"
	"nameplate/internal/picture"
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
	value, asks := person.Value(attr.Name), me(c)
	if !ok || !attr.IsFile() || value == "" || !attr.MaySee(asks, person) {
		return errNotFound
	}
	if !person.IsActive && (asks == nil || !account.MayViewAdmin(*asks)) {
		return errNotFound
	}
	data, err := a.Pictures.ReadFile(value)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	if err != nil {
		return fmt.Errorf("read the %s of user %d: %w", attr.Name, person.ID, err)
	}
	contentType, err := picture.FileType(data)
	if err != nil {
		return fmt.Errorf("look at the %s of user %d: %w", attr.Name, person.ID, err)
	}
	keep := unshared
	if attr.See == profile.Anyone && person.IsActive {
		keep = "public, no-cache"
	}
	c.Set(fiber.HeaderCacheControl, keep)
	c.Set(fiber.HeaderVary, "Cookie")
	c.Set(fiber.HeaderContentType, contentType)
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Set(fiber.HeaderContentDisposition, disposition(profile.FileName(value)))
	return c.Send(data)
}

// disposition names a file to be saved, in ASCII for old browsers and as it is for all others (RFC 6266, 4.3).
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			return '_'
		}
		return r
	}, name)
	escaped := strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + escaped
}

// privatePicture serves a picture on a site where not everybody may see each of them. None is kept by a cache: who sees a picture
// that waits now may not once it is somebody's.
func (a *App) privatePicture(c *fiber.Ctx) error {
	name, _, _ := strings.Cut(c.Params("file"), "-")
	sees, err := a.DB.MaySeePicture(c.UserContext(), name, me(c))
	if err != nil {
		return err
	}
	if !sees {
		return errNotFound
	}
	if err := a.pictureFile(c); err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, unshared)
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	return nil
}
