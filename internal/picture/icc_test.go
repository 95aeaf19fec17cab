package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"testing"
)

// iccFile writes a profile of these parts.
func iccFile(space, leadsTo string, parts map[string]string) []byte {
	head := make([]byte, 128)
	copy(head[16:], space+leadsTo)
	copy(head[36:], "acsp")
	table := binary.BigEndian.AppendUint32(nil, uint32(len(parts)))
	var body []byte
	for name, part := range parts {
		at := uint32(132 + 12*len(parts) + len(body))
		table = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(append(table, name...), at), uint32(len(part)))
		body = append(body, part...)
	}
	return append(append(head, table...), body...)
}

// numbers writes numbers with 16 bits behind the point.
func numbers(of ...float64) string {
	var b []byte
	for _, v := range of {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*(1<<16)))))
	}
	return string(b)
}

func shorts(of ...uint16) string {
	var b []byte
	for _, v := range of {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return string(b)
}

func point(xyz [3]float64) string { return "XYZ \x00\x00\x00\x00" + numbers(xyz[:]...) }

func parametric(kind uint16, of ...float64) string {
	return "para\x00\x00\x00\x00" + shorts(kind, 0) + numbers(of...)
}

func sampled(points ...uint16) string {
	return "curv\x00\x00\x00\x00" + numbers(float64(len(points))/(1<<16)) + shorts(points...)
}

// matrixICC is a profile of three primaries and one curve.
func matrixICC(red, green, blue [3]float64, curve string) []byte {
	return iccFile("RGB ", "XYZ ", map[string]string{
		"rXYZ": point(red), "gXYZ": point(green), "bXYZ": point(blue), "rTRC": curve, "gTRC": curve, "bTRC": curve,
	})
}

var (
	redSRGB, greenSRGB, blueSRGB    = [3]float64{.4360, .2225, .0139}, [3]float64{.3851, .7169, .0971}, [3]float64{.1431, .0606, .7141}
	redP3, greenP3, blueP3          = [3]float64{.51512, .2412, -.00105}, [3]float64{.29198, .69225, .04189}, [3]float64{.1571, .06657, .78407}
	redAdobe, greenAdobe, blueAdobe = [3]float64{.60974, .31111, .01947}, [3]float64{.20528, .62567, .06087}, [3]float64{.14919, .06322, .74457}
	curveSRGB                       = parametric(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045)
	gamma22                         = sampled(563)
)

// elementsICC is a profile as those of version 4 write a table: curves, a matrix, and curves again.
func elementsICC() []byte {
	const head = 32
	straight := slices.Repeat([]byte(parametric(0, 1)), 3)
	curves := slices.Repeat([]byte(curveSRGB), 3)
	var matrix []float64
	for i := range 3 { // XYZ is written as half of what it is
		matrix = append(matrix, redSRGB[i]/2, greenSRGB[i]/2, blueSRGB[i]/2)
	}
	matrix = append(matrix, 0, 0, 0)
	at := func(offset int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(offset))) }
	b := len(straight)
	part := "mAB \x00\x00\x00\x00\x03\x03\x00\x00" + at(head) + at(head+b) + at(head+b+48) + at(0) + at(0)
	return iccFile("RGB ", "XYZ ", map[string]string{"A2B0": part + string(straight) + numbers(matrix...) + string(curves)})
}

// inkICC is a table of two points for each ink, as bytes: none is white, and each ink takes away its own light or, black, all of it.
func inkICC() []byte {
	line := make([]byte, 256)
	for i := range line {
		line[i] = byte(i)
	}
	var grid []byte
	for i := range 16 {
		c, m, y, k := i>>3&1, i>>2&1, i>>1&1, i&1
		grid = append(grid, labOf((1-c)*(1-k), (1-m)*(1-k), (1-y)*(1-k))...)
	}
	part := "mft1\x00\x00\x00\x00\x04\x03\x02\x00" + string(make([]byte, 36)) + string(slices.Repeat(line, 4)) + string(grid) + string(slices.Repeat(line, 3))
	return iccFile("CMYK", "Lab ", map[string]string{"A2B0": part})
}

// labOf is the L*a*b* of a corner of the cube of sRGB, as three bytes.
func labOf(r, g, b int) []byte {
	return map[[3]int][]byte{
		{1, 1, 1}: {255, 128, 128}, {0, 0, 0}: {0, 128, 128}, {1, 0, 0}: {138, 209, 198}, {0, 1, 0}: {224, 49, 209},
		{0, 0, 1}: {75, 196, 16}, {1, 1, 0}: {249, 112, 221}, {1, 0, 1}: {154, 222, 67}, {0, 1, 1}: {231, 77, 114},
	}[[3]int{r, g, b}]
}

func plainColour(c color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

// withProfile puts a profile into a JPEG, in two parts of which the second comes first.
func withProfile(data, profile []byte) []byte {
	half := len(profile) / 2
	out := bytes.Clone(data[:2])
	for i, part := range [][]byte{profile[half:], profile[:half]} {
		content := append([]byte("ICC_PROFILE\x00"), byte(2-i), 2)
		content = append(content, part...)
		out = append(binary.BigEndian.AppendUint16(append(out, 0xff, 0xe2), uint16(2+len(content))), content...)
	}
	return append(out, data[2:]...)
}

func deflated(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withPNGProfile puts a profile into a PNG.
func withPNGProfile(t testing.TB, data, profile []byte) []byte {
	t.Helper()
	return withChunk(data, "iCCP", append([]byte("a profile\x00\x00"), deflated(t, profile)...))
}

// extended is a WebP with these chunks around a frame.
func extended(flags byte, w, h int, chunks ...[]byte) []byte {
	head := []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0}
	body := webpAppend([]byte("WEBP"), "VP8X", head)
	return webpAppend(nil, "RIFF", append(body, slices.Concat(chunks...)...))
}

func TestReadTurnsProfilesIntoSRGB(t *testing.T) {
	t.Parallel()
	reddish, grey, bluish := color.NRGBA{200, 100, 50, 255}, color.NRGBA{128, 128, 128, 255}, color.NRGBA{30, 60, 200, 255}
	sixteen := make([]uint16, 1024)
	for i := range sixteen {
		sixteen[i] = uint16(65535*math.Pow(float64(i)/1023, 2.2) + 0.5)
	}
	for name, row := range map[string]struct {
		profile    []byte
		from, want color.NRGBA
	}{
		"sRGB":                       {matrixICC(redSRGB, greenSRGB, blueSRGB, curveSRGB), reddish, reddish},
		"Display P3":                 {matrixICC(redP3, greenP3, blueP3, curveSRGB), reddish, color.NRGBA{215, 93, 31, 255}},
		"Display P3, blue":           {matrixICC(redP3, greenP3, blueP3, curveSRGB), bluish, color.NRGBA{17, 61, 208, 255}},
		"Adobe RGB":                  {matrixICC(redAdobe, greenAdobe, blueAdobe, gamma22), reddish, color.NRGBA{227, 100, 42, 255}},
		"Adobe RGB of a curve":       {matrixICC(redAdobe, greenAdobe, blueAdobe, sampled(sixteen...)), reddish, color.NRGBA{227, 100, 42, 255}},
		"Adobe RGB of a formula":     {matrixICC(redAdobe, greenAdobe, blueAdobe, parametric(0, 2.2)), grey, color.NRGBA{129, 129, 129, 255}},
		"swapped":                    {matrixICC(greenSRGB, redSRGB, blueSRGB, curveSRGB), reddish, color.NRGBA{100, 200, 50, 255}},
		"linear":                     {matrixICC(redSRGB, greenSRGB, blueSRGB, sampled()), grey, color.NRGBA{188, 188, 188, 255}},
		"a line and a power":         {matrixICC(redSRGB, greenSRGB, blueSRGB, parametric(1, 1, 2, -1)), color.NRGBA{191, 191, 191, 255}, color.NRGBA{188, 188, 188, 255}},
		"a floor and a power":        {matrixICC(redSRGB, greenSRGB, blueSRGB, parametric(2, 1, 1, -.5, .5)), grey, color.NRGBA{188, 188, 188, 255}},
		"a line, a power and floors": {matrixICC(redSRGB, greenSRGB, blueSRGB, parametric(4, 1, .5, .5, .5, .6, 0, .25)), grey, color.NRGBA{188, 188, 188, 255}},
		"grey":                       {iccFile("GRAY", "XYZ ", map[string]string{"kTRC": sampled()}), grey, color.NRGBA{188, 188, 188, 255}},
		"grey as lightness":          {iccFile("GRAY", "Lab ", map[string]string{"kTRC": sampled()}), color.NRGBA{64, 64, 64, 255}, color.NRGBA{60, 60, 60, 255}},
		"curves and a matrix":        {elementsICC(), reddish, reddish},
		"white that isn't":           {matrixICC(redSRGB, redSRGB, redSRGB, curveSRGB), reddish, reddish},
	} {
		for kind, data := range map[string][]byte{
			"JPEG": withProfile(asJPEG(t, plainColour(row.from)), row.profile),
			"PNG":  withPNGProfile(t, asPNG(t, plainColour(row.from)), row.profile),
		} {
			wantColour(t, name+", "+kind, data, row.want)
		}
	}
	wide := extended(1<<5, 64, 64, webpAppend(nil, "ICCP", matrixICC(redP3, greenP3, blueP3, curveSRGB)), testFile(t, losslessWebP)[12:])
	if got := color.NRGBAModel.Convert(decoded(t, read(t, wide).Whole).At(16, 16)).(color.NRGBA); got.R < 236 || got.G > 4 {
		t.Errorf("red of a WebP in Display P3 is %v", got)
	}
}

// wantColour reads a picture of one colour.
func wantColour(t *testing.T, name string, data []byte, want color.NRGBA) {
	t.Helper()
	f, _ := sniff(data)
	whole, err := decode(f, data)
	if err != nil {
		t.Fatal(name, err)
	}
	b := whole.Bounds()
	got := color.NRGBAModel.Convert(whole.At((b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2)).(color.NRGBA)
	far := func(a, b uint8) bool { return a > b+3 || b > a+3 }
	if far(got.R, want.R) || far(got.G, want.G) || far(got.B, want.B) {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
}

func TestProfileOfInks(t *testing.T) {
	t.Parallel()
	table := icc(inkICC()).lattice(4, 17)
	for inks, want := range map[[4]uint8][3]uint8{
		{0, 0, 0, 0}: {255, 255, 255}, {0, 0, 0, 255}: {0, 0, 0}, {0, 255, 255, 0}: {255, 0, 0}, {255, 0, 255, 0}: {0, 255, 0},
		{255, 255, 0, 0}: {0, 0, 255}, {0, 0, 255, 0}: {255, 255, 0}, {255, 255, 255, 0}: {0, 0, 0}, {0, 0, 0, 128}: {118, 118, 118},
	} {
		r, g, b := table.at(inks[:])
		for i, got := range []uint8{r, g, b} {
			if d := int(got) - int(want[i]); d > 9 || d < -9 {
				t.Errorf("%v is %v %v %v, want %v", inks, r, g, b, want)
				break
			}
		}
	}
	data := testFile(t, cmykJPEG)
	plain, profiled := read(t, data), read(t, withProfile(data, inkICC()))
	if profiled.Name == plain.Name || !strings.HasSuffix(corners(t, profiled, 3), " white") {
		t.Errorf("with a profile: %s", corners(t, profiled, 3))
	}
}

func TestReadTakesTheBrightnessOfAPNG(t *testing.T) {
	t.Parallel()
	grey := asPNG(t, plainColour(color.NRGBA{128, 128, 128, 255}))
	brightness := func(gamma uint32) []byte { return withChunk(grey, "gAMA", binary.BigEndian.AppendUint32(nil, gamma)) }
	for name, row := range map[string]struct {
		data []byte
		want uint8
	}{
		"usual": {brightness(45455), 128}, "linear": {brightness(100_000), 188}, "of an old Macintosh": {brightness(55_556), 145},
		"none": {brightness(0), 128}, "senseless": {brightness(1 << 31), 128},
		"sRGB goes ahead":      {withChunk(brightness(100_000), "sRGB", []byte{0}), 128},
		"a profile goes ahead": {withPNGProfile(t, brightness(100_000), matrixICC(redSRGB, greenSRGB, blueSRGB, curveSRGB)), 128},
	} {
		wantColour(t, name, row.data, color.NRGBA{row.want, row.want, row.want, 255})
	}
}

func TestSRGBCostsNothing(t *testing.T) {
	for name, profile := range map[string][]byte{
		"as such": matrixICC(redSRGB, greenSRGB, blueSRGB, curveSRGB), "as a table": elementsICC(), "nothing": nil,
	} {
		if icc(profile).colours() != nil {
			t.Errorf("%s: colours to be turned", name)
		}
	}
}

func TestBrokenProfilesAreIgnored(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 3, 3))
	for name, profile := range map[string][]byte{"matrix": matrixICC(redP3, greenP3, blueP3, curveSRGB), "elements": elementsICC(), "inks": inkICC()} {
		for i := range profile {
			for _, bad := range [][]byte{profile[:i], slices.Replace(bytes.Clone(profile), i, i+1, 0xff), slices.Replace(bytes.Clone(profile), i, i+1, 0)} {
				switch p := icc(bad); {
				case p.space() == "CMYK":
					p.lattice(4, 2)
				case p.space() == "RGB " && p.tag("A2B0") != nil:
					p.lattice(3, 3)
				default:
					p.colours().apply(img)
				}
			}
		}
		if len(icc(profile[:len(profile)/2]).space()) != 4 {
			t.Errorf("%s: no space", name)
		}
	}
	if (icc(append(matrixICC(redP3, greenP3, blueP3, curveSRGB), make([]byte, iccMax)...))).colours() != nil {
		t.Error("a profile of more than 4 MB was taken")
	}
}
