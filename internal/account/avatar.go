package account

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// AvatarHashes returns what other programs ask for somebody's picture by: the MD5 and the SHA-256 of the address in small letters, in
// hexadecimal (wiki.libravatar.org/api). There are none of no address, nor of one whose small letters are another address to Key: nobody
// is to be found by what is somebody else's.
func AvatarHashes(email string) []string {
	plain := strings.ToLower(strings.TrimSpace(email))
	if plain == "" || Key(plain) != Key(strings.TrimSpace(email)) {
		return nil
	}
	short, long := md5.Sum([]byte(plain)), sha256.Sum256([]byte(plain))
	return []string{hex.EncodeToString(short[:]), hex.EncodeToString(long[:])}
}
