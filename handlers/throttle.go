package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
	"nameplate/views"
)

// What is counted, and how much of it is free. Every count is kept in the database: a restart forgives nothing. They fade a day after
// the last one. Waits double, from a second to a quarter of an hour.
//
//	logging in                 per name 3, per network 100
//	one's own password         per account 5
//	a code of a second factor  per account 5
//	a mail with a link         per address 3, beyond which none is sent, and per network 30
//	registering                per network 100
//	a picture with a form to register, unless that makes an account: per network 30
//	hearing that a name is taken, from a check or a form: per network 20, per account 20
//	asking for a passkey       per network 100

// guesses are what a try at logging in counts against: the name that was typed, whether anybody has it or not, and the network. The username and
// the address of one account are counted apart: a wait for both would tell whose address it is. No name at all is nobody's.
func (a *App) guesses(c *fiber.Ctx, name string) []db.Guess {
	guesses := []db.Guess{{Key: "login from " + network(a.address(c)), Free: 100, Every: 10, Shared: true}} // a school makes many mistakes
	if strings.TrimSpace(name) != "" {
		guesses = append(guesses, loginGuess(name))
	}
	return a.throttled(guesses...)
}

// loginGuess counts the tries at one name. Three are free, so that the tenth mistake at an account meets a wait, also where both of its names
// are tried by turns.
func loginGuess(name string) db.Guess {
	return db.Guess{Key: "login " + hashed(account.Key(strings.TrimSpace(name))), Free: 3, Every: 1}
}

// forgiven are the guesses at an account that another password forgives: by both of its names, by who is signed in, and those at its codes, which
// only who knew the former one could make.
func (a *App) forgiven(person account.User) []db.Guess {
	names := a.throttled(loginGuess(person.Username), loginGuess(person.Email))
	return slices.Concat(names, a.ownGuesses(person.ID), a.codeGuesses(person.ID))
}

// ownGuesses are what the password of who is signed in counts against, where it is asked for again. Strangers who try to log in are not to
// keep them from it.
func (a *App) ownGuesses(id int64) []db.Guess {
	return a.throttled(db.Guess{Key: "own password #" + strconv.FormatInt(id, 10), Free: 5, Every: 1})
}

// codeGuesses are what a code counts against: the account. Who guesses knows the password already, so that no network matters.
func (a *App) codeGuesses(id int64) []db.Guess {
	return a.throttled(db.Guess{Key: "code #" + strconv.FormatInt(id, 10), Free: 5, Every: 1})
}

// passkeyGuesses are what asking for a task counts against, until it is answered rightly: each leaves a session behind.
func (a *App) passkeyGuesses(c *fiber.Ctx) []db.Guess {
	return a.throttled(db.Guess{Key: "passkey from " + network(a.address(c)), Free: 100, Every: 10, Shared: true})
}

// mailLimit is what a mail to one address counts against.
func (a *App) mailLimit(what, address string) []db.Guess {
	return a.throttled(db.Guess{Key: what + " " + hashed(account.Key(address)), Free: 3, Every: 1})
}

// mayMail counts a mail with a link to an address, and says whether it is sent. Whoever asks for one mail too many is answered as always: a
// wait would let strangers keep somebody from using their own address.
func (a *App) mayMail(c *fiber.Ctx, what, address string) (bool, error) {
	if address == "" {
		return false, nil
	}
	wait, err := a.DB.Guess(c.UserContext(), a.mailLimit(what, address)...)
	return wait == 0, err
}

// mailFrom is what asking for mail counts against: the network.
func (a *App) mailFrom(c *fiber.Ctx, what string) []db.Guess {
	return a.throttled(db.Guess{Key: what + " from " + network(a.address(c)), Free: 30, Every: 5, Shared: true})
}

// lookUps are what hearing that a name is taken counts against: the network, and who is signed in. So nobody lists the names.
func (a *App) lookUps(c *fiber.Ctx) []db.Guess {
	guesses := []db.Guess{{Key: "names from " + network(a.address(c)), Free: 20, Every: 5, Shared: true}}
	if me := me(c); me != nil {
		guesses = append(guesses, db.Guess{Key: "names #" + strconv.FormatInt(me.ID, 10), Free: 20, Every: 5})
	}
	return a.throttled(guesses...)
}

// throttled returns the guesses, or none where guessing is not slowed.
func (a *App) throttled(guesses ...db.Guess) []db.Guess {
	if !a.Throttle {
		return nil
	}
	return guesses
}

// hashed makes a key of any text: as short as any other, and no name is kept.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// waitToRegister says how long one has to wait before a form to register is looked at. A form that makes an account, if nothing more is
// found wrong with it, is counted.
func (a *App) waitToRegister(c *fiber.Ctx, counts bool) (time.Duration, error) {
	wait, err := a.DB.Wait(c.UserContext(), a.lookUps(c)...)
	if err != nil || wait > 0 || !counts {
		return wait, err
	}
	return a.DB.Guess(c.UserContext(), a.throttled(db.Guess{Key: "register from " + network(a.address(c)), Free: 100, Every: 10, Shared: true})...)
}

// countUploads counts a form to register that brings a picture or a file, before that is read: it is kept, whatever becomes of the form. While
// one has to wait, what came along is left unread. Who makes an account with it is forgiven.
func (a *App) countUploads(c *fiber.Ctx) (guesses []db.Guess, wait time.Duration, err error) {
	sent := sentForm(c)
	if sent == nil || !a.Throttle {
		return nil, 0, nil
	}
	if !slices.ContainsFunc(a.signUp, func(attr profile.Attribute) bool { return len(sent.File[attr.Name]) > 0 }) {
		return nil, 0, nil
	}
	guesses = []db.Guess{{Key: "uploads from " + network(a.address(c)), Free: 30, Every: 5, Shared: true}}
	if wait, err = a.DB.Guess(c.UserContext(), guesses...); wait > 0 {
		err = errors.Join(err, sent.RemoveAll()) // nothing else knows where they are
		clear(sent.File)
	}
	return guesses, wait, err
}

// refuseForNow answers the form to register with all that was typed, and how long to wait. It tells nothing of names.
func (a *App) refuseForNow(c *fiber.Ctx, filled views.Filled, why string) error {
	filled.Errors = form.Errors{"": why}
	if err := a.hold(c, filled); err != nil {
		return err
	}
	return a.showRegister(c, fiber.StatusTooManyRequests, filled)
}

func tooManyForms(wait string) string {
	return "Too many forms came from your network. Please wait " + wait + ", then send it again: all that you typed is still here."
}

func tooManyPictures(wait string) string {
	return "Too many pictures came from your network. Please wait " + wait + ", then choose yours again and send the form: all that you typed is still here."
}

// looksUp says whether checking a value of an attribute tells whether somebody has it.
func looksUp(attr profile.Attribute) bool {
	return attr.Unique || attr.OfUser && (attr.Name == "username" || attr.Name == "email")
}

// countTaken counts each message that says that somebody has a value.
func (a *App) countTaken(c *fiber.Ctx, attrs []profile.Attribute, values map[string]string, errs form.Errors) error {
	for _, attr := range attrs {
		if !looksUp(attr) {
			continue
		}
		value, err := attr.Parse(values[attr.Name])
		if err != nil {
			continue
		}
		message := db.TakenAttributeMessage(attr, value)
		if attr.OfUser {
			message = db.TakenMessage(attr.Name, value)
		}
		if errs[attr.Name] != message.Error() {
			continue
		}
		if _, err := a.DB.Guess(c.UserContext(), a.lookUps(c)...); err != nil {
			return err
		}
	}
	return nil
}

func tooManyNames(wait string) string {
	return "Too many names were looked up. Please wait " + wait + ", then try again."
}

// checkLater answers a check with how long to wait: the value is looked at when the form is sent.
func (a *App) checkLater(c *fiber.Ctx, title string, field views.Field, wait time.Duration) error {
	field.Error = tooManyNames(retryAfter(c, wait))
	return send(c, fiber.StatusTooManyRequests, views.FieldInput(a.page(c, title), field))
}

// retryAfter tells a program in its header how long to wait, and returns the same in words for people.
func retryAfter(c *fiber.Ctx, wait time.Duration) string {
	seconds := int(math.Ceil(wait.Seconds()))
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	return inWords(seconds)
}

func inWords(seconds int) string {
	switch {
	case seconds == 1:
		return "a second"
	case seconds < 120:
		return strconv.Itoa(seconds) + " seconds"
	}
	return strconv.Itoa((seconds+59)/60) + " minutes"
}
