package picture

import (
	"image/color"
	"testing"
)

// The decoder hands on white as 235, which is near enough to white for the other tests.
func TestReadWidensTheColoursOfAWebP(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{"lossy": lossyWebP, "clear": clearWebP, "lossless": losslessWebP} {
		img := decoded(t, read(t, testFile(t, data)).Whole)
		size := img.Bounds().Size()
		at := func(x, y int) color.RGBA {
			return color.RGBAModel.Convert(img.At(x*size.X/4, y*size.Y/4)).(color.RGBA)
		}
		if got := at(3, 3); min(got.R, got.G, got.B) < 250 {
			t.Errorf("%s: white is %v", name, got)
		}
		if got := at(1, 1); got.R < red.R-9 || got.R > red.R+9 || max(got.G, got.B) > red.G+12 {
			t.Errorf("%s: red is %v, want %v", name, got, red)
		}
	}
}
