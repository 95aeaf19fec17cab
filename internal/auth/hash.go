// Package auth keeps secrets: it hashes passwords, says which ones are too easy, and makes tokens.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one hash takes. Memory is in KiB.
type cost struct {
	memory, time uint32
	threads      uint8
}

const (
	saltLen = 16 // bytes
	keyLen  = 32 // bytes
)

// Hasher hashes passwords with Argon2id, only so many at once that a flood of log-ins can't take the memory.
type Hasher struct {
	cost  cost
	slots chan struct{}
}

// NewHasher returns a Hasher with 19 MiB and two rounds per hash, of which at most slots run at once (at least one).
func NewHasher(slots int) *Hasher {
	return &Hasher{cost{memory: 19 * 1024, time: 2, threads: 1}, make(chan struct{}, max(1, slots))}
}

// NewTestHasher returns a Hasher that is quick and not safe, for tests.
func NewTestHasher() *Hasher {
	return &Hasher{cost{memory: 64, time: 1, threads: 1}, make(chan struct{}, 4)}
}

// Hash returns the PHC string of a password: $argon2id$v=19$m=…,t=…,p=…$salt$hash. It fails for a password that
// CheckPassword would call too long, and with the context's error when that ends while it waits for its turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > passwordBytes {
		return "", errors.New("hash password: it is too long")
	}
	salt := make([]byte, saltLen)
	rand.Read(salt) // it never fails: the program ends instead
	key, err := h.key(ctx, password, salt, h.cost, keyLen)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memory, h.cost.time, h.cost.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// Verify says whether password is the one that hash was made of. A hash that is empty or can't be read costs the same time and
// is false, so that nobody learns from the clock who has an account. It fails only with the context's error.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	cost, salt, want, ok := parse(hash)
	if !ok || len(password) > passwordBytes {
		ok, cost, salt, want = false, h.cost, make([]byte, saltLen), make([]byte, keyLen)
		password = password[:min(len(password), passwordBytes)]
	}
	key, err := h.key(ctx, password, salt, cost, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, want) == 1 && ok, nil
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, c cost, length uint32) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	// Keyboards differ in how they compose an accent.
	return argon2.IDKey(norm.NFKC.Bytes([]byte(password)), salt, c.time, c.memory, c.threads, length), nil
}

// parse reads a PHC string. It is not ok when it can't be read, or asks for far more or less work than anyone would.
func parse(hash string) (c cost, salt, key []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(hash) > 300 || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, false
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil ||
		parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", c.memory, c.time, c.threads) {
		return c, nil, nil, false
	}
	if c.memory < 8 || c.memory > 128*1024 || c.time < 1 || c.time > 16 || c.threads < 1 || c.threads > 16 {
		return c, nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return c, nil, nil, false
	}
	key, err = base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, false
	}
	return c, salt, key, true
}

// Token returns a new random token of 130 bits: 26 letters and digits that can stand in a URL.
func Token() string { return rand.Text() }
