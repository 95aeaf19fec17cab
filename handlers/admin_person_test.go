package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate/db/dbtest"
	"nameplate/internal/mail/mailtest"
)

// TestPersonPage shows everything about somebody, and leads on through the list that one came from.
func TestPersonPage(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		boss := s.as(s.add("boss", asSuperuser))
		ada, bob, cyd := s.add("ada"), s.add("bob"), s.add("cyd")
		s.as(bob)
		list := boss.get("/admin/users?sort=-username&is_superuser=0")
		at := list.Find("#user-"+path("ID", bob.ID)+" td.is-title a").AttrOr("href", "")
		words := func(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }
		r := boss.get(at)
		if prev, next := r.Find("a[rel=prev]"), r.Find("a[rel=next]"); words(prev) != "Previous: cyd" || words(next) != "Next: ada" {
			t.Fatalf("between %q and %q", prev.Text(), next.Text())
		}
		on := boss.get(r.Find("a[rel=next]").AttrOr("href", ""))
		if on.Find("h1").Text() != "ada" || on.Find("a[rel=next]").Length() != 0 || words(on.Find("a[rel=prev]")) != "Previous: bob" {
			t.Errorf("on to %q, after whom comes %q", on.Find("h1").Text(), on.Find("a[rel=next]").Text())
		}
		saved := boss.post(path("/admin/users/ID", bob.ID), "first_name", "Robert", "version", r.value("version"), "from", r.value("from"))
		back := boss.get(saved.location())
		if back.Find("a[rel=prev]").Length() != 1 || back.value("from") != "is_superuser=0&sort=-username" || back.Find("form.undo").Length() != 1 {
			t.Errorf("after saving: %q", saved.location())
		}
		if !back.says("First name: changed from (empty) to Robert") || !back.says("192.0.2.1") && !back.says("0.0.0.0, last seen") {
			t.Errorf("%s", back.Find("main").Text())
		}
		if to := back.Find(".row a[href^='/admin/history/']").AttrOr("href", ""); boss.get(to).status != http.StatusOK || !boss.get(to).says("Robert") {
			t.Errorf("the line of the history leads to %q", to)
		}
		dbtest.Exec(t, s.db, fmt.Sprintf("INSERT INTO two_factor (user_id, secret, confirmed_at) VALUES (%d, 'X', 1)", bob.ID))
		dbtest.Exec(t, s.db, fmt.Sprintf("UPDATE users SET password_expired = TRUE, email_verified_at = NULL WHERE id = %d", bob.ID))
		if facts := words(boss.get(path("/admin/users/ID", bob.ID)).Find(".facts")); !strings.Contains(facts, "Second factoron") || !strings.Contains(facts, "E-mail confirmedno") || !strings.Contains(facts, "Passwordhas to be changed") {
			t.Errorf("%q", facts)
		}
		for _, from := range []string{"password=1", "%", "sort=x", strings.Repeat("q", 5000), "q=nobody"} {
			if r := boss.get(path("/admin/users/ID?from=", cyd.ID) + strings.ReplaceAll(from, "%", "%25")); r.status != http.StatusOK {
				t.Errorf("from %.20q: %d", from, r.status)
			}
		}
		ask := boss.post("/admin/users/actions", "id", path("ID", bob.ID), "action", "end_sessions")
		if !ask.says("End their sessions: 1 person?") {
			t.Errorf("%d", ask.status)
		}
		boss.post("/admin/users/actions", "id", path("ID", bob.ID), "action", "end_sessions", "confirm", "1")
		if r := boss.get(path("/admin/users/ID", bob.ID)); !r.says("Nowhere.") || dbtest.Text(t, s.db, "SELECT count(*) FROM sessions") != "1" {
			t.Error("bob is still logged in")
		}
		_ = ada
	})
}

// TestPersonIsEditedInPlace: htmx swaps the page's own part, with what was saved and its undo.
func TestPersonIsEditedInPlace(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		at := path("/admin/users/ID", ada.ID)
		version := c.get(at).value("version")
		r := c.htmx().post(at, "username", "ada", "first_name", strings.Repeat("x", 200), "version", version, "from", "q=ada")
		if r.status != http.StatusUnprocessableEntity || r.Find("#person form #summary").Length() != 1 || r.Find("header").Length() != 0 || r.value("from") != "q=ada" {
			t.Errorf("%d: %.500s", r.status, r.body)
		}
		r = c.htmx().post(at, "username", "ada", "first_name", "Ada", "version", version, "from", "q=ada")
		if r.status != http.StatusOK || r.Find("#person [role=status]").Text() != "Saved" || r.value("first_name") != "Ada" || r.value("version") == version || r.Find("header").Length() != 0 {
			t.Errorf("%d: %.500s", r.status, r.body)
		}
		if undo := r.Find("#person form.undo"); c.post(undo.AttrOr("action", ""), "back", undo.Find("[name=back]").AttrOr("value", "")).location() != at+"?undone=1" {
			t.Errorf("the undo: %s", undo.AttrOr("action", ""))
		}
		if r := c.htmx().post(at, "first_name", "Other", "version", version, "from", ""); r.status != http.StatusConflict || r.Find("#person [name=resolve]").Length() != 2 {
			t.Errorf("a conflict: %d", r.status)
		}
		if r := c.htmx().post(at, "version", version, "resolve", "theirs", "from", ""); r.status != http.StatusOK || r.Find("#person [role=status]").Text() != "Kept theirs" {
			t.Errorf("theirs: %d", r.status)
		}
	})
}

// TestRemovalOfAPictureIsKept in a form that comes back, and no other picture is taken beside it.
func TestRemovalOfAPictureIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		own, at := s.as(ada), path("/admin/users/ID", ada.ID)
		own.upload(pictureRow, "profile_pic", "a.jpg", photo(t, 1))
		first, version := s.pictureOf(ada), c.get(at).value("version")
		r := c.upload(at, "profile_pic", "b.jpg", photo(t, 2), "remove_profile_pic", "1", "version", version)
		if r.status != http.StatusUnprocessableEntity || !r.says("not both") || r.value("waiting_profile_pic") == "" || r.Find("[name=remove_profile_pic][checked]").Length() != 1 || s.pictureOf(ada) != first {
			t.Errorf("both: %d", r.status)
		}
		if r := c.post(at, "username", "", "remove_profile_pic", "1", "waiting_profile_pic", r.value("waiting_profile_pic"), "version", version); r.says("not both") || r.value("waiting_profile_pic") != "" ||
			dbtest.Text(t, s.db, "SELECT count(*) FROM waiting_pictures") != "0" {
			t.Errorf("one that waits, and is not wanted any more: %d", r.status)
		}
		r = c.post(at, "username", "", "remove_profile_pic", "1", "version", version)
		if r.status != http.StatusUnprocessableEntity || r.Find("[name=remove_profile_pic][checked]").Length() != 1 || r.Find(".picture img").Length() != 1 {
			t.Errorf("beside a mistake: %d", r.status)
		}
		own.upload(pictureRow, "profile_pic", "a.jpg", photo(t, 3))
		r = c.post(at, "username", "ada", "remove_profile_pic", "1", "version", version)
		if r.status != http.StatusConflict || r.Find("[name=remove_profile_pic][checked]").Length() != 1 {
			t.Fatalf("in a conflict: %d", r.status)
		}
		r = c.post(at, "username", "ada", "remove_profile_pic", "1", "version", r.value("version"), "before", r.value("before"), "resolve", "mine")
		if r.status != http.StatusSeeOther || s.pictureOf(ada) != "" {
			t.Errorf("chosen: %d", r.status)
		}
	})
}

// TestNothingWasChanged: a form that changes nothing says so, and offers no undo of what was changed before it.
func TestNothingWasChanged(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		c, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		at := path("/admin/users/ID", ada.ID)
		r := c.get(c.post(at, "first_name", "Ada", "version", c.get(at).value("version")).location())
		if r.Find("form.undo").Length() != 1 {
			t.Fatalf("a change has no undo: %.500s", r.body)
		}
		version := r.value("version")
		post := func(c *client, more ...string) answer {
			return c.post(at, append(more, "first_name", "Ada", "version", version)...)
		}
		if r := post(c.htmx(), "list", ""); !strings.Contains(r.Text(), "Nothing was changed") || r.Find("[hx-post$=undo]").Length() != 0 {
			t.Errorf("the row: %s", r.body)
		}
		if r := post(c.htmx(), "from", ""); r.Find("#person [role=status]").Text() != "Nothing was changed" || r.Find("form.undo").Length() != 0 {
			t.Errorf("the part: %.500s", r.body)
		}
		for _, more := range [][]string{{"list", ""}, {}} {
			if r := c.get(post(c, more...).location()); !r.says("Nothing was changed") || r.Find("form.undo").Length() != 0 {
				t.Errorf("the page with %q: %.500s", more, r.body)
			}
		}
		if r := c.htmx().post(at, "first_name", "Ada", "version", "1", "list", ""); !strings.Contains(r.Text(), "Nothing was changed") || r.Find("[hx-post$=undo]").Length() != 0 {
			t.Errorf("what somebody else had made the same: %s", r.body)
		}
	})
}

// TestPasswordLinkIsMailed: no admin has to know a password.
func TestPasswordLinkIsMailed(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		p := s.mails(&mailtest.Server{})
		boss, ada := s.as(s.add("boss", asSuperuser)), s.add("ada")
		at := path("/admin/users/ID/password", ada.ID)
		if r := boss.get(at); r.Find("button[name=mail]").Length() != 1 {
			t.Fatalf("%s", r.Find("main").Text())
		}
		if r := boss.post(at, "mail", "1"); !boss.get(r.location()).says("is on its way by mail") {
			t.Errorf("%d to %q", r.status, r.location())
		}
		if r := s.client().get(p.last(t, "ada@example.org", 1).Link()); r.Find("[name=new_password]").Length() != 1 {
			t.Errorf("%d", r.status)
		}
		if !s.as(ada).in() {
			t.Error("the present password is gone")
		}
	}, withMail)
}
