package db_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// hashed says whose picture each address leads to, by either of its hashes: "one@example.org=7". No other hashes may be there.
func hashed(t *testing.T, d *db.DB, addresses ...string) string {
	t.Helper()
	found := map[string]int64{}
	for _, address := range addresses {
		for _, hash := range account.AvatarHashes(address) {
			u, err := d.UserByAvatar(t.Context(), hash)
			if errors.Is(err, db.ErrNotFound) {
				continue
			}
			if err != nil || found[address] != 0 && found[address] != u.ID || account.Key(u.Email) != account.Key(address) || !u.AvatarPublic {
				t.Fatalf("%s leads to %+v: %v", address, u, err)
			}
			found[address] = u.ID
		}
	}
	if n := dbtest.Text(t, d, "SELECT count(*) FROM avatar_hashes"); n != fmt.Sprint(2*len(found)) {
		t.Errorf("%s hashes of %d addresses", n, len(found))
	}
	var list []string
	for _, address := range slices.Sorted(maps.Keys(found)) {
		list = append(list, fmt.Sprintf("%s=%d", address, found[address]))
	}
	return strings.Join(list, " ")
}

// linkTo returns the token of the mail that waits for an address.
func linkTo(t *testing.T, d *db.DB, kind, address string) string {
	t.Helper()
	for {
		m, _, err := d.NextMail(t.Context())
		if err != nil {
			t.Fatalf("the mail %s to %s: %v", kind, address, err)
		}
		letter, err := d.Letter(t.Context(), m)
		if err == nil && m.Kind == kind && letter.To == address {
			return letter.Token
		}
	}
}

// TestHashesFollowTheAddress goes through every way in which somebody comes to another address, or goes and comes back.
func TestHashesFollowTheAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", Email: "root@example.org", IsSuperuser: true})
		by := db.Author{ID: root.ID}
		ada := add(t, d, account.User{Username: "ada", Email: "Ada@Example.org"})
		oneself := db.Author{ID: ada.ID}
		addresses := []string{"root@example.org", "ada@example.org", "new@example.org", "other@example.org", "came@example.org"}
		wants := func(way, address string) {
			t.Helper()
			want := ""
			if address != "" {
				want = fmt.Sprintf("%s=%d", address, ada.ID)
			}
			if got := hashed(t, d, addresses...); got != want {
				t.Errorf("%s: %q, want %q", way, got, want)
			}
		}
		bulk := func(action string) (int, int64, error) {
			return d.ActOnPeople(t.Context(), by, db.Bulk{Action: action, IDs: []int64{ada.ID}})
		}
		edit := func(change func(u *account.User)) error {
			u, err := d.User(t.Context(), ada.ID)
			if err == nil {
				change(&u)
				_, err = d.UpdateUser(t.Context(), by, root, u)
			}
			return err
		}
		undo := func() error { _, err := d.Undo(t.Context(), by, lastLine(t, d)); return err }
		wants("nobody has agreed", "")
		for _, way := range []struct {
			name string
			do   func() error
			want string
		}{
			{"agreed", func() error { _, err := d.SetAvatarPublic(t.Context(), oneself, ada.ID, true); return err }, "ada@example.org"},
			{"agreed twice", func() error { _, err := d.SetAvatarPublic(t.Context(), oneself, ada.ID, true); return err }, "ada@example.org"},
			{"another spelling", func() error {
				_, err := d.ChangeEmail(t.Context(), oneself, ada.ID, "ADA@example.ORG", db.ProofSent)
				return err
			}, "ada@example.org"},
			{"another row of the profile", func() error {
				_, err := d.SetAttribute(t.Context(), oneself, ada.ID, attribute(t, "first_name"), "Ada", 0)
				return err
			}, "ada@example.org"},
			{"an address as a row", func() error {
				_, err := d.SetAttribute(t.Context(), oneself, ada.ID, profile.UserAttributes()[1], "new@example.org", 0)
				return err
			}, "new@example.org"},
			{"a change without mail", func() error {
				_, err := d.ChangeEmail(t.Context(), oneself, ada.ID, "ada@example.org", db.NoProof)
				return err
			}, "ada@example.org"},
			{"confirmed", func() error { _, _, err := bulk("verify_email"); return err }, "ada@example.org"},
			{"a change that waits", func() error {
				_, err := d.ChangeEmail(t.Context(), oneself, ada.ID, "new@example.org", db.ProofSent)
				return err
			}, "ada@example.org"},
			{"a change that is proven", func() error {
				_, err := d.VerifyEmail(t.Context(), nobody, linkTo(t, d, db.MailVerify, "new@example.org"))
				return err
			}, "new@example.org"},
			{"a change that its owner takes back", func() error {
				_, err := d.UndoEmail(t.Context(), nobody, linkTo(t, d, db.MailEmailChanged, "ada@example.org"))
				return err
			}, "ada@example.org"},
			{"an admin's edit", func() error { return edit(func(u *account.User) { u.Email = "other@example.org" }) }, "other@example.org"},
			{"an admin's edit taken back", undo, "ada@example.org"},
			{"an import", func() error {
				imp := staged(t, d, by, "username,email\nada,came@example.org\n")
				_, err := d.ApplyImport(t.Context(), by, imp.ID, imp.Checked, nil)
				return err
			}, "came@example.org"},
			{"an import taken back", undo, "ada@example.org"},
			{"an import done again", undo, "came@example.org"},
			{"an admin who would decide it", func() error {
				return edit(func(u *account.User) { u.Email, u.AvatarPublic = "new@example.org", false })
			}, "new@example.org"},
			{"deactivated", func() error { _, _, err := bulk("deactivate"); return err }, "new@example.org"}, // whoever asks looks at that
			{"activated", func() error { _, _, err := bulk("activate"); return err }, "new@example.org"},
			{"deleted", func() error { return d.DeleteUser(t.Context(), by, root, ada.ID) }, ""},
			{"brought back", undo, "new@example.org"},
			{"deleted with others", func() error { _, _, err := bulk("delete"); return err }, ""},
			{"brought back with them", undo, "new@example.org"},
			{"no longer agreed", func() error { _, err := d.SetAvatarPublic(t.Context(), oneself, ada.ID, false); return err }, ""},
			{"deleted without agreeing", func() error { return d.DeleteUser(t.Context(), by, root, ada.ID) }, ""},
			{"brought back without agreeing", undo, ""},
			{"agreed once more", func() error { _, err := d.SetAvatarPublic(t.Context(), oneself, ada.ID, true); return err }, "new@example.org"},
			{"deleted by oneself", func() error { return d.DeleteOneself(t.Context(), oneself, ada.ID) }, ""},
		} {
			if err := way.do(); err != nil {
				t.Fatalf("%s: %v", way.name, err)
			}
			wants(way.name, way.want)
		}
	})
}

// TestHashesOfWhoRegisters: an address that waits leads to nobody, until it is taken for proven.
func TestHashesOfWhoRegisters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		u := add(t, d, account.User{Username: "ada", NewEmail: "ada@example.org", AvatarPublic: true})
		if got := hashed(t, d, "ada@example.org"); got != "" {
			t.Errorf("before: %s", got)
		}
		if _, _, err := d.ActOnPeople(t.Context(), nobody, db.Bulk{Action: "verify_email", IDs: []int64{u.ID}}); err != nil {
			t.Fatal(err)
		}
		if got := hashed(t, d, "ada@example.org"); got != fmt.Sprintf("ada@example.org=%d", u.ID) {
			t.Errorf("after: %s", got)
		}
		bob := add(t, d, account.User{Username: "bob", Email: "bob@example.org", AvatarPublic: true})
		if got := hashed(t, d, "bob@example.org", "ada@example.org"); !strings.Contains(got, fmt.Sprintf("bob@example.org=%d", bob.ID)) {
			t.Errorf("added with it: %s", got)
		}
	})
}

// TestAgreeingIsToldAndIsOnesOwn: the history and one's data say when one agreed, and nobody takes that back for somebody else.
func TestAgreeingIsToldAndIsOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		root := add(t, d, account.User{Username: "root", IsSuperuser: true})
		ada := add(t, d, account.User{Username: "ada", Email: "ada@example.org"})
		saved, err := d.SetAvatarPublic(t.Context(), db.Author{ID: ada.ID, IP: "192.0.2.1"}, ada.ID, true)
		if err != nil || !saved.AvatarPublic || saved.Version != 2 {
			t.Fatalf("%+v, %v", saved, err)
		}
		data, err := d.Data(t.Context(), ada.ID, "")
		if err != nil || !data.User.AvatarPublic {
			t.Fatal(err)
		}
		last := data.History[len(data.History)-1]
		if last.Field != "avatar_public" || last.Old != "false" || last.New != "true" || last.By != "ada" || last.IP != "192.0.2.1" {
			t.Errorf("%+v", last)
		}
		if !cant(d, t, db.Author{ID: root.ID}, lastLine(t, d)) {
			t.Error("somebody else took it back")
		}
		if _, err := d.SetAvatarPublic(t.Context(), nobody, 999, true); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
		if _, err := d.UserByAvatar(t.Context(), "\x00"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("by what is no hash: %v", err)
		}
	})
}

// TestAHashIsLookedUpByKeys: anybody may ask, as often as they like.
func TestAHashIsLookedUpByKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		plan, whose := db.PicturePlans(t, d)
		if strings.Contains(whose, "SCAN p") || strings.Contains(whose, "Seq Scan") || !strings.Contains(whose, "profiles_profile_pic") {
			t.Errorf("whose a picture is, is not found by it:\n%s", whose)
		}
		keys := []string{"SEARCH avatar_hashes USING PRIMARY KEY", "SEARCH u USING INTEGER PRIMARY KEY", "SEARCH p USING INTEGER PRIMARY KEY"}
		if strings.Contains(plan, "Scan") {
			keys = []string{"avatar_hashes_pkey", "users_pkey", "profiles_pkey"}
		}
		for _, key := range keys {
			if !strings.Contains(plan, key) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("it does not go along %s:\n%s", key, plan)
			}
		}
	})
}
