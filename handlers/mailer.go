package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"nameplate/db"
	"nameplate/internal/mail"
	"nameplate/internal/picture"
	"nameplate/views"
)

// Mailer sends what is queued in the database. No page waits for it. All fields are set by who makes it.
type Mailer struct {
	DB       *db.DB
	Pictures *picture.Store
	Sender   mail.Sender
	Log      *slog.Logger
	Site     string
	BaseURL  string // without a slash at the end
}

// Run sends until ctx is done. A mail that is under way then is sent again by the next program: better twice than never.
func (m *Mailer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		next, wait, err := m.DB.NextMail(ctx)
		switch {
		case err == nil:
			m.send(ctx, next)
			continue
		case !errors.Is(err, db.ErrNotFound) && ctx.Err() == nil:
			m.Log.Error("read what mail is to be sent", "err", err)
			wait = 10 * time.Second
		}
		select {
		case <-ctx.Done():
		case <-m.DB.MailQueued():
		case <-time.After(max(wait, 100*time.Millisecond)):
		}
	}
}

// send sends one mail, and notes in the database what became of it.
func (m *Mailer) send(ctx context.Context, queued db.Mail) {
	done := m.deliver(ctx, queued)
	if done == nil {
		if err := m.DB.MailDone(context.WithoutCancel(ctx), queued.ID); err != nil {
			m.Log.Error("a mail was sent, and will be once more", "mail", queued.ID, "err", err)
		}
		return
	}
	if ctx.Err() != nil {
		return
	}
	next, err := m.DB.MailFailed(ctx, queued, done.Error(), mail.Refused(done))
	switch {
	case err != nil:
		m.Log.Error("note that a mail failed", "mail", queued.ID, "err", err)
	case next.IsZero():
		m.Log.Error("a mail could not be sent, and is tried no more; the admin lists it", "mail", queued.ID, "kind", queued.Kind, "tries", queued.Tries, "err", done)
	default:
		m.Log.Warn("a mail could not be sent yet", "mail", queued.ID, "kind", queued.Kind, "tries", queued.Tries, "next", next.UTC().Format(time.RFC3339), "err", done)
	}
}

// deliver writes a mail, as things stand now, and hands it over. One that has nothing to tell any more is done.
func (m *Mailer) deliver(ctx context.Context, queued db.Mail) error {
	letter, err := m.DB.Letter(ctx, queued)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	content, err := m.content(queued, letter)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%d.%d", queued.CreatedAt.UnixMilli(), queued.ID)
	image, err := m.face(ctx, queued, letter)
	if err != nil {
		return err
	}
	if len(image.Data) > 0 {
		image.ID = "face." + id + "@nameplate"
		content.Face = "cid:" + image.ID
	}
	var text, html bytes.Buffer
	if err := errors.Join(views.MailText(content).Render(ctx, &text), views.MailHTML(content).Render(ctx, &html)); err != nil {
		return fmt.Errorf("write mail %d: %w", queued.ID, err)
	}
	return m.Sender.Send(ctx, mail.Message{
		ID: id, To: letter.To, Subject: content.Subject + " · " + m.Site, Text: text.String(), HTML: html.String(), Image: image,
	})
}

// content is what a mail of each kind says.
func (m *Mailer) content(queued db.Mail, letter db.Letter) (views.Mail, error) {
	name, isNew := letter.Person.Username, letter.Person.Unproven()
	switch queued.Kind {
	case db.MailVerify:
		if letter.Owner.ID != 0 {
			return views.TakenMail(m.Site, m.BaseURL, letter.Owner.Username, isNew), nil
		}
		return views.VerifyMail(m.Site, m.BaseURL, name, letter.Token, isNew), nil
	case db.MailEmailChanged, db.MailEmailReplaced:
		return views.EmailChangedMail(m.Site, m.BaseURL, name, letter.Token), nil
	case db.MailReset:
		return views.ResetMail(m.Site, m.BaseURL, name, letter.Token, letter.Person.Password != ""), nil
	case db.MailTwoFactorOn, db.MailTwoFactorOff:
		return views.TwoFactorMail(m.Site, m.BaseURL, name, queued.Kind == db.MailTwoFactorOn), nil
	case db.MailPasskeyAdded, db.MailPasskeyRemoved:
		return views.PasskeyMail(m.Site, m.BaseURL, name, queued.Kind == db.MailPasskeyAdded), nil
	case db.MailInvitation:
		return views.InvitationMail(m.Site, m.BaseURL, name, letter.Token, letter.Expires.UTC().Format(time.DateOnly)), nil
	case db.MailApproved:
		return views.ApprovedMail(m.Site, m.BaseURL, name), nil
	case db.MailAwaits:
		return views.AwaitsMail(m.Site, m.BaseURL), nil
	case db.MailPasswordChanged:
		return views.PasswordChangedMail(m.Site, m.BaseURL, name), nil
	}
	return views.Mail{}, fmt.Errorf("there is no mail called %q", queued.Kind)
}
