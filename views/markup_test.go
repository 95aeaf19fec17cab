package views

import (
	"maps"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

// everything is each page and each part, shown with the same text in every place.
func everything(t *testing.T, text string) map[string]templ.Component {
	t.Helper()
	s := newSample(t, text)
	all := s.pages(text)
	maps.Copy(all, s.parts(text))
	all["user row"] = UserRow(s.page, s.people, s.person)
	all["user edit row"] = UserEditRow(s.page, s.people, s.edit(text))
	return all
}

func TestTextIsNeverMarkup(t *testing.T) {
	for name, component := range everything(t, hostile) {
		t.Run(name, func(t *testing.T) {
			doc := rendered(t, component)
			doc.Find("script").Each(func(_ int, s *goquery.Selection) {
				if src := s.AttrOr("src", ""); !strings.HasPrefix(src, "/public/") || s.Text() != "" {
					t.Errorf("a script that is not the site's own: %q %q", src, s.Text())
				}
			})
			if n := doc.Find("b, [onclick], [onerror], [style], style, [src=x], [hx-get='/x']").Length(); n > 0 {
				t.Errorf("%d elements come out of the text, or have a style of their own", n)
			}
			if !strings.Contains(doc.Text(), "alert(1)") && name != "field" {
				t.Error("the text itself is not shown")
			}
		})
	}
}

func TestLinksAreWebAddresses(t *testing.T) {
	for _, link := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", " javascript:alert(1)", "https:", "mailto:a@b"} {
		for name, component := range everything(t, link) {
			t.Run(link+" on "+name, func(t *testing.T) {
				rendered(t, component).Find("a[href], form[action]").Each(func(_ int, s *goquery.Selection) {
					to := s.AttrOr("href", s.AttrOr("action", ""))
					local := strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//")
					if !local && !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "http://localhost:8080/") && to != "about:invalid#TemplFailedSanitizationURL" &&
						to != "mailto:"+link { // an e-mail address, whatever it says

						t.Errorf("a link leads to %q", to)
					}
				})
			})
		}
	}
}

func TestEachInputHasALabel(t *testing.T) {
	for name, component := range everything(t, "text") {
		t.Run(name, func(t *testing.T) {
			doc := rendered(t, component)
			doc.Find("input:not([type=hidden]):not([hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
				id := s.AttrOr("id", "none")
				if s.AttrOr("aria-label", "") == "" && s.Closest("label").Length() == 0 && doc.Find(`label[for="`+id+`"]`).Length() != 1 {
					t.Errorf("the input %s has no label", s.AttrOr("name", ""))
				}
			})
		})
	}
}

func TestIdsAreUniqueAndReferencesArePresent(t *testing.T) {
	for name, component := range everything(t, "text") {
		t.Run(name, func(t *testing.T) {
			doc := rendered(t, component)
			seen := map[string]bool{}
			doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id := s.AttrOr("id", "")
				if seen[id] || id == "" {
					t.Errorf("the id %q is there twice, or empty", id)
				}
				seen[id] = true
			})
			doc.Find("[aria-describedby]").Each(func(_ int, s *goquery.Selection) {
				for _, id := range strings.Fields(s.AttrOr("aria-describedby", "")) {
					if !seen[id] {
						t.Errorf("%s is described by %q, which is not there", s.AttrOr("name", ""), id)
					}
				}
			})
			doc.Find(".summary a").Each(func(_ int, s *goquery.Selection) {
				if id := strings.TrimPrefix(s.AttrOr("href", ""), "#"); !seen[id] {
					t.Errorf("the summary links to %q, which is not there", id)
				}
			})
		})
	}
}

func TestEachPostHasItsToken(t *testing.T) {
	for name, component := range everything(t, "text") {
		t.Run(name, func(t *testing.T) {
			rendered(t, component).Find("form[method=post]").Each(func(_ int, s *goquery.Selection) {
				if s.Find("input[name=csrfmiddlewaretoken]").AttrOr("value", "") != "token" {
					t.Errorf("the form to %s has no token", s.AttrOr("action", ""))
				}
				if s.AttrOr("hx-post", s.AttrOr("action", "")) != s.AttrOr("action", "") {
					t.Errorf("with htmx the form to %s goes to %s", s.AttrOr("action", ""), s.AttrOr("hx-post", ""))
				}
			})
		})
	}
}

func TestPagesAreWhole(t *testing.T) {
	for name, component := range newSample(t, "text").pages("text") {
		t.Run(name, func(t *testing.T) {
			doc := rendered(t, component)
			for _, one := range []string{"html[lang]", "head title", "h1", "main", "header nav", "footer", "a[href='#main']", "#status[role=status]", "meta[name=viewport]", "link[rel=icon]"} {
				if n := doc.Find(one).Length(); n != 1 {
					t.Errorf("%d × %s", n, one)
				}
			}
			if doc.Find("body a").First().AttrOr("href", "") != "#main" {
				t.Error("the skip link is not the first")
			}
			doc.Find("a, button").Each(func(_ int, s *goquery.Selection) {
				if strings.TrimSpace(s.Text()) == "" {
					t.Errorf("a link or button without words: %s", s.AttrOr("href", ""))
				}
			})
		})
	}
}

func TestPasswordsNeverComeBack(t *testing.T) {
	for name, component := range everything(t, "secret") {
		t.Run(name, func(t *testing.T) {
			rendered(t, component).Find("input[type=password]").Each(func(_ int, s *goquery.Selection) {
				if value, ok := s.Attr("value"); ok {
					t.Errorf("a password has the value %q", value)
				}
			})
		})
	}
}
