package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

const settings = "/settings/profile"

// home says what this site is; who is signed in is sent to their own settings.
func (a *App) home(c *fiber.Ctx) error {
	if me(c) != nil {
		return redirect(c, settings)
	}
	page := a.publicPage(c, a.Site)
	page.Canonical = a.BaseURL + "/"
	return revalidated(c, views.HomePage(page))
}

// unescape returns a part of a path as it was meant; Fiber hands parts over as they were sent.
func unescape(part string) string {
	if plain, err := url.PathUnescape(part); err == nil {
		return plain
	}
	return part
}
