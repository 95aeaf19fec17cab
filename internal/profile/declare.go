package profile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"nameplate/internal/account"
)

const (
	attributesMax = 100 // far below what a row of either database can hold
	textMax       = 2000
	lineMax       = 500 // characters of a text in profile.toml
)

// declaration is one [[attribute]] table as it is written.
type declaration struct {
	table     map[string]any
	kind      string
	see, edit string
	min, max  any // a number, or for a date a day
	step      any
	standard  any // default
	pattern   string
	hint      string // pattern_help
	region    string
	choices   []string
}

// keys returns where each key of an [[attribute]] goes. Those of every kind come first.
func (d *declaration) keys(a *Attribute) map[string]any {
	return map[string]any{
		"name": &a.Name, "kind": &d.kind, "label": &a.Label, "help": &a.Help, "group": &a.Group, "register": &a.Register,
		"required": &a.Required, "see": &d.see, "edit": &d.edit, "default": &d.standard, "was": &a.Was, "column": &a.Column,
		"autocomplete": &a.Autocomplete, "property": &a.Property,
		"search": &a.Search, "unique": &a.Unique, "min": &d.min, "max": &d.max, "step": &d.step, "unit": &a.Unit,
		"choices": &d.choices, "other": &a.Other, "pattern": &d.pattern, "pattern_help": &d.hint, "region": &d.region,
	}
}

// common are the keys of every kind. The others are in Kind.Keys.
var common = []string{"name", "kind", "label", "help", "group", "register", "required", "see", "edit", "default", "was", "column",
	"autocomplete", "property"}

// has says whether a key is written at all.
func (d declaration) has(key string) bool { _, ok := d.table[key]; return ok }

// declare makes an attribute of one [[attribute]] table.
func declare(table map[string]any) (Attribute, *mistake) {
	a := Attribute{Column: true}
	d := declaration{table: table}
	keys := d.keys(&a)
	for _, key := range slices.Sorted(maps.Keys(table)) {
		into, ok := keys[key]
		if !ok {
			return a, &mistake{key, "'" + key + "' is unknown; " + suggest(key, slices.Sorted(maps.Keys(keys)))}
		}
		if bad := assign(key, into, table[key]); bad != nil {
			return a, bad
		}
	}
	if bad := checkName("name", a.Name); bad != nil {
		return a, bad
	}
	if bad := a.setKind(d); bad != nil {
		return a, bad
	}
	return a, a.settle(d)
}

func (a *Attribute) setKind(d declaration) *mistake {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	if d.kind == "" {
		return &mistake{"kind", "'" + a.Name + "' has no kind; write kind = \"text\", or one of " + strings.Join(names, ", ")}
	}
	var ok bool
	if a.Kind, ok = kindNamed(d.kind); !ok {
		return &mistake{"kind", "'" + d.kind + "' is no kind of attribute; " + suggest(d.kind, names)}
	}
	for _, key := range slices.Sorted(maps.Keys(d.table)) {
		if !slices.Contains(common, key) && !slices.Contains(a.Kind.Keys, key) {
			return &mistake{key, article(d.kind) + " has no " + key + "; leave it out"}
		}
	}
	return nil
}

// settle fills in what follows from the kind, the name and each other.
func (a *Attribute) settle(d declaration) *mistake {
	if a.Label == "" {
		words := strings.Join(strings.FieldsFunc(a.Name, func(r rune) bool { return r == '_' }), " ")
		a.Label = strings.ToUpper(words[:1]) + words[1:]
	}
	if a.Autocomplete == "" {
		a.Autocomplete = a.Kind.autocomplete
	}
	if a.Property == "" {
		a.Property = property(*a)
	}
	if bad := a.checkMarks(); bad != nil {
		return bad
	}
	a.Max = a.Kind.max
	for _, step := range []func(declaration) *mistake{a.setAudience, a.setPattern, a.setWas} {
		if bad := step(d); bad != nil {
			return bad
		}
	}
	if a.Kind.declare != nil {
		if bad := a.Kind.declare(a, d); bad != nil {
			return bad
		}
	}
	if a.Unique && a.See == Oneself {
		return &mistake{"unique", "'" + a.Name + "' is seen by oneself only, and whoever types a unique value learns whether somebody has it; leave unique out"}
	}
	if a.Unique && !a.Sortable() {
		return &mistake{"unique", fmt.Sprintf("'%s' may be too long to be compared with everybody's; write max = %d or less, or leave unique out", a.Name, indexMax)}
	}
	return a.setDefault(d)
}

var (
	hcardProperty = regexp.MustCompile(`^(p|u|dt)(-[a-z0-9]+)+$`)
	tokens        = regexp.MustCompile(`^[a-z0-9-]+( [a-z0-9-]+)*$`)
)

// checkMarks checks what becomes a part of the page's markup.
func (a *Attribute) checkMarks() *mistake {
	if a.Property != "" && !hcardProperty.MatchString(a.Property) {
		return &mistake{"property", "'" + clip(a.Property) + "' is no property of an h-card; write property = \"p-org\", say, or u-url, or dt-bday"}
	}
	if a.Autocomplete != "" && !tokens.MatchString(a.Autocomplete) {
		return &mistake{"autocomplete", "'" + clip(a.Autocomplete) + "' is no token of HTML's autocomplete; write autocomplete = \"organization\", say"}
	}
	return nil
}

func (a *Attribute) setAudience(d declaration) *mistake {
	if d.has("see") {
		i := slices.Index(audiences, d.see)
		if i < 0 {
			return &mistake{"see", "'" + clip(d.see) + "' is nobody who could see it; " + keyNamed("see").right()}
		}
		a.See = Audience(i)
	}
	if d.has("edit") {
		i := slices.Index(editors, d.edit)
		if i < 0 {
			return &mistake{"edit", "'" + clip(d.edit) + "' is nobody who could edit it; " + keyNamed("edit").right()}
		}
		a.Edit = Editor(i)
	}
	switch {
	case a.See == Oneself && a.Edit == ByStaff:
		return &mistake{"edit", "staff can't edit what only oneself sees; write see = \"staff\", or leave edit out"}
	case a.See == Oneself && a.Search:
		return &mistake{"search", "the search is the admin's, and '" + a.Name + "' is seen by oneself only; leave search out"}
	}
	return nil
}

func (a *Attribute) setWas(d declaration) *mistake {
	if !d.has("was") {
		return nil
	}
	if a.Was == "" {
		return &mistake{"was", "was is the name that '" + a.Name + "' had before; leave it out where there was none"}
	}
	if a.Was == a.Name {
		return &mistake{"was", "was is the name that '" + a.Name + "' had before; leave it out when that is the same"}
	}
	return checkName("was", a.Was)
}

// setDefault reads the default as somebody would type it.
func (a *Attribute) setDefault(d declaration) *mistake {
	if !d.has("default") || a.IsPicture() {
		return nil
	}
	if a.IsUpload() || a.Unique {
		return &mistake{"default", "'" + a.Name + "' can't have a default: " + map[bool]string{true: "it is unique", false: "it is a file"}[a.Unique]}
	}
	text, ok := scalar(d.standard)
	if list, isList := d.standard.([]any); isList && a.Kind.Store == List {
		var items []string
		for _, item := range list {
			word, isText := item.(string)
			ok = isText
			items = append(items, word)
		}
		text = strings.Join(items, "\n")
	}
	if !ok {
		return &mistake{"default", "default is a value as somebody would type it, such as default = \"" + a.Kind.Example + "\""}
	}
	value, err := a.Parse(text)
	if err != nil {
		return &mistake{"default", "the default is not one that '" + a.Name + "' takes: " + err.Error()}
	}
	a.Default = value
	return nil
}

// scalar is a TOML value as a text.
func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v], true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case time.Time: // a day, and not a time of one
		return v.Format(time.DateOnly), v.Location().String() == "date-local"
	}
	return "", false
}

func assign(key string, into, value any) *mistake {
	switch into := into.(type) {
	case *string:
		text, ok := value.(string)
		if !ok {
			return &mistake{key, keyNamed(key).right()}
		}
		if bad := checkLine(key, text); bad != nil {
			return bad
		}
		*into, _ = account.ParseText(key, text, lineMax)
	case *bool:
		yes, ok := value.(bool)
		if !ok {
			return &mistake{key, keyNamed(key).right()}
		}
		*into = yes
	case *[]string:
		list, ok := value.([]any)
		if !ok {
			return &mistake{key, keyNamed(key).right()}
		}
		for _, item := range list {
			text, ok := item.(string)
			if !ok {
				return &mistake{key, keyNamed(key).right()}
			}
			if bad := checkLine(key, text); bad != nil {
				return bad
			}
			*into = append(*into, strings.TrimSpace(text))
		}
	case *any:
		*into = value
	}
	return nil
}

func checkLine(key, text string) *mistake {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || utf8.RuneCountInString(text) > lineMax {
		return &mistake{key, fmt.Sprintf("%s is one line of at most %d characters; shorten it, and write it without line breaks", key, lineMax)}
	}
	if _, err := account.ParseText(key, text, lineMax); err != nil {
		return &mistake{key, err.Error()}
	}
	return nil
}
