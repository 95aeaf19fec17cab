package profile

import "strings"

// suggest says which of the known words was probably meant, or lists them all.
func suggest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "did you mean '" + best + "'?"
	}
	return "known are " + strings.Join(known, ", ")
}

// distance counts the letters to add, drop or change between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := min(row[j]+1, row[j+1]+1, corner+1)
			if a[i] == b[j] {
				next = min(next, corner)
			}
			corner, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
