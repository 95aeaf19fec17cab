package admin

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

func people() Resource {
	return People(profile.Profile{Attributes: []profile.Attribute{
		{Name: "portfolio_site", Label: "Portfolio", Kind: &profile.Kind{Name: "url", Sortable: true}, Column: true},
		{Name: "profile_pic", Label: "Picture", Kind: &profile.Kind{Name: "picture", Widget: profile.Picture}, Column: true},
	}})
}

func TestPeopleBeginWithTheirPicture(t *testing.T) {
	var names []string
	for _, column := range people().Columns {
		names = append(names, column.Name)
	}
	if got := strings.Join(names, " "); got != "profile_pic username email portfolio_site is_staff is_active date_joined" {
		t.Error(got)
	}
}

func TestAddressesAreReadAndWrittenAlike(t *testing.T) {
	cursor := EncodeCursor("ä b", -7)
	for _, address := range []string{"", "q=ada", "sort=-username", "sort=email", "is_staff=1&n=20", "is_active=0", "before=end",
		"after=" + cursor, "before=" + cursor + "&q=%26%3D&sort=-date_joined"} {
		v, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		q, err := people().ParseQuery(v)
		if err != nil || q.Encode() != address {
			t.Errorf("%q became %q, %v", address, q.Encode(), err)
		}
	}
	q, err := people().ParseQuery(url.Values{"sort": {"username"}, "n": {"100"}, "edit": {"7"}, "q": {"  "}, "is_staff": {""}})
	if err != nil || q.Encode() != "" {
		t.Errorf("defaults are written: %q, %v", q.Encode(), err)
	}
}

func TestWhatIsNotDeclaredIsRefused(t *testing.T) {
	for _, address := range []string{"sort=password", "sort=profile_pic", "sort=--username", "is_staff=2", "password=1", "n=0", "n=501",
		"n=x", "after=end", "after=%25", "after=YQ", "before=!", "after=" + EncodeCursor("a", 1) + "&before=end", "q=a&q=b", "q=%ff",
		"q=" + strings.Repeat("x", 101), "sort=id;DROP"} {
		v, _ := url.ParseQuery(address)
		if address == "sort=id;DROP" {
			v = url.Values{"sort": {"id;DROP"}}
		}
		_, err := people().ParseQuery(v)
		if _, ok := errors.AsType[BadQuery](err); !ok {
			t.Errorf("%.60q: %v", address, err)
		}
	}
}

func TestMovesKeepTheListAndDropTheCursor(t *testing.T) {
	q, err := people().ParseQuery(url.Values{"q": {"ada"}, "before": {"end"}, "is_staff": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		q.Sorted("username").Encode():              "is_staff=1&q=ada&sort=-username",
		q.Sorted("email").Encode():                 "is_staff=1&q=ada&sort=email",
		q.Sorted("email").Sorted("email").Encode(): "is_staff=1&q=ada&sort=-email",
		q.First().Encode():                         "is_staff=1&q=ada",
		q.Last().Encode():                          "before=end&is_staff=1&q=ada",
		q.At("x", "").Encode():                     "after=x&is_staff=1&q=ada",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if q.Encode() != "before=end&is_staff=1&q=ada" {
		t.Error("the query itself was changed")
	}
}

func TestCursorsComeBack(t *testing.T) {
	for _, value := range []string{"", "a", "a b  c", "Ä\n", strings.Repeat("x", 3000)} {
		got, id, err := DecodeCursor(EncodeCursor(value, 1<<62))
		if got != value || id != 1<<62 || err != nil {
			t.Errorf("%.20q: %.20q %d %v", value, got, id, err)
		}
	}
	if _, _, err := DecodeCursor(End); err == nil {
		t.Error("the end is a cursor")
	}
}
