package auth

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"slices"
	"sync"

	"github.com/ccojocar/zxcvbn-go/data"
)

// words returns the sorted hashes of the most common passwords, read when the first password is checked. 64 bits each is a
// fifth of what the passwords themselves would take. Only the data package is imported: its parent would unpack more lists
// than this one into maps at start-up.
var words = sync.OnceValue(func() []uint64 {
	var file struct{ List []string }
	if err := json.Unmarshal(data.MustAsset("data/Passwords.json"), &file); err != nil {
		panic("read the list of passwords: " + err.Error()) // it is part of the program
	}
	hashes := make([]uint64, 0, len(file.List))
	for _, word := range file.List {
		hashes = append(hashes, hashOf(word))
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
})

func listed(word string) bool {
	_, ok := slices.BinarySearch(words(), hashOf(word))
	return ok
}

func hashOf(word string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, word) // never fails
	return h.Sum64()
}
