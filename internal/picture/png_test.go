package picture

import (
	"bytes"
	"image/color"
	"slices"
	"testing"
)

// rawPNG is a PNG of 64 × 64 pixels in quarters, of a kind that Go doesn't write. Pixel gives the bytes of one of the four.
func rawPNG(t testing.TB, kind, lacing byte, pixel func(quarter int) []byte, more ...[]byte) []byte {
	passes := [][4]int{{0, 0, 1, 1}}
	if lacing == 1 {
		passes = [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}
	}
	var rows []byte
	for _, pass := range passes {
		for y := pass[1]; y < 64; y += pass[3] {
			rows = append(rows, 0)
			for x := pass[0]; x < 64; x += pass[2] {
				rows = append(rows, pixel(y/32*2+x/32)...)
			}
		}
	}
	chunk := func(kind string, content []byte) []byte { return withChunk(make([]byte, 33), kind, content)[33:] }
	return slices.Concat(headPNG(64, 64, 8, kind, 0, 0, lacing), slices.Concat(more...), chunk("IDAT", deflated(t, rows)), chunk("IEND", nil))
}

func TestReadTakesEveryKindOfPNG(t *testing.T) {
	t.Parallel()
	quarter := []color.RGBA{red, green, blue, white}
	rgb := func(i int) []byte { return []byte{quarter[i].R, quarter[i].G, quarter[i].B} }
	chunk := func(kind string, content ...byte) []byte { return withChunk(make([]byte, 33), kind, content)[33:] }
	for name, row := range map[string]struct {
		data []byte
		want string
	}{
		"interlaced": {rawPNG(t, 2, 1, rgb), "red green blue white"},
		"interlaced, with transparency": {rawPNG(t, 6, 1, func(i int) []byte { return append(rgb(i), []byte{255, 0, 255, 255}[i]) }),
			"red white blue white"},
		"one colour is clear":   {rawPNG(t, 2, 0, rgb, chunk("tRNS", 0, green.R, 0, green.G, 0, green.B)), "red white blue white"},
		"one grey is clear":     {rawPNG(t, 0, 0, func(i int) []byte { return []byte{[]byte{128, 0, 0, 128}[i]} }, chunk("tRNS", 0, 0)), "grey white white grey"},
		"grey and transparency": {rawPNG(t, 4, 0, func(i int) []byte { return []byte{[]byte{128, 0, 0, 255}[i], []byte{255, 0, 127, 255}[i]} }), "grey white grey white"},
		"a palette, partly clear": {rawPNG(t, 3, 0, func(i int) []byte { return []byte{byte(i)} },
			chunk("PLTE", slices.Concat(rgb(0), rgb(1), []byte{0, 0, 0}, rgb(3))...), chunk("tRNS", 255, 0, 127)), "red white grey white"},
		"frames of an animation": {rawPNG(t, 2, 0, rgb, chunk("acTL", 0, 0, 0, 2, 0, 0, 0, 0), chunk("fdAT", 0, 0, 0, 0, 1, 2, 3)), "red green blue white"},
	} {
		if got := corners(t, read(t, row.data), 2); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}

func TestWrongSumsOfAPNG(t *testing.T) {
	t.Parallel()
	data := asPNG(t, plainColour(color.NRGBA{128, 128, 128, 255}))
	note := withChunk(data, "tEXt", []byte("Comment\x00none"))
	note[bytes.Index(note, []byte("none"))]++
	read(t, note)
	at := bytes.Index(data, []byte("IDAT")) + 8
	data[at+2]++
	_, err := NewReader(1).Read(t.Context(), data)
	wantMessage(t, err, "broken or cut short")
}
