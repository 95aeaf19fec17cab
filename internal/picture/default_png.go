package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"nameplate/internal/profile"
)

// DrawnMax is the largest side of a drawn picture in pixels.
const DrawnMax = 768

// DefaultPNG draws a default picture as PNG, with a side of 1 to DrawnMax pixels; another is taken for the nearest. Where the font
// lacks a letter, the pattern stands.
func DefaultPNG(p profile.DefaultPicture, size int) ([]byte, error) {
	c := newCanvas(size)
	c.ring()
	if p.Letters == "" || !c.write(p.Letters) {
		c.shape(c.ink, func(l *layer) {
			for at, width := range runs(p) {
				l.rectangle(float32(at.X), float32(at.Y), float32(width), cellSize)
			}
		})
	}
	return c.png(shadeOf(p))
}

// Silhouette draws somebody who could be anybody, as PNG, in a size as for DefaultPNG.
func Silhouette(size int) ([]byte, error) {
	c := newCanvas(size)
	c.ring()
	c.shape(c.ink, func(l *layer) {
		l.circle(192, 146, 58, false)
		l.moveTo(80, 308)
		l.cubeTo(84, 252, 124, 226, 192, 226)
		l.cubeTo(260, 226, 300, 252, 304, 308)
		l.close()
	})
	return c.png(shades[0])
}

// Blank draws nothing, as PNG, in a size as for DefaultPNG.
func Blank(size int) ([]byte, error) {
	size = drawable(size)
	return encodePNG(image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.Transparent}))
}

func drawable(size int) int { return max(1, min(size, DrawnMax)) }

// canvas is a drawing under way. Its shapes are coverages, of a byte for each pixel, which get their colours in the end.
type canvas struct {
	size      int
	line, ink *image.Alpha
}

func newCanvas(size int) *canvas {
	size = drawable(size)
	all := image.Rect(0, 0, size, size)
	return &canvas{size, image.NewAlpha(all), image.NewAlpha(all)}
}

// layer is a shape on its way, in the units of the plate.
type layer struct {
	*vector.Rasterizer
	scale float32
}

// shape covers what draws goes round.
func (c *canvas) shape(on *image.Alpha, draws func(l *layer)) {
	l := &layer{vector.NewRasterizer(c.size, c.size), float32(c.size) / plateSize}
	l.DrawOp = draw.Over
	draws(l)
	l.Draw(on, on.Bounds(), image.Opaque, image.Point{})
}

// ring is the line that runs round a plate.
func (c *canvas) ring() {
	c.shape(c.line, func(l *layer) {
		l.circle(192, 192, ringAt+ringWidth/2, false)
		l.circle(192, 192, ringAt-ringWidth/2, true)
	})
}

func (l *layer) moveTo(x, y float32) { l.MoveTo(x*l.scale, y*l.scale) }
func (l *layer) lineTo(x, y float32) { l.LineTo(x*l.scale, y*l.scale) }
func (l *layer) close()              { l.ClosePath() }

func (l *layer) cubeTo(ax, ay, bx, by, x, y float32) {
	l.CubeTo(ax*l.scale, ay*l.scale, bx*l.scale, by*l.scale, x*l.scale, y*l.scale)
}

func (l *layer) rectangle(x, y, width, height float32) {
	l.moveTo(x, y)
	l.lineTo(x+width, y)
	l.lineTo(x+width, y+height)
	l.lineTo(x, y+height)
	l.close()
}

// circle goes round the other way where it is a hole in another.
func (l *layer) circle(x, y, radius float32, hole bool) {
	const k = 0.5522847 // how far the handles of a quarter of a circle reach
	a, b := radius, radius*k
	if hole {
		a, b = -a, -b
	}
	l.moveTo(x+radius, y)
	l.cubeTo(x+radius, y+b, x+radius*k, y+a, x, y+a)
	l.cubeTo(x-radius*k, y+a, x-radius, y+b, x-radius, y)
	l.cubeTo(x-radius, y-b, x-radius*k, y-a, x, y-a)
	l.cubeTo(x+radius*k, y-a, x+radius, y-b, x+radius, y)
	l.close()
}

// letterFont is the font of drawn letters. It is a part of the program.
var letterFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gomedium.TTF) })

// write draws letters in the middle, their capitals as much above it as below. It writes nothing where the font lacks one.
func (c *canvas) write(letters string) bool {
	parsed, err := letterFont()
	if err != nil {
		return false
	}
	var buffer sfnt.Buffer
	for _, r := range letters {
		if glyph, err := parsed.GlyphIndex(&buffer, r); err != nil || glyph == 0 {
			return false
		}
	}
	size := float64(letterSize(letters)) * float64(c.size) / plateSize
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return false
	}
	defer face.Close()
	middle := fixed.I(c.size) / 2
	pen := font.Drawer{Dst: c.ink, Src: image.Opaque, Face: face}
	pen.Dot = fixed.Point26_6{X: middle - pen.MeasureString(letters)/2, Y: middle + face.Metrics().CapHeight/2}
	pen.DrawString(letters)
	return true
}

// steps is how many shades there are between the paper and the ink, and between the paper and the line.
const steps = 128

// png gives the shapes their colours. Its palette holds all that lie between these, so that a pixel takes a byte.
func (c *canvas) png(colours shade) ([]byte, error) {
	paper, line, ink := rgb(colours.paper), rgb(colours.line), rgb(colours.ink)
	palette := make(color.Palette, 2*steps)
	for i := range steps {
		palette[i], palette[steps+i] = between(paper, line, i), between(paper, ink, i)
	}
	page := image.NewPaletted(image.Rect(0, 0, c.size, c.size), palette)
	for i := range page.Pix {
		if page.Pix[i] = c.line.Pix[i] / 2; c.ink.Pix[i] > 1 {
			page.Pix[i] = steps + c.ink.Pix[i]/2
		}
	}
	return encodePNG(page)
}

func between(from, to color.RGBA, step int) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(steps-1-step) + int(b)*step) / (steps - 1)) }
	return color.RGBA{mix(from.R, to.R), mix(from.G, to.G), mix(from.B, to.B), 255}
}

// rgb reads a colour of shades, such as #3a2c14.
func rgb(hex string) (c color.RGBA) {
	fmt.Sscanf(hex, "#%02x%02x%02x", &c.R, &c.G, &c.B)
	c.A = 255
	return c
}

func encodePNG(page *image.Paletted) ([]byte, error) {
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed} // a third of the time, for a twelfth more bytes
	if err := encoder.Encode(&out, page); err != nil {
		return nil, fmt.Errorf("encode a drawing of %d pixels: %w", page.Rect.Dx(), err)
	}
	return out.Bytes(), nil
}
