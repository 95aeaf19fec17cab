package account

import (
	"fmt"
	"testing"
)

func TestAvatarHashes(t *testing.T) {
	const short, long = "40f8d096a3777232204cb3f796c577b7", "47508cb4512f7b46aaeb34b4a514c63d63ec240bf28cbc4410addd4867c10066"
	for _, email := range []string{"george@example.com", "George@Example.COM", "  george@example.com "} {
		if got := AvatarHashes(email); len(got) != 2 || got[0] != short || got[1] != long {
			t.Errorf("%q: %q", email, got)
		}
	}
	if got := fmt.Sprint(AvatarHashes("ada@bücher.example"), AvatarHashes("ADA@BÜCHER.example")); got[:len(got)/2] != got[len(got)/2+1:] {
		t.Errorf("capitals beyond ASCII make a difference: %s", got)
	}
	for name, email := range map[string]string{"nothing": "", "spaces": "  ", "a letter whose small one is another's": "ada@İstanbul.example"} {
		if got := AvatarHashes(email); len(got) != 0 {
			t.Errorf("%s has the hashes %q", name, got)
		}
	}
}
