package handlers

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
)

// sameness is all of an answer but when it was given.
func (s seen) sameness() string {
	s.header.Del("Date")
	return fmt.Sprintf("%d %v %x", s.status, s.header, sha256.Sum256(s.body))
}

// TestNobodyLearnsWhoIsHere: somebody who has not agreed, or must not be shown, is answered as somebody unknown is.
func TestNobodyLearnsWhoIsHere(t *testing.T) {
	withForge(t, func(t *testing.T, f forge) {
		boss := f.add("boss", asSuperuser)
		hidden := f.withPicture(f.add("hidden", proven), 90)
		_, err := f.db.SetAvatarPublic(t.Context(), db.Author{}, hidden.ID, true)
		must(t, err)
		_, _, err = f.db.ActOnPeople(t.Context(), dbAuthor(boss), db.Bulk{Action: "deactivate", IDs: []int64{hidden.ID}})
		must(t, err)
		unproven := f.withPicture(f.add("unproven"), 90)
		_, err = f.db.SetAvatarPublic(t.Context(), db.Author{}, unproven.ID, true)
		must(t, err)
		f.withPicture(f.add("quiet", proven), 90)
		for _, query := range []string{"?d=mp", "?d=404", "?d=blank&s=9", "?d=" + escaped(f.base+"/public/pattern/0-1234.png?a=b"), "+?d=mp", "?f=y&d=mp"} {
			unknown := f.shows("nobody@example.org", query).sameness()
			for _, name := range []string{"hidden", "unproven", "quiet"} {
				if got := f.shows(name+"@example.org", query).sameness(); got != unknown {
					t.Errorf("%s, %s:\n%s\nwho is not here:\n%s", name, query, got, unknown)
				}
			}
		}
		shown := f.withPicture(f.add("shown", proven), 90)
		f.as(shown).agrees(true)
		if s := f.shows("shown@example.org", "?d=404"); !near(s.red(), 90) {
			t.Errorf("somebody who has agreed: %d", s.status)
		}
	}, withMail)
}

// TestOnlyWhatAnyoneSeesIsShared: a picture for members, or for oneself, is none to other programs.
func TestOnlyWhatAnyoneSeesIsShared(t *testing.T) {
	const portrait = "[[attribute]]\nname='profile_pic'\nkind='picture'\nsee='%s'\n"
	for _, see := range []string{"members", "staff", "oneself"} {
		t.Run(see, func(t *testing.T) {
			dbtest.EachWith(t, fmt.Sprintf(portrait, see)+"[[attribute]]\nname='sketch'\nkind='picture'\n", func(t *testing.T, d *db.DB) {
				f := newForge(t, d, func(a *App) { a.Profile = d.Profile() })
				ada := f.withPicture(f.add("ada"), 200)
				c := f.as(ada)
				c.agrees(true)
				if s := f.shows("ada@example.org", "?d=404"); s.status != http.StatusNotFound {
					t.Errorf("%d", s.status)
				}
				if r := c.get("/settings/data"); !r.says("There is no picture in your profile that everybody may see.") {
					t.Error("nobody tells them why they are not shown")
				}
				if r := c.upload("/settings/profile/sketch", "sketch", "b.jpg", photo(t, 60)); r.status != http.StatusSeeOther {
					t.Fatal(r.status)
				}
				if s := f.shows("ada@example.org", "?d=404"); !near(s.red(), 60) {
					t.Errorf("the other picture: %d with red %d", s.status, s.red())
				}
			})
		})
	}
}

// TestTheSwitchIsTheOperatorsFirst: while they have it off there is no form, no route and no way to agree.
func TestTheSwitchIsTheOperatorsFirst(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada := s.add("ada")
		c := s.as(ada)
		for _, page := range []string{"/settings/data", "/settings/account"} {
			if r := c.get(page); r.Find("[name=avatar_public], #row-sharing").Length() != 0 || r.says("other programs") {
				t.Errorf("%s offers it", page)
			}
		}
		if r := c.post("/settings/data", "avatar_public", "1"); r.status != http.StatusNotFound {
			t.Errorf("agreed: %d", r.status)
		}
		_, err := s.db.SetAvatarPublic(t.Context(), db.Author{}, ada.ID, true)
		must(t, err)
		for _, path := range []string{"/avatar/" + account.AvatarHashes("ada@example.org")[0], "/.well-known/webfinger?resource=acct:ada@localhost"} {
			if r := s.client().get(path); r.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, r.status)
			}
		}
	})
}

// TestTheSwitch turns it on and off, as a form and as a part, and finds it in one's data and in the history.
func TestTheSwitch(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		ada, boss := s.add("ada"), s.as(s.add("boss", asSuperuser))
		c := s.as(ada)
		box := func(r answer) bool {
			t.Helper()
			found := r.Find("#sharing input[type=checkbox][name=avatar_public][value='1']")
			if found.Length() != 1 {
				t.Fatal("there is no switch")
			}
			_, ticked := found.Attr("checked")
			return ticked
		}
		if r := c.get("/settings/data"); box(r) || !r.says("your address is told to nobody") || r.Find("form[action='/settings/data']").Length() != 2 {
			t.Error("it is on before somebody agrees, or does not say what it means")
		}
		if r := c.get("/settings/account"); !r.Find("#row-sharing").Is(":contains('Off')") || r.Find("#row-sharing a").AttrOr("href", "") != "/settings/data#sharing" {
			t.Error("the account does not lead to it")
		}
		c.agrees(true)
		if r := c.get("/settings/data?saved=avatar_public"); !box(r) || r.Find("#sharing [role=status]").Text() != "Saved" {
			t.Error("it is not on, or does not say so")
		}
		if r := c.htmx().post("/settings/data", "avatar_public", "0"); r.status != http.StatusOK || box(r) || r.Find("h1").Length() != 0 || r.Find("[role=status]").Text() != "Saved" {
			t.Errorf("as a part: %d %s", r.status, r.body)
		}
		c.agrees(true)
		if r := boss.get(path("/admin/users/ID/history", ada.ID)); !r.says("Picture for other programs") {
			t.Error("the history does not tell of it")
		}
		if r := c.post("/settings/data"); !strings.Contains(unzip(t, r.body)["data.json"], `"avatar_public": true`) {
			t.Errorf("one's data: %d", r.status)
		}
		edited := boss.post(path("/admin/users/ID", ada.ID), "version", fmt.Sprint(ada.Version+3), "avatar_public", "0", "first_name", "Ada")
		if u, err := s.db.User(t.Context(), ada.ID); edited.status != http.StatusSeeOther || err != nil || !u.AvatarPublic || u.FirstName != "Ada" {
			t.Errorf("an admin decides it: %d, %+v, %v", edited.status, u, err)
		}
		if r := c.post("/settings/profile/first_name", "first_name", "Augusta", "avatar_public", "0"); r.status != http.StatusSeeOther {
			t.Error(r.status)
		}
		if u, err := s.db.User(t.Context(), ada.ID); err != nil || !u.AvatarPublic {
			t.Errorf("another form decides it: %v", err)
		}
	}, func(a *App) { a.Avatars = true })
}

// TestTheSwitchSaysWhatIsMissing before other programs get anything.
func TestTheSwitchSaysWhatIsMissing(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		for name, row := range map[string]struct {
			person  account.User
			missing string
		}{
			"an address that is not confirmed": {s.add("ada"), "not confirmed yet"},
			"a picture":                        {s.add("bob", proven), "no picture in your profile"},
			"nothing":                          {s.withPicture(s.add("cid", proven), 90), ""},
		} {
			c := s.as(row.person)
			c.agrees(true)
			hint := strings.Join(strings.Fields(c.get("/settings/data").Find("#avatar_public-hint").Text()), " ")
			if !strings.Contains(hint, row.missing) || row.missing == "" && !strings.HasPrefix(hint, "When you turn this off") {
				t.Errorf("%s: %s", name, hint)
			}
		}
	}, withMail, func(a *App) { a.Avatars = true })
}
