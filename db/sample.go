package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	sampleSize = 1_000            // texts that stand for all
	sampleAge  = 10 * time.Minute // how long they do
)

// sample holds what some of the people are found by. It tells which parts of a text are rare, and decides nothing else.
type sample struct {
	mu    sync.Mutex
	texts []string
	until time.Time
	last  int64 // the highest id when it was drawn
}

// sampled returns texts of people who are evenly spread over all. They are drawn anew when they are old, or when there are
// twice as many people.
func (tx *Tx) sampled(ctx context.Context) ([]string, error) {
	s := &tx.DB.sample
	var last int64
	if err := tx.row(ctx, "SELECT COALESCE(max(user_id), 0) FROM people_search").Scan(&last); err != nil {
		return nil, fmt.Errorf("look how many there are: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); last <= 2*s.last && now.Before(s.until) {
		return s.texts, nil
	}
	var all string // one row, because each costs
	err := tx.row(ctx, "WITH RECURSIVE place (id) AS (SELECT 1 UNION ALL SELECT id + ?1 FROM place WHERE id + ?1 <= ?2)"+
		" SELECT COALESCE(group_concat((SELECT text FROM people_search WHERE user_id >= place.id ORDER BY user_id LIMIT 1), char(31)), '')"+
		" FROM place", max(1, last/sampleSize), last).Scan(&all)
	if err != nil {
		return nil, fmt.Errorf("draw a sample: %w", err)
	}
	s.texts, s.last, s.until = strings.Split(all, "\x1f"), last, time.Now().Add(sampleAge)
	return s.texts, nil
}

// What is looked up follows from what it costs: fetching a text to look at it costs as much as that many places in the list of
// who has a piece.
const (
	textCost   = 100
	mostPieces = 5
)

// rarest returns a few of the pieces of three characters that a text consists of: those that leave out most people, going by
// samples, for the least work. Looking for the whole text in the index instead goes through the list of each piece: all says that
// this is less work.
func rarest(text string, samples []string) (chosen []string, all bool) {
	pieces := trigrams(text)
	common := make([]int, len(pieces))
	whole, work := 0, 0
	for i, piece := range pieces {
		common[i] = len(with(samples, piece))
		whole += common[i]
	}
	for len(chosen) < min(len(pieces), mostPieces) {
		best, least := 0, len(samples)+1
		for i, piece := range pieces {
			n := len(with(samples, piece))
			if !slices.Contains(chosen, piece) && (n < least || n == least && common[i] < common[best]) {
				best, least = i, n
			}
		}
		saved := 2 * textCost * (len(samples) - least)
		if len(samples) == 0 {
			saved = textCost // there may still be some between the samples
		}
		if len(chosen) > 0 && saved <= 2*common[best] {
			break
		}
		chosen = append(chosen, pieces[best])
		work += common[best]
		samples = with(samples, pieces[best])
	}
	return chosen, whole <= work+textCost*len(samples)
}

// with returns who of the samples have the piece.
func with(samples []string, piece string) []string {
	var kept []string
	for _, s := range samples {
		if strings.Contains(s, piece) {
			kept = append(kept, s)
		}
	}
	return kept
}

// trigrams returns every three characters in a row of a text, each once.
func trigrams(text string) []string {
	runes := []rune(text)
	var pieces []string
	seen := map[string]bool{}
	for i := 0; i+3 <= len(runes); i++ {
		if piece := string(runes[i : i+3]); !seen[piece] {
			seen[piece] = true
			pieces = append(pieces, piece)
		}
	}
	return pieces
}
