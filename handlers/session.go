package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
)

const (
	sessionTime    = 24 * time.Hour      // how long a session lasts that isn't used
	rememberedTime = 30 * 24 * time.Hour // the same for one that was asked to be remembered
	staffIdle      = 30 * time.Minute    // the same for that of staff, remembered or not
	staffTime      = 12 * time.Hour      // how long that of staff lasts at most
	renewCookie    = 24 * time.Hour      // how often a remembered browser is given its cookie anew
	userAgentMax   = 300
)

// Keys of what a session holds.
const (
	keyUser     = "user"
	keyRemember = "remember"
	keyProof    = "proof"   // when they last proved who they are, in milliseconds since 1970
	keyPending  = "pending" // who has registered with this browser, and not proven the address yet
	keyCookie   = "cookie"  // when the cookie was last set, for one that is remembered
)

func newSessions(d *db.DB) *scs.SessionManager {
	m := scs.New()
	m.Store = d.Sessions()
	m.HashTokenInStore = true
	m.Lifetime = 100 * rememberedTime // the store knows when a session ends
	m.Codec = jsonCodec{}
	return m
}

// jsonCodec writes a session as JSON, which takes a fifth of gob's time. Values are strings.
type jsonCodec struct{}

type sessionJSON struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode writes the deadline and the values.
func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(sessionJSON{deadline, values})
}

// Decode reads what Encode wrote.
func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var s sessionJSON
	err := json.Unmarshal(b, &s)
	return s.Deadline, s.Values, err
}

// session loads the session of a request and who is signed in with it, and saves it before the answer goes out.
// scs's own middleware can't: it commits before Fiber's handler has run.
func (a *App) session(c *fiber.Ctx) error {
	at := a.address(c)
	info := &db.Session{IP: at.String(), UserAgent: cut(plainText(c.Get(fiber.HeaderUserAgent)), userAgentMax)}
	ctx := db.WithSession(c.UserContext(), info)
	ctx, err := a.sessions.Load(ctx, c.Cookies(a.cookie("session")))
	if err != nil {
		return fmt.Errorf("load the session: %w", err)
	}
	c.SetUserContext(ctx)
	c.Locals(localInfo, info)
	if err := a.identify(c); err != nil {
		return err
	}
	if err := c.Next(); err != nil {
		if err := a.fail(c, err); err != nil {
			return err
		}
	}
	return a.commit(c)
}

// identify finds who is signed in.
func (a *App) identify(c *fiber.Ctx) error {
	ctx := c.UserContext()
	me, err := a.sessionUser(ctx)
	if err != nil {
		return err
	}
	if me == nil {
		if a.sessions.GetString(ctx, keyUser) != "" {
			return a.sessions.Destroy(ctx)
		}
		return nil
	}
	c.Locals(localMe, me)
	if err := a.lookAs(c, me); err != nil {
		return err
	}
	if a.sessions.GetString(ctx, keyRemember) != "" && a.since(c, keyCookie) > renewCookie {
		a.note(c, keyCookie) // used again: the browser keeps it for as long again
	}
	return nil
}

// sessionUser is whose session it is; nil for nobody. Whoever was deactivated or deleted since is nobody.
func (a *App) sessionUser(ctx context.Context) (*account.User, error) {
	id, _ := strconv.ParseInt(a.sessions.GetString(ctx, keyUser), 10, 64)
	if id == 0 {
		return nil, nil
	}
	me, err := a.DB.User(ctx, id)
	if errors.Is(err, db.ErrNotFound) || (err == nil && !me.IsActive) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read user %d of the session: %w", id, err)
	}
	if me.IsStaff && !me.IsSuperuser {
		me, err = a.DB.WithRights(ctx, me)
	}
	return &me, err
}

// note keeps this moment in the session.
func (a *App) note(c *fiber.Ctx, key string) {
	a.sessions.Put(c.UserContext(), key, strconv.FormatInt(a.DB.Now().UnixMilli(), 10))
}

// since returns how long ago a moment was that the session keeps; for none, very long.
func (a *App) since(c *fiber.Ctx, key string) time.Duration {
	at, _ := strconv.ParseInt(a.sessions.GetString(c.UserContext(), key), 10, 64)
	return a.DB.Now().Sub(time.UnixMilli(at))
}

// commit writes a session that changed, and its cookie.
func (a *App) commit(c *fiber.Ctx) error {
	ctx := c.UserContext()
	switch a.sessions.Status(ctx) {
	case scs.Modified:
		token, _, err := a.sessions.Commit(ctx)
		if errors.Is(err, db.ErrSessionGone) { // ended by another request meanwhile: it stays ended
			a.setCookie(c, "session", "", time.Unix(1, 0))
			return nil
		}
		if err != nil {
			return fmt.Errorf("save the session: %w", err)
		}
		var expiry time.Time // until the browser is closed
		if a.sessions.GetString(ctx, keyRemember) != "" {
			expiry = time.Now().Add(rememberedTime) // by the browser's clock
		}
		a.setCookie(c, "session", token, expiry)
	case scs.Destroyed:
		a.setCookie(c, "session", "", time.Unix(1, 0))
	}
	return nil
}

// cookie returns the name of a cookie: with https the prefix that binds it to this host (RFC 6265bis, 4.1.3.2).
func (a *App) cookie(name string) string {
	if a.secure {
		return "__Host-" + name
	}
	return name
}

func (a *App) setCookie(c *fiber.Ctx, name, value string, expires time.Time) {
	c.Cookie(&fiber.Cookie{
		Name: a.cookie(name), Value: value, Path: "/", Expires: expires,
		HTTPOnly: true, Secure: a.secure, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// signIn begins a new session for person, with a new token. Guesses are those that this log-in has turned out not to be.
func (a *App) signIn(c *fiber.Ctx, person account.User, remember bool, guesses ...db.Guess) error {
	ctx := c.UserContext()
	if err := a.DB.LoggedIn(ctx, person.ID, guesses...); err != nil {
		return err
	}
	if err := a.sessions.Clear(ctx); err != nil {
		return fmt.Errorf("clear the session: %w", err)
	}
	if err := a.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	a.sessions.Put(ctx, keyUser, strconv.FormatInt(person.ID, 10))
	if remember {
		a.sessions.Put(ctx, keyRemember, "1")
	}
	a.beginSession(c, person)
	a.newCSRF(c)
	return nil
}

// beginSession says how long the session that begins with this answer lasts, and that its owner has just proven who they are.
func (a *App) beginSession(c *fiber.Ctx, person account.User) {
	info := c.Locals(localInfo).(*db.Session)
	info.UserID, info.Password, info.Idle, info.Life = person.ID, person.Password, sessionTime, 0
	a.note(c, keyProof)
	switch remembered := a.sessions.GetString(c.UserContext(), keyRemember) != ""; {
	case account.MayViewAdmin(person): // theirs are the keys of the house
		info.Idle, info.Life = staffIdle, staffTime
		a.sessions.Remove(c.UserContext(), keyRemember)
	case remembered:
		info.Idle = rememberedTime
		a.note(c, keyCookie)
	}
}

// renewSession goes on with a new token: what was stolen of the former one lets nobody in.
func (a *App) renewSession(c *fiber.Ctx, person account.User) error {
	if err := a.sessions.RenewToken(c.UserContext()); err != nil {
		return fmt.Errorf("renew the session of user %d: %w", person.ID, err)
	}
	a.beginSession(c, person)
	a.newCSRF(c)
	return nil
}

// thisSession is the hashed token of the session that a request came with; empty for none.
func thisSession(c *fiber.Ctx) string { return c.Locals(localInfo).(*db.Session).Found }

// plainText leaves out what a text column does not take: bytes that are no UTF-8, and NUL.
func plainText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
}

// cut returns at most n bytes of s, whole characters only.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
