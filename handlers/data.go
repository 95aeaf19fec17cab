package handlers

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
	"nameplate/views"
)

const yourData = "Your data"

// dataForm offers one's data, and the switch for one's picture in other programs.
func (a *App) dataForm(c *fiber.Ctx) error {
	page := a.page(c, yourData)
	return render(c, fiber.StatusOK, views.DataPage(page, a.sharing(signedIn(c), c.Query("saved") == "avatar_public")), views.DataForm(page))
}

// data sends everything that is kept about who is signed in, as a ZIP. The form of the switch comes here, too.
func (a *App) data(c *fiber.Ctx) error {
	if has(c, "avatar_public") {
		return a.updateSharing(c)
	}
	if ok, err := a.confirmed(c, "data"); !ok {
		return err
	}
	data, err := a.DB.Data(c.UserContext(), signedIn(c).ID, thisSession(c))
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(a.dataOf(data), "", "  ")
	if err != nil {
		return fmt.Errorf("write the data of user %d: %w", data.User.ID, err)
	}
	c.Set(fiber.HeaderCacheControl, unshared)
	c.Set(fiber.HeaderVary, "Cookie")
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="my-data.zip"`)
	now, ctx := a.DB.Now(), context.WithoutCancel(c.UserContext()) // the request's ends before its answer is sent
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		if err := a.writeData(ctx, w, data.User, text, now); err != nil { // what was sent is no whole ZIP: nobody takes it for one
			a.Log.Error("a ZIP of somebody's data was cut off", "user", data.User.ID, "err", err)
		}
	})
	return nil
}

// exported is everything about a person, in the words of the forms.
type exported struct {
	Username      string            `json:"username"`
	Email         string            `json:"email"`
	EmailVerified *time.Time        `json:"email_verified"`
	NewEmail      string            `json:"new_email,omitempty"`
	FirstName     string            `json:"first_name"`
	LastName      string            `json:"last_name"`
	DateJoined    time.Time         `json:"date_joined"`
	LastLogin     *time.Time        `json:"last_login"`
	IsActive      bool              `json:"is_active"`
	IsStaff       bool              `json:"is_staff"`
	IsSuperuser   bool              `json:"is_superuser"`
	AvatarPublic  bool              `json:"avatar_public"`
	InvitedBy     string            `json:"invited_by,omitempty"`
	Profile       map[string]string `json:"profile"`
	TwoFactor     exportedFactor    `json:"two_factor"`
	Passkeys      []exportedPasskey `json:"passkeys"`
	Sessions      []exportedSession `json:"sessions"`
	UnsentMail    []exportedMail    `json:"unsent_mail"`
	History       []db.Event        `json:"history"`
}

type exportedFactor struct {
	Since         *time.Time `json:"since"`
	RecoveryCodes int        `json:"recovery_codes_left"`
}

type exportedPasskey struct {
	Name     string     `json:"name"`
	Added    time.Time  `json:"added"`
	LastUsed *time.Time `json:"last_used"`
}

type exportedSession struct {
	IP        string    `json:"ip"`
	UserAgent string    `json:"user_agent"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	This      bool      `json:"this"`
}

type exportedMail struct {
	Kind    string    `json:"kind"`
	Address string    `json:"address"`
	Asked   time.Time `json:"asked_for"`
}

func (a *App) dataOf(d db.Data) exported {
	u := d.User
	e := exported{
		Username: u.Username, Email: u.Email, EmailVerified: moment(u.EmailVerified), NewEmail: u.NewEmail, FirstName: u.FirstName, LastName: u.LastName,
		DateJoined: u.DateJoined, LastLogin: moment(u.LastLogin), IsActive: u.IsActive, IsStaff: u.IsStaff, IsSuperuser: u.IsSuperuser,
		AvatarPublic: u.AvatarPublic, InvitedBy: d.InvitedBy, Profile: u.Attributes, TwoFactor: exportedFactor{moment(d.TwoFactor.Confirmed), d.TwoFactor.Codes},
		Passkeys: []exportedPasskey{}, Sessions: []exportedSession{}, UnsentMail: []exportedMail{}, History: append([]db.Event{}, d.History...),
	}
	for _, p := range d.Passkeys {
		e.Passkeys = append(e.Passkeys, exportedPasskey{p.Name, p.CreatedAt, moment(p.LastUsedAt)})
	}
	for _, s := range d.Sessions {
		e.Sessions = append(e.Sessions, exportedSession{s.IP, s.UserAgent, s.CreatedAt, s.SeenAt, s.This})
	}
	for _, m := range d.Unsent {
		e.UnsentMail = append(e.UnsentMail, exportedMail{m.Kind, m.Address, m.CreatedAt})
	}
	return e
}

// moment is a time that may be none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// writeData writes the ZIP: what is known as JSON, then the pictures and the files.
func (a *App) writeData(ctx context.Context, w io.Writer, person account.User, text []byte, now time.Time) error {
	z := zip.NewWriter(w)
	if err := add(z, "data.json", now, strings.NewReader(string(text))); err != nil {
		return err
	}
	for _, attr := range a.Profile.Attributes {
		value := person.Value(attr.Name)
		if value == "" || !attr.IsUpload() {
			continue
		}
		name := attr.Name + ".jpg"
		if _, file, ok := strings.Cut(value, "/"); attr.IsFile() && ok {
			name = attr.Name + "/" + file
		}
		file, err := a.openUpload(ctx, attr, value)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the rest is theirs all the same
		}
		if err != nil {
			return err
		}
		err = errors.Join(add(z, name, now, file), file.Close())
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// openUpload opens the whole of a picture, or a file.
func (a *App) openUpload(ctx context.Context, attr profile.Attribute, value string) (picture.Content, error) {
	if attr.IsFile() {
		return a.Pictures.OpenFile(ctx, value)
	}
	return a.Pictures.OpenWhole(ctx, value)
}

func add(z *zip.Writer, name string, now time.Time, content io.Reader) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
	if err == nil {
		_, err = io.Copy(w, content)
	}
	return err
}

// deleteForm asks who is signed in whether to delete the account.
func (a *App) deleteForm(c *fiber.Ctx) error {
	return a.showDelete(c, fiber.StatusOK, views.Delete{})
}

func (a *App) showDelete(c *fiber.Ctx, status int, d views.Delete) error {
	page := a.page(c, "Delete your account")
	d.Name = signedIn(c).Username
	return render(c, status, views.DeletePage(page, d), views.DeleteForm(page, d))
}

// deleteOneself deletes one's own account, with the typed username and the password.
func (a *App) deleteOneself(c *fiber.Ctx) error {
	me, d := signedIn(c), views.Delete{Username: cut(posted(c, "username"), 1000)}
	if account.Key(strings.TrimSpace(d.Username)) != account.Key(me.Username) {
		d.UsernameError = "Type your username, " + me.Username + ", to say that you mean it."
	}
	message, status, err := a.ownPassword(c, posted(c, "password"))
	if err != nil {
		return err
	}
	if d.PasswordError = message; message != "" || d.UsernameError != "" {
		return a.showDelete(c, max(status, fiber.StatusUnprocessableEntity), d)
	}
	if err := a.DB.DeleteOneself(c.UserContext(), a.author(c), me.ID); err != nil {
		return err
	}
	if err := a.sessions.Destroy(c.UserContext()); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	return redirect(c, "/login?gone=1")
}
