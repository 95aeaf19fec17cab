package views

import (
	"image"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

var samplePicture = profile.Attribute{Name: "profile_pic"}

func TestAvatar(t *testing.T) {
	with := account.User{Username: "ada", Attributes: map[string]string{"profile_pic": sampleName}}
	before := account.User{Username: "ada", Attributes: map[string]string{"profile_pic": sampleName[:32]}}
	at := func(size string) string { return "/uploads/profile_pics/" + sampleName + "-" + size + ".jpg" }
	webp := func(size string) string { return strings.TrimSuffix(at(size), ".jpg") + ".webp" }
	early := func(size string) string { return "/uploads/profile_pics/" + sampleName[:32] + "-" + size + ".jpg" }
	for _, test := range []struct {
		name               string
		person             account.User
		size               int
		src, srcset, sizes string
		webp               string
	}{
		{"one of many, and twice that", with, 40, at("48"), at("96") + " 2x", "", webp("48") + ", " + webp("96") + " 2x"},
		{"one that was stored before", before, 40, early("96"), "", "", ""},
		{"one for each screen", with, 96, at("96"), at("96") + " 96w, " + at("192") + " 192w, " + at("384") + " 384w", "96px", webp("96") + " 96w, " + webp("192") + " 192w, " + webp("384") + " 384w"},
		{"never more than there is", with, 384, at("384"), at("384") + " 384w, " + at("768") + " 768w", "384px", webp("384") + " 384w, " + webp("768") + " 768w"},
		{"the largest alone", with, 768, at("768"), "", "", webp("768")},
		{"nor of one that was stored before", before, 192, early("192"), early("192") + " 192w, " + early("384") + " 384w", "192px", ""},
		{"initials where there is no picture", account.User{Username: "ada"}, 96, samplePicture.DefaultPicture(account.User{Username: "ada"}).Path(profile.SVG), "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := rendered(t, Avatar(test.person, samplePicture, test.size))
			img := doc.Find("img")
			if img.AttrOr("src", "") != test.src || img.AttrOr("srcset", "") != test.srcset || img.AttrOr("sizes", "") != test.sizes {
				t.Errorf("src %q, srcset %q, sizes %q", img.AttrOr("src", ""), img.AttrOr("srcset", ""), img.AttrOr("sizes", ""))
			}
			source := doc.Find("picture:has(img) > source[type='image/webp']")
			if source.AttrOr("srcset", "") != test.webp || source.Length() == 1 && source.AttrOr("sizes", "") != test.sizes {
				t.Errorf("as WebP %q, sizes %q", source.AttrOr("srcset", ""), source.AttrOr("sizes", ""))
			}
			if img.AttrOr("width", "") != strconv.Itoa(test.size) || img.AttrOr("height", "") != strconv.Itoa(test.size) || img.AttrOr("alt", "") == "" {
				t.Error("no size or no words")
			}
			if img.AttrOr("loading", "") != "lazy" {
				t.Error("it does not wait until it is scrolled to")
			}
		})
	}
}

// TestPatternsStandWhereTheOperatorHasChosenThem, on every page that shows a face.
func TestPatternsStandWhereTheOperatorHasChosenThem(t *testing.T) {
	p, err := profile.Load([]byte("[[attribute]]\nname = 'profile_pic'\nkind = 'picture'\ndefault = 'pattern'\n"), "test.toml")
	if err != nil {
		t.Fatal(err)
	}
	s, ada := newSample(t, "ada"), account.User{ID: 17, Username: "ada"}
	want := p.Attributes[0].DefaultPicture(ada).Path(profile.SVG)
	if !strings.HasPrefix(want, "/public/pattern/") {
		t.Fatal(want)
	}
	if row := rendered(t, AttributeRow(s.page, ada, p.Attributes[0], false)).Text(); !strings.Contains(row, "A pattern stands in") {
		t.Errorf("the row says %q", row)
	}
	column := admin.People(p).Columns[0]
	for name, part := range map[string]templ.Component{
		"the public page": PublicPage(s.page, ada, p.Attributes), "one's own profile": AttributeRow(s.page, ada, p.Attributes[0], false),
		"the list": userCell(s.page, s.people, column, ada), "a row in edit mode": editCell(s.page, Edit{User: ada}, column, ""),
	} {
		if src := rendered(t, part).Find("img").AttrOr("src", ""); src != want {
			t.Errorf("%s shows %s, not %s", name, src, want)
		}
	}
}

func TestSomethingStandsInForALargePicture(t *testing.T) {
	doc := rendered(t, Avatar(account.User{Username: "ada", Attributes: map[string]string{"profile_pic": sampleName}}, samplePicture, 192))
	var colours []string
	doc.Find("svg[aria-hidden] path").Each(func(_ int, path *goquery.Selection) { colours = append(colours, path.AttrOr("fill", "")) })
	if got := strings.Join(colours, ""); got != "#0fc#123#456#789#abc#def#012#345#678" {
		t.Errorf("it is of %s", got)
	}
	if doc.Find("[style]").Length() != 0 {
		t.Error("a style stands in the page")
	}
}

func TestFraming(t *testing.T) {
	s := newSample(t, "ada")
	field := s.fields[5]
	closed := rendered(t, framing(&field)).Find("fieldset.framing")
	_, disabled := closed.Attr("disabled")
	if _, hidden := closed.Attr("hidden"); !hidden || !disabled {
		t.Error("without a picture a frame is asked for")
	}
	field.Framing = Framing{Name: sampleName, Whole: "/whole", Size: image.Pt(300, 400), Frame: profile.Frame{X: 500, Y: 437, Zoom: 110}}
	doc := rendered(t, framing(&field))
	if n := doc.Find(`input[type=radio][name=focus]:not([disabled])`).Length(); n != 10 {
		t.Errorf("%d places, want nine and the present one", n)
	}
	if got := doc.Find("input[name=focus][checked]").AttrOr("value", "") + " " + doc.Find("input[name=zoom][checked]").AttrOr("value", ""); got != "50,43.7 110" {
		t.Errorf("chosen is %s", got)
	}
	if doc.Find("img").AttrOr("width", "") != "300" || doc.Find("img").AttrOr("height", "") != "400" || doc.Find("input[name=framed]").AttrOr("value", "") != sampleName {
		t.Error("the whole picture is not shown at its size, or not named")
	}
	field.Framing.Frame = profile.Frame{X: 0, Y: 1000, Zoom: 200}
	doc = rendered(t, framing(&field))
	if doc.Find("input[name=focus]:not([disabled])").Length() != 9 || doc.Find("input[name=focus][checked]").AttrOr("value", "") != "0,100" || doc.Find("input[name=zoom]").Length() != 6 {
		t.Error("at one of the nine places there is a tenth")
	}
	if got := doc.Find("svg path").AttrOr("d", ""); got != "M0 0H300V400H0zM0 250v150h150v-150z" {
		t.Errorf("what is not in the frame is %s", got)
	}
}
