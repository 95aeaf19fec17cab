package profile_test

import (
	"fmt"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

// TestLoadRefusesEveryMistake holds what each wrong declaration is answered with: the line, what is wrong, what would be right.
// The keys of each row stand from line 4 on, after a name and a kind.
func TestLoadRefusesEveryMistake(t *testing.T) {
	for _, row := range []struct{ name, kind, keys, want string }{
		{"a key of another kind", "text", "choices=['a']", "4: a text has no choices; leave it out"},
		{"a step of a text", "text", "step=1", "4: a text has no step; leave it out"},
		{"a search of a date", "date", "search=true", "4: a date has no search; leave it out"},
		{"a unique picture", "picture", "unique=true", "4: a picture has no unique; leave it out"},
		{"a table for a number", "text", "max={x=1}", "4: max is a whole number, without quotes; write max = 80"},
		{"a dotted key", "text", "max.x=1", "4: max is a whole number, without quotes; write max = 80"},
		{"a half max", "text", "max=1.5", "4: max is a whole number, without quotes; write max = 80"},
		{"a day for a number of characters", "text", "max=1990-05-31", "4: max is a whole number, without quotes"},
		{"a number for a yes", "text", "required=1", "4: required is true or false, without quotes; write required = true"},
		{"a list for a text", "text", "label=['a']", "4: label is a text, in quotes; write label = \"Portfolio\""},
		{"a quoted key", "text", "\"label\"=3", "4: label is a text, in quotes"},
		{"a label with a trick", "text", "label=\"a\\u202eb\"", "4: label: leave out the character that changes the direction"},
		{"a help of several lines", "text", "help=\"\"\"\na\nb\"\"\"", "4: help is one line of at most 500 characters; shorten it"},
		{"a help too long", "text", "help='" + strings.Repeat("x", 501) + "'", "4: help is one line of at most 500 characters"},
		{"a property that is none", "text", "property='photo\" x'", "4: 'photo\" x' is no property of an h-card; write property"},
		{"a token that is none", "text", "autocomplete='on<'", "4: 'on<' is no token of HTML's autocomplete; write autocomplete"},
		{"nobody who sees", "text", "see='public'", "4: 'public' is nobody who could see it; see is anyone, members, staff or oneself, in quotes; write see = \"members\""},
		{"nobody who edits", "text", "edit='me'", "4: 'me' is nobody who could edit it; edit is oneself or staff, in quotes; write edit = \"staff\""},
		{"staff who can't see", "text", "see='oneself'\nedit='staff'", "5: staff can't edit what only oneself sees; write see = \"staff\""},
		{"a search of what is hidden", "text", "see='oneself'\nsearch=true", "5: the search is the admin's, and 'm' is seen by oneself only; leave search out"},
		{"a name that it has", "text", "was='m'", "4: was is the name that 'm' had before; leave it out"},
		{"a name that was reserved", "text", "was='id'", "4: 'id' is taken by Nameplate itself"},
		{"no former name", "text", "was=''", "4: was is the name that 'm' had before; leave it out where there was none"},
		{"a pattern that is none", "text", "pattern='['", "4: the pattern '[' can't be read as a regular expression; an example is"},
		{"an empty pattern", "text", "pattern=''", "4: the pattern is empty; leave it out"},
		{"help without a pattern", "text", "pattern_help='x'", "4: pattern_help says what to do where the pattern does not match; write a pattern too"},
		{"a default too long", "text", "max=5\ndefault='too long'", "5: the default is not one that 'm' takes: M: shorten it to 5 characters"},
		{"a default beside the pattern", "text", "pattern='[0-9]+'\ndefault='a'", "default is not one that 'm' takes"},
		{"a default of what is unique", "text", "unique=true\ndefault='a'", "5: 'm' can't have a default: it is unique"},
		{"a default of a picture that is none", "picture", "default='x'", "4: default is initials or pattern, in quotes; write default = \"pattern\""},
		{"a default of a picture that is a list", "picture", "default=['pattern']", "4: default is initials or pattern, in quotes"},
		{"a default of a file", "file", "default='x'", "4: 'm' can't have a default: it is a file"},
		{"a list for a default", "text", "default=['a']", "4: default is a value as somebody would type it, such as default ="},
		{"a time for a default", "text", "default=1990-05-31T10:00:00Z", "4: default is a value as somebody would type it"},
		{"a default of neither", "boolean", "default='maybe'", "4: the default is not one that 'm' takes: M: choose yes or no."},
		{"a default that is no choice", "choice", "choices=['a']\ndefault='b'", "5: the default is not one that 'm' takes"},
		{"a default below", "number", "min=5\ndefault=1", "default is not one that 'm' takes: M: enter 5 or more."},
		{"a default, day first", "date", "default='31.5.1990'", "4: the default is not one that 'm' takes: M: write the year first"},
		{"a default of no zone", "timezone", "default='Europe/Berlinn'", "4: the default is not one that 'm' takes"},
		{"bounds the wrong way round", "number", "min=5\nmax=1", "5: max is less than min; exchange the two"},
		{"no step", "number", "step=0", "4: step is more than 0; write step = 1"},
		{"a step down", "number", "step=-1", "4: step is more than 0; write step = 1"},
		{"no number", "number", "min=nan", "4: min is a number of at most 15 digits, 4 of them after the point; write min = 1.5, say"},
		{"no end", "number", "max=inf", "4: max is a number of at most 15 digits"},
		{"a number too fine", "number", "step=0.00001", "4: step is a number of at most 15 digits, 4 of them after the point"},
		{"a number too far", "number", "max=1e300", "4: max is a number of at most 15 digits"},
		{"a quoted number", "number", "min='1'", "4: min is a number, without quotes; write min = 0"},
		{"a day for a number", "number", "min=1990-05-31", "4: min is a number, without quotes; write min = 0"},
		{"a number for a day", "date", "min=1990", "4: min is a day; write min = 1990-05-31"},
		{"an hour for a day", "date", "min=07:32:00", "4: min is a day; write min = 1990-05-31"},
		{"a time for a day", "date", "max=1990-05-31T10:00:00Z", "4: max is a day; write max = 1990-05-31"},
		{"a day that there isn't", "date", "min=1990-02-30", "4: invalid datetime"},
		{"days the wrong way round", "date", "min=2000-01-01\nmax=1999-01-01", "5: max is before min; exchange the two"},
		{"nothing to choose", "choice", "", "1: 'm' has nothing to choose from; write choices = [\"one\", \"another\"]"},
		{"an empty list", "choices", "choices=[]", "4: 'm' has nothing to choose from; write choices ="},
		{"a choice that is no text", "choice", "choices=['a', 1]", "4: choices is a list of texts, each in quotes; write choices ="},
		{"a choice that is no list", "choice", "choices='a'", "4: choices is a list of texts, each in quotes; write choices ="},
		{"an empty choice", "choice", "choices=['a', ' ']", "4: a choice is empty; leave it out"},
		{"a choice twice", "choice", "choices=[\n 'a',\n 'A',\n]", "4: the choice 'A' is there twice; leave one out"},
		{"the other choice", "choice", "choices=['+other']", "4: a choice can't be '+other'; write other = true"},
		{"a choice too long", "choice", "choices=['" + strings.Repeat("x", 101) + "']", "4: a choice can't be kept: choices: shorten it to 100"},
		{"a choice with a trick", "choice", "choices=[\"a\\u200bb\"]", "4: choices: leave out the invisible character"},
		{"more than can be chosen", "choices", "choices=['a', 'b']\nmax=3", "5: max is how many there may be, a whole number from 1 to 2; write max = 2"},
		{"too many choices", "choice", "choices=[" + strings.Repeat("'x',", 501) + "]", "4: there are 501 choices; 500 are the most"},
		{"too many links", "links", "max=21", "4: max is how many there may be, a whole number from 1 to 20; write max = 20"},
		{"a region misnamed", "phone", "region='UK'", "4: 'UK' is no code of a country; write region = \"GB\""},
		{"a region in words", "phone", "region='Germany'", "4: 'Germany' is no country that has telephone numbers; region is the two letters of a country, in quotes; write region = \"DE\""},
		{"an empty region", "phone", "region=''", "4: '' is no country that has telephone numbers"},
		{"unique and hidden", "text", "see='oneself'\nunique=true", "5: 'm' is seen by oneself only, and whoever types a unique value learns"},
		{"a pattern that closes another", "text", "pattern='a)|(?:b'", "4: the pattern 'a)|(?:b' can't be read"},
		{"a slow pattern", "text", "pattern='" + strings.Repeat("(.?){1000}", 45) + "'", "4: the pattern takes too long to match"},
		{"two letters exchanged", "text", "hlep='x'", "4: 'hlep' is unknown; did you mean 'help'?"},
		{"two letters exchanged, nearer to another", "text", "mxa=1", "4: 'mxa' is unknown; did you mean 'max'?"},
		{"a mistake after a list of lines", "choice", "choices = [\n 'a', # [[attribute]]\n 'lable = 3',\n]\nlable=1", "8: 'lable' is unknown; did you mean 'label'?"},
		{"a mistake after a text of lines", "text", "label = \"\"\"x\\\n  [[attribute]]\\\n\"\"\"\nlable=1", "7: 'lable' is unknown"},
		{"a value that is none", "text", "max = lots", "4: expected value but found \"lots\" instead; a text stands in quotes"},
		{"no value", "text", "label=", "4: expected value"},
		{"a quote left open", "text", "label = 'x", "4: strings cannot contain newlines; a line is"},
		{"a key twice", "text", "label='a'\nlabel='b'", "5: Key 'attribute.label' has already been defined; leave one of the two out"},
		{"no text at all", "text", "label='\xff'", "4: this is no text in UTF-8; save the file in that encoding"},
		{"a NUL", "text", "label='\x00'", "4: this is no text in UTF-8"},
	} {
		source := "[[attribute]]\nname = 'm'\nkind = '" + row.kind + "'\n" + row.keys + "\n"
		for how, source := range map[string]string{"": source, ", CRLF": strings.ReplaceAll(source, "\n", "\r\n"), ", BOM": "\ufeff" + source} {
			t.Run(row.name+how, func(t *testing.T) {
				_, err := profile.Load([]byte(source), "p.toml")
				if err == nil || !strings.Contains(err.Error(), row.want) || !strings.HasPrefix(err.Error(), "p.toml:") {
					t.Errorf("error %v, want %q", err, row.want)
				}
			})
		}
	}
}

func TestLoadRefusesWhatClashes(t *testing.T) {
	many := ""
	for i := range 101 {
		many += fmt.Sprintf("[[attribute]]\nname='a%d'\nkind='text'\n", i)
	}
	one := func(name, more string) string {
		return "[[attribute]]\nname='" + name + "'\nkind='text'\n" + more + "\n"
	}
	for name, row := range map[string]struct{ source, want string }{
		"101 attributes":             {many, "p.toml:301: a profile has at most 100 attributes; leave this one out"},
		"a name with __":             {one("a__b", ""), "p.toml:2: 'a__b' has __ in it, which lists use for something else; write one _"},
		"a name of 46":               {one(strings.Repeat("a", 46), ""), "p.toml:2: the name 'aaaaaaaaaaaaaaaaaaaa…' is too long; 45 characters"},
		"a reserved name":            {one("csrfmiddlewaretoken", ""), "p.toml:2: 'csrfmiddlewaretoken' is taken by Nameplate itself; choose another name"},
		"a name of SQLite's":         {one("sqlite_x", ""), "p.toml:2: 'sqlite_x' is taken"},
		"a name in another script":   {one("größe", ""), "p.toml:2: 'größe' is no name"},
		"one name twice":             {one("m", "") + one("m", ""), "p.toml:6: there are two attributes named 'm'"},
		"a name taken over twice":    {one("one", "was='old'") + one("two", "was='old'"), "p.toml:8: 'one' was 'old' already"},
		"was is declared before":     {one("old", "") + one("two", "was='old'"), "p.toml:8: 'old' is declared still"},
		"was is declared after":      {one("two", "was='old'") + one("old", ""), "p.toml:6: 'two' was 'old', which is declared still"},
		"something else's field":     {"[[attribute]]\nname='a'\nkind='choice'\nchoices=['x']\nother=true\n" + one("a_other", ""), "p.toml:7: the forms of 'a' and 'a_other' would both have a field 'a_other'"},
		"a field declared before":    {one("a_other", "") + "[[attribute]]\nname='a'\nkind='choice'\nchoices=['x']\nother=true\n", "p.toml:6: the forms of 'a_other' and 'a'"},
		"a link's label":             {"[[attribute]]\nname='a'\nkind='links'\n" + one("a_label", ""), "p.toml:5: the forms of 'a' and 'a_label' would both have a field 'a_label'"},
		"a list of inline tables":    {"\nattribute = [{name='a', kind='text'}]", "p.toml:2: write each attribute as a table of its own that begins with [[attribute]]"},
		"an inline table":            {"attribute = {name='a'}", "p.toml:1: write each attribute as a table"},
		"a number":                   {"attribute = 3", "p.toml:1: write each attribute as a table"},
		"a table of the operator's":  {"\n[mine]\nx=1\n", "p.toml:2: 'mine' is unknown here; a profile holds [[attribute]] only"},
		"a dotted key at the top":    {"x.y=1\n", "p.toml:1: 'x' is unknown here"},
		"a table within":             {one("m", "") + "[attribute.max]\nx=1\n", "p.toml:5: max is a whole number"},
		"a header that is not ended": {"\n[[attribute]\nname='a'", "p.toml:2: expected end of table"},
		"UTF-16":                     {"\xff\xfe[\x00[\x00", "p.toml:1: this is no text in UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := profile.Load([]byte(row.source), "p.toml")
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}

func TestLoadTakes(t *testing.T) {
	for name, keys := range map[string]string{
		"defaults that are not quoted": "kind='boolean'\ndefault=true", "a number": "kind='number'\nmin=0\nmax=1e6\nstep=0.25\ndefault=0.5", "a day": "kind='date'\nmin=1990-01-01\nmax=\"2000-01-01\"\ndefault=1995-05-05",
		"several choices": "kind='choices'\nchoices=[\n  'a',\n  'b',\n]\ndefault=['b', 'a']", "an own h-card property": "kind='text'\nproperty='p-job-title'\nautocomplete='section-a work tel'",
		"a region in small letters": "kind='phone'\nregion='de'\ndefault='030 123456'", "what is required with a default": "kind='choice'\nchoices=['S', 'M']\nrequired=true\ndefault='m'",
		"what only oneself sees, asked for": "kind='text'\nsee='oneself'\nregister=true\nrequired=true",
	} {
		p, err := profile.Load([]byte("\ufeff[[attribute]]\r\nname='m'\n"+keys), "p.toml")
		if err != nil || len(p.Attributes) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a := p.Attributes[0]
		if got, err := a.Parse(a.Default); a.Default != "" && (err != nil || got != a.Default) {
			t.Errorf("%s: the default %q is read as %q, %v", name, a.Default, got, err)
		}
	}
}
