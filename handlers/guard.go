package handlers

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
)

// Keys of what middleware leaves for the handlers of one request.
const (
	localMe   = "me"
	localInfo = "session"
	localCSRF = "csrf"
)

// me returns who is signed in, nil for nobody.
func me(c *fiber.Ctx) *account.User {
	user, _ := c.Locals(localMe).(*account.User)
	return user
}

// viewer returns for whom something is shown: who is signed in. Whoever first has to get a second factor, or to choose another password, sees
// what strangers see.
func (a *App) viewer(c *fiber.Ctx) *account.User {
	if asks := me(c); asks != nil && behind(c) == nil && (asks.PasswordExpired || a.lacksTwoFactor(c)) {
		return nil
	}
	return me(c)
}

// signedIn returns who is signed in. Only handlers behind App.member or App.staff may call it.
func signedIn(c *fiber.Ctx) account.User { return *me(c) }

// author is who a change is recorded by: whoever is signed in, and from where.
func (a *App) author(c *fiber.Ctx) db.Author {
	by := db.Author{IP: a.address(c).String()}
	if me := me(c); me != nil {
		by.ID = me.ID
	}
	return by
}

// member lets through who is signed in, with a second factor where the site asks for one.
func (a *App) member(c *fiber.Ctx) error {
	if me(c) == nil {
		return errSignIn
	}
	if behind(c) != nil {
		return c.Next()
	}
	if a.lacksTwoFactor(c) {
		return a.toTwoFactor(c)
	}
	if signedIn(c).PasswordExpired && !slices.Contains(beforePassword, c.Path()) {
		return redirect(c, "/settings/password?required=1")
	}
	return c.Next()
}

// beforePassword is where one may go who has to choose another password first.
var beforePassword = []string{"/settings/password", "/settings/data", "/settings/delete"}

// toTwoFactor leaves who needs a second factor the pages to get one, and those to go: one may always. Whoever has a passkey has a factor: the
// password alone adds no other, and takes nothing along.
func (a *App) toTwoFactor(c *fiber.Ctx) error {
	getting := c.Path() == twoFactorPath || c.Path() == passkeysPath
	if !getting && c.Path() != "/settings/data" && c.Path() != "/settings/delete" {
		return redirect(c, twoFactorFor(goOn(c)))
	}
	keys, err := a.DB.Passkeys(c.UserContext(), signedIn(c).ID)
	if err != nil {
		return err
	}
	if len(keys) > 0 && a.passkeys != nil && (c.Path() != twoFactorPath || !methodIsSafe(c.Method())) {
		return redirect(c, twoFactorPath)
	}
	return c.Next()
}

// staff lets through who may see the admin.
func (a *App) staff(c *fiber.Ctx) error {
	if me(c) == nil {
		return errSignIn
	}
	if !account.MayViewAdmin(signedIn(c)) {
		return errForbidden
	}
	if behind(c) != nil {
		return c.Next()
	}
	if a.lacksTwoFactor(c) {
		return redirect(c, twoFactorFor(goOn(c)))
	}
	if signedIn(c).PasswordExpired {
		return redirect(c, "/settings/password?required=1")
	}
	return c.Next()
}

// sameOrigin refuses what another site makes a browser send. Browsers tell by Sec-Fetch-Site, older ones or plain http by
// Origin; where neither is sent (text browsers) the form's token decides.
func (a *App) sameOrigin(c *fiber.Ctx) error {
	if methodIsSafe(c.Method()) {
		return c.Next()
	}
	site, origin := c.Get("Sec-Fetch-Site"), c.Get("Origin")
	switch {
	case site == "" && (origin == "" || origin == "null" && tokenPage(c.Path())):
		if !a.tokenFits(c) {
			return errForged
		}
	case site == "" && a.BaseURL != "" && origin == (&url.URL{Scheme: scheme(a.BaseURL), Host: a.host}).String():
	default:
		r := http.Request{Method: c.Method(), Host: string(c.Context().Host()), Header: http.Header{
			"Sec-Fetch-Site": {site}, "Origin": {origin},
		}}
		var protection http.CrossOriginProtection
		if protection.Check(&r) != nil {
			return errForged
		}
	}
	return c.Next()
}

// tokenPages are what the paths begin with that hold the token of a mail.
var tokenPages = []string{"/verify-email/", "/undo-email/", "/reset-password/"}

// tokenPage says whether a path holds the token of a mail. Such a page gives away no referrer, for which browsers say that its form
// comes from nowhere (Fetch, append a request Origin header).
func tokenPage(path string) bool {
	return withoutToken(path) != path || path == "/register" // by invitation
}

// withoutToken leaves the token of a mail out of a path, in whatever case it was typed.
func withoutToken(path string) string {
	for _, page := range tokenPages {
		if len(path) > len(page) && strings.EqualFold(path[:len(page)], page) {
			return page + "…"
		}
	}
	return path
}

func scheme(address string) string { s, _, _ := strings.Cut(address, "://"); return s }

const tokenBytes = 16

// csrf returns the token for the forms of a page. It differs on each page, so that compression gives nothing of it away.
func (a *App) csrf(c *fiber.Ctx) string {
	secret := a.csrfSecret(c)
	if secret == nil {
		secret = a.newCSRF(c)
	}
	var token [2 * tokenBytes]byte
	_, _ = rand.Read(token[:tokenBytes]) // never fails
	subtle.XORBytes(token[tokenBytes:], token[:tokenBytes], secret)
	return base64.RawURLEncoding.EncodeToString(token[:])
}

// newCSRF gives the browser a new secret and returns it.
func (a *App) newCSRF(c *fiber.Ctx) []byte {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails
	c.Locals(localCSRF, secret)
	c.Cookie(&fiber.Cookie{
		Name: a.cookie("csrf"), Value: base64.RawURLEncoding.EncodeToString(secret), Path: "/",
		HTTPOnly: true, Secure: a.secure, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true,
	})
	return secret
}

// csrfSecret returns the browser's secret, nil when it has none.
func (a *App) csrfSecret(c *fiber.Ctx) []byte {
	if secret, ok := c.Locals(localCSRF).([]byte); ok {
		return secret
	}
	secret, err := base64.RawURLEncoding.DecodeString(c.Cookies(a.cookie("csrf")))
	if err != nil || len(secret) != tokenBytes {
		return nil
	}
	return secret
}

// tokenFits says whether the form carries the token of the browser's secret.
func (a *App) tokenFits(c *fiber.Ctx) bool {
	secret := a.csrfSecret(c)
	token, err := base64.RawURLEncoding.DecodeString(posted(c, "csrfmiddlewaretoken"))
	if secret == nil || err != nil || len(token) != 2*tokenBytes {
		return false
	}
	subtle.XORBytes(token[:tokenBytes], token[:tokenBytes], token[tokenBytes:])
	return subtle.ConstantTimeCompare(token[:tokenBytes], secret) == 1
}

// safeNext returns the path to go on to after logging in. Only a path of this site counts; anything else is "".
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") || len(next) > 2000 {
		return ""
	}
	return next
}
