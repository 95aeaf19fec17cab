package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/picture"
	"nameplate/views"
)

var (
	errNotFound  = errors.New("not there")
	errSignIn    = errors.New("not signed in")
	errForbidden = errors.New("not allowed")
	errOneself   = errors.New("not oneself")
	errForged    = errors.New("not sent from this site's own form")
)

// isNotFound says whether an error means that there is no such thing.
func isNotFound(err error) bool { return errors.Is(err, db.ErrNotFound) }

// fail turns an error into the answer for it, and logs once what is a fault of ours.
func (a *App) fail(c *fiber.Ctx, err error) error {
	c.Response().ResetBody()
	for _, header := range []string{fiber.HeaderCacheControl, fiber.HeaderETag, fiber.HeaderAcceptRanges, fiber.HeaderContentDisposition} {
		c.Response().Header.Del(header) // of what this takes the place of
	}
	a.setHeaders(c) // a request that could not even be read comes here first
	if errors.Is(err, errSignIn) {
		return a.toLogin(c)
	}
	problem := problemOf(err)
	a.inAdmin(c, &problem)
	if problem.Back == "" && !methodIsSafe(c.Method()) {
		problem.Back = goOn(c) // where the form is
	}
	if problem.Status >= 500 {
		problem.RequestID = rand.Text()
		a.Log.Error("request failed", "id", problem.RequestID, "method", c.Method(), "path", withoutToken(c.Path()), "status", problem.Status, "err", err)
	}
	if problem.Status == 500 && a.DB.Ping(c.UserContext()) != nil { // its columns are others now: this server is to be started again
		problem = views.Problem{Status: 503, Title: "Being changed just now", Text: "The site is being changed. Please try again in a minute.", Retry: 60}
	}
	if problem.Retry > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(problem.Retry))
	}
	return render(c, problem.Status, views.ErrorPage(a.page(c, problem.Title), problem), views.ErrorPart(problem))
}

// inAdmin leads back to the list that a problem of the admin is about, and says of a person who is gone what may have become of them.
func (a *App) inAdmin(c *fiber.Ctx, problem *views.Problem) {
	path, found := strings.CutPrefix(c.Path(), "/admin/")
	asks := me(c)
	if !found || problem.Back != "" && problem.Status != fiber.StatusBadRequest || asks == nil || !account.MayViewAdmin(*asks) {
		return
	}
	problem.Back = dashboardPath
	name, rest, _ := strings.Cut(path, "/")
	if r := a.resource(name); r.Name != "" && account.May(*asks, account.View, r.Permits()) {
		problem.Back = r.Path()
	}
	if problem.Status == fiber.StatusNotFound && name == account.Users && rest != "" {
		problem.Title, problem.Text = "Nobody is here", "There is nobody of this number. Somebody may have deleted them meanwhile: look among the deleted."
	}
}

// toLogin asks who is there, and remembers the page to go on with.
func (a *App) toLogin(c *fiber.Ctx) error {
	to := "/login"
	if next := goOn(c); next != "" {
		to += "?next=" + url.QueryEscape(next)
	}
	if !htmx(c) {
		return redirect(c, to)
	}
	c.Set("HX-Redirect", to)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderVary, "Cookie, HX-Request")
	return c.SendStatus(fiber.StatusUnauthorized)
}

// goOn is the page that was asked for; of a form or a part, the page with that row open, or else the page that it stands on.
func goOn(c *fiber.Ctx) string {
	if methodIsSafe(c.Method()) && !htmx(c) {
		return safeNext(c.OriginalURL())
	}
	if row := strings.TrimSuffix(c.Path(), "/check"); strings.HasPrefix(row, settings+"/") {
		return safeNext(row)
	}
	from, err := url.Parse(c.Get("HX-Current-URL", c.Get(fiber.HeaderReferer)))
	if err != nil {
		return ""
	}
	return safeNext(from.RequestURI())
}

// problemOf says in words for people what an error means, and which status it has.
func problemOf(err error) views.Problem {
	var query admin.BadQuery
	var cant db.CantUndo
	var act db.CantAct
	var status *fiber.Error
	switch {
	case errors.Is(err, errNotFound), errors.Is(err, db.ErrNotFound):
		return views.Problem{Status: 404, Title: "Nothing here", Text: "There is no page at this address. It may have moved, or the address has a typing mistake."}
	case errors.Is(err, db.ErrLastSuperuser):
		return views.Problem{Status: 403, Title: "Not allowed", Text: "This is the last active superuser. Make somebody else a superuser first.", Back: usersPath}
	case errors.Is(err, errOneself):
		return views.Problem{Status: 403, Title: "Not allowed", Text: "Nobody deletes their own account here. Ask another superuser to do it.", Back: usersPath}
	case errors.As(err, &act):
		return views.Problem{Status: 403, Title: "Not allowed", Text: act.Error(), Back: dashboardPath}
	case errors.Is(err, errForbidden), errors.Is(err, db.ErrForbidden):
		return views.Problem{Status: 403, Title: "Not allowed", Text: "Your account may not do this. Ask an administrator of this site if you need to."}
	case errors.Is(err, errLooking):
		return views.Problem{Status: 403, Title: "You are only looking", Text: "Nothing can be changed while you look as somebody else, and their second factor stays hidden. Stop looking first."}
	case errors.Is(err, errForged):
		return views.Problem{Status: 403, Title: "Please send the form again", Text: "This form did not come from this site, or its cookie was missing. Open the page again, allow its cookies, and send the form once more."}
	case errors.As(err, &cant):
		return views.Problem{Status: 409, Title: "It can't be taken back", Text: cant.Error(), Back: historyPath}
	case errors.As(err, &query):
		return views.Problem{Status: 400, Title: "This list can't be shown", Text: query.Error(), Back: usersPath}
	case errors.Is(err, errTooMany):
		return views.Problem{Status: 503, Title: "Busy just now", Text: "Other tables are being sent. Nothing of yours was read: please send it again in a minute.", Retry: 60, Back: importPath}
	case errors.Is(err, errCrowded):
		return views.Problem{Status: 503, Title: "Busy just now", Text: "Much is being sent just now. Nothing was changed: please go back, and send the form again in a minute.", Retry: 60}
	case errors.Is(err, db.ErrBusy), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EROFS):
		return views.Problem{Status: 503, Title: "Busy just now", Text: "Nothing was changed. Please try again in a few seconds.", Retry: 5}
	case picture.IsUnavailable(err):
		return views.Problem{Status: 503, Title: "No pictures just now", Text: "What keeps pictures and files can't be reached. Nothing was changed. Please try again in a minute.", Retry: 60}
	case errors.As(err, &status) && status.Code == fiber.StatusRequestEntityTooLarge:
		return views.Problem{Status: 413, Title: "Too large", Text: "What was sent is more than this site takes. A picture may have 10 MB at most, and a table of people 128 MB: go back, and choose a smaller one."}
	case errors.As(err, &status) && status.Code < 500:
		return views.Problem{Status: status.Code, Title: http.StatusText(status.Code), Text: textOf(status.Code)}
	}
	return views.Problem{Status: 500, Title: "A fault of ours", Text: "Something went wrong here. It was noted. Please try again; if it happens again, tell an administrator the number below."}
}

func textOf(status int) string {
	if status == fiber.StatusMethodNotAllowed {
		return "This address can't be used in this way. Go back and use the form on the page."
	}
	return "The request could not be understood. Go back and try again."
}
