package handlers

import (
	"context"
	"fmt"

	"nameplate/db"
	"nameplate/internal/account"
	"nameplate/internal/mail"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

// mailFace is the side in pixels of the face in a mail, which is shown half as wide: sharp on every screen.
const mailFace = 96

// face is the picture of who a mail is to. Whoever has no account has none. Where the address is not shown to be theirs, as where somebody
// else may have typed it, it is what stands for a picture; so it is for a picture that not everybody may see.
func (m *Mailer) face(ctx context.Context, queued db.Mail, letter db.Letter) (mail.Image, error) {
	person, attr, ok := letter.Person, profile.Attribute{}, false
	if letter.Owner.ID != 0 {
		person = letter.Owner
	}
	if attr, ok = m.DB.Profile().Portrait(); !ok || queued.Kind == db.MailInvitation {
		return mail.Image{}, nil
	}
	proven := !person.EmailVerified.IsZero() && account.Key(person.Email) == account.Key(letter.To)
	if name := m.DB.Profile().PublicPicture(person); name != "" && proven {
		data, _, err := storedSquare(ctx, m.Pictures, name, mailFace)
		if err == nil {
			return mail.Image{Name: "face.jpg", Type: "image/jpeg", Data: data}, nil
		}
		m.Log.Warn("a mail goes without the picture of its person", "mail", queued.ID, "err", err)
	}
	data, err := picture.DefaultPNG(attr.DefaultPicture(person), mailFace)
	return mail.Image{Name: "face.png", Type: "image/png", Data: data}, err
}

// storedSquare reads the smallest stored size of a picture that is at least so many pixels wide, or the largest, and says which that is. It
// fails with fs.ErrNotExist where the files are gone.
func storedSquare(ctx context.Context, pictures *picture.Store, name string, pixels int) (data []byte, side int, err error) {
	stored, _ := profile.ParsePictureName(name)
	side = stored.Size(pixels)
	file, err := pictures.Open(ctx, profile.PictureFile{Name: name, Size: side})
	if err != nil {
		return nil, side, fmt.Errorf("open picture %s: %w", name, err)
	}
	if data, err = file.All(); err != nil {
		return nil, side, fmt.Errorf("read picture %s: %w", name, err)
	}
	return data, side, nil
}
