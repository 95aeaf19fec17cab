package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/auth"
	"nameplate/internal/form"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
	"nameplate/views"
)

const (
	tooLarge     = "Choose a smaller picture: this one is over 10 MB."
	tooLargeFile = "Choose a smaller file: this one is over 5 MB."

	notKept = "Choose it again in a minute, or go on without it: it could not be kept just now."

	tooLargeTable = form.Message("Send the table in several parts: this one is over 128 MB.")
)

// errTooLarge marks a picture that is over the limit, so that the form is answered with 413.
var errTooLarge = form.Message(tooLarge)

// attributeValues reads what a form says of each attribute. A picture that came along is accepted at once and waits under a
// token, so that it survives the form's being refused; its value is that token.
func (a *App) attributeValues(c *fiber.Ctx, attrs []profile.Attribute, filled *views.Filled) error {
	for _, attr := range attrs {
		if !attr.IsUpload() {
			filled.Values[attr.Name], _ = typed(c, attr)
			continue
		}
		waiting, err := a.waitingPicture(c, attr, profile.Frame{})
		var message form.Message
		if errors.As(err, &message) {
			filled.Errors.Add(attr.Name, message)
		} else if err != nil {
			return err
		}
		if waiting.Token != "" {
			filled.Values[attr.Name] = waiting.Token
			filled.Waiting[attr.Name] = waiting
		}
	}
	return nil
}

// waitingPicture returns the picture that came with a form, or the one that waits from an earlier try of the same form.
// With a form.Message as its error it may still return the earlier one. A picture that came is drawn in frame, zero for a good one.
func (a *App) waitingPicture(c *fiber.Ctx, attr profile.Attribute, frame profile.Frame) (views.Waiting, error) {
	earlier, err := a.earlierPicture(c, attr)
	if err != nil && !errors.Is(err, db.ErrPictureGone) {
		return views.Waiting{}, err
	}
	if !isSent(c, attr) {
		if errors.Is(err, db.ErrPictureGone) {
			return views.Waiting{}, form.Message("Choose the " + attr.Kind.Name + " again: it was not kept any longer.")
		}
		return earlier, nil
	}
	leave, err := a.turn(c)
	if err != nil {
		return earlier, err
	}
	defer leave()
	var now views.Waiting
	if attr.IsFile() {
		now, err = a.acceptFile(c, sentFile(c, attr.Name))
	} else {
		now, err = a.acceptPicture(c, sentFile(c, attr.Name), frame)
	}
	if err != nil {
		return earlier, err
	}
	return now, a.dropEarlier(c, earlier)
}

// dropEarlier drops a waiting picture that another has taken the place of. Where its files can't be reached it waits until it is old.
func (a *App) dropEarlier(c *fiber.Ctx, earlier views.Waiting) error {
	if earlier.Token == "" {
		return nil
	}
	err := a.DB.DropWaiting(c.UserContext(), earlier.Token, a.Pictures.Remove)
	if picture.IsUnavailable(err) {
		a.Log.Error("a waiting picture or file could not be removed", "err", err)
		return nil
	}
	return err
}

// kept answers for a picture or a file whose row is in the ledger and which was to be stored. What could not be stored is refused like a
// mistake, so that the form comes back with everything that was typed.
func (a *App) kept(c *fiber.Ctx, waiting views.Waiting, err error) (views.Waiting, error) {
	if !picture.IsUnavailable(err) {
		return waiting, err
	}
	a.Log.Error("a picture or file could not be kept", "err", err)
	if errors.Is(err, syscall.ENOSPC) { // what was written of it is room for others
		if err := a.dropEarlier(c, waiting); err != nil {
			return views.Waiting{}, err
		}
	}
	c.Set(fiber.HeaderRetryAfter, "60")
	return views.Waiting{}, form.Message(notKept)
}

// isSent says whether a file was chosen in the form.
func isSent(c *fiber.Ctx, attr profile.Attribute) bool {
	file := sentFile(c, attr.Name)
	return file != nil && (file.Size > 0 || file.Filename != "")
}

// earlierPicture returns the picture that an earlier try of the same form left waiting.
func (a *App) earlierPicture(c *fiber.Ctx, attr profile.Attribute) (views.Waiting, error) {
	token := posted(c, "waiting_"+attr.Name)
	if token == "" {
		return views.Waiting{}, nil
	}
	name, err := a.DB.Waiting(c.UserContext(), token)
	if err != nil {
		return views.Waiting{}, err
	}
	if !attr.Holds(name) {
		return views.Waiting{}, db.ErrPictureGone
	}
	return views.Waiting{Token: token, Name: name}, nil
}

// acceptPicture reads, draws and stores a picture that was sent.
func (a *App) acceptPicture(c *fiber.Ctx, header *multipart.FileHeader, frame profile.Frame) (views.Waiting, error) {
	data, err := read(header, picture.MaxBytes, errTooLarge)
	if err != nil {
		return views.Waiting{}, err
	}
	drawn, err := a.Reader.ReadFramed(c.UserContext(), data, frame)
	if err != nil {
		return views.Waiting{}, err
	}
	return a.keepWaiting(c, drawn)
}

// turn waits until a file may be read into memory. It gives up while there is time left to say so. Call done when it is needed no longer.
func (a *App) turn(c *fiber.Ctx) (done func(), err error) {
	ctx := c.UserContext()
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-answerTime))
		defer cancel()
	}
	return a.Reader.Admit(ctx)
}

// read returns what a part of a form holds, where it has at most so many bytes.
func read(header *multipart.FileHeader, most int64, tooLarge form.Message) ([]byte, error) {
	if header.Size > most {
		return nil, tooLarge
	}
	file, err := header.Open()
	if err != nil {
		return nil, fmt.Errorf("open the file that was sent: %w", err)
	}
	defer func() { _ = file.Close() }()
	data := make([]byte, header.Size)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fmt.Errorf("read the file that was sent: %w", err)
	}
	return data, nil
}

// acceptFile stores a file that was sent to be downloaded. As with a picture, the ledger knows of it first.
func (a *App) acceptFile(c *fiber.Ctx, header *multipart.FileHeader) (views.Waiting, error) {
	data, err := read(header, picture.MaxFileBytes, form.Message(tooLargeFile))
	if err != nil {
		return views.Waiting{}, err
	}
	kind, err := picture.FileType(data)
	if err != nil {
		return views.Waiting{}, err
	}
	waiting := views.Waiting{Token: auth.Token(), Name: rand.Text() + "/" + fileName(header.Filename, kind)}
	if err := a.DB.AddWaiting(c.UserContext(), a.author(c).ID, waiting.Token, waiting.Name); err != nil {
		return views.Waiting{}, err
	}
	return a.kept(c, waiting, a.Pictures.PutFile(c.UserContext(), waiting.Name, data))
}

// fileName is the name under which a file is downloaded: with an ending that says what it is, so that nobody's computer takes a text
// for a program or a page.
func fileName(sent, kind string) string {
	name := profile.CleanFileName(sent)
	endings := []string{".txt", ".md", ".csv"}
	if kind == "application/pdf" {
		endings = []string{".pdf"}
	}
	if slices.Contains(endings, strings.ToLower(filepath.Ext(name))) {
		return name
	}
	return name + endings[0]
}

// hold keeps the pictures of a form that was refused, until it comes back or a day is over.
func (a *App) hold(c *fiber.Ctx, filled views.Filled) error {
	for _, waiting := range filled.Waiting {
		if err := a.holdWaiting(c.UserContext(), waiting); err != nil {
			return err
		}
	}
	return nil
}

// holdWaiting keeps a picture that waits, if any. One that is gone meanwhile, as where a form was sent twice, is missed when its form comes
// back.
func (a *App) holdWaiting(ctx context.Context, waiting views.Waiting) error {
	if waiting.Token == "" {
		return nil
	}
	if err := a.DB.HoldWaiting(ctx, waiting.Token); !errors.Is(err, db.ErrPictureGone) {
		return err
	}
	return nil
}

// refusal is the status of a form with errors: 413 for a picture over the limit, 503 for one that could not be kept, else 422.
func refusal(errs form.Errors) int {
	for _, message := range errs {
		switch message {
		case tooLarge, tooLargeFile, tooLargeTable.Error():
			return fiber.StatusRequestEntityTooLarge
		case notKept:
			return fiber.StatusServiceUnavailable
		}
	}
	return fiber.StatusUnprocessableEntity
}
