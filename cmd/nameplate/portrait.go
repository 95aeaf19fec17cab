package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

const portraitSide = 400

// The colours of portraits: behind, on, and around people.
var (
	wallColours  = []color.RGBA{{0xe9, 0xdf, 0xc9, 255}, {0xc9, 0xd8, 0xd3, 255}, {0xd9, 0xcf, 0xdf, 255}, {0xe3, 0xcf, 0xc2, 255}, {0xcc, 0xd6, 0xe2, 255}, {0xdc, 0xdd, 0xc4, 255}}
	skinColours  = []color.RGBA{{0xf3, 0xd7, 0xc0, 255}, {0xe4, 0xb9, 0x95, 255}, {0xc9, 0x93, 0x6a, 255}, {0xa0, 0x6a, 0x45, 255}, {0x74, 0x49, 0x30, 255}, {0x52, 0x35, 0x26, 255}}
	hairColours  = []color.RGBA{{0x2a, 0x22, 0x1e, 255}, {0x4d, 0x34, 0x24, 255}, {0x7d, 0x52, 0x2d, 255}, {0xb9, 0x8a, 0x4a, 255}, {0x9a, 0x42, 0x25, 255}, {0x9b, 0x9a, 0x98, 255}}
	clothColours = []color.RGBA{{0x2f, 0x4a, 0x5e, 255}, {0x6b, 0x3b, 0x3b, 255}, {0x3d, 0x5a, 0x45, 255}, {0x5b, 0x4a, 0x6e, 255}, {0x8a, 0x6a, 0x2f, 255}, {0x3a, 0x3a, 0x40, 255}}
	inkColour    = color.RGBA{0x26, 0x20, 0x1c, 255}
	mouthColour  = color.RGBA{0x9a, 0x4a, 0x42, 255}
)

// portrait draws the i-th portrait as a JPEG file. The same i gives the same bytes.
func portrait(i int) []byte {
	dice := rand.New(rand.NewPCG(uint64(i), 1))
	pick := func(colours []color.RGBA) color.RGBA { return colours[dice.IntN(len(colours))] }
	vary := func(middle, by float32) float32 { return middle + by*(2*dice.Float32()-1) }

	c := canvas{image.NewRGBA(image.Rect(0, 0, portraitSide, portraitSide))}
	draw.Draw(c.RGBA, c.Bounds(), image.NewUniform(pick(wallColours)), image.Point{}, draw.Src)
	skin, hair, cloth := pick(skinColours), pick(hairColours), pick(clothColours)
	x, y, wide, high := vary(200, 8), vary(185, 8), vary(78, 9), vary(100, 8)

	long := dice.IntN(3) == 0
	if long {
		c.ellipse(x, y+25, wide+26, high+40, hair)
	}
	c.ellipse(x, 420, vary(150, 15), vary(115, 10), cloth)
	c.ellipse(x, y+high+5, wide*0.42, 52, skin)
	c.ellipse(x-wide, y+8, 13, 21, skin)
	c.ellipse(x+wide, y+8, 13, 21, skin)
	c.ellipse(x, y-18, wide+9, high+vary(2, 8), hair)
	c.ellipse(x, y+vary(16, 6), wide-2, high-10, skin)
	if dice.IntN(4) == 0 {
		c.ellipse(x, y+high*0.62, wide*0.72, high*0.38, hair)
		c.ellipse(x, y+high*0.40, wide*0.66, high*0.30, skin)
	}

	apart, eyes := vary(31, 4), y+vary(6, 4)
	for _, side := range []float32{-1, 1} {
		c.ellipse(x+side*apart, eyes, 7, vary(8, 1), inkColour)
		c.ellipse(x+side*apart, eyes-vary(21, 3), 15, 3.5, hair)
	}
	if dice.IntN(4) == 0 {
		c.glasses(x, eyes, apart, skin)
	}
	c.ellipse(x, eyes+30, 8, 5, shade(skin))
	c.ellipse(x, eyes+58, vary(24, 4), 8, mouthColour)
	c.ellipse(x, eyes+54, 26, vary(7, 1), skin)

	var file bytes.Buffer
	// Writing into memory can't fail, and neither can a picture of this size.
	_ = jpeg.Encode(&file, c.RGBA, &jpeg.Options{Quality: 92})
	return file.Bytes()
}

// shade returns a colour somewhat darker.
func shade(c color.RGBA) color.RGBA {
	return color.RGBA{c.R / 8 * 7, c.G / 8 * 7, c.B / 8 * 7, c.A}
}

// canvas is a picture on which shapes with smooth edges are drawn.
type canvas struct{ *image.RGBA }

// glasses draws two round frames around the eyes, and what joins them.
func (c canvas) glasses(x, y, apart float32, skin color.RGBA) {
	c.ellipse(x, y-4, apart-16, 2.5, inkColour)
	for _, side := range []float32{-1, 1} {
		c.ellipse(x+side*apart, y, 25, 23, inkColour)
		c.ellipse(x+side*apart, y, 21.5, 19.5, skin)
		c.ellipse(x+side*apart, y, 7, 8, inkColour)
	}
}

// ellipse fills the ellipse around x, y that reaches rx and ry to its sides.
func (c canvas) ellipse(x, y, rx, ry float32, colour color.RGBA) {
	const k = 0.5522848 // how far the handles of a quarter circle's curve reach
	box := image.Rect(int(x-rx), int(y-ry), int(x+rx)+1, int(y+ry)+1).Intersect(c.Bounds())
	x, y = x-float32(box.Min.X), y-float32(box.Min.Y)
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	r.MoveTo(x+rx, y)
	r.CubeTo(x+rx, y+k*ry, x+k*rx, y+ry, x, y+ry)
	r.CubeTo(x-k*rx, y+ry, x-rx, y+k*ry, x-rx, y)
	r.CubeTo(x-rx, y-k*ry, x-k*rx, y-ry, x, y-ry)
	r.CubeTo(x+k*rx, y-ry, x+rx, y-k*ry, x+rx, y)
	r.ClosePath()
	r.Draw(c.RGBA, box, image.NewUniform(colour), image.Point{})
}
