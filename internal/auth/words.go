package auth

import (
	"bytes"
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
		// The file is {"List":["password","123456", …]}: what stands between quotes after the bracket is a word.
		_, rest, _ := bytes.Cut(data.MustAsset("data/"+name+".json"), []byte("["))
		for {
			_, after, ok := bytes.Cut(rest, []byte(`"`))
			if !ok {
				break
			}
			word, behind, _ := bytes.Cut(after, []byte(`"`))
			hashes, rest = append(hashes, hashOf(word)), behind
		}
	}
	slices.Sort(hashes)
	return slices.Clip(slices.Compact(hashes))
})

func listed(word string) bool {
	_, ok := slices.BinarySearch(words(), hashOf([]byte(word)))
	return ok
}

func hashOf(word []byte) uint64 {
	h := fnv.New64a()
	h.Write(word)
	return h.Sum64()
}
