package profile

import (
	"fmt"
	"strings"
)

// places finds the line of a key in the text, because the decoder keeps that of the last [[attribute]] only. The text is one
// that the decoder has read.
type places struct {
	header []int          // the line of each [[attribute]]
	keys   map[string]int // "0.name": a key of the first attribute; "-1.title": a key or table at the top
}

func findPlaces(source string) places {
	l := places{keys: map[string]int{}}
	table := -1
	for _, s := range statements(strings.TrimPrefix(source, "\ufeff")) {
		if strings.HasPrefix(s.text, "[") {
			names := dotted(strings.Trim(s.text, "[] \t\r"))
			if strings.HasPrefix(s.text, "[[") && len(names) == 1 && names[0] == "attribute" {
				l.header = append(l.header, s.line)
				table++
				continue
			}
			if len(names) > 1 && names[0] == "attribute" {
				l.note(table, names[1], s.line) // [attribute.name] is a table within the last attribute
			}
			l.note(-1, names[0], s.line)
			continue
		}
		l.note(table, dotted(s.text)[0], s.line)
	}
	return l
}

// statement is a header, or a key with its value's beginning.
type statement struct {
	text string
	line int
}

// statements splits TOML where a statement ends: at a line's end that is in no text of several lines and in no list.
func statements(source string) []statement {
	var all []statement
	line, start, begin, depth := 1, 0, 1, 0
	for i := 0; i <= len(source); i++ {
		switch {
		case i == len(source) || source[i] == '\n' && depth <= 0:
			if text := strings.TrimSpace(source[start:i]); text != "" && !strings.HasPrefix(text, "#") {
				all = append(all, statement{text, begin})
			}
			line++
			start, begin, depth = i+1, line, 0
		case source[i] == '\n':
			line++
		case source[i] == '#':
			i += lineEnd(source[i:]) - 1
		case source[i] == '[' || source[i] == '{':
			depth++
		case source[i] == ']' || source[i] == '}':
			depth--
		case source[i] == '"' || source[i] == '\'':
			n := quoted(source[i:])
			line += strings.Count(source[i:i+n], "\n")
			i += n - 1
		}
	}
	return all
}

func lineEnd(text string) int {
	if n := strings.IndexByte(text, '\n'); n >= 0 {
		return n
	}
	return len(text)
}

// quoted is how many bytes the TOML text has with which s begins, with its quotes.
func quoted(s string) int {
	quote := s[:1]
	if strings.HasPrefix(s, strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for i := len(quote); i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote[0] == '"':
			i++
		case strings.HasPrefix(s[i:], quote):
			i += len(quote)
			for len(quote) == 3 && i < len(s) && s[i] == quote[0] { // up to two more belong to the text
				i++
			}
			return i
		}
	}
	return len(s)
}

// dotted is the parts of a key, without their quotes.
func dotted(text string) []string {
	var parts []string
	for {
		text = strings.TrimLeft(text, " \t")
		var part string
		if text != "" && (text[0] == '"' || text[0] == '\'') {
			n := quoted(text)
			part, text = strings.Trim(text[:n], text[:1]), text[n:]
		} else {
			n := strings.IndexAny(text+"=", ".= \t]")
			part, text = text[:n], text[n:]
		}
		parts = append(parts, part)
		if text = strings.TrimLeft(text, " \t"); !strings.HasPrefix(text, ".") {
			return parts
		}
		text = text[1:]
	}
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
