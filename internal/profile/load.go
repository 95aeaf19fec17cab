package profile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Load reads a profile.toml. An error names path, the line, what is wrong and what would be right.
func Load(source []byte, path string) (Profile, error) {
	tables := map[string]any{}
	if err := toml.Unmarshal(source, &tables); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return Profile{}, fmt.Errorf("%s:%d: %s", path, parse.Position.Line, parse.Message)
		}
		return Profile{}, fmt.Errorf("%s: %w", path, err)
	}
	at := findPlaces(string(source))
	for _, key := range slices.Sorted(maps.Keys(tables)) {
		if key != "attribute" {
			return Profile{}, fmt.Errorf("%s:%d: '%s' is unknown here; a profile holds [[attribute]] only", path, at.top(key), key)
		}
	}
	list, ok := tables["attribute"].([]map[string]any)
	if !ok && tables["attribute"] != nil {
		return Profile{}, fmt.Errorf("%s:%d: write each attribute as a table of its own that begins with [[attribute]]",
			path, at.top("attribute"))
	}
	var p Profile
	for i, table := range list {
		a, bad := declare(table)
		if bad == nil {
			bad = p.clash(a)
		}
		if bad != nil {
			return Profile{}, fmt.Errorf("%s:%d: %s", path, at.line(i, bad.key), bad.text)
		}
		p.Attributes = append(p.Attributes, a)
	}
	return p, nil
}

// mistake is something wrong in one [[attribute]], at one of its keys or, with an empty key, as a whole.
type mistake struct{ key, text string }

// clash says what a can't be beside the attributes before it.
func (p Profile) clash(a Attribute) *mistake {
	if _, ok := p.Attribute(a.Name); ok {
		return &mistake{"name", "there are two attributes named '" + a.Name + "'; give each a name of its own"}
	}
	if len(p.Attributes) >= attributesMax {
		return &mistake{"", fmt.Sprintf("a profile has at most %d attributes", attributesMax)}
	}
	for _, other := range p.Attributes {
		for _, field := range a.Fields() {
			if slices.Contains(other.Fields(), field) {
				return &mistake{"name", "the forms of '" + other.Name + "' and '" + a.Name + "' would both have a field '" + field + "'; give one another name"}
			}
		}
		switch {
		case a.Was != "" && a.Was == other.Was:
			return &mistake{"was", "'" + other.Name + "' was '" + a.Was + "' already; a name can be taken over once"}
		case a.Was == other.Name:
			return &mistake{"was", "'" + a.Was + "' is declared still; was is a name that is used no more"}
		case other.Was == a.Name:
			return &mistake{"name", "'" + other.Name + "' was '" + a.Name + "', which is declared still; was is a name that is used no more"}
		}
	}
	return nil
}

// places finds the place of a key in the text, because the decoder keeps that of the last [[attribute]] only.
type places struct {
	header []int          // the line of each [[attribute]]
	keys   map[string]int // "0.name": a key of the first attribute; "-1.title": a key or table at the top
}

func findPlaces(source string) places {
	l := places{keys: map[string]int{}}
	table := -1
	for i, line := range strings.Split(source, "\n") {
		line = strings.TrimSpace(line)
		name, _, _ := strings.Cut(strings.Trim(line, "[] \t"), "]")
		if inner := strings.Join(strings.Fields(name), ""); strings.HasPrefix(line, "[[") && (inner == "attribute" || inner == `"attribute"`) {
			l.header = append(l.header, i+1)
			table++
			continue
		}
		if strings.HasPrefix(line, "[") {
			l.note(-1, strings.Trim(name, `"' `), i+1)
			first, _, _ := strings.Cut(name, ".")
			l.note(-1, strings.Trim(first, `"' `), i+1)
			continue
		}
		if key, _, ok := strings.Cut(line, "="); ok {
			first, _, _ := strings.Cut(key, ".")
			l.note(table, strings.Trim(strings.TrimSpace(key), `"'`), i+1)
			l.note(table, strings.Trim(strings.TrimSpace(first), `"'`), i+1)
		}
	}
	return l
}

func (l places) note(table int, key string, line int) {
	key = fmt.Sprintf("%d.%s", table, key)
	if _, ok := l.keys[key]; !ok {
		l.keys[key] = line
	}
}

func (l places) top(key string) int { return max(1, l.keys["-1."+key]) }

func (l places) line(table int, key string) int {
	if n := l.keys[fmt.Sprintf("%d.%s", table, key)]; n > 0 {
		return n
	}
	if table < len(l.header) {
		return l.header[table]
	}
	return l.top("attribute")
}
