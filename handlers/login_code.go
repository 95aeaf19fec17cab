package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/auth"
	"nameplate/views"
)

const (
	codePath = "/login/code"
	codeTime = 10 * time.Minute // from the password to the code
)

// Keys of what a session holds between the password and the code.
const (
	keyHalf      = "half"       // whose password was right
	keyHalfProof = "half_proof" // of which password
	keyHalfAt    = "half_at"    // when
	keyTwoFactor = "two_factor" // the session was begun with a second factor, or got one
)

// passed goes on with who has just typed the right password: to the second factor where there is one, else in.
func (a *App) passed(c *fiber.Ctx, person account.User, login views.Login, guesses []db.Guess) error {
	second, err := a.DB.TwoFactor(c.UserContext(), person.ID)
	if err != nil {
		return err
	}
	if second.On() {
		return a.askForCode(c, person, login, guesses)
	}
	if err := a.signIn(c, person, login.Remember, guesses...); err != nil {
		return err
	}
	return redirect(c, orElse(login.Next, settings))
}

// askForCode notes in the session whose password was right. It lets nobody in: that session is nobody's.
func (a *App) askForCode(c *fiber.Ctx, person account.User, login views.Login, guesses []db.Guess) error {
	ctx := c.UserContext()
	if err := a.DB.Forgive(ctx, guesses...); err != nil {
		return err
	}
	if err := a.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := a.sessions.RenewToken(ctx); err != nil {
		return err
	}
	a.sessions.Put(ctx, keyHalf, strconv.FormatInt(person.ID, 10))
	a.sessions.Put(ctx, keyHalfProof, fingerprint(person.Password))
	if login.Remember {
		a.sessions.Put(ctx, keyRemember, "1")
	}
	a.note(c, keyHalfAt)
	a.newCSRF(c)
	to := codePath
	if login.Next != "" {
		to += "?next=" + url.QueryEscape(login.Next)
	}
	return redirect(c, to)
}

// fingerprint tells one hash of a password from another.
func fingerprint(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}

// half returns who has typed the right password and is to enter a code; the zero User for nobody, or when it was too long ago, or the
// password is another by now.
func (a *App) half(c *fiber.Ctx) (account.User, error) {
	id, _ := strconv.ParseInt(a.sessions.GetString(c.UserContext(), keyHalf), 10, 64)
	if id == 0 || a.since(c, keyHalfAt) >= codeTime {
		return account.User{}, nil
	}
	person, err := a.DB.User(c.UserContext(), id)
	if isNotFound(err) || err == nil && (!person.IsActive || fingerprint(person.Password) != a.sessions.GetString(c.UserContext(), keyHalfProof)) {
		return account.User{}, nil
	}
	return person, err
}

// codeForm asks for a code of the second factor, or for a recovery code.
func (a *App) codeForm(c *fiber.Ctx) error {
	person, err := a.half(c)
	if err != nil {
		return err
	}
	next := safeNext(c.Query("next"))
	if person.ID == 0 {
		return redirect(c, loginPath(next))
	}
	return a.showCode(c, fiber.StatusOK, views.Code{Next: next, Recovery: c.Query("recovery") != ""})
}

func loginPath(next string) string {
	if next == "" {
		return "/login"
	}
	return "/login?next=" + url.QueryEscape(next)
}

func (a *App) showCode(c *fiber.Ctx, status int, code views.Code) error {
	page := a.page(c, "Second factor")
	return render(c, status, views.CodePage(page, code), views.CodeForm(page, code))
}

// enterCode lets in who has typed the right password, and now a code.
func (a *App) enterCode(c *fiber.Ctx) error {
	code := views.Code{Next: safeNext(posted(c, "next")), Recovery: has(c, "recovery_code")}
	person, err := a.half(c)
	if err != nil {
		return err
	}
	if person.ID == 0 {
		return redirect(c, loginPath(code.Next))
	}
	guesses := append(a.codeGuesses(person.ID), db.LoginTry(a.DB.Now()))
	wait, err := a.DB.Guess(c.UserContext(), guesses...)
	if err != nil {
		return err
	}
	if wait > 0 {
		code.Error = "Too many tries. Please wait " + retryAfter(c, wait) + ", then try again."
		return a.showCode(c, fiber.StatusTooManyRequests, code)
	}
	right, err := a.useCode(c, person.ID, code.Recovery)
	if err != nil {
		return err
	}
	if !right {
		code.Error = wrongCode
		if code.Recovery {
			code.Error = "This is none of your recovery codes, or it was used already."
		}
		return a.showCode(c, fiber.StatusUnprocessableEntity, code)
	}
	remember := a.sessions.GetString(c.UserContext(), keyRemember) != ""
	if err := a.signIn(c, person, remember, guesses...); err != nil {
		return err
	}
	a.sessions.Put(c.UserContext(), keyTwoFactor, "1")
	return redirect(c, orElse(code.Next, settings))
}

const wrongCode = "This code is not right. Type the one that your app shows now; each is taken once."

// useCode says whether the form's code, or recovery code, lets somebody in.
func (a *App) useCode(c *fiber.Ctx, id int64, recovery bool) (bool, error) {
	if recovery {
		return a.DB.UseRecoveryCode(c.UserContext(), id, auth.FoldRecoveryCode(posted(c, "recovery_code")))
	}
	return a.DB.UseCode(c.UserContext(), id, a.rightCode(c))
}

func (a *App) rightCode(c *fiber.Ctx) db.RightCode {
	code := posted(c, "code")
	return func(secret string, after int64) (int64, bool) {
		return auth.TOTPStep(secret, code, a.DB.Now(), after)
	}
}
