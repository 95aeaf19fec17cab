package views

import (
	"strings"
	"testing"

	"nameplate/internal/account"
)

func TestAddressesBreakBetweenTheirParts(t *testing.T) {
	var out strings.Builder
	if err := breaking("ada@mail.example.org/<b>").Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if want := "ada@<wbr>mail.<wbr>example.<wbr>org/<wbr>&lt;b&gt;"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestAdminIsMarked(t *testing.T) {
	for _, test := range []struct{ name, path, want string }{
		{"as the page itself on the dashboard", "/admin/", "page"},
		{"as where one is on the list", "/admin/users", "true"},
		{"as where one is on a person", "/admin/users/17", "true"},
		{"as where one is on a page to add", "/admin/users/new", "true"},
		{"not on a page of one's own", "/settings/profile", "false"},
		{"not on a person who is called so", "/@admin/", "false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (Page{Path: test.path}).inAdmin(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestRowSaysWhatBecameOfIt(t *testing.T) {
	s := newSample(t, "ada")
	for _, want := range []string{"Saved", "Kept theirs"} {
		s.people.Said = want
		if got := rendered(t, UserRow(s.page, s.people, account.User{ID: 18})).Find("[role=status]").Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
