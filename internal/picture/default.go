package picture

import (
	"encoding/xml"
	"fmt"
	"image"
	"iter"
	"strings"
	"unicode/utf8"

	"nameplate/internal/profile"
)

// shade is the colours of a default picture: the plate and what is engraved in it. Ink has at least 4.5:1 on paper.
type shade struct{ paper, line, ink string }

var shades = [profile.Shades]shade{
	{"#f3ead9", "#b08d4f", "#3a2c14"}, // parchment
	{"#efe3c8", "#a67f3c", "#4a3410"}, // brass
	{"#f2e0d3", "#b5795a", "#5a2a17"}, // terracotta
	{"#e9e6d3", "#94915a", "#38391a"}, // olive
	{"#e3e9df", "#7d9778", "#22392a"}, // sage
	{"#e1e7ea", "#7b95a3", "#1f3542"}, // slate
	{"#e9e2ea", "#937fa0", "#3b2748"}, // plum
	{"#f0dfdf", "#ad7676", "#541d27"}, // wine
}

// plateSize is the side of a drawing in its own units. Its sizes below are in these.
const (
	plateSize = 384
	ringAt    = 176 // the ring's radius, in the middle of its line
	ringWidth = 4
	cellSize  = 48 // of a pattern, which lies within the ring
	cellsFrom = (plateSize - profile.PatternSide*cellSize) / 2
)

// letterSize is the size of the font for one letter or two.
func letterSize(letters string) int {
	if utf8.RuneCountInString(letters) > 1 {
		return 148
	}
	return 192
}

// DefaultSVG draws a default picture as SVG: letters or a pattern on a plate. A shade that there is not is taken round.
func DefaultSVG(p profile.DefaultPicture) []byte {
	colours := shadeOf(p)
	var ink strings.Builder
	if p.Letters != "" {
		fmt.Fprintf(&ink, `<text x="192" y="192" dy="0.35em" text-anchor="middle" fill="%s" font-size="%d" `+
			`font-family="Charter, 'Bitstream Charter', Cambria, Georgia, serif">`, colours.ink, letterSize(p.Letters))
		xml.EscapeText(&ink, []byte(p.Letters)) // a strings.Builder takes everything
		ink.WriteString("</text>")
	} else {
		fmt.Fprintf(&ink, `<path fill="%s" d="`, colours.ink)
		for at, width := range runs(p) {
			fmt.Fprintf(&ink, "M%d %dh%dv%dh-%dz", at.X, at.Y, width, cellSize, width)
		}
		ink.WriteString(`"/>`)
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="384" height="384" viewBox="0 0 384 384">`+
		`<rect width="384" height="384" fill="%s"/>`+
		`<circle cx="192" cy="192" r="176" fill="none" stroke="%s" stroke-width="4"/>%s</svg>`+"\n",
		colours.paper, colours.line, ink.String())
}

func shadeOf(p profile.DefaultPicture) shade {
	return shades[((p.Shade%len(shades))+len(shades))%len(shades)]
}

// runs yields the bars that a pattern is made of, each with its upper left corner and its width: cells side by side leave no gap.
func runs(p profile.DefaultPicture) iter.Seq2[image.Point, int] {
	return func(yield func(image.Point, int) bool) {
		for y := range profile.PatternSide {
			for x := 0; x < profile.PatternSide; x++ {
				from := x
				for x < profile.PatternSide && p.IsInk(x, y) {
					x++
				}
				if x > from && !yield(image.Pt(cellsFrom+from*cellSize, cellsFrom+y*cellSize), (x-from)*cellSize) {
					return
				}
			}
		}
	}
}
