package handlers

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/auth"
	"nameplate/internal/form"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
	"nameplate/views"
)

// errOtherPicture refuses a frame that was chosen on a picture which is not there any more.
const errOtherPicture = form.Message("Choose the frame again: the picture is another one meanwhile.")

// updatePicture replaces, frames or removes one's own picture or file. A preview is the framed picture, which waits.
func (a *App) updatePicture(c *fiber.Ctx, attr profile.Attribute) error {
	if isTrue(posted(c, "remove")) && !(isSent(c, attr) && posted(c, "resolve") == "mine") { // a form in conflict says it by itself
		return a.setAttribute(c, attr, "", views.Waiting{})
	}
	waiting, err := a.framedPicture(c, attr)
	field, now := views.Field{Attribute: attr, Waiting: waiting}, signedIn(c).Value(attr.Name)
	if err == errOtherPicture { // what the form shows now is what it is made of
		field.Error, field.Version = errOtherPicture.Error(), signedIn(c).Version
		return a.showAttribute(c, fiber.StatusUnprocessableEntity, signedIn(c), field)
	}
	if message, ok := errors.AsType[form.Message](err); ok {
		field.Error = message.Error()
	} else if err != nil {
		return err
	} else if waiting.Token == "" && (now == "" || posted(c, "focus") == "") {
		field.Error = "Choose a " + attr.Kind.Name + " first, or cancel."
	}
	preview := field.Error == "" && isTrue(posted(c, "preview"))
	if field.Error == "" && !preview {
		return a.setAttribute(c, attr, orElse(waiting.Token, now), waiting)
	}
	if err := a.holdWaiting(c.UserContext(), waiting); err != nil {
		return err
	}
	if field.Preview = preview; preview {
		return a.showAgain(c, fiber.StatusOK, field)
	}
	return a.showAgain(c, refusal(form.Errors{attr.Name: field.Error}), field)
}

// framedPicture returns the picture that came with a form, or the one that waits, in the frame that the form asks for; or the present one,
// where the frame is another than it has. With a form.Message as its error it may still return one that waits.
func (a *App) framedPicture(c *fiber.Ctx, attr profile.Attribute) (views.Waiting, error) {
	frame, frameErr := askedFrame(c, isSent(c, attr))
	waiting, err := a.waitingPicture(c, attr, frame)
	now := signedIn(c).Value(attr.Name)
	if shown := posted(c, "framed"); err == nil && waiting.Token == "" && shown != "" && now != "" && shown != now {
		err = a.sameWhole(c, now)
	}
	if err != nil || frameErr != nil {
		return waiting, cmp.Or(err, frameErr)
	}
	return a.reframe(c, orElse(waiting.Name, now), waiting, frame)
}

// sameWhole fails with errOtherPicture where a form has chosen the frame of another picture than the one of this name.
func (a *App) sameWhole(c *fiber.Ctx, name string) error {
	whole, err := a.whole(c.UserContext(), name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		_, err = a.kept(c, views.Waiting{}, err)
		return err
	}
	if posted(c, "whole") != wholeSum(whole) {
		return errOtherPicture
	}
	return nil
}

// wholeSum tells whole pictures apart. That of a picture is the same in each of its frames.
func wholeSum(whole []byte) string {
	sum := sha256.Sum256(whole)
	return hex.EncodeToString(sum[:8])
}

// reframe draws a stored picture anew, unless it is in that frame. The new one waits instead of what waits.
func (a *App) reframe(c *fiber.Ctx, name string, waiting views.Waiting, frame profile.Frame) (views.Waiting, error) {
	now, ok := profile.ParsePictureName(name)
	if !ok || frame == now.Frame || frame == (profile.Frame{}) {
		return waiting, nil
	}
	leave, err := a.turn(c)
	if err != nil {
		return waiting, err
	}
	defer leave()
	whole, err := a.whole(c.UserContext(), name)
	if errors.Is(err, fs.ErrNotExist) {
		return views.Waiting{}, form.Message("Choose the picture again: it is not there any longer.")
	}
	if err != nil {
		_, err = a.kept(c, waiting, err)
		return waiting, err
	}
	drawn, err := a.Reader.Reframe(c.UserContext(), whole, frame)
	if err != nil {
		return waiting, err
	}
	framed, err := a.keepWaiting(c, drawn)
	if err != nil {
		return waiting, err
	}
	return framed, a.dropEarlier(c, waiting)
}

// askedFrame is the frame that a form asks for, zero for none. That of the picture that the form showed says nothing of one that comes with
// it.
func askedFrame(c *fiber.Ctx, sent bool) (profile.Frame, error) {
	focus, zoom := posted(c, "focus"), posted(c, "zoom")
	if focus == "" && zoom == "" {
		return profile.Frame{}, nil
	}
	frame, err := profile.ParseFrame(focus, zoom)
	if shown, ok := profile.ParsePictureName(posted(c, "framed")); ok && sent && shown.Frame == frame {
		return profile.Frame{}, err
	}
	return frame, err
}

// keepWaiting stores a picture, which waits for its form to be accepted. The ledger knows of it before its files are there, so that no
// file is ever without a row.
func (a *App) keepWaiting(c *fiber.Ctx, drawn picture.Picture) (views.Waiting, error) {
	waiting := views.Waiting{Token: auth.Token(), Name: drawn.Name}
	if err := a.DB.AddWaiting(c.UserContext(), a.author(c).ID, waiting.Token, waiting.Name); err != nil {
		return views.Waiting{}, err
	}
	return a.kept(c, waiting, a.Pictures.Put(c.UserContext(), drawn))
}

// whole reads the whole of a stored picture.
func (a *App) whole(ctx context.Context, name string) ([]byte, error) {
	file, err := a.Pictures.OpenWhole(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open the whole picture %s: %w", name, err)
	}
	data, err := file.All()
	if err != nil {
		return nil, fmt.Errorf("read the whole picture %s: %w", name, err)
	}
	return data, nil
}

// framing is what a form needs to ask for the frame of a stored picture. It is nothing where the picture is gone, or can't be read now.
func (a *App) framing(ctx context.Context, attr profile.Attribute, field views.Field) (views.Framing, error) {
	name := orElse(field.Waiting.Name, field.Now)
	stored, ok := profile.ParsePictureName(name)
	if !ok {
		return views.Framing{}, nil
	}
	data, err := a.whole(ctx, name)
	if errors.Is(err, fs.ErrNotExist) || picture.IsUnavailable(err) { // all else of the page is there
		return views.Framing{}, nil
	}
	if err != nil {
		return views.Framing{}, err
	}
	size, err := picture.Size(bytes.NewReader(data))
	if err != nil { // another can still be chosen
		a.Log.Error("a whole picture can't be read", "picture", name, "err", err)
		return views.Framing{}, nil
	}
	whole := settings + "/" + attr.Name + "/whole?of=" + name[:8] // another picture has another address
	if field.Waiting.Token != "" {
		whole = settings + "/" + attr.Name + "/whole?waiting=" + field.Waiting.Token
	}
	return views.Framing{Name: name, Sum: wholeSum(data), Whole: whole, Size: size, Frame: stored.Frame}, nil
}

// wholePicture serves the whole of one's own picture, or of one that waits, for choosing its frame. Nobody else sees what is around the
// square.
func (a *App) wholePicture(c *fiber.Ctx) error {
	attr, ok := a.Profile.Attribute(c.Params("attribute"))
	if !ok || !attr.IsPicture() {
		return errNotFound
	}
	person := signedIn(c)
	if !attr.MayEdit(person, person) || behind(c) != nil {
		return errForbidden
	}
	name, err := person.Value(attr.Name), error(nil)
	if token := c.Query("waiting"); token != "" {
		name, err = a.DB.Waiting(c.UserContext(), token)
	}
	if err != nil && !errors.Is(err, db.ErrPictureGone) {
		return err
	}
	file, err := a.Pictures.OpenWhole(c.UserContext(), name)
	if err != nil {
		return orNotFound(fmt.Errorf("open the whole picture %s: %w", name, err))
	}
	c.Set(fiber.HeaderCacheControl, unshared)
	c.Set(fiber.HeaderContentType, "image/jpeg")
	return sendContent(c, "", file)
}
