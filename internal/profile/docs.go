package profile

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// docsIntroduction is what docs/attributes.md begins with. What depends on keys and kinds is written below it.
//
//go:embed docs.md
var docsIntroduction string

// Markdown writes docs/attributes.md: how attributes are declared, every key, and every kind.
func Markdown() string {
	var out strings.Builder
	keys := keyTable(common, &Kind{})
	out.WriteString(strings.Replace(docsIntroduction, "KEYS\n", keys, 1))
	for _, k := range Kinds() {
		fmt.Fprintf(&out, "- [`%s`](#%s): %s\n", k.Name, k.Name, k.About)
	}
	for _, k := range Kinds() {
		out.WriteString("\n" + k.markdown())
	}
	return out.String()
}

// keyTable has a row for each of the keys with these names, in the order of allKeys, as kind takes them.
func keyTable(names []string, kind *Kind) string {
	var out strings.Builder
	out.WriteString("| key | is | means | without it |\n| --- | --- | --- | --- |\n")
	for _, k := range allKeys() {
		if slices.Contains(names, k.name) {
			switch {
			case k.name == "min" || k.name == "max":
				k = kind.bound(k)
			case k.name == "default" && kind.Widget == Picture:
				k = pictureDefault(k)
			}
			fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", k.name, k.sort, k.meaning, k.without)
		}
	}
	return out.String()
}

// bound says what min or max is for a kind.
func (k *Kind) bound(b key) key {
	switch k.Store {
	case Number:
		b.sort, b.meaning = aNumber, map[string]string{"min": "The least number that is taken.", "max": "The greatest number that is taken."}[b.name]
	case Date:
		b.sort, b.meaning = "a day, without quotes", map[string]string{"min": "The first day that is taken.", "max": "The last day that is taken."}[b.name]
	case List:
		b.meaning, b.without = "How many there may be at the most.", map[string]string{"choices": "all of them"}[k.Name]
		b.without = orElse(b.without, fmt.Sprint(linksDefault))
	default:
		b.without = fmt.Sprintf("%d characters", k.max)
	}
	return b
}

func (k *Kind) markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "### %s\n\n%s\n\n![A field of the kind %s](attributes/%s.svg)\n\n", k.Name, k.About, k.Name, k.Name)
	fmt.Fprintf(&out, "```toml\n[[attribute]]\n%s\n```\n\n", k.declared)
	if k.Widget != Picture && k.Widget != File {
		fmt.Fprintf(&out, "Typed: `%s`", strings.ReplaceAll(k.Example, "\n", "`, and on a line of its own `"))
		if value, err := k.exampleValue(); err == nil {
			fmt.Fprintf(&out, "; kept: `%s`", strings.ReplaceAll(value, "\n", "`, `"))
		}
		out.WriteString(".\n\n")
	}
	if len(k.Keys) > 0 {
		out.WriteString(keyTable(k.Keys, k) + "\n")
	}
	fmt.Fprintf(&out, "- Column: %s\n- In lists: %s\n", columnWords(k.Store), k.listWords())
	if k.max > 0 && k.Store == Text && !slices.Contains(k.Keys, "max") {
		fmt.Fprintf(&out, "- Length: at most %d characters\n", k.max)
	}
	if k.property != "" {
		fmt.Fprintf(&out, "- h-card: `%s`, where neither the name nor `property` says another\n", k.property)
	}
	return out.String()
}

// exampleValue is how the example is kept by the example's own declaration.
func (k *Kind) exampleValue() (string, error) {
	p, err := Load([]byte("[[attribute]]\n"+k.declared), k.Name)
	if err != nil {
		return "", err
	}
	return p.Attributes[0].Parse(k.Example)
}

func columnWords(c Column) string {
	switch c {
	case Number:
		return "`NUMERIC` in both databases, `NULL` for nothing"
	case Date:
		return "`DATE` in both databases, `NULL` for nothing"
	case Boolean:
		return "`BOOLEAN` in both databases, `NULL` for nothing"
	case List:
		return "an array of texts, `JSON` in SQLite and `JSONB` in PostgreSQL, `NULL` for nothing"
	}
	return "`TEXT` in SQLite and `TEXT COLLATE \"C\"` in PostgreSQL, empty for nothing"
}

func (k *Kind) listWords() string {
	words := map[Filter]string{
		ByPresence: "narrowed by who has a value", ByOption: "narrowed by a value", ByMember: "narrowed by one of the values",
		ByRange: "narrowed by a value or a range",
	}[k.Filter]
	if k.Sortable {
		words = "sorted, " + words
	} else {
		words = "not sorted, " + words
	}
	if slices.Contains(k.Keys, "search") {
		return words + ", searched with `search = true`"
	}
	return words + ", not searched"
}
