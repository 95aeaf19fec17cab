package handlers

import (
	"archive/zip"
	"encoding/json"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/mail/mailtest"
)

// unzip reads a ZIP, which has to be whole.
func unzip(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	must(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		files[f.Name] = string(content)
	}
	return files
}

func TestData(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		ada := s.add("ada")
		c := s.as(ada)
		secret, codes := c.turnOn(now)
		c.post("/settings/profile/first_name", "first_name", "Ada")
		if r := c.upload("/settings/profile/profile_pic", "profile_pic", "ada.jpg", photo(t, 90)); r.status != http.StatusSeeOther {
			t.Fatalf("upload: %d", r.status)
		}
		boss := s.add("boss", asSuperuser)
		u, err := s.db.User(t.Context(), ada.ID)
		must(t, err)
		u.LastName = "Lovelace"
		_, err = s.db.UpdateUser(t.Context(), db.Author{ID: boss.ID, IP: "198.51.100.7"}, boss, u)
		must(t, err)

		r := c.post("/settings/data")
		if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/zip" || !strings.Contains(r.header.Get("Cache-Control"), "no-store") ||
			!strings.Contains(r.header.Get("Content-Disposition"), "my-data.zip") {
			t.Fatalf("%d %v", r.status, r.header)
		}
		files := unzip(t, r.body)
		var data struct {
			Username, Email string
			FirstName       string `json:"first_name"`
			Profile         map[string]string
			Sessions        []struct{ This bool }
			TwoFactor       struct{ Since *time.Time } `json:"two_factor"`
			History         []struct{ Field, New, By, IP string }
		}
		must(t, json.Unmarshal([]byte(files["data.json"]), &data))
		if data.Username != "ada" || data.Email != "ada@example.org" || data.FirstName != "Ada" || data.Profile["profile_pic"] == "" ||
			len(data.Sessions) != 1 || !data.Sessions[0].This || data.TwoFactor.Since == nil || len(data.History) != 5 {
			t.Errorf("%s", files["data.json"])
		}
		if last := data.History[len(data.History)-1]; last.Field != "last_name" || last.New != "Lovelace" || last.By != "boss" || last.IP != "" {
			t.Errorf("%+v", last)
		}
		if config, err := jpeg.DecodeConfig(strings.NewReader(files["profile_pic.jpg"])); err != nil || config.Width != 480 || config.Height != 360 { // the whole
			t.Error("the picture is missing")
		}
		for name, kept := range map[string]string{"password": u.Password, "secret": secret, "recovery code": codes[0], "session": c.cookies["session"], "address of somebody else": "198.51.100.7"} {
			if strings.Contains(files["data.json"], kept) {
				t.Errorf("it holds a %s", name)
			}
		}
		now.pass(time.Hour)
		if r := c.post("/settings/data"); r.Find("[name=password]").Length() != 1 {
			t.Errorf("it is not asked again who is there: %d", r.status)
		}
		if r := c.post("/settings/data", "password", password); len(unzip(t, r.body)) != 2 {
			t.Errorf("after the password: %d", r.status)
		}
	})
}

func TestDeleteOneself(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		ada := s.add("ada", func(u *account.User) { u.FirstName = "Augusta" })
		c, elsewhere := s.as(ada), s.as(ada)
		c.upload("/settings/profile/profile_pic", "profile_pic", "ada.jpg", photo(t, 90))
		c.post("/settings/account", "email", "new@example.org")
		link := p.last(t, "new@example.org", 1).Link()
		s.client().post("/reset-password", "email", "ada@example.org") // queued, and never sent
		for _, row := range []struct{ name, username, password, says string }{
			{"without anything", "", "", "Type your username"},
			{"with another name", "bob", password, "Type your username"},
			{"with a wrong password", "ada", "wrong password", "This is not your password"},
		} {
			r := c.post("/settings/delete", "username", row.username, "password", row.password)
			if r.status != http.StatusUnprocessableEntity || !r.says(row.says) || r.value("username") != row.username || strings.Contains(r.body, password) {
				t.Errorf("%s: %d", row.name, r.status)
			}
		}
		r := c.post("/settings/delete", "username", " ADA ", "password", password)
		if r.location() != "/login?gone=1" || r.header.Get("Clear-Site-Data") == "" {
			t.Fatalf("%d to %q", r.status, r.location())
		}
		if r := c.get("/login?gone=1"); !r.says("Your account is deleted") {
			t.Error("the page does not say so")
		}
		if c.in() || elsewhere.in() || s.files() != 0 {
			t.Errorf("somebody is in, or there are %d files", s.files())
		}
		if r := s.client().post(link); r.status != http.StatusNotFound {
			t.Errorf("a link of theirs: %d", r.status)
		}
		p.send(t)
		if n := len(p.Mails()); n != 1 {
			t.Errorf("%d mails were sent", n)
		}
		for _, table := range []string{"users", "profiles", "sessions", "tokens", "mail", "people_search"} {
			if n := dbtest.Text(t, s.db, "SELECT count(*) FROM "+table); n != "0" {
				t.Errorf("%s rows of %s", n, table)
			}
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM history WHERE action = 'erase' AND object_repr = 'a deleted person' AND by_username = 'a deleted person' AND ip = ''"); n != "1" {
			t.Errorf("%s lines of history tell of it", n)
		}
		if n := dbtest.Text(t, s.db, "SELECT count(*) FROM history WHERE object_repr || by_username || old || new LIKE '%ada%' OR object_repr || old || new LIKE '%Augusta%'"); n != "0" {
			t.Errorf("%s lines of history name them", n)
		}
		s.add("ada") // the name is free
	}, withMail)
}

func TestLastSuperuserStays(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c := s.as(s.add("boss", asSuperuser))
		if r := c.post("/settings/delete", "username", "boss", "password", password); r.status != http.StatusForbidden || !r.says("last active superuser") || !c.in() {
			t.Errorf("%d", r.status)
		}
		s.add("other", asSuperuser)
		if r := c.post("/settings/delete", "username", "boss", "password", password); r.status != http.StatusSeeOther {
			t.Errorf("%d", r.status)
		}
	})
}

// TestUnprovenRegistrationsGo after a week, with their pictures; until then the name is taken.
func TestUnprovenRegistrationsGo(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		now := s.clock()
		c := s.client()
		if r := c.upload("/register", "profile_pic", "ada.jpg", photo(t, 90), "username", "ada", "email", "ada@example.org", "password", password); r.location() != "/verify-email" {
			t.Fatalf("%d", r.status)
		}
		s.add("bob")
		now.pass(db.UnprovenTime - time.Second)
		if n, err := s.db.ClearUnproven(t.Context()); n != 0 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		now.pass(time.Second)
		if n, err := s.db.ClearUnproven(t.Context()); n != 1 || err != nil || s.files() != 0 {
			t.Errorf("%d %v, %d files", n, err, s.files())
		}
		if _, err := s.db.UserByName(t.Context(), "bob"); err != nil {
			t.Error(err)
		}
		if r := c.get("/verify-email"); r.says("ada@example.org") || r.status != http.StatusOK {
			t.Errorf("the browser of who registered: %d", r.status)
		}
	}, withMail)
}
