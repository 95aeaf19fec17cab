package profile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Load reads a profile.toml. An error names path, the line, what is wrong and what would be right.
func Load(source []byte, path string) (Profile, error) {
	tables := map[string]any{}
	source = bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n")) // of which the decoder counts some twice
	if line := notText(source); line > 0 {
		return Profile{}, fmt.Errorf("%s:%d: this is no text in UTF-8; save the file in that encoding", path, line)
	}
	if err := toml.Unmarshal(source, &tables); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return Profile{}, fmt.Errorf("%s:%d: %s; %s", path, lineOf(parse), strings.TrimRight(parse.Message, "."), advice(parse.Message))
		}
		return Profile{}, fmt.Errorf("%s:1: %w; save it as a text in UTF-8", path, err)
	}
	at := findPlaces(string(source))
	for _, key := range slices.Sorted(maps.Keys(tables)) {
		if key != "attribute" {
			return Profile{}, fmt.Errorf("%s:%d: '%s' is unknown here; %s", path, at.top(key), key, beside(key))
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

// advice says what to do about an error of TOML.
func advice(message string) string {
	for part, todo := range map[string]string{
		"invalid escape": `write the text in single quotes, in which a \ is only itself`, "already been defined": "leave one of the two out",
		"invalid datetime": "there is no such day", "out of range": "the number is too large",
		"expected value but found": "a text stands in quotes, and true and false are written like this",
	} {
		if strings.Contains(message, part) {
			return todo
		}
	}
	return "a line is KEY = VALUE or [[attribute]], and texts stand in quotes"
}

// beside says what is right where a key stands beside the attributes.
func beside(key string) string {
	switch {
	case distance(strings.ToLower(key), "attribute") < 3:
		return "did you mean [[attribute]]?"
	case keyNamed(key).name != "":
		return "write a line [[attribute]] above the keys of each attribute"
	}
	return "a profile holds [[attribute]] only"
}

// lineOf is the line of an error of TOML. Where a header is not closed, the decoder is on the next line already.
func lineOf(e toml.ParseError) int {
	if strings.Contains(e.Message, "end of table") && strings.Contains(e.Message, `got '\n'`) {
		return max(1, e.Position.Line-1)
	}
	return max(1, e.Position.Line)
}

// notText is the first line that is no text in UTF-8, or 0.
func notText(source []byte) int {
	line := 0
	for text := range bytes.Lines(source) {
		if line++; !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
			return line
		}
	}
	return 0
}

// mistake is something wrong in one [[attribute]], at one of its keys or, with an empty key, as a whole.
type mistake struct{ key, text string }

// clash says what a can't be beside the attributes before it.
func (p Profile) clash(a Attribute) *mistake {
	if _, ok := p.Attribute(a.Name); ok {
		return &mistake{"name", "there are two attributes named '" + a.Name + "'; give each a name of its own"}
	}
	if len(p.Attributes) >= attributesMax {
		return &mistake{"", fmt.Sprintf("a profile has at most %d attributes; leave this one out", attributesMax)}
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
