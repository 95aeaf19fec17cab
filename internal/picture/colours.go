package picture

import (
	"image"
	"math"
	"runtime"
	"sync"

	"github.com/disintegration/imaging"
)

// colours says how the numbers of a picture turn into those of sRGB, in which every picture is stored. None is needed for most
// pictures, which are sRGB: nil leaves a picture as it is.
type colours struct {
	light   [3][256][3]float32 // how much of sRGB's light each number of each channel adds, 1 being white
	lattice *lattice           // in place of light, for a profile that is a table
}

// curve says which part of all its light a number between 0 and 1 stands for.
type curve func(float64) float64

// newColours makes colours of one curve and one column of the matrix for each channel. It returns nil where they can't be seen to
// differ from sRGB, and where white would not come out as white: such a profile makes no sense.
func newColours(curves [3]curve, columns [3]triple) *colours {
	c := new(colours)
	for channel, curve := range curves {
		for number := range c.light[channel] {
			amount := unit(curve(float64(number) / 255))
			for i, part := range columns[channel] {
				c.light[channel][number][i] = float32(amount * part)
			}
		}
	}
	const off = 0.3
	for i := range 3 {
		if white := columns[0][i] + columns[1][i] + columns[2][i]; math.Abs(white-1) > off {
			return nil
		}
	}
	return c.unlessUnseen()
}

// unlessUnseen returns nil for colours that leave all others within a level or two.
func (c *colours) unlessUnseen() *colours {
	const steps, levels = 9, 2
	level := func(i int) uint8 { return uint8(i % steps * 255 / (steps - 1)) }
	probe := image.NewNRGBA(image.Rect(0, 0, steps*steps*steps, 1))
	for i := range steps * steps * steps {
		copy(probe.Pix[4*i:], []uint8{level(i), level(i / steps), level(i / steps / steps), 255})
	}
	was := append([]uint8(nil), probe.Pix...)
	c.apply(probe)
	for i, now := range probe.Pix {
		if d := int(now) - int(was[i]); d > levels || d < -levels {
			return c
		}
	}
	return nil
}

// apply returns a picture in sRGB. It may write over the one that it gets.
func (c *colours) apply(img image.Image) image.Image {
	if c == nil {
		return img
	}
	plain, ok := img.(*image.NRGBA)
	if !ok {
		plain = imaging.Clone(img)
	}
	encoded := encoding()
	eachRow(plain, func(row []uint8) {
		for ; len(row) >= 4; row = row[4:] {
			if c.lattice != nil {
				row[0], row[1], row[2] = c.lattice.at(row[:3])
				continue
			}
			red, green, blue := &c.light[0][row[0]], &c.light[1][row[1]], &c.light[2][row[2]]
			for i := range 3 {
				row[i] = encoded[int(min(max(red[i]+green[i]+blue[i], 0), 1)*(encodingSize-1)+0.5)]
			}
		}
	})
	return plain
}

// eachRow calls do for the pixels of each row, on all cores.
func eachRow(img *image.NRGBA, do func(row []uint8)) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	parts := min(runtime.GOMAXPROCS(0), height)
	var all sync.WaitGroup
	for part := range parts {
		all.Go(func() {
			for y := height * part / parts; y < height*(part+1)/parts; y++ {
				do(img.Pix[y*img.Stride:][:4*width])
			}
		})
	}
	all.Wait()
}

const encodingSize = 1 << 12

// encoding is the number in sRGB of each amount of light between 0 and 1.
var encoding = sync.OnceValue(func() *[encodingSize]uint8 {
	table := new([encodingSize]uint8)
	for i := range table {
		table[i] = uint8(sRGB(float64(i)/(encodingSize-1))*255 + 0.5)
	}
	return table
})

// sRGB is the number in sRGB, 0 to 1, of an amount of light.
func sRGB(light float64) float64 {
	if light = unit(light); light <= 0.0031308 {
		return 12.92 * light
	}
	return 1.055*math.Pow(light, 1/2.4) - 0.055
}

// unit keeps a value between 0 and 1. What is no number becomes 0.
func unit(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}

// triple is a colour as red, green and blue light or as XYZ.
type triple [3]float64

// brightness is how bright light is, 1 being white.
func (v triple) brightness() float64 { return 0.2126*v[0] + 0.7152*v[1] + 0.0722*v[2] }

// fromXYZ turns XYZ under D50, the light in which profiles are written, into sRGB's light.
func fromXYZ(v triple) triple {
	return triple{
		3.1341359*v[0] - 1.6173863*v[1] - 0.4906623*v[2],
		-0.9787955*v[0] + 1.9162543*v[1] + 0.0334430*v[2],
		0.0719554*v[0] - 0.2289768*v[1] + 1.4053860*v[2],
	}
}

// fromLab turns L*a*b* under D50 into sRGB's light.
func fromLab(v triple) triple {
	y := (v[0] + 16) / 116
	cube := func(t float64) float64 {
		if t > 6.0/29 {
			return t * t * t
		}
		return 3 * 6 * 6 / 29.0 / 29 * (t - 4.0/29)
	}
	return fromXYZ(triple{0.9642 * cube(y+v[1]/500), cube(y), 0.8249 * cube(y-v[2]/200)})
}
