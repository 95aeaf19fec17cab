package profile

import (
	"image"
	"math"
	"regexp"
	"strconv"
	"strings"

	"nameplate/internal/form"
)

// ZoomMin and ZoomMax are the bounds of a frame's zoom, in percent.
const (
	ZoomMin = 100
	ZoomMax = 400
)

// Frame is the square that is shown of a whole picture.
type Frame struct {
	X, Y int // the middle of the square, in tenths of a percent of the picture's width and height: 0 to 1000
	Zoom int // in percent: at 100 the square is as large as the picture allows, at 400 a quarter of that
}

// Zooms are the zooms that a form offers, in percent.
var Zooms = []int{100, 125, 150, 200, 300, 400}

// Focuses are the nine places of the square that a form offers, row by row.
func Focuses() []Frame {
	var nine []Frame
	for _, y := range []int{0, 500, 1000} {
		for _, x := range []int{0, 500, 1000} {
			nine = append(nine, Frame{X: x, Y: y})
		}
	}
	return nine
}

// GoodFrame is the frame that a picture of so many pixels begins with: the largest square in the middle, and of an upright picture one
// a little above that, where faces are.
func GoodFrame(width, height int) Frame {
	f := Frame{X: 500, Y: 500, Zoom: ZoomMin}
	if height > width && width > 0 {
		above := float64(height-width) / 4
		f.Y = int(math.Round(1000 * (above + float64(width)/2) / float64(height)))
	}
	return f
}

// Square is the square of a picture of so many pixels. It is moved where it would leave the picture, and has at least one pixel.
func (f Frame) Square(width, height int) image.Rectangle {
	side := max(1, int(math.Round(float64(min(width, height)*ZoomMin)/float64(f.Zoom))))
	corner := func(whole, middle int) int {
		at := int(math.Round(float64(whole*middle)/1000 - float64(side)/2))
		return max(0, min(at, whole-side))
	}
	x, y := corner(width, f.X), corner(height, f.Y)
	return image.Rect(x, y, x+side, y+side)
}

// Focus is the middle as forms send it: X,Y in percent, with one decimal where it is no whole number.
func (f Frame) Focus() string { return tenths(f.X) + "," + tenths(f.Y) }

func tenths(n int) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/10, 'f', 1, 64), ".0")
}

func (f Frame) valid() bool {
	return f.X >= 0 && f.X <= 1000 && f.Y >= 0 && f.Y <= 1000 && f.Zoom >= ZoomMin && f.Zoom <= ZoomMax
}

var (
	focusText = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]))?,([0-9]{1,3})(?:\.([0-9]))?$`)
	zoomText  = regexp.MustCompile(`^[1-4][0-9]{2}$`)
)

// ParseFrame reads a frame as forms send it. Its error is a form.Message.
func ParseFrame(focus, zoom string) (Frame, error) {
	parts := focusText.FindStringSubmatch(focus)
	if parts == nil || !zoomText.MatchString(zoom) {
		return Frame{}, badFrame
	}
	number := func(whole, tenth string) int {
		n, _ := strconv.Atoi(whole + (tenth + "0")[:1])
		return n
	}
	f := Frame{X: number(parts[1], parts[2]), Y: number(parts[3], parts[4])}
	f.Zoom, _ = strconv.Atoi(zoom)
	if !f.valid() {
		return Frame{}, badFrame
	}
	return f, nil
}

const badFrame = form.Message("Choose one of the places of the frame, and one of its sizes.")
