package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"nameplate/internal/profile"
)

// everyKind declares an attribute of each kind, in three groups; see says who sees them.
func everyKind(see string) string {
	var b strings.Builder
	for i, kind := range profile.Kinds() {
		group := []string{"", "About you", "Ways to reach you"}[i*3/len(profile.Kinds())]
		fmt.Fprintf(&b, "[[attribute]]\nname = 'my_%s'\nkind = '%s'\nregister = true\nsee = '%s'\ngroup = '%s'\n", kind.Name, kind.Name, see, group)
		switch kind.Name {
		case "choice":
			b.WriteString("choices = ['she/her', 'he/him', 'they/them']\nother = true\nsearch = true\n")
		case "choices":
			b.WriteString("choices = ['tea', 'coffee', 'water']\n")
		case "number":
			b.WriteString("min = 0\nmax = 250\nstep = 0.5\nunit = 'kg'\n")
		case "text", "longtext":
			b.WriteString("search = true\n")
		}
	}
	return b.String()
}

// values are what somebody fills in for everyKind, uploads aside, and a part of what a page then shows.
var values = []struct{ name, typed, shown string }{
	{"my_text", "Brass & ink", "Brass & ink"},
	{"my_longtext", "I repair clocks.\nMore at https://example.org/clocks.", "I repair clocks."},
	{"my_url", "example.org/me", "example.org/me"},
	{"my_email", "desk@example.org", "desk@example.org"},
	{"my_phone", "+44 20 7946 0018", "7946"},
	{"my_number", "72,5", "72.5 kg"},
	{"my_date", "1990-05-31", "31 May 1990"},
	{"my_boolean", "yes", "Yes"},
	{"my_choice", "they/them", "they/them"},
	{"my_choices", "tea", "tea"},
	{"my_country", "DE", "Germany"},
	{"my_language", "de", "German"},
	{"my_timezone", "Europe/Berlin", "Berlin"},
	{"my_color", "#7a5a14", "#7a5a14"},
	{"my_links", "https://example.org/code Code", "Code"},
}

// document is a PDF as small as one can be.
const document = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// registerAll signs somebody up with a value for every kind.
func (c *client) registerAll(username string) {
	c.t.Helper()
	filled := map[string]string{"username": username, "email": username + "@example.org", "password": password}
	for _, v := range values {
		filled[v.name] = v.typed
	}
	filled["my_links"], filled["my_links_label"] = "https://example.org/code", "Code"
	page := c.get("/register")
	a, err := c.post(page, "[name=email]", filled, map[string][]byte{"my_picture": snapshot(3), "my_file": []byte(document)})
	if err != nil || a.status != http.StatusSeeOther {
		c.t.Fatalf("register %s: %v %d\n%s", username, err, a.status, clip(a.doc.Find("main").Text()))
	}
}

// TestEveryKindOnEveryPage looks at the pages of a profile with an attribute of each kind.
func TestEveryKindOnEveryPage(t *testing.T) {
	s := startWith(t, everyKind("anyone"))
	s.superuser("root")
	s.command(nil, "seed", "30", "--yes")
	newClient(t, s).registerAll("ada")
	newClient(t, s).register("eve", nil)
	id := s.id("ada")
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			visitor, member, admin := openTab(t, s, mode.script), openTab(t, s, mode.script), openTab(t, s, mode.script)
			member.login("ada", password)
			admin.login("root", rootPassword)
			type shown struct {
				who        *tab
				name, path string
			}
			pages := []shown{
				{visitor, "register with all kinds", "/register"},
				{visitor, "person with all kinds", "/@ada"},
				{visitor, "person with none", "/@eve"},
				{member, "profile with all kinds", "/settings/profile"},
				{admin, "people with all kinds", "/admin/users?n=10"},
				{admin, "people narrowed by all kinds", "/admin/users?n=10&my_choice=they/them&my_number__gte=10&my_date__lte=2020-01-01&my_url__isempty=0"},
				{admin, "row with all kinds", "/admin/users?n=10&edit=" + id},
				{admin, "person in the admin with all kinds", "/admin/users/" + id},
				{admin, "person to add with all kinds", "/admin/users/new"},
			}
			for _, p := range pages {
				p.who.look(1280, false)
				if status := p.who.open(p.path); status != http.StatusOK {
					t.Errorf("%s: status %d", p.path, status)
				}
				for _, l := range []int{1, 3} { // narrow and light, wide and dark
					p.who.look(looks[l].width, looks[l].dark)
					p.who.axe(p.name + "-" + looks[l].name)
				}
			}
			member.look(320, false)
			for _, kind := range profile.Kinds() {
				member.open("/settings/profile/my_" + kind.Name)
				member.axe("row " + kind.Name)
			}
			visitor.look(1280, false)
			visitor.open("/@ada")
			for _, v := range values {
				visitor.see("main", v.shown)
			}
		})
	}
}

// TestEveryKindIsEditedInPlace saves a value of each kind in its row, after a wrong one where there are wrong ones.
func TestEveryKindIsEditedInPlace(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			s := startWith(t, everyKind("anyone"))
			newClient(t, s).register("ada", nil)
			b := openTab(t, s, mode.script)
			b.login("ada", password)
			for _, v := range values {
				row, wrongText := "#row-"+v.name, map[string]string{"my_url": "javascript:alert(1)", "my_email": "nobody", "my_phone": "12", "my_number": "many", "my_color": "brass"}[v.name]
				b.open("/settings/profile")
				b.mark()
				b.click(row + " a[href$='/" + v.name + "']")
				b.wait("document.querySelector('" + row + " form')")
				b.marked("opening " + v.name)
				if wrongText != "" {
					b.fill("#"+v.name, wrongText)
					b.click(row + " .actions button")
					b.wait("document.querySelector('" + row + " .error')?.checkVisibility()")
					if got := eval[string](b, "document.querySelector('#"+v.name+"').value"); got != wrongText {
						t.Errorf("%s: a refused form holds %q, want %q", v.name, got, wrongText)
					}
				}
				b.enter(v.name, v.typed)
				b.click(row + " .actions button")
				b.wait("!document.querySelector('" + row + " form')")
				b.see(row, v.shown)
			}
			for kind, upload := range map[string]string{"my_picture": file(t, "me.jpg", snapshot(4)), "my_file": file(t, "my cv.pdf", []byte(document))} {
				b.open("/settings/profile/" + kind)
				b.choose("#"+kind, upload)
				if mode.script && kind == "my_picture" {
					b.wait("document.querySelector('canvas.face')") // it moves the button
				}
				b.click("#row-" + kind + " .actions button")
				b.wait("!document.querySelector('#row-" + kind + " form')")
			}
			b.see("#row-my_file a[href='/@ada/my_file']", "my cv.pdf")
			got := newClient(t, s).get("/@ada/my_file")
			if got.status != 200 || got.body != document || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
				t.Errorf("the file is %d %q %q", got.status, got.header, clip(got.body))
			}
		})
	}
}

// enter puts a value into the control that asks for it.
func (b *tab) enter(name, typed string) {
	b.t.Helper()
	switch kind := strings.TrimPrefix(name, "my_"); kind {
	case "boolean", "choice", "country", "language", "timezone", "date":
		eval[bool](b, fmt.Sprintf(`(e => { e.value = %s; return e.dispatchEvent(new Event('change', {bubbles: true})) })(document.getElementById(%s))`, quote(typed), quote(name)))
	case "choices":
		b.click("[name=" + name + "][value=" + quote(typed) + "]")
	case "longtext":
		b.click("#" + name)
		b.write(typed)
	case "links":
		address, label, _ := strings.Cut(typed, " ")
		b.fill("[name="+name+"]:not([type=hidden])", address)
		b.fill("[name="+name+"_label]", label)
	default:
		b.fill("#"+name, typed)
	}
}

// TestHostileTextInEveryKind fills every kind with hostile texts past its own control, and opens each page that shows them.
func TestHostileTextInEveryKind(t *testing.T) {
	s := startWith(t, everyKind("anyone"))
	s.superuser("root")
	admin := openTab(t, s, true)
	admin.login("root", rootPassword)
	for i, text := range hostile {
		name := fmt.Sprintf("person%d", i)
		c := newClient(t, s)
		c.register(name, nil)
		for _, kind := range profile.Kinds() {
			field := "my_" + kind.Name
			page := c.get("/settings/profile/" + field)
			a, err := c.send("POST", "/settings/profile/"+field, "application/x-www-form-urlencoded", strings.NewReader(url.Values{
				field: {text}, field + "_other": {text}, field + "_label": {text}, "version": {page.doc.Find("[name=version]").AttrOr("value", "")},
			}.Encode()))
			if err != nil || a.status != http.StatusSeeOther && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s into %s: %v, status %d", text, field, err, a.status)
			}
			if a.status == http.StatusUnprocessableEntity && !slices.Contains([]profile.Widget{profile.Checks, profile.File, profile.Picture}, kind.Widget) && !strings.Contains(kept(a.doc, "#row-"+field), text) {
				t.Errorf("%s into %s: the refused form holds %q", text, field, kept(a.doc, "#row-"+field))
			}
		}
		id := s.id(name)
		for _, path := range []string{"/@" + name, "/admin/users?q=" + url.QueryEscape(text), "/admin/users?edit=" + id, "/admin/users/" + id} {
			admin.open(path)
			if eval[bool](admin, "window.hacked !== undefined || !!document.querySelector('main svg[onload], main img[onerror], [onfocus], main meta, a[href^=javascript], main [hx-trigger=load]')") {
				t.Errorf("%s took %s for more than text", path, text)
			}
		}
	}
}

// kept is what the inputs of a form hold.
func kept(doc *goquery.Document, selector string) string {
	var all []string
	doc.Find(selector).Find("input, option[selected], textarea").Each(func(_ int, input *goquery.Selection) {
		all = append(all, input.AttrOr("value", strings.TrimPrefix(input.Text(), "\n")))
	})
	return strings.Join(all, "\n")
}

// TestAttributesAreAdded goes the way of an operator who adds four attributes to a site with people.
func TestAttributesAreAdded(t *testing.T) {
	s := start(t)
	newClient(t, s).register("ada", map[string]string{"portfolio_site": "https://example.org/ada"})
	s.superuser("root")
	s.stop()
	builtIn, err := os.ReadFile("../profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	s.declare(string(builtIn) + `
[[attribute]]
name = "birthday"
kind = "date"
see  = "members"
[[attribute]]
name    = "t_shirt"
kind    = "choice"
choices = ["S", "M", "L"]
register = true
[[attribute]]
name = "bio"
kind = "longtext"
[[attribute]]
name = "cv"
kind = "file"
`)
	s.command(nil, "makemigrations")
	s.command(nil, "migrate")
	s.up()
	ada, root, visitor := newClient(t, s), newClient(t, s), newClient(t, s)
	ada.login("ada", password)
	row := func(name, value string) {
		ada.submit(http.StatusSeeOther, ada.get("/settings/profile/"+name), "[name=version]", map[string]string{name: value})
	}
	row("birthday", "1990-05-31")
	row("t_shirt", "M")
	row("bio", "I repair clocks.")
	if a, err := ada.post(ada.get("/settings/profile/cv"), "[name=version]", nil, map[string][]byte{"cv": []byte(document)}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("the cv: %v %v", a, err)
	}
	if page := visitor.get("/@ada"); strings.Contains(page.body, "1990") || !strings.Contains(page.body, "I repair clocks.") || !strings.Contains(page.body, "example.org/ada") {
		t.Errorf("a stranger sees:\n%s", page.doc.Find("main").Text())
	}
	if page := ada.get("/@ada"); !strings.Contains(page.body, "31 May 1990") {
		t.Errorf("a member sees:\n%s", page.doc.Find("main").Text())
	}
	root.login("root", rootPassword)
	list := root.get("/admin/users?t_shirt=M&birthday__gte=1990-01-01&sort=-birthday&edit=" + s.id("ada"))
	root.submit(http.StatusSeeOther, list, "[name=version]", map[string]string{"t_shirt": "L", "birthday": "1990-06-01"})
	if page := ada.get("/@ada"); !strings.Contains(page.body, "1 June 1990") {
		t.Errorf("after the admin's edit:\n%s", page.doc.Find("main").Text())
	}
}
