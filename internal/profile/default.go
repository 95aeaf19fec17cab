package profile

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/bits"
	"net/url"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/account"
)

const (
	// Shades is how many colours the default picture comes in.
	Shades = 8
	// PatternSide is how many cells a pattern has in a row, and rows.
	PatternSide = 5

	patternHalf = (PatternSide + 1) / 2 // cells of a row that are chosen: the others mirror them
	patternBits = patternHalf * PatternSide
)

// DefaultPicture is what is shown of somebody who has no picture: their initials or a pattern, in a shade. All of it follows from a name.
type DefaultPicture struct {
	Shade   int    // 0 to Shades-1
	Letters string // one or two; empty for the pattern
	Cells   uint16 // of the pattern; see IsInk
}

// DefaultPicture returns what is shown of a person in place of this picture, as profile.toml has chosen.
func (a Attribute) DefaultPicture(u account.User) DefaultPicture {
	p := PatternOf(account.Key(u.Username))
	if !a.DefaultPattern {
		p.Letters = u.Initials()
	}
	return p
}

// PatternOf returns the pattern that follows from a text.
func PatternOf(text string) DefaultPicture {
	hash := fnv.New32a()
	hash.Write([]byte(text))
	return DefaultPicture{Shade: int(hash.Sum32() % Shades), Cells: cellsOf(text)}
}

// cellsOf takes the first cells of a hash that are neither nearly empty nor nearly full.
func cellsOf(text string) (cells uint16) {
	const few = patternBits / 3
	sum := sha256.Sum256([]byte(text))
	for i := range len(sum) - 1 {
		cells = binary.BigEndian.Uint16(sum[i:]) & (1<<patternBits - 1)
		if n := bits.OnesCount16(cells); n >= few && n <= patternBits-few {
			break
		}
	}
	return cells
}

// IsInk says whether a cell of the pattern is filled. Its left half mirrors its right.
func (p DefaultPicture) IsInk(x, y int) bool {
	return p.Cells>>(y*patternHalf+min(x, PatternSide-1-x))&1 == 1
}

// The endings of the paths of default pictures.
const (
	SVG = ".svg"
	PNG = ".png"
)

// Path returns the path under which the site serves the picture as SVG or PNG.
func (p DefaultPicture) Path(ending string) string {
	if p.Letters != "" {
		return "/public/initials/" + url.PathEscape(fmt.Sprintf("%d-%s%s", p.Shade, p.Letters, ending))
	}
	return fmt.Sprintf("/public/pattern/%d-%04x%s", p.Shade, p.Cells, ending)
}

// defaultPath is how a Path is built: the shade and the letters, or the shade and the cells, and the ending.
var defaultPath = regexp.MustCompile(`^/public/(?:initials/([0-7])-(.{1,2})|pattern/([0-7])-([0-7][0-9a-f]{3}))(\.svg|\.png)$`)

// ParseDefaultPicture takes a Path apart, not escaped. It is not ok for one that Path doesn't make.
func ParseDefaultPicture(path string) (p DefaultPicture, ending string, ok bool) {
	parts := defaultPath.FindStringSubmatch(path)
	if parts == nil {
		return p, "", false
	}
	p.Shade, _ = strconv.Atoi(parts[1] + parts[3])
	cells, _ := strconv.ParseUint(parts[4], 16, patternBits)
	if p.Letters, p.Cells = parts[2], uint16(cells); p.Letters != "" {
		p.Cells = cellsOf(p.Letters) // where they can't be written, there is still a pattern
	}
	return p, parts[5], p.Letters == "" || areInitials(p.Letters)
}

// areInitials says whether a text is one that account's Initials returns.
func areInitials(letters string) bool {
	if !utf8.ValidString(letters) {
		return false
	}
	for _, r := range letters {
		single := (account.User{Username: string(r)}).Initials()
		if single != string(r) || !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	return true
}
