package profile

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"nameplate/internal/account"
	"nameplate/internal/form"
)

// textDefault is the most characters of a text whose declaration sets no max.
const textDefault = 200

// textKind is one line of text.
func textKind() *Kind {
	return &Kind{
		declared: "name = \"job_title\"\nkind = \"text\"\nmax = 80",
		Name:     "text", About: "One line of text.", Example: "Ada's workshop",
		Input: "text", Sortable: true, Keys: []string{"max", "pattern", "pattern_help", "search", "unique"}, max: textDefault,
		declare: func(a *Attribute, d declaration) *mistake { return a.setMax(d, textMax) },
		parse:   parseText,
		sample:  sampleText,
	}
}

func parseText(a Attribute, text string) (string, error) {
	text, err := account.ParseText(a.Label, text, a.Max)
	if err != nil || a.pattern == nil || a.pattern.MatchString(text) {
		return text, err
	}
	if a.patternHelp != "" {
		return "", form.Message(a.Label + ": " + a.patternHelp)
	}
	return "", form.Message(a.Label + ": check how it is written; '" + clip(text) + "' is not of the form that is asked for.")
}

// setMax reads max as a number of characters, limit at the most.
func (a *Attribute) setMax(d declaration, limit int) *mistake {
	if !d.has("max") {
		return nil
	}
	n, ok := d.max.(int64)
	switch {
	case !ok:
		return &mistake{"max", keyNamed("max").right()}
	case n < 1 || n > int64(limit):
		return &mistake{"max", fmt.Sprintf("max is a number of characters, 1 to %d; write max = %d", limit, min(80, limit))}
	}
	a.Max = int(n)
	return nil
}

// patternMost bounds how long a pattern takes: a text is gone through in as many steps for each character at the most.
const patternMost = 2000

// patternSize is how many steps a pattern has, read on its own: what opens and closes in it does so in it.
func patternSize(pattern string) (int, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0, err
	}
	return len(program.Inst), nil
}

// setPattern compiles the pattern that a whole text has to match, in Go's syntax (RE2).
func (a *Attribute) setPattern(d declaration) *mistake {
	a.patternHelp = d.hint
	if !d.has("pattern") {
		if d.has("pattern_help") {
			return &mistake{"pattern_help", "pattern_help says what to do where the pattern does not match; write a pattern too"}
		}
		return nil
	}
	if d.pattern == "" {
		return &mistake{"pattern", "the pattern is empty; leave it out where any text is right"}
	}
	size, err := patternSize(d.pattern)
	if err == nil && size > patternMost {
		return &mistake{"pattern", "the pattern takes too long to match; write it with fewer or smaller repetitions"}
	}
	compiled, err2 := regexp.Compile("^(?:" + d.pattern + ")$")
	if errors.Join(err, err2) != nil || !utf8.ValidString(d.pattern) {
		return &mistake{"pattern", "the pattern '" + clip(d.pattern) + "' can't be read as a regular expression; an example is pattern = \"[A-Z]{2}-[0-9]+\""}
	}
	a.pattern = compiled
	return nil
}
