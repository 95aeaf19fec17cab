package picture

import (
	"encoding/binary"
	"math"
)

// iccMax is the most bytes of a colour profile that is looked at. Those for printing have two million.
const iccMax = 4 << 20

// icc is a colour profile as files carry it.
type icc []byte

// colours returns nil for a profile that is sRGB, or is for something else than three channels or grey, or can't be made sense of.
func (p icc) colours() *colours {
	switch p.space() {
	case "RGB ":
		if c := (&colours{lattice: p.lattice(3, 33)}); c.lattice != nil {
			return c.unlessUnseen()
		}
		var curves [3]curve
		var columns [3]triple
		for i, name := range []string{"r", "g", "b"} {
			if curves[i], _ = readCurve(p.tag(name + "TRC")); curves[i] == nil {
				return nil
			}
			xyz := p.tag(name + "XYZ")
			if len(xyz) < 20 {
				return nil
			}
			columns[i] = fromXYZ(triple{fixed16(xyz[8:]), fixed16(xyz[12:]), fixed16(xyz[16:])})
		}
		return newColours(curves, columns)
	case "GRAY":
		if grey, _ := readCurve(p.tag("kTRC")); grey != nil {
			return newColours(p.greys(grey), [3]triple{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
		}
	}
	return nil
}

// greys is the curve of grey for each channel. In a profile that leads to L*a*b* it gives lightness.
func (p icc) greys(grey curve) [3]curve {
	light := grey
	if string(p[20:24]) == "Lab " {
		light = func(x float64) float64 { return fromLab(triple{100 * unit(grey(x)), 0, 0})[0] }
	}
	return [3]curve{light, light, light}
}

// space is which numbers the profile explains: RGB, GRAY or CMYK, or nothing that is known here.
func (p icc) space() string {
	if len(p) < 132 || len(p) > iccMax || string(p[36:40]) != "acsp" {
		return ""
	}
	return string(p[16:20])
}

// tag returns a part of the profile by its name, or nothing.
func (p icc) tag(name string) []byte {
	const most = 100
	for i := range min(binary.BigEndian.Uint32(p[128:]), most) {
		entry := 132 + 12*int(i)
		if entry+12 > len(p) {
			return nil
		}
		at, size := int64(binary.BigEndian.Uint32(p[entry+4:])), int64(binary.BigEndian.Uint32(p[entry+8:]))
		if string(p[entry:entry+4]) == name && at+size <= int64(len(p)) {
			return p[at : at+size]
		}
	}
	return nil
}

// readCurve reads a curve, and says how many bytes it took. It returns nil for one that it can't read.
func readCurve(data []byte) (curve, int) {
	if len(data) < 12 {
		return nil, 0
	}
	switch string(data[:4]) {
	case "curv":
		n := int(min(binary.BigEndian.Uint32(data[8:]), iccMax))
		if end := 12 + 2*n; end <= len(data) {
			return points(data[12:end]), end
		}
	case "para":
		kind := int(binary.BigEndian.Uint16(data[8:]))
		counts := []int{1, 3, 4, 5, 7}
		if kind < len(counts) && 12+4*counts[kind] <= len(data) {
			return formula(kind, data[12:]), 12 + 4*counts[kind]
		}
	}
	return nil, 0
}

// points is a curve through evenly spaced points; one alone is the exponent of a power, and none is a straight line.
func points(data []byte) curve {
	last := len(data)/2 - 1
	switch last {
	case -1:
		return func(x float64) float64 { return x }
	case 0:
		exponent := float64(binary.BigEndian.Uint16(data)) / 256
		return func(x float64) float64 { return math.Pow(x, exponent) }
	}
	point := func(i int) float64 { return float64(binary.BigEndian.Uint16(data[2*i:])) / 65535 }
	return func(x float64) float64 { return blended(point, last, x) }
}

// blended goes straight from point to point, of which last is the number of the last.
func blended(point func(int) float64, last int, x float64) float64 {
	x = unit(x) * float64(last)
	i := min(int(x), last-1)
	part := x - float64(i)
	return point(i)*(1-part) + point(i+1)*part
}

// formula is one of the five parametric curves: a straight line below d, and a power above it.
func formula(kind int, data []byte) curve {
	var v [7]float64
	for i := range v {
		if 4*i+4 <= len(data) {
			v[i] = fixed16(data[4*i:])
		}
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		a, b, c, d, e, f = 1, 0, 0, 0, 0, 0
	case 1:
		c, d, e, f = 0, -b/a, 0, 0
	case 2:
		c, d, e, f = 0, -b/a, c, c
	case 3:
		e, f = 0, 0
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(a*x+b, g) + e
		}
		return c*x + f
	}
}

// fixed16 reads a number with 16 bits behind the point.
func fixed16(data []byte) float64 { return float64(int32(binary.BigEndian.Uint32(data))) / (1 << 16) }
