package profile_test

import (
	"fmt"
	"net/url"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

var (
	initials = profile.Attribute{}
	pattern  = profile.Attribute{DefaultPattern: true}
)

func TestPathsOfDefaultPicturesAreReadBack(t *testing.T) {
	for _, u := range []account.User{{Username: "ada"}, {Username: "x", FirstName: "Ada", LastName: "Lovelace"}, {Username: "élise"},
		{Username: "太郎"}, {Username: "..."}, {Username: "ß"}, {Username: "x", FirstName: "ǆ", LastName: "7"}} {
		for _, ending := range []string{profile.SVG, profile.PNG} {
			for _, want := range []profile.DefaultPicture{initials.DefaultPicture(u), pattern.DefaultPicture(u)} {
				path, err := url.PathUnescape(want.Path(ending))
				if err != nil {
					t.Fatal(err)
				}
				p, end, ok := profile.ParseDefaultPicture(path)
				if !ok || end != ending || p.Shade != want.Shade || p.Letters != want.Letters || want.Letters == "" && p.Cells != want.Cells {
					t.Errorf("%s gives %+v, %s, %v", path, p, end, ok)
				}
			}
		}
		if letters := initials.DefaultPicture(u).Letters; letters != u.Initials() {
			t.Errorf("the initials of %+v are %s", u, letters)
		}
	}
	for _, file := range []string{"", "A.svg", "0-.svg", "0-a.svg", "0-ABC.svg", "8-A.svg", "-1-A.svg", "00-A.svg", "+1-A.svg", "0-A", "0-<.svg",
		"0-A.svg.svg", "0-/A.svg", "0-\xff.svg", "0-A\u200d.svg", "0-\u3164.svg", "0-A.jpg", "0-\n.svg"} {
		if p, _, ok := profile.ParseDefaultPicture("/public/initials/" + file); ok {
			t.Errorf("%q is read as %+v", file, p)
		}
	}
	for _, path := range []string{"/public/pattern/0-8000.svg", "/public/pattern/0-1.svg", "/public/pattern/0-00FF.svg", "/public/pattern/8-0001.png", "/public/pattern/0-A.svg",
		"/public/other/0-A.svg", "public/initials/0-A.svg", "x/public/initials/0-A.svg"} {
		if p, _, ok := profile.ParseDefaultPicture(path); ok {
			t.Errorf("%q is read as %+v", path, p)
		}
	}
}

func TestDefaultPicturesFollowFromTheName(t *testing.T) {
	if pattern.DefaultPicture(account.User{Username: "Ada"}) != pattern.DefaultPicture(account.User{Username: "ADA"}) {
		t.Error("it follows from the spelling")
	}
	shades, patterns := map[int]int{}, map[uint16]bool{}
	const people = 2000
	for i := range people {
		p := pattern.DefaultPicture(account.User{Username: fmt.Sprintf("person%d", i)})
		if other := initials.DefaultPicture(account.User{Username: fmt.Sprintf("person%d", i)}); other.Shade != p.Shade {
			t.Fatal("the initials are in another colour than the pattern")
		}
		shades[p.Shade]++
		patterns[p.Cells] = true
		ink := 0
		for y := range profile.PatternSide {
			for x := range profile.PatternSide {
				if p.IsInk(x, y) != p.IsInk(profile.PatternSide-1-x, y) {
					t.Fatalf("%04x is not the same from the left and from the right", p.Cells)
				}
				if p.IsInk(x, y) {
					ink++
				}
			}
		}
		if ink < 5 || ink > 20 {
			t.Errorf("%04x has %d of 25 cells", p.Cells, ink)
		}
	}
	if len(patterns) < people*9/10 {
		t.Errorf("%d people have %d patterns", people, len(patterns))
	}
	for shade := range profile.Shades {
		if shades[shade] < people/profile.Shades/2 {
			t.Errorf("%d of %d people are in shade %d", shades[shade], people, shade)
		}
	}
}

func TestOperatorsChooseWhatStandsForAPicture(t *testing.T) {
	for keys, want := range map[string]bool{"": false, "default = 'initials'": false, "default = 'pattern'": true} {
		a := attribute(t, "name='a'", "kind='picture'", "required=true", keys)
		if a.DefaultPattern != want || a.Default != "" {
			t.Errorf("%s: %+v", keys, a)
		}
	}
}
