package handlers

import (
	"fmt"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"nameplate/views"
)

// page begins what a whole page is told.
func (a *App) page(c *fiber.Ctx, title string) views.Page {
	page := views.Page{
		Site: a.Site, Title: title, BaseURL: a.BaseURL, Path: c.Path(), Me: me(c), Open: a.open(), Passkeys: a.passkeys != nil, Mail: a.Mail, Approval: a.Approval,
		CSRF: a.csrf(c), Asset: a.Public.URL, Looking: behind(c) != nil,
	}
	if page.Looking {
		page.LookEnds = a.DB.Now().Add(viewTime - a.since(c, keyViewFrom))
	}
	return page
}

// htmx says whether only a part of the page was asked for: by htmx, but not for a page as a whole.
func htmx(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-Request-Type") != "full" &&
		c.Get("HX-Boosted") == "" && c.Get("HX-History-Restore-Request") == ""
}

// render sends the part to htmx and the page to everybody else.
func render(c *fiber.Ctx, status int, page, part templ.Component) error {
	if htmx(c) {
		return send(c, status, part)
	}
	return send(c, status, page)
}

// send answers with one component. What it sends depends on who asks, unless a handler has said otherwise before.
func send(c *fiber.Ctx, status int, component templ.Component) error {
	h := &c.Response().Header
	if len(h.Peek(fiber.HeaderCacheControl)) == 0 {
		h.Set(fiber.HeaderCacheControl, "no-store")
	}
	h.Set(fiber.HeaderVary, "Cookie, HX-Request")
	h.SetContentType(fiber.MIMETextHTMLCharsetUTF8)
	c.Status(status)
	if err := component.Render(c.UserContext(), c.Response().BodyWriter()); err != nil {
		c.Response().ResetBody()
		return fmt.Errorf("render %s: %w", c.Path(), err)
	}
	return nil
}

// saved answers a form that was accepted: htmx gets the changed part, everybody else is sent to the page that shows it.
func saved(c *fiber.Ctx, to string, part templ.Component) error {
	if htmx(c) {
		return send(c, fiber.StatusOK, part)
	}
	return redirect(c, to)
}

// redirect sends a browser on with 303, so that it asks with GET; htmx leaves the page by HX-Redirect.
func redirect(c *fiber.Ctx, to string) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderVary, "Cookie, HX-Request")
	if htmx(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusOK)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}
