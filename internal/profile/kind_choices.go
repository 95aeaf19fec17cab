package profile

import (
	"fmt"
	"slices"
	"strings"

	"nameplate/internal/form"
)

// choicesKind is any of the choices that profile.toml lists, in their order there.
func choicesKind() *Kind {
	return &Kind{
		declared: "name = \"drinks\"\nkind = \"choices\"\nchoices = [\"tea\", \"coffee\", \"water\"]\nmax = 2",
		Name:     "choices", About: "Several of the choices that are listed.", Example: "tea\ncoffee",
		Widget: Checks, Store: List, Filter: ByMember, Keys: []string{"choices", "max", "search"},
		declare: func(a *Attribute, d declaration) *mistake {
			if bad := declareChoices(a, d); bad != nil {
				return bad
			}
			return a.setCount(d, len(d.choices))
		},
		options: chosen,
		join:    func(a Attribute, values func(string) []string) string { return strings.Join(values(a.Name), "\n") },
		parse:   parseChoices,
		sample:  sampleChoices,
		show:    func(_ Attribute, value string) []Piece { return listed(lines(value)) },
		json:    func(_ Attribute, value string) any { return lines(value) },
	}
}

// setCount reads max as a number of items, limit at the most and where nothing is set.
func (a *Attribute) setCount(d declaration, limit int) *mistake {
	a.count = limit
	if !d.has("max") {
		return nil
	}
	n, ok := d.max.(int64)
	if !ok || n < 1 || n > int64(limit) {
		return &mistake{"max", fmt.Sprintf("max is how many there may be, a whole number from 1 to %d; write max = %d", limit, limit)}
	}
	a.count = int(n)
	return nil
}

func parseChoices(a Attribute, text string) (string, error) {
	picked, seen, options := map[string]bool{}, map[string]bool{}, chosen(a)
	sent := lines(strings.ReplaceAll(text, "\r", "\n"))
	if len(sent) > 2*choicesMost {
		return "", form.Message(fmt.Sprintf("%s: choose %d at the most, these are %d.", a.Label, a.count, len(sent)))
	}
	for _, line := range sent {
		if line = strings.TrimSpace(line); line == "" || seen[line] {
			continue
		}
		option, ok := oneOf(options, line)
		if !ok {
			return "", form.Message(a.Label + ": choose from those that are listed; '" + clip(strings.ToValidUTF8(line, "?")) + "' is none of them.")
		}
		picked[option.Value], seen[line] = true, true
	}
	kept := slices.DeleteFunc(slices.Clone(a.choices), func(c string) bool { return !picked[c] })
	if len(kept) > a.count {
		return "", form.Message(fmt.Sprintf("%s: choose %d at the most, these are %d.", a.Label, a.count, len(kept)))
	}
	return strings.Join(kept, "\n"), nil
}

func listed(items []string) []Piece {
	pieces := make([]Piece, len(items))
	for i, item := range items {
		pieces[i].Text = item
	}
	return pieces
}
