package picture

import (
	"fmt"
	"image"
	"testing"

	"github.com/disintegration/imaging"
)

func TestHalfIsTheMeanOfFourPixels(t *testing.T) {
	t.Parallel()
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		for _, size := range []image.Point{{64, 48}, {65, 49}, {66, 50}, {67, 51}, {2, 2}, {3, 2}} {
			t.Run(fmt.Sprint(ratio, size), func(t *testing.T) {
				t.Parallel()
				img := image.NewYCbCr(image.Rectangle{Max: size}, ratio)
				fill := func(plane []uint8, stride, step int) {
					for i := range plane {
						plane[i] = uint8(60 + step*(i%stride) + i/stride) // a slope, of which no halving makes anything else
					}
				}
				fill(img.Y, img.YStride, 2)
				fill(img.Cb, img.CStride, 1)
				fill(img.Cr, img.CStride, 1)
				got := half(img)
				if want := image.Pt(size.X/2, size.Y/2); got.Bounds().Size() != want {
					t.Fatalf("half has %v pixels, want %v", got.Bounds().Size(), want)
				}
				even := part(img, image.Rect(0, 0, size.X/2*2, size.Y/2*2))
				differ(t, imaging.Clone(got), imaging.Resize(even, size.X/2, size.Y/2, imaging.Box), 12)
			})
		}
	}
}

// differ fails where a channel of two pictures differs by more than most.
func differ(t *testing.T, got, want *image.NRGBA, most int) {
	t.Helper()
	for i := range want.Pix {
		if d := int(got.Pix[i]) - int(want.Pix[i]); d > most || d < -most {
			t.Fatalf("byte %d is %d, want about %d", i, got.Pix[i], want.Pix[i])
		}
	}
}

func TestHalfOfOtherPicturesIsTheSame(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	quarters(img)
	if got := half(img).(*image.NRGBA); got.Rect.Size() != image.Pt(20, 10) || nearest(got.At(4, 4)) != "red" {
		t.Errorf("half is %v, and %s", got.Rect, nearest(got.At(4, 4)))
	}
}

func TestHalfInStripsIsTheMeanOfFourPixels(t *testing.T) {
	t.Parallel()
	for _, of := range []image.Rectangle{image.Rect(0, 0, 20, 1400), image.Rect(3, 5, 24, 1408)} {
		whole := image.NewNRGBA(image.Rect(0, 0, 30, 1410))
		for i := range whole.Pix {
			whole.Pix[i] = uint8(i*7+i/30) | uint8(3*(i%4)/3*255/3)
		}
		img := part(whole, of)
		even := part(whole, image.Rect(of.Min.X, of.Min.Y, of.Max.X, of.Min.Y+of.Dy()/2*2))
		differ(t, inStrips(img), imaging.Resize(even, of.Dx()/2, of.Dy()/2, imaging.Box), 0)
	}
}
