package auth

import (
	"strings"
	"unicode"

	"nameplate/internal/form"
)

// leet are the signs that stand for letters in what people think is a clever password.
var leet = []*strings.Replacer{
	strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t"),
	strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "l", "!", "l", "0", "o", "$", "s", "5", "s", "7", "t"),
}

// keyboards are rows of keys, read as they are and backwards.
var keyboards = []string{
	"`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiopü", "yxcvbnm,.-", "azertyuiop", "qsdfghjklm",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
}

// checkGuessable refuses what is tried first: words of the lists with a few signs around them, runs of keys or letters,
// something short over and over, and a date. Password is in lower case.
func checkGuessable(password string) error {
	switch {
	case strings.Trim(password, "0123456789") == "" && len(password) < 12:
		return form.Message("Choose another password: a few digits alone are soon guessed. Three or four unrelated words are good.")
	case repeats(password):
		return form.Message("Choose another password: this one repeats itself. Three or four unrelated words are good.")
	case run(password):
		return form.Message("Choose another password: this one follows the keyboard or the alphabet. Three or four unrelated words are good.")
	case common(password):
		return form.Message("Choose another password: this one is among the first to be guessed. Three or four unrelated words are good.")
	}
	return nil
}

// common says whether a password is a listed word, as it is or with signs for letters, with up to four other characters
// around it.
func common(password string) bool {
	forms := []string{password}
	for _, l := range leet {
		forms = append(forms, l.Replace(password))
	}
	for _, s := range forms {
		if listed(s) {
			return true
		}
	}
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	core := strings.TrimFunc(password, notLetter)
	tail := strings.TrimRightFunc(password, notLetter) // a sign for a letter may stand first: @pple
	for _, s := range []string{core, leet[0].Replace(core), leet[1].Replace(core), leet[0].Replace(tail), leet[1].Replace(tail)} {
		if len([]rune(s)) >= 4 && len([]rune(password))-len([]rune(s)) <= 6 && listed(s) {
			return true
		}
	}
	return false
}

// repeats says whether a password is made of at most two different characters, or of a short or listed piece over and over.
func repeats(password string) bool {
	runes := []rune(password)
	different := map[rune]bool{}
	for _, r := range runes {
		different[r] = true
	}
	if len(different) <= 2 {
		return true
	}
	for size := 1; size <= len(runes)/2; size++ {
		if period(runes, size) {
			piece := string(runes[:size])
			return size <= 6 || run(piece) || common(piece)
		}
	}
	return false
}

func period(runes []rune, size int) bool {
	for i := size; i < len(runes); i++ {
		if runes[i] != runes[i-size] {
			return false
		}
	}
	return true
}

// run says whether a password goes along a row of keys or through the alphabet, with up to four other characters behind it.
func run(password string) bool {
	runes := []rune(password)
	for cut := 0; cut <= 4 && len(runes)-cut >= 6; cut++ {
		s := runes[:len(runes)-cut]
		if steps(s, 1) || steps(s, -1) {
			return true
		}
		for _, row := range keyboards {
			if strings.Contains(row, string(s)) || strings.Contains(backwards(row), string(s)) {
				return true
			}
		}
	}
	return false
}

func steps(runes []rune, by rune) bool {
	for i := 1; i < len(runes); i++ {
		if runes[i]-runes[i-1] != by {
			return false
		}
	}
	return true
}

func backwards(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i := len(runes) - 1; i >= 0; i-- {
		b.WriteRune(runes[i])
	}
	return b.String()
}
