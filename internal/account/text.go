package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"nameplate/internal/form"
)

// NameMax is the most characters of a first or a last name, as in Django.
const NameMax = 150

// marksMax is how many combining marks may follow each other; no script needs more, and taller piles cover other lines.
const marksMax = 6

// ParseName reads a first or a last name as ParseText does, with NameMax characters; it may be empty. Label is the field's
// name for people. Its error is a form.Message.
func ParseName(label, s string) (string, error) { return parseText(label, s, NameMax, false) }

// ParseText reads one line of text: trimmed, in NFC, of at most max characters, without control characters, characters that
// change the direction of writing, and invisible ones. Emoji may be joined. It may be empty. Its error is a form.Message.
func ParseText(label, s string, max int) (string, error) { return parseText(label, s, max, true) }

func parseText(label, s string, max int, emoji bool) (string, error) {
	if !utf8.ValidString(s) {
		return "", form.Message(label + ": type it again, a part of it arrived broken.")
	}
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n > 8*max {
		return "", tooLong(label, max, n)
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if n := utf8.RuneCountInString(s); n > max {
		return "", tooLong(label, max, n)
	}
	if err := checkText(label, []rune(s), emoji); err != nil {
		return "", err
	}
	return s, nil
}

func checkText(label string, text []rune, emoji bool) error {
	marks := 0
	for i, r := range text {
		before, after := rune(0), rune(0)
		if i > 0 {
			before = text[i-1]
		}
		if i+1 < len(text) {
			after = text[i+1]
		}
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return form.Message(label + ": put it on one line, without tabs and other control characters.")
		case unicode.Is(unicode.Bidi_Control, r):
			return form.Message(label + ": leave out the character that changes the direction of writing (" + describe(r) + ").")
		case invisible(r) && !joins(before, r, after, emoji):
			return form.Message(label + ": leave out the invisible character " + describe(r) + ".")
		case r == utf8.RuneError || unicode.In(r, unicode.Co, unicode.Noncharacter_Code_Point):
			return form.Message(label + ": leave out " + describe(r) + ", which stands for no letter.")
		}
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Me, r) {
			marks = 0
		} else if marks++; marks > marksMax {
			return form.Message(label + ": put fewer accents on one letter.")
		}
	}
	return nil
}

// joins says whether the invisible r does its proper work between its neighbours: a joiner between letters, a variant of a
// Han character, and, with emoji, what emoji are put together with.
func joins(before, r, after rune, emoji bool) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		if inWord(before) && inWord(after) {
			return true
		}
		return emoji && r == '\u200d' && inEmoji(before) && inEmoji(after)
	case unicode.Is(unicode.Variation_Selector, r):
		return unicode.Is(unicode.Han, before) || emoji && inEmoji(before)
	}
	return false
}

func inWord(r rune) bool { return !invisible(r) && (unicode.IsLetter(r) || unicode.IsMark(r)) }

func inEmoji(r rune) bool { return unicode.In(r, unicode.So, unicode.Sk) || r == '\ufe0f' }

// invisible says whether r leaves no mark on the page and is no space either.
func invisible(r rune) bool {
	return r >= '\u0080' && (r == '\u2800' || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r == '\u17b4' || r == '\u17b5' || r >= '\u180b' && r <= '\u180f')
}

// describe names a character so that it can be found in what was typed.
func describe(r rune) string {
	switch {
	case unicode.IsMark(r):
		return fmt.Sprintf("'\u25cc%c' (U+%04X)", r, r)
	case unicode.IsGraphic(r) && !invisible(r):
		return fmt.Sprintf("'%c'", r)
	}
	return fmt.Sprintf("U+%04X", r)
}

func tooLong(label string, max, n int) error {
	return form.Message(fmt.Sprintf("%s: shorten it to %d characters, it has %d.", label, max, n))
}
