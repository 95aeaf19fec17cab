package handlers

import (
	"bytes"
	"image"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate"
	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
	"nameplate/internal/picture"
	"nameplate/internal/profile"
)

// withPicture puts a picture onto somebody's profile, and returns them with it.
func (s *site) withPicture(u account.User, shade uint8) account.User {
	s.t.Helper()
	if r := s.as(u).upload("/settings/profile/profile_pic", "profile_pic", "a.jpg", photo(s.t, shade)); r.status != http.StatusSeeOther {
		s.t.Fatalf("upload: %d", r.status)
	}
	u, err := s.db.User(s.t.Context(), u.ID)
	must(s.t, err)
	return u
}

// standsFor is a default picture as mails have it.
func standsFor(t *testing.T, attr profile.Attribute, u account.User) []byte {
	t.Helper()
	data, err := picture.DefaultPNG(attr.DefaultPicture(u), mailFace)
	must(t, err)
	return data
}

// TestMailsShowWhoTheyAreTo looks at every case of a face in a mail.
func TestMailsShowWhoTheyAreTo(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.withPicture(s.add("ada", proven), 90)
		bob := s.withPicture(s.add("bob"), 120)
		cid, boss := s.add("cid", proven), s.add("boss", proven, asSuperuser)
		stored, err := os.ReadFile(s.dir + "/profile_pics/" + ada.Value("profile_pic") + "-96.jpg")
		must(t, err)
		initials := profile.Attribute{}
		for _, row := range []struct {
			name, to string
			do       func()
			kind     string
			want     []byte
		}{
			{"a picture where the address is proven", "ada@example.org", func() { must(t, s.db.RequestReset(t.Context(), "Ada@example.org")) }, "image/jpeg", stored},
			{"initials where it is not", "bob@example.org", func() { must(t, s.db.RequestReset(t.Context(), "bob@example.org")) }, "image/png", standsFor(t, initials, bob)},
			{"initials where there is no picture", "cid@example.org", func() { must(t, s.db.RequestReset(t.Context(), "cid@example.org")) }, "image/png", standsFor(t, initials, cid)},
			{"initials at an address that somebody says is theirs", "new@example.org", func() {
				_, err := s.db.ChangeEmail(t.Context(), dbAuthor(ada), ada.ID, "new@example.org", db.ProofSent)
				must(t, err)
			}, "image/png", standsFor(t, initials, ada)},
			{"the owner where somebody else asks for theirs", "ada@example.org", func() {
				_, err := s.db.ChangeEmail(t.Context(), dbAuthor(bob), bob.ID, "ada@example.org", db.ProofSent)
				must(t, err)
			}, "image/jpeg", stored},
			{"nobody who is invited", "guest@example.org", func() {
				_, err := s.db.AddInvitation(t.Context(), dbAuthor(boss), "guest@example.org", 1, 7, true)
				must(t, err)
			}, "", nil},
			{"initials at the former address", "ada@example.org", func() {
				u, err := s.db.User(t.Context(), ada.ID)
				must(t, err)
				u.Email = "moved@example.org"
				_, err = s.db.UpdateUser(t.Context(), dbAuthor(boss), boss, u)
				must(t, err)
			}, "image/png", standsFor(t, initials, ada)},
		} {
			before := len(p.Mails())
			row.do()
			p.send(t)
			m := p.Mails()[before]
			if m.To != row.to || m.ImageType != row.kind || !bytes.Equal(m.Image, row.want) {
				t.Errorf("%s: to %s, %s of %d bytes, want %s of %d", row.name, m.To, m.ImageType, len(m.Image), row.kind, len(row.want))
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(m.HTML))
			must(t, err)
			if src := doc.Find("img").AttrOr("src", ""); row.kind == "" && src != "" || row.kind != "" && src != "cid:"+m.ImageID {
				t.Errorf("%s: the mail shows %q, and has %q", row.name, src, m.ImageID)
			}
			if row.kind != "" {
				if config, _, err := image.DecodeConfig(bytes.NewReader(m.Image)); err != nil || config.Width != mailFace || config.Height != mailFace {
					t.Errorf("%s: %+v, %v", row.name, config, err)
				}
			}
			if strings.Contains(m.Text, "cid:") || strings.Contains(m.Text, "face") {
				t.Errorf("%s: the text has something of it: %s", row.name, m.Text)
			}
		}
	}, withMail)
}

// TestMailsGoWithoutWhatIsGone: a picture whose file can't be read keeps no mail back.
func TestMailsGoWithoutWhatIsGone(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.withPicture(s.add("ada", proven), 90)
		must(t, os.RemoveAll(s.dir+"/profile_pics"))
		must(t, s.db.RequestReset(t.Context(), "ada@example.org"))
		if m := p.last(t, "ada@example.org", 1); m.ImageType != "image/png" || !bytes.Equal(m.Image, standsFor(t, profile.Attribute{}, ada)) || !strings.Contains(s.log.String(), "goes without") {
			t.Errorf("%s; %s", m.ImageType, s.log)
		}
	}, withMail)
}

// TestMailsShowWhatTheProfileSays: a pattern where the operator has chosen it, no picture that only members see, and none where there are none.
func TestMailsShowWhatTheProfileSays(t *testing.T) {
	for name, row := range map[string]struct {
		toml string
		kind string
	}{
		"a pattern":              {"[[attribute]]\nname='profile_pic'\nkind='picture'\ndefault='pattern'\n", "image/jpeg"},
		"seen by members":        {"[[attribute]]\nname='profile_pic'\nkind='picture'\nsee='members'\ndefault='pattern'\n", "image/png"},
		"no pictures on a site":  {"[[attribute]]\nname='motto'\nkind='text'\n", ""},
		"the built-in, as it is": {string(nameplate.ProfileTOML), "image/jpeg"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachWith(t, row.toml, func(t *testing.T, d *db.DB) {
				s := newSite(t, d, withMail, func(a *App) { a.Profile = d.Profile() })
				p := s.mails(&mailtest.Server{})
				ada := s.add("ada", proven)
				if row.kind != "" {
					ada = s.withPicture(ada, 90)
				}
				must(t, s.db.RequestReset(t.Context(), "ada@example.org"))
				m := p.last(t, "ada@example.org", 1)
				if m.ImageType != row.kind {
					t.Errorf("the mail has %q, want %q", m.ImageType, row.kind)
				}
				if row.kind == "image/png" && !bytes.Equal(m.Image, standsFor(t, profile.Attribute{DefaultPattern: true}, ada)) {
					t.Error("it is not the pattern")
				}
			})
		})
	}
}
