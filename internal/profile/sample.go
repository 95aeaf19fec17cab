package profile

import (
	"math/big"
	"math/rand/v2"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"
)

// sampleTries is how often Sample looks for a value that the attribute takes.
const sampleTries = 20

// Sample makes up a believable value, as it is stored, for people who are made up. About one in six has none where none is needed;
// a picture or a file is always empty.
func (a Attribute) Sample(random *rand.Rand) string {
	if a.IsUpload() || a.Kind.sample == nil || !a.Required && random.IntN(6) == 0 {
		return ""
	}
	for range sampleTries {
		if value, err := a.Parse(a.Kind.sample(a, random)); err == nil && value != "" {
			return value
		}
	}
	return a.Default
}

func pick[T any](random *rand.Rand, all []T) T { return all[random.IntN(len(all))] }

func words() []string {
	return strings.Fields("amber apple autumn birch blue bridge brook candle clay cloud copper coral field forest garden glass green harbour hill " +
		"island ivory lake lantern linen maple meadow moon morning north oak ocean olive paper pearl pine quiet rain river rose silver " +
		"sky snow spring stone summer sun thread valley velvet violet water willow wind winter wood")
}

func sampleText(a Attribute, random *rand.Rand) string {
	if a.pattern != nil {
		tree, err := syntax.Parse(a.pattern.String(), syntax.Perl)
		if err != nil {
			return ""
		}
		return matching(tree.Simplify(), random)
	}
	text := pick(random, words())
	for range random.IntN(3) {
		text += " " + pick(random, words())
	}
	text = strings.ToUpper(text[:1]) + text[1:] + " " + strconv.Itoa(random.IntN(1_000_000))
	if !a.Unique {
		text = strings.TrimRight(text, " 0123456789")
	}
	return strings.TrimSpace(text[:min(len(text), a.Max)])
}

// matching makes up a text that a regular expression matches.
func matching(tree *syntax.Regexp, random *rand.Rand) string {
	var text strings.Builder
	switch tree.Op {
	case syntax.OpLiteral:
		return string(tree.Rune)
	case syntax.OpCharClass:
		i := 2 * random.IntN(len(tree.Rune)/2)
		low, high := tree.Rune[i], min(tree.Rune[i+1], max(tree.Rune[i], 'z'))
		return string(low + random.Int32N(high-low+1))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return string('a' + random.Int32N(26))
	case syntax.OpAlternate:
		return matching(pick(random, tree.Sub), random)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		least, more := 0, 4
		if tree.Op == syntax.OpPlus {
			least = 1
		}
		if tree.Op == syntax.OpQuest {
			more = 2
		}
		for range least + random.IntN(more) {
			text.WriteString(matching(tree.Sub[0], random))
		}
	default:
		for _, sub := range tree.Sub {
			text.WriteString(matching(sub, random))
		}
	}
	return text.String()
}

func sampleLongtext(a Attribute, random *rand.Rand) string {
	sentences := []string{"I like the %.", "My workshop is near the %.", "Ask me about the %.", "On Sundays I walk to the %.", "I collect pictures of the %.", "More at https://example.org/%"}
	var text string
	for i := range 1 + random.IntN(4) {
		if i > 0 {
			text += pick(random, []string{" ", "\n", "\n\n"})
		}
		text += strings.ReplaceAll(pick(random, sentences), "%", pick(random, words()))
	}
	return strings.TrimSpace(text[:min(len(text), a.Max)])
}

func sampleURL(_ Attribute, random *rand.Rand) string {
	return "https://" + pick(random, words()) + ".example/" + strconv.Itoa(random.IntN(1_000_000))
}

func sampleEmail(_ Attribute, random *rand.Rand) string {
	return pick(random, words()) + "." + strconv.Itoa(random.IntN(1_000_000)) + "@example.org"
}

// samplePhone makes up a number out of the million that is kept for films and books in the United Kingdom.
func samplePhone(_ Attribute, random *rand.Rand) string {
	return "+447700900" + strconv.Itoa(100+random.IntN(900))
}

// sampleNumber goes in steps up from the least, or from zero, and down from a most that is below zero.
func sampleNumber(a Attribute, random *rand.Rand) string {
	step, from := rational("1"), rational("0")
	if a.step != "" {
		step = rational(a.step)
	}
	if a.least != "" {
		from = rational(a.least)
	}
	n := rational("0").SetInt64(int64(random.IntN(pick(random, []int{2, 10, 100, 1000, 1_000_000}))))
	if a.most != "" {
		steps := rational("0").Sub(rational(a.most), from)
		steps.Quo(steps, step)
		room := new(big.Int).Div(steps.Num(), steps.Denom()) // rounded down
		switch {
		case room.Sign() < 0:
			n.Sub(new(big.Rat).SetInt(room), n)
		case n.Cmp(new(big.Rat).SetInt(room)) > 0:
			n.SetInt(room)
		}
	}
	n.Mul(n, step)
	return n.Add(n, from).FloatString(decimalsMax)
}

func sampleDate(a Attribute, random *rand.Rand) string {
	first, last := time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2007, 12, 31, 0, 0, 0, 0, time.UTC)
	span := int(last.Sub(first).Hours() / 24)
	if day, err := time.Parse(time.DateOnly, a.least); err == nil {
		first = day
	}
	most := orElse(a.most, "9999-12-31")
	if day, err := time.Parse(time.DateOnly, most); err == nil {
		if a.least == "" && a.most != "" {
			if first = day.AddDate(0, 0, -span); first.Year() < 1 {
				first = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		}
		span = min(span, int((day.Unix()-first.Unix())/86400))
	}
	return first.AddDate(0, 0, random.IntN(span+1)).Format(time.DateOnly)
}

func sampleOption(a Attribute, random *rand.Rand) string { return pick(random, a.Options()).Value }

func sampleChoices(a Attribute, random *rand.Rand) string {
	var some []string
	for range 1 + random.IntN(min(3, a.count)) {
		some = append(some, pick(random, a.choices))
	}
	return strings.Join(some, "\n")
}

func sampleColor(_ Attribute, random *rand.Rand) string {
	return "#" + strconv.FormatInt(int64(1<<24+random.IntN(1<<24)), 16)[1:]
}

func sampleLinks(a Attribute, random *rand.Rand) string {
	var all []string
	for range 1 + random.IntN(min(3, a.count)) {
		all = append(all, sampleURL(a, random)+" "+pick(random, []string{"Code", "Photos", "Notes", "Shop"}))
	}
	return strings.Join(all, "\n")
}
