package handlers

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"nameplate/db"
	"nameplate/internal/account"
)

const (
	arrivingMost = 1 << 30   // the most bytes that forms with files have on the disk at once, while they come or are looked at
	textsMost    = 192 << 20 // the most bytes of bodies that are on their way to memory at once
	smallBody    = 64 << 10  // bytes up to which a body is always read: log-ins have room, whatever else comes

	largeMost = 4               // large bodies that are on their way, or looked at, at once: each may take tableBytes of the disk
	largeAsk  = 5 * time.Second // for asking whose a large body is
)

// errTooMany refuses a large body while others are on their way.
var errTooMany = errors.New("too many large bodies at once")

// errCrowded refuses a body while there is no room for it.
var errCrowded = errors.New("too many bytes of bodies at once")

// arrival is a body on its way. It fails with errCrowded while those of others leave no room for it, so that slow ones in large numbers fill
// neither memory nor the disk.
type arrival struct {
	io.Reader
	room  *semaphore.Weighted // nil for a body that needs none
	taken int64               // bytes
}

func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if !a.take(int64(n)) {
		return 0, errCrowded
	}
	return n, err
}

// take says whether there was room for n bytes more.
func (a *arrival) take(n int64) bool {
	if a.room == nil {
		return true
	}
	if !a.room.TryAcquire(n) {
		return false
	}
	a.taken += n
	return true
}

// leave makes room for others.
func (a *arrival) leave() {
	if a.room != nil {
		a.room.Release(a.taken)
		a.taken = 0
	}
}

// isLarge says whether a body is one that only who may import sends: its file goes to the disk as it comes.
func isLarge(h *fasthttp.RequestHeader) bool {
	n := h.ContentLength()
	return n > bodyLimit && n <= tableBytes+1<<20 && h.IsPost() && string(h.RequestURI()) == importPath && hasParts(h)
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

// bodyMost says how many bytes a body may have, before any of it is read. Only a form with files may be as large as a picture, and only who may
// import sends a larger one. Call done, also after an error, when the request is answered.
func (a *App) bodyMost(h *fasthttp.RequestHeader) (most int, done func(), err error) {
	nothing := func() {}
	switch {
	case !hasParts(h):
		return textMax, nothing, nil
	case !isLarge(h):
		return bodyLimit, nothing, nil
	}
	if err := a.mayUpload(h); err != nil {
		return 0, nothing, err
	}
	if !a.large.TryAcquire(1) {
		return 0, nothing, errTooMany
	}
	return tableBytes + 1<<20, func() { a.large.Release(1) }, nil
}
