package handlers

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"nameplate/db"
	"nameplate/internal/account"
)

const (
	largeMost = 4               // large bodies that are on their way, or looked at, at once: each may take tableBytes of the disk
	largeAsk  = 5 * time.Second // for asking whose a large body is
)

// errTooMany refuses a large body while others are on their way.
var errTooMany = errors.New("too many large bodies at once")

// large are the large bodies that were let in, by the heads of their requests, with when that was.
type large struct {
	sync.Mutex
	at map[*fasthttp.RequestHeader]time.Time
}

// begin lets one in, unless there are too many. One whose connection broke without a word is forgotten after the time that any may take.
func (l *large) begin(h *fasthttp.RequestHeader) bool {
	l.Lock()
	defer l.Unlock()
	for other, began := range l.at {
		if time.Since(began) > uploadTimeout+workTimeout {
			delete(l.at, other)
		}
	}
	if len(l.at) >= largeMost {
		return false
	}
	l.at[h] = time.Now()
	return true
}

func (l *large) end(h *fasthttp.RequestHeader) {
	l.Lock()
	defer l.Unlock()
	delete(l.at, h)
}

// isLarge says whether a body is one that only who may import sends: its file goes to the disk as it comes.
func isLarge(h *fasthttp.RequestHeader) bool {
	n := h.ContentLength()
	return n > bodyLimit && n <= tableBytes+1<<20 && h.IsPost() && string(h.RequestURI()) == importPath && len(h.MultipartFormBoundary()) > 0
}

// mayUpload fails for a large body of who is not signed in, or may not import, before anything of it is read.
func (a *App) mayUpload(h *fasthttp.RequestHeader) error {
	ctx, cancel := context.WithTimeout(context.Background(), largeAsk)
	defer cancel()
	token := string(h.Cookie(a.cookie("session")))
	ctx, err := a.sessions.Load(db.WithSession(ctx, &db.Session{Quiet: true}), token)
	if err != nil {
		return err
	}
	me, err := a.sessionUser(ctx)
	switch {
	case err != nil:
		return err
	case me == nil:
		return errSignIn
	case !account.MayViewAdmin(*me) || !importer(*me):
		return errForbidden
	}
	return nil
}

// unread answers a request that could not be read, or was not to be.
func (a *App) unread(c *fiber.Ctx, err error) error {
	h := &c.Request().Header
	a.large.end(h)
	if errors.Is(err, fiber.ErrRequestEntityTooLarge) && isLarge(h) {
		if err = a.mayUpload(h); err == nil {
			err = errTooMany
		}
	}
	return a.fail(c, err)
}
