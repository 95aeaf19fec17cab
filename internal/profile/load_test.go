package profile_test

import (
	"os"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

func TestTheBuiltInProfileLoads(t *testing.T) {
	source, err := os.ReadFile("../../profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := profile.Load(source, "profile.toml")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, a := range p.Rows() {
		rows = append(rows, a.Name)
	}
	if got := strings.Join(rows, " "); got != "username first_name last_name portfolio_site profile_pic" {
		t.Errorf("rows are %s", got)
	}
	if got := len(p.Registering()); got != 2 {
		t.Errorf("%d attributes are asked for", got)
	}
	if a, ok := p.Attribute("profile_pic"); !ok || !a.IsPicture() || a.OfUser {
		t.Errorf("profile_pic is %+v", a)
	}
	if a, ok := p.Row("username"); !ok || !a.OfUser || a.Autocomplete != "username" {
		t.Errorf("username is %+v", a)
	}
	if _, ok := p.Row("email"); ok {
		t.Error("email is a row")
	}
}

func TestLoadFillsInWhatFollows(t *testing.T) {
	p, err := profile.Load([]byte("[[attribute]]\nname = 'home_page'\nkind = 'url'\n[[attribute]]\nname='motto'\nkind='text'\nmax=20\nrequired=true\n"), "p.toml")
	if err != nil {
		t.Fatal(err)
	}
	home, motto := p.Attributes[0], p.Attributes[1]
	if home.Label != "Home page" || home.Autocomplete != "url" || home.Max != 2000 || home.Register || home.Required {
		t.Errorf("home_page is %+v", home)
	}
	if motto.Label != "Motto" || motto.Max != 20 || !motto.Required {
		t.Errorf("motto is %+v", motto)
	}
	if p, err := profile.Load(nil, "p.toml"); err != nil || len(p.Attributes) != 0 {
		t.Errorf("an empty profile is %v, %v", p, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	const good = "[[attribute]]\nname = \"motto\"\nkind = \"text\"\n"
	for name, row := range map[string]struct{ source, want string }{
		"broken TOML":              {"[[attribute]\n", "p.toml:1: expected end of table"},
		"a value that is none":     {good + "max = lots\n", "p.toml:4: "},
		"another header":           {"[[attributes]]\nname='a'\n", "p.toml:1: 'attributes' is unknown here; did you mean [[attribute]]?"},
		"no header":                {"kind='text'\n", "p.toml:1: 'kind' is unknown here; write a line [[attribute]] above"},
		"a pattern in quotes":      {"[[attribute]]\nname='a'\nkind='text'\npattern=\"\\d+\"\n", "in single quotes"},
		"a yes":                    {"[[attribute]]\nname='a'\nkind='text'\nregister=yes\n", "true and false are written like this"},
		"no such day":              {"[[attribute]]\nname='a'\nkind='date'\nmin=2020-02-31\n", "there is no such day"},
		"a name that ends with _":  {"[[attribute]]\nname='trail_'\nkind='number'\n", "p.toml:2: 'trail_' ends with _"},
		"a title":                  {"title = 'x'\n", "p.toml:1: 'title' is unknown here"},
		"one table for all":        {"# mine\n[attribute]\nname='x'\n", "p.toml:2: write each attribute"},
		"an unknown key":           {good + "lable = 'x'\n", "p.toml:4: 'lable' is unknown; did you mean 'label'?"},
		"a far key":                {good + "colour = 'x'\n", "p.toml:4: 'colour' is unknown; known are"},
		"the second one's key":     {good + "\n" + strings.Replace(good, "motto", "other", 1) + "lable='x'\n", "p.toml:8: 'lable'"},
		"a table within":           {good + "[attribute.max]\nx=1\n", "p.toml:"},
		"a number as label":        {good + "label = 7\n", "p.toml:4: label is a text, in quotes; write label = \"Portfolio\""},
		"a yes in quotes":          {good + "register = \"true\"\n", "p.toml:4: register is true or false, without quotes"},
		"a number in quotes":       {good + "max = \"9\"\n", "p.toml:4: max is a whole number"},
		"a max of none":            {good + "max = 0\n", "p.toml:4: max is a number of characters, 1 to 2000"},
		"a max too far":            {good + "max = 999999\n", "p.toml:4: max is a number of characters"},
		"a max of a picture":       {"[[attribute]]\nname='a'\nkind='picture'\nmax=3\n", "p.toml:4: a picture has no max"},
		"no name":                  {"\n[[attribute]]\nkind='text'\n", "p.toml:2: this attribute has no name"},
		"no kind":                  {"[[attribute]]\nname='a'\n", "p.toml:1: 'a' has no kind"},
		"a kind misspelt":          {"[[attribute]]\nname='a'\nkind='txt'\n", "p.toml:3: 'txt' is no kind of attribute; did you mean 'text'?"},
		"a kind unheard of":        {"[[attribute]]\nname='a'\nkind='hologram'\n", "known are text, longtext, url"},
		"two of one name":          {good + good, "p.toml:5: there are two attributes named 'motto'"},
		"a name in capitals":       {"[[attribute]]\nname='Motto'\nkind='text'\n", "p.toml:2: 'Motto' is no name"},
		"a name with a hyphen":     {"[[attribute]]\nname='a-b'\nkind='text'\n", "'a-b' is no name"},
		"a name with SQL":          {"[[attribute]]\nname='a;drop table users'\nkind='text'\n", "is no name"},
		"a name that begins wrong": {"[[attribute]]\nname='1st'\nkind='text'\n", "'1st' is no name"},
		"a name of 64":             {"[[attribute]]\nname='" + strings.Repeat("a", 64) + "'\nkind='text'\n", "too long"},
		"the user's own":           {"[[attribute]]\nname='is_staff'\nkind='text'\n", "p.toml:2: 'is_staff' is taken by Nameplate itself"},
		"a form's own":             {"[[attribute]]\nname='csrfmiddlewaretoken'\nkind='text'\n", "is taken"},
		"a waiting picture's":      {"[[attribute]]\nname='waiting_pic'\nkind='text'\n", "is taken"},
		"a label of two lines":     {good + "label = \"a\\nb\"\n", "p.toml:4: label is one line"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := profile.Load([]byte(row.source), "p.toml")
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("[[attribute]]\nname = 'a'\nkind = 'text'\n")
	f.Add("attribute = [{name='a', kind='url'}]")
	f.Fuzz(func(t *testing.T, source string) {
		p, err := profile.Load([]byte(source), "p.toml")
		if err != nil && !strings.HasPrefix(err.Error(), "p.toml:") {
			t.Fatalf("%v names no place", err)
		}
		for _, a := range p.Attributes {
			if a.Label == "" || a.Name == "" {
				t.Fatalf("an attribute is %+v", a)
			}
			a.Parse("x")
		}
	})
}
