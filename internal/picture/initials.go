package picture

import (
	"encoding/xml"
	"fmt"
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

// Initials draws the default picture of a person: one or two letters on a plate, as an SVG of 384 pixels. Shade is 0 to
// profile.Shades-1; another is taken round.
func Initials(letters string, shade int) []byte {
	colours := shades[((shade%len(shades))+len(shades))%len(shades)]
	size := 192
	if utf8.RuneCountInString(letters) > 1 {
		size = 148
	}
	var text strings.Builder
	xml.EscapeText(&text, []byte(letters)) // a strings.Builder takes everything
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="384" height="384" viewBox="0 0 384 384">`+
		`<rect width="384" height="384" fill="%s"/>`+
		`<circle cx="192" cy="192" r="176" fill="none" stroke="%s" stroke-width="4"/>`+
		`<text x="192" y="192" dy="0.35em" text-anchor="middle" fill="%s" font-size="%d" `+
		`font-family="Charter, 'Bitstream Charter', Cambria, Georgia, serif">%s</text></svg>`+"\n",
		colours.paper, colours.line, colours.ink, size, text.String())
}
