package picture

import (
	"image"

	"github.com/disintegration/imaging"

	"nameplate/internal/profile"
)

// wholeEnough is the longer side of a whole in pixels with which one is content where it comes for little: of 4,000 pixels, half.
const wholeEnough = 1900

// fit makes a picture smaller, where its longer side has more than profile.WholeMax pixels. It comes before anything else that is done
// with all pixels.
func fit(img image.Image) image.Image {
	for size := img.Bounds().Size(); max(size.X, size.Y) >= 2*wholeEnough && min(size.X, size.Y) > 1; size = img.Bounds().Size() {
		img = half(img)
	}
	size := img.Bounds().Size()
	longer := max(size.X, size.Y)
	if longer > profile.WholeMax {
		scaled := func(side int) int { return max(1, (side*profile.WholeMax+longer/2)/longer) }
		return imaging.Resize(img, scaled(size.X), scaled(size.Y), imaging.Lanczos)
	}
	if p, ok := img.(*image.YCbCr); ok {
		return p
	}
	return imaging.Clone(img)
}

// half returns a picture of half the width and half the height, where each pixel is the mean of four.
func half(img image.Image) image.Image {
	p, ok := img.(*image.YCbCr)
	if !ok {
		return inStrips(img)
	}
	// What a JPEG is decoded to has most of its colours thinned out: its planes are halved as they are, in a thirtieth of the time that
	// it takes to resize all of them as RGBA.
	small := image.NewYCbCr(image.Rect(0, 0, p.Rect.Dx()/2, p.Rect.Dy()/2), p.SubsampleRatio)
	halve(small.Y, small.YStride, p.Y, p.YStride)
	halve(small.Cb, small.CStride, p.Cb, p.CStride)
	halve(small.Cr, small.CStride, p.Cr, p.CStride)
	return small
}

// inStrips halves a picture some rows at a time: between its two passes imaging keeps one of half the width, which of a large picture is a
// hundred megabytes.
func inStrips(img image.Image) *image.NRGBA {
	const strip = 256
	from := img.Bounds()
	small := image.NewNRGBA(image.Rect(0, 0, from.Dx()/2, from.Dy()/2))
	for y := 0; y < small.Rect.Dy(); y += strip {
		rows := min(strip, small.Rect.Dy()-y)
		of := image.Rect(from.Min.X, from.Min.Y+2*y, from.Max.X, from.Min.Y+2*(y+rows))
		copy(small.Pix[y*small.Stride:], imaging.Resize(part(img, of), small.Rect.Dx(), rows, imaging.Box).Pix)
	}
	return small
}

// halve fills a plane of so many samples a row with the means of four of another one. Where that ends, its last column or row counts twice.
func halve(small []uint8, width int, plane []uint8, stride int) {
	last := len(plane)/stride - 1
	for y := range len(small) / width {
		above, below := plane[min(2*y, last)*stride:][:stride], plane[min(2*y+1, last)*stride:][:stride]
		row := small[y*width:][:width]
		for x := range row {
			left, right := min(2*x, stride-1), min(2*x+1, stride-1)
			row[x] = uint8((int(above[left]) + int(above[right]) + int(below[left]) + int(below[right]) + 2) / 4)
		}
	}
}
