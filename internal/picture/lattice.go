package picture

import (
	"encoding/binary"
	"slices"
)

// lattice gives the colour in sRGB of evenly spaced values of three or four channels; what lies between is blended.
type lattice struct {
	side   int // points in each direction
	points [][3]float32
}

// at returns the colour of these values, each 0 to 255.
func (l *lattice) at(values []uint8) (red, green, blue uint8) {
	var weights [16]float32
	var places [16]int
	weights[0] = 1
	corners := 1
	for _, value := range values {
		x := float32(value) / 255 * float32(l.side-1)
		low := min(int(x), l.side-2)
		part := x - float32(low)
		for i := range corners {
			place := places[i]*l.side + low
			places[i], places[i+corners] = place, place+1
			weights[i], weights[i+corners] = weights[i]*(1-part), weights[i]*part
		}
		corners *= 2
	}
	var sum [3]float32
	for i := range corners {
		point := &l.points[places[i]]
		for c := range sum {
			sum[c] += weights[i] * point[c]
		}
	}
	return uint8(sum[0] + 0.5), uint8(sum[1] + 0.5), uint8(sum[2] + 0.5)
}

// lattice reads a profile that is a table for this many channels: those of printers, cameras and scanners. It returns nil where
// there is none, and for one that can't be read.
func (p icc) lattice(channels, side int) *lattice {
	steps := readSteps(p.tag("A2B0"), channels, string(p[20:24]))
	if steps == nil {
		return nil
	}
	total := 1
	for range channels {
		total *= side
	}
	lights := make([]triple, total)
	darkest := 1.0
	for i := range lights {
		values := make([]float64, channels)
		for c, rest := channels-1, i; c >= 0; c, rest = c-1, rest/side {
			values[c] = float64(rest%side) / float64(side-1)
		}
		for _, step := range steps {
			values = step(values)
		}
		lights[i] = triple(values)
		darkest = min(darkest, lights[i].brightness())
	}
	return newLattice(side, lights, max(0, darkest))
}

// newLattice makes the darkest colour black, for paper has no black as deep as a screen's.
func newLattice(side int, lights []triple, darkest float64) *lattice {
	const black = 0.1
	if darkest > black {
		return nil
	}
	l := &lattice{side, make([][3]float32, len(lights))}
	for i, light := range lights {
		for c, part := range light {
			l.points[i][c] = float32(sRGB((part-darkest)/(1-darkest)) * 255)
		}
	}
	return l
}

// step is one of the steps from the numbers of a picture to light.
type step func([]float64) []float64

// readSteps reads a table in the three ways in which profiles write it down. It leads to the space that is named, XYZ or Lab.
func readSteps(tag []byte, channels int, space string) []step {
	if len(tag) < 52 || int(tag[8]) != channels || tag[9] != 3 || space != "Lab " && space != "XYZ " {
		return nil
	}
	kind := string(tag[:4])
	var steps []step
	switch kind {
	case "mft1":
		steps = readTables(tag[48:], 1, channels, int(tag[10]), 256, 256)
	case "mft2":
		steps = readTables(tag[52:], 2, channels, int(tag[10]), int(binary.BigEndian.Uint16(tag[48:])), int(binary.BigEndian.Uint16(tag[50:])))
	case "mAB ":
		steps = readElements(tag, channels)
	}
	if steps == nil {
		return nil
	}
	return append(steps, func(v []float64) []float64 {
		lab := triple{v[0] * 100, v[1]*255 - 128, v[2]*255 - 128}
		xyz := triple{v[0], v[1], v[2]}
		if kind == "mft2" { // written before the white of Lab was moved
			lab = triple{v[0] * 100 * 65535 / 65280, v[1]*65535/256 - 128, v[2]*65535/256 - 128}
		}
		for i := range xyz {
			xyz[i] *= 1 + 32767.0/32768
		}
		light := fromXYZ(xyz)
		if space == "Lab " {
			light = fromLab(lab)
		}
		return light[:]
	})
}

// readTables reads curves of so many entries, a grid, and curves again.
func readTables(data []byte, width, channels, side, before, after int) []step {
	size := width * (channels*before + 3*after)
	grid := slices.Repeat([]int{side}, channels)
	if before < 2 || after < 2 || side < 2 || size+gridSize(grid)*width > len(data) {
		return nil
	}
	curves := func(data []byte, n, entries int) []curve {
		all := make([]curve, n)
		for i := range all {
			point := entry(data[i*entries*width:], width)
			all[i] = func(x float64) float64 { return blended(point, entries-1, x) }
		}
		return all
	}
	middle := width * channels * before
	end := middle + width*gridSize(grid)
	return []step{curved(curves(data, channels, before)), gridded(grid, entry(data[middle:], width)), curved(curves(data[end:], 3, after))}
}

// readElements reads a table that is written as up to five parts, each in a place of its own.
func readElements(tag []byte, channels int) []step {
	var steps []step
	for _, part := range []struct{ where, curves int }{{28, channels}, {24, 0}, {20, 3}, {16, 0}, {12, 3}} {
		at := int64(binary.BigEndian.Uint32(tag[part.where:]))
		if at == 0 {
			continue
		}
		if at > int64(len(tag)) {
			return nil
		}
		var s step
		switch data := tag[at:]; {
		case part.curves > 0:
			s = readCurves(data, part.curves)
		case part.where == 24:
			s = readGrid(data, channels)
		case len(data) >= 48:
			s = readMatrix(data)
		}
		if s == nil {
			return nil
		}
		steps = append(steps, s)
	}
	if channels != 3 && binary.BigEndian.Uint32(tag[24:]) == 0 {
		return nil // nothing would make three of four
	}
	return steps
}

func readCurves(data []byte, n int) step {
	all := make([]curve, n)
	for i := range all {
		var size int
		if all[i], size = readCurve(data); all[i] == nil {
			return nil
		}
		data = data[min(len(data), (size+3)/4*4):]
	}
	return curved(all)
}

func readGrid(data []byte, channels int) step {
	const head = 20
	if len(data) < head || data[16] < 1 || data[16] > 2 {
		return nil
	}
	grid := make([]int, channels)
	for i := range grid {
		if grid[i] = int(data[i]); grid[i] < 2 {
			return nil
		}
	}
	if width := int(data[16]); head+gridSize(grid)*width <= len(data) {
		return gridded(grid, entry(data[head:], width))
	}
	return nil
}

func readMatrix(data []byte) step {
	return func(v []float64) []float64 {
		out := make([]float64, 3)
		for i := range out {
			out[i] = fixed16(data[36+4*i:])
			for j := range 3 {
				out[i] += fixed16(data[12*i+4*j:]) * v[j]
			}
		}
		return out
	}
}

// entry reads entries of one or two bytes as 0 to 1.
func entry(data []byte, width int) func(int) float64 {
	if width == 1 {
		return func(i int) float64 { return float64(data[i]) / 255 }
	}
	return func(i int) float64 { return float64(binary.BigEndian.Uint16(data[2*i:])) / 65535 }
}

// gridSize is how many entries a grid has. One that is too large to be in any profile counts as so large.
func gridSize(grid []int) int {
	size := 3
	for _, side := range grid {
		size = min(size*side, iccMax)
	}
	return size
}

func curved(curves []curve) step {
	return func(v []float64) []float64 {
		for i := range curves {
			v[i] = unit(curves[i](v[i]))
		}
		return v
	}
}

// gridded blends the entries at the corners around a value.
func gridded(grid []int, point func(int) float64) step {
	return func(v []float64) []float64 {
		out := make([]float64, 3)
		for corner := range 1 << len(grid) {
			weight, place := 1.0, 0
			for i, side := range grid {
				x := unit(v[i]) * float64(side-1)
				low := min(int(x), side-2)
				part := x - float64(low)
				if corner>>i&1 == 1 {
					place, weight = place*side+low+1, weight*part
				} else {
					place, weight = place*side+low, weight*(1-part)
				}
			}
			for c := range out {
				out[c] += weight * point(3*place+c)
			}
		}
		return out
	}
}
