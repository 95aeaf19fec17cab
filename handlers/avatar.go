package handlers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

const (
	avatarSide = 80  // pixels, where nothing is asked for
	avatarMost = 512 // pixels

	// fiveMinutes lets caches keep what is no more once somebody changes their mind, and not for longer.
	fiveMinutes = "public, max-age=300"
)

// avatar answers other programs by Libravatar's API (wiki.libravatar.org/api): with the picture of who has an address of that hash and has
// agreed, or with what they want to show of everybody else. It has no session. Nobody can tell from it who is not known here.
func (a *App) avatar(c *fiber.Ctx) error {
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, fiveMinutes)
	hash, ok := avatarHash(c.Params("hash"))
	if !ok {
		return noAvatar(c)
	}
	size := avatarSize(c.Query("s", c.Query("size")))
	if forced := c.Query("f", c.Query("forcedefault")); forced != "y" && !isTrue(forced) {
		name, err := a.sharedPicture(c, hash)
		if err != nil {
			return err
		}
		if name != "" {
			err := a.sendDrawn(c, "image/jpeg", name, size, func() ([]byte, error) { return a.square(c.UserContext(), name, size) })
			if !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return a.standIn(c, hash, c.Query("d", c.Query("default")), size)
}

// avatarHash reads the last part of the address: an MD5 or a SHA-256 in hexadecimal, with or without the ending of a picture.
func avatarHash(file string) (hash string, ok bool) {
	hash = strings.ToLower(file)
	for _, ending := range []string{".png", ".jpg", ".jpeg"} {
		if name, found := strings.CutSuffix(hash, ending); found {
			hash = name
			break
		}
	}
	return hash, (len(hash) == 32 || len(hash) == 64) && strings.Trim(hash, "0123456789abcdef") == ""
}

// avatarSize is how many pixels are drawn: as Libravatar does, what is no size is not looked at, and a larger one is taken for the largest.
func avatarSize(text string) int {
	size, err := strconv.Atoi(text)
	if err != nil && !errors.Is(err, strconv.ErrRange) || size < 1 {
		return avatarSide
	}
	return min(size, avatarMost)
}

// sharedPicture returns the name of the picture of who has an address of that hash; empty for nobody, and for who has not agreed.
func (a *App) sharedPicture(c *fiber.Ctx, hash string) (string, error) {
	person, err := a.DB.UserByAvatar(c.UserContext(), hash)
	if errors.Is(err, db.ErrNotFound) || err == nil && !a.findable(person) {
		return "", nil
	}
	return a.Profile.PublicPicture(person), err
}

// square draws a stored picture in a size.
func (a *App) square(ctx context.Context, name string, size int) ([]byte, error) {
	data, side, err := storedSquare(ctx, a.Pictures, name, size)
	if err != nil || side == size {
		return data, err
	}
	resized, err := picture.Resize(data, size)
	if err != nil {
		a.Log.Error("a square of a picture can't be read", "picture", name, "size", side, "err", err)
		return nil, fs.ErrNotExist
	}
	return resized, nil
}

// standIn answers for who is not shown, as the other program wants it: with a drawing, a 404, or on another host that the operator allows.
func (a *App) standIn(c *fiber.Ctx, hash, want string, size int) error {
	switch want {
	case "404":
		return noAvatar(c)
	case "mp", "mm":
		return a.sendDrawn(c, "image/png", "somebody", size, func() ([]byte, error) { return picture.Silhouette(size) })
	case "blank":
		return a.sendDrawn(c, "image/png", "blank", size, func() ([]byte, error) { return picture.Blank(size) })
	}
	if to, ok := a.allowed(want); ok {
		return c.Redirect(to, fiber.StatusFound)
	}
	p := profile.PatternOf(hash) // for identicon, and for every other name of a drawing
	return a.sendDrawn(c, "image/png", p.Path(""), size, func() ([]byte, error) { return picture.DefaultPNG(p, size) })
}

// sendDrawn answers with what draw makes of a name in a size, where the asker has it not. What was asked for last is not drawn again.
func (a *App) sendDrawn(c *fiber.Ctx, contentType, name string, size int, draw func() ([]byte, error)) error {
	etag := fmt.Sprintf(`"%s-%d"`, strings.TrimPrefix(name, "/public/pattern/"), size)
	if !unchanged(c, etag) {
		data, ok := a.drawn.get(etag)
		if !ok {
			var err error
			if data, err = a.drawer.Draw(c.UserContext(), draw); err != nil {
				return err
			}
			a.drawn.put(etag, data)
		}
		c.Set(fiber.HeaderContentType, contentType)
		c.Response().SetBodyRaw(data)
	} else {
		c.Status(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderETag, etag)
	return nil
}

// noAvatar says that there is no picture, to a program and not to a person.
func noAvatar(c *fiber.Ctx) error {
	return c.Status(fiber.StatusNotFound).SendString("no picture\n")
}
