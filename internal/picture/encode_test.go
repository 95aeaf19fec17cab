package picture

import (
	"image"
	"testing"

	"github.com/disintegration/imaging"

	"nameplate/internal/profile"
)

// scene has soft and sharp edges, as photographs have.
func scene() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 900, 900))
	for i := range 900 * 900 {
		x, y := i%900, i/900
		light := uint8(60 + x/9 + y/18)
		if (x-450)*(x-450)+(y-400)*(y-400) < 90_000 {
			light += uint8((x*y/50)%23) + 20
		}
		copy(img.Pix[4*i:], []uint8{light, light - uint8(x/20), light / 2, 255})
	}
	return img
}

func TestSquaresAreStoredAsWebPToo(t *testing.T) {
	t.Parallel()
	p := read(t, asPNG(t, scene()))
	for i, size := range profile.PictureSizes {
		got, err := decodeWebP(p.WebP[i])
		if err != nil || got.Bounds().Size() != image.Pt(size, size) {
			t.Fatalf("size %d: %v", size, err)
		}
		differ(t, imaging.Blur(got, 2), imaging.Blur(decoded(t, p.Squares[i]), 2), 12)
		if len(p.WebP[i]) > len(p.Squares[i])*9/10 {
			t.Errorf("size %d: %d bytes, and %d as JPEG", size, len(p.WebP[i]), len(p.Squares[i]))
		}
	}
}
