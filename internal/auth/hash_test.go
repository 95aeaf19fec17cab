package auth

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHashIsVerified(t *testing.T) {
	h := NewTestHasher()
	hash, err := h.Hash(t.Context(), "caf\u00e9 am abend")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		hash, password string
		want           bool
	}{
		"right":                    {hash, "caf\u00e9 am abend", true},
		"right, composed another":  {hash, "cafe\u0301 am abend", true},
		"wrong":                    {hash, "cafe am abend", false},
		"empty password":           {hash, "", false},
		"no hash":                  {"", "caf\u00e9 am abend", false},
		"no hash, empty password":  {"", "", false},
		"not a hash":               {"!unusable", "caf\u00e9 am abend", false},
		"cut":                      {hash[:len(hash)-3], "caf\u00e9 am abend", false},
		"too long a password":      {hash, strings.Repeat("x", 10_000), false},
		"another kind":             {strings.Replace(hash, "argon2id", "argon2i", 1), "caf\u00e9 am abend", false},
		"absurd memory":            {strings.Replace(hash, "m=64", "m=4194304", 1), "caf\u00e9 am abend", false},
		"absurd rounds":            {strings.Replace(hash, "t=1", "t=100000", 1), "caf\u00e9 am abend", false},
		"no rounds":                {strings.Replace(hash, "t=1", "t=0", 1), "caf\u00e9 am abend", false},
		"no threads":               {strings.Replace(hash, "p=1", "p=0", 1), "caf\u00e9 am abend", false},
		"more behind the settings": {strings.Replace(hash, "p=1", "p=1,x=2", 1), "caf\u00e9 am abend", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := h.Verify(t.Context(), row.hash, row.password)
			if err != nil || got != row.want {
				t.Errorf("Verify is %v, %v", got, err)
			}
		})
	}
}

func TestHashIsPHC(t *testing.T) {
	hash, err := NewHasher(1).Hash(t.Context(), "correct horse")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash is %q, %v", hash, err)
	}
	if again, _ := NewHasher(1).Hash(t.Context(), "correct horse"); again == hash {
		t.Error("two hashes of one password are the same")
	}
}

// The hash was made by the reference implementation's command line.
func TestVerifyReadsOthersHashes(t *testing.T) {
	const hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	ok, err := NewTestHasher().Verify(t.Context(), hash, "password")
	if err != nil || !ok {
		t.Errorf("Verify is %v, %v", ok, err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	h := NewHasher(1)
	h.slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "correct horse"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Hash: %v", err)
	}
	if _, err := h.Verify(ctx, "", "correct horse"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Verify: %v", err)
	}
}

func TestAnUnknownAccountTakesAsLong(t *testing.T) {
	h := NewHasher(1)
	hash, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	quickest := func(hash string) time.Duration {
		least := time.Hour
		for range 4 {
			began := time.Now()
			h.Verify(t.Context(), hash, "wrong password")
			least = min(least, time.Since(began))
		}
		return least
	}
	known, unknown, unreadable := quickest(hash), quickest(""), quickest("!unusable")
	t.Logf("known %v, unknown %v, unreadable %v", known, unknown, unreadable)
	// Half is far more than a machine under load wavers by, and far more than no hashing at all would take.
	if unknown < known/2 || unreadable < known/2 {
		t.Errorf("known %v, unknown %v, unreadable %v", known, unknown, unreadable)
	}
}

func TestManyLoginsStayBounded(t *testing.T) {
	h := NewHasher(2)
	var all sync.WaitGroup
	for range logins {
		all.Go(func() {
			if _, err := h.Verify(context.Background(), "", "wrong password"); err != nil {
				t.Error(err)
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	var peak uint64
	for done := false; !done; {
		select {
		case <-ended:
			done = true
		case <-time.After(5 * time.Millisecond):
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
	}
	t.Logf("peak heap %d MB", peak>>20)
	if peak > 256<<20 {
		t.Errorf("%d log-ins took %d MB", logins, peak>>20)
	}
}

func TestTokensDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token := Token()
		if seen[token] || len(token) < 26 || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			t.Fatalf("token %q", token)
		}
		seen[token] = true
	}
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher(1)
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}
