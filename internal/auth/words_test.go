package auth

import (
	"runtime"
	"testing"
)

func TestWordsAreKeptSmall(t *testing.T) {
	words()
	runtime.GC()
	if n := len(words()); n < 70_000 || 8*cap(words()) > 1<<20 {
		t.Errorf("%d words in room for %d", n, cap(words()))
	}
	if !listed("password") || listed("xk7vq9zm") {
		t.Error("the lists are not what they should be")
	}
}
