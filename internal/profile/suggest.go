package profile

import "strings"

// suggest says which of the known words was probably meant, or lists them all.
func suggest(word string, known []string) string {
	if best, ok := Like(word, known); ok {
		return "did you mean '" + best + "'?"
	}
	return "known are " + strings.Join(known, ", ")
}

// Like returns which of the known words is so like another that it was probably meant.
func Like(word string, known []string) (best string, ok bool) {
	least := 3
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// distance counts the letters to add, drop, change or exchange with their neighbour between two words (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
