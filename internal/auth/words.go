package auth

import (
	"encoding/json"
	"hash/fnv"
	"slices"
	"sync"

	"github.com/ccojocar/zxcvbn-go/data"
)

// lists are the files of common passwords, words and names. Only the data package is imported: its parent would unpack all
// of it into maps at start-up.
var lists = []string{"Passwords", "English", "MaleNames", "FemaleNames", "Surnames"}

// words returns the sorted hashes of all listed words, read when the first password is checked. 64 bits a word is a fifth of
// what the words themselves would take.
var words = sync.OnceValue(func() []uint64 {
	hashes := make([]uint64, 0, 86_000)
	for _, name := range lists {
		var file struct{ List []string }
		if err := json.Unmarshal(data.MustAsset("data/"+name+".json"), &file); err != nil {
			panic("read the list " + name + ": " + err.Error()) // it is part of the program
		}
		for _, word := range file.List {
			hashes = append(hashes, hashOf(word))
		}
	}
	slices.Sort(hashes)
	return slices.Clip(slices.Compact(hashes))
})

func listed(word string) bool {
	_, ok := slices.BinarySearch(words(), hashOf(word))
	return ok
}

func hashOf(word string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(word))
	return h.Sum64()
}
