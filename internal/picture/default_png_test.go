package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/bits"
	"testing"

	"nameplate/internal/account"
	"nameplate/internal/profile"
)

// asDrawn decodes a drawing.
func asDrawn(t *testing.T, data []byte, err error) image.Image {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func hexAt(img image.Image, x, y int) string {
	c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}

func TestDefaultPNGsHaveEverySize(t *testing.T) {
	for _, p := range []profile.DefaultPicture{{Letters: "AL"}, {Cells: 0x2b6a}} {
		for _, size := range []int{1, 2, 3, 7, 16, 80, 96, 127, 384, 512, 767, 768} {
			data, err := DefaultPNG(p, size)
			img := asDrawn(t, data, err)
			if b := img.Bounds(); b.Dx() != size || b.Dy() != size {
				t.Errorf("%d pixels are %v", size, b)
			}
			if len(data) > 24<<10 {
				t.Errorf("%d pixels take %d bytes", size, len(data))
			}
		}
		for size, want := range map[int]int{-5: 1, 0: 1, 769: 768, 1 << 30: 768} {
			data, err := DefaultPNG(p, size)
			if got := asDrawn(t, data, err).Bounds().Dx(); got != want {
				t.Errorf("%d pixels are %d", size, got)
			}
		}
	}
}

// TestPatternsAreDrawnAsTheyAre compares the middle of each cell, in both of a drawing's forms.
func TestPatternsAreDrawnAsTheyAre(t *testing.T) {
	for shade := range profile.Shades {
		p := profile.PatternOf(fmt.Sprint("someone", shade))
		p.Shade = shade
		data, err := DefaultPNG(p, 384)
		img := asDrawn(t, data, err)
		filled := 0
		for y := range profile.PatternSide {
			for x := range profile.PatternSide {
				want := shades[shade].paper
				if p.IsInk(x, y) {
					want = shades[shade].ink
					filled++
				}
				if got := hexAt(img, cellsFrom+x*cellSize+cellSize/2, cellsFrom+y*cellSize+cellSize/2); got != want {
					t.Errorf("%04x at %d, %d is %s, not %s", p.Cells, x, y, got, want)
				}
			}
		}
		if got := hexAt(img, 192, 192-ringAt); got != shades[shade].line {
			t.Errorf("the ring is %s, not %s", got, shades[shade].line)
		}
		var area int
		for _, width := range runs(p) {
			area += width / cellSize
		}
		if area != filled || filled == 0 {
			t.Errorf("the SVG fills %d cells, not %d", area, filled)
		}
	}
}

// TestLettersStandInTheMiddle looks where the ink is.
func TestLettersStandInTheMiddle(t *testing.T) {
	for _, letters := range []string{"A", "H", "AL", "ÉÖ", "Ж", "ΩΣ", "77", "ĳ", "ЇЄ"} {
		p := profile.DefaultPicture{Letters: letters, Shade: 2}
		data, err := DefaultPNG(p, 384)
		img := asDrawn(t, data, err)
		box := image.Rectangle{}
		for y := 30; y < 354; y++ {
			for x := 30; x < 354; x++ {
				if hexAt(img, x, y) == shades[2].ink && (x-192)*(x-192)+(y-192)*(y-192) < 160*160 {
					box = box.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if box.Dy() < 90 || box.Min.X+box.Max.X < 384-40 || box.Min.X+box.Max.X > 384+40 {
			t.Errorf("%s is in %v", letters, box)
		}
		if capitals := len([]rune(letters)) == 1 && letters[0] < 128; capitals && (box.Min.Y+box.Max.Y < 384-6 || box.Min.Y+box.Max.Y > 384+6) {
			t.Errorf("%s is not in the middle of %v", letters, box)
		}
	}
}

// TestWhatCanNotBeWrittenIsThePattern, and no box that says nothing.
func TestWhatCanNotBeWrittenIsThePattern(t *testing.T) {
	for _, name := range []string{"太郎", "عمر", "अदा", "한글", "ადა", "א", "A字"} {
		var initials profile.Attribute
		p := initials.DefaultPicture(account.User{Username: name})
		if name == "A字" {
			p.Letters = name
		}
		pattern := p
		pattern.Letters = ""
		data, err := DefaultPNG(p, 96)
		want, wrong := DefaultPNG(pattern, 96)
		if err != nil || wrong != nil || !bytes.Equal(data, want) {
			t.Errorf("%s is not the pattern; %v, %v", name, err, wrong)
		}
	}
}

func TestSilhouetteAndBlank(t *testing.T) {
	data, err := Silhouette(80)
	img := asDrawn(t, data, err)
	if b := img.Bounds(); b.Dx() != 80 || b.Dy() != 80 {
		t.Errorf("%v", b)
	}
	for _, at := range []struct {
		name string
		x, y int
		want string
	}{
		{"the head", 40, 30, shades[0].ink}, {"the shoulders", 40, 58, shades[0].ink}, {"beside the head", 20, 30, shades[0].paper},
		{"the neck", 40, 45, shades[0].paper}, {"the corner", 1, 1, shades[0].paper},
	} {
		if got := hexAt(img, at.x, at.y); got != at.want {
			t.Errorf("%s is %s, not %s", at.name, got, at.want)
		}
	}
	data, err = Blank(33)
	img = asDrawn(t, data, err)
	for i := range 33 * 33 {
		if _, _, _, alpha := img.At(i%33, i/33).RGBA(); alpha != 0 {
			t.Fatalf("something is at %d", i)
		}
	}
}

// TestDrawnInkCanBeRead measures what is drawn, and not what was meant to be.
func TestDrawnInkCanBeRead(t *testing.T) {
	for shade := range profile.Shades {
		for _, p := range []profile.DefaultPicture{{Letters: "M", Shade: shade}, {Cells: 0x7fff, Shade: shade}} {
			data, err := DefaultPNG(p, 384)
			img := asDrawn(t, data, err)
			colours := map[string]int{}
			for i := range 384 * 384 {
				colours[hexAt(img, i%384, i/384)]++
			}
			paper, ink := hexAt(img, 2, 2), shades[shade].ink
			if colours[ink] < 2000 {
				t.Errorf("shade %d has %d pixels of ink", shade, colours[ink])
			}
			if ratio := contrast(t, paper, ink); ratio < 4.5 {
				t.Errorf("shade %d has a contrast of %.1f", shade, ratio)
			}
		}
	}
	if bits.OnesCount16(profile.PatternOf("").Cells) == 0 {
		t.Error("nothing has an empty pattern")
	}
}

func BenchmarkDefaultPNG(b *testing.B) {
	for _, size := range []int{96, 512} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DefaultPNG(profile.DefaultPicture{Letters: "AL"}, size); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
