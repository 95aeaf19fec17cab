package handlers

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/passkey"
	"nameplate/views"
)

const (
	passkeysPath = "/settings/passkeys"
	taskTime     = 5 * time.Minute // for what the browser asks of an authenticator
	answerMax    = 20_000          // bytes
)

// Keys of what a session holds while an authenticator is asked.
const (
	keyTask   = "task"
	keyTaskAt = "task_at"
)

// passkeyEndpoints tells password managers where passkeys are made and looked after (W3C, A Well-Known URL for Relying Party Passkey
// Endpoints).
func (a *App) passkeyEndpoints(c *fiber.Ctx) error {
	if a.passkeys == nil {
		return errNotFound
	}
	return c.JSON(map[string]string{"enroll": a.BaseURL + passkeysPath, "manage": a.BaseURL + passkeysPath})
}

// keepTask notes in the session what an authenticator was asked.
func (a *App) keepTask(c *fiber.Ctx, keep string) {
	a.sessions.Put(c.UserContext(), keyTask, keep)
	a.note(c, keyTaskAt)
}

// takeTask returns what an authenticator was asked, once; empty when that was too long ago.
func (a *App) takeTask(c *fiber.Ctx) string {
	if a.since(c, keyTaskAt) >= taskTime {
		return ""
	}
	return a.sessions.PopString(c.UserContext(), keyTask)
}

// passkeyOptions is what the browser is to ask an authenticator, as JSON, for logging in or for confirming that it is still the same person.
func (a *App) passkeyOptions(c *fiber.Ctx) error {
	if a.passkeys == nil {
		return errNotFound
	}
	if wait, err := a.DB.Guess(c.UserContext(), a.passkeyGuesses(c)...); err != nil || wait > 0 {
		if err == nil {
			retryAfter(c, wait)
			err = fiber.ErrTooManyRequests
		}
		return err
	}
	task, keep, err := a.passkeys.Ask()
	if err != nil {
		return err
	}
	a.keepTask(c, keep)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.SendString(task)
}

// passkeyLogin lets in who has a passkey. It is both factors at once: the device has asked for a finger or a code of its own.
func (a *App) passkeyLogin(c *fiber.Ctx) error {
	if a.passkeys == nil {
		return errNotFound
	}
	login := views.Login{Next: safeNext(posted(c, "next")), Remember: isTrue(posted(c, "remember"))}
	person, err := a.passkeyOwner(c, posted(c, "passkey"))
	if err != nil {
		return err
	}
	if !person.IsActive {
		c.Locals(localInfo).(*db.Session).Refused = true // counted as what was asked leaves the session; an answer to nothing is no try
		login.Passkey, login.Error = true, "This passkey lets nobody in here. Log in with your password, and look at your passkeys in the settings."
		page := a.page(c, "Log in")
		return render(c, fiber.StatusUnprocessableEntity, views.LoginPage(page, login), views.LoginForm(page, login))
	}
	if err := a.signIn(c, person, login.Remember, a.passkeyGuesses(c)...); err != nil {
		return err
	}
	a.sessions.Put(c.UserContext(), keyTwoFactor, "1")
	return redirect(c, orElse(login.Next, settings))
}

// passkeyOwner returns whose passkey has answered; the zero User when the answer is not right.
func (a *App) passkeyOwner(c *fiber.Ctx, answer string) (account.User, error) {
	keep := a.takeTask(c)
	if a.passkeys == nil || len(answer) > answerMax {
		return account.User{}, nil
	}
	var found db.Passkey
	var person account.User
	key, err := a.passkeys.Answered(keep, answer, func(id []byte) (passkey.Owner, error) {
		var err error
		if found, err = a.DB.PasskeyByKey(c.UserContext(), id); err != nil {
			return passkey.Owner{}, err
		}
		if person, err = a.DB.User(c.UserContext(), found.UserID); err != nil {
			return passkey.Owner{}, err
		}
		return owner(person, []db.Passkey{found}), nil
	})
	if errors.Is(err, passkey.ErrWrong) || isNotFound(err) {
		return account.User{}, nil
	}
	if err != nil {
		return account.User{}, err
	}
	return person, a.DB.UsePasskey(c.UserContext(), found.ID, string(key.Data))
}

func owner(person account.User, list []db.Passkey) passkey.Owner {
	// The same each time, so that a device which makes a second one for the same person replaces the first.
	handle := sha256.Sum256(fmt.Appendf(nil, "passkeys of user %d, joined %d", person.ID, person.DateJoined.UnixMilli()))
	o := passkey.Owner{Handle: handle[:], Username: person.Username, Name: person.FullName()}
	for _, p := range list {
		o.Handle = p.Handle
		o.Keys = append(o.Keys, passkey.Key{ID: p.KeyID, Handle: p.Handle, Data: []byte(p.Data)})
	}
	return o
}

// listPasskeys shows one's passkeys.
func (a *App) listPasskeys(c *fiber.Ctx) error {
	return a.showPasskeys(c, fiber.StatusOK, views.Passkeys{Saved: c.Query("saved"), Edit: c.QueryInt("edit")})
}

func (a *App) showPasskeys(c *fiber.Ctx, status int, p views.Passkeys) error {
	if a.passkeys == nil {
		return errNotFound
	}
	list, err := a.DB.Passkeys(c.UserContext(), signedIn(c).ID)
	if err != nil {
		return err
	}
	for _, key := range list {
		p.List = append(p.List, views.Passkey{ID: key.ID, Name: key.Name, CreatedAt: key.CreatedAt, LastUsedAt: key.LastUsedAt})
	}
	page := a.page(c, "Passkeys")
	return render(c, status, views.PasskeysPage(page, p), views.PasskeysPart(page, p))
}

// updatePasskeys begins with a passkey, adds what a device has made, renames one or removes it.
func (a *App) updatePasskeys(c *fiber.Ctx) error {
	if a.passkeys == nil {
		return errNotFound
	}
	if ok, err := a.confirmed(c, "passkeys"); !ok {
		return err
	}
	me, by, ctx := signedIn(c), a.author(c), c.UserContext()
	id, _ := strconv.ParseInt(orElse(posted(c, "remove"), posted(c, "id")), 10, 64)
	switch {
	case posted(c, "begin") != "":
		return a.beginPasskey(c, "", "")
	case has(c, "passkey"):
		return a.addPasskey(c)
	case has(c, "remove"):
		if err := a.DB.RemovePasskey(ctx, by, me.ID, id); err != nil && !isNotFound(err) { // gone is gone
			return err
		}
		return redirect(c, passkeysPath+"?saved=removed")
	}
	err := a.DB.RenamePasskey(ctx, by, me.ID, id, cut(posted(c, "name"), 1000))
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return a.showPasskeys(c, fiber.StatusUnprocessableEntity, views.Passkeys{Edit: int(id), Name: posted(c, "name"), Error: errs["name"]})
	}
	if err != nil {
		return err
	}
	return redirect(c, passkeysPath+"?saved=renamed")
}

// beginPasskey shows the form that asks the device for a passkey.
func (a *App) beginPasskey(c *fiber.Ctx, name, message string) error {
	me := signedIn(c)
	list, err := a.DB.Passkeys(c.UserContext(), me.ID)
	if err != nil {
		return err
	}
	task, keep, err := a.passkeys.Create(owner(me, list))
	if err != nil {
		return err
	}
	a.keepTask(c, keep)
	status := fiber.StatusOK
	if message != "" {
		status = fiber.StatusUnprocessableEntity
	}
	return a.showPasskeys(c, status, views.Passkeys{Task: task, Name: name, Error: message})
}

// addPasskey adds what a device has made.
func (a *App) addPasskey(c *fiber.Ctx) error {
	me, name, answer := signedIn(c), cut(posted(c, "name"), 1000), posted(c, "passkey")
	if _, err := db.ParsePasskeyName(name); err != nil {
		return a.beginPasskey(c, name, err.Error())
	}
	list, err := a.DB.Passkeys(c.UserContext(), me.ID)
	if err != nil {
		return err
	}
	key, err := a.passkeys.Created(owner(me, list), a.takeTask(c), cut(answer, answerMax))
	if errors.Is(err, passkey.ErrWrong) {
		return a.beginPasskey(c, name, "The passkey was not made, or it took too long. Try once more.")
	}
	if err != nil {
		return err
	}
	err = a.DB.AddPasskey(c.UserContext(), a.author(c), db.Passkey{UserID: me.ID, Handle: key.Handle, KeyID: key.ID, Data: string(key.Data), Name: name})
	if errs, ok := errors.AsType[form.Errors](err); ok {
		return a.beginPasskey(c, name, errs["name"])
	}
	if err != nil {
		return err
	}
	a.sessions.Put(c.UserContext(), keyTwoFactor, "1") // it is one
	return redirect(c, passkeysPath+"?saved=added")
}
