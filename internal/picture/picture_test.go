package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

var (
	red   = color.RGBA{220, 20, 20, 255}
	green = color.RGBA{20, 200, 20, 255}
	blue  = color.RGBA{20, 20, 220, 255}
	white = color.RGBA{255, 255, 255, 255}
)

// quarters draws red, green, blue and white in the corners: top left, top right, bottom left, bottom right.
func quarters(dst draw.Image) {
	b := dst.Bounds()
	x, y := (b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2
	for colour, part := range map[color.RGBA]image.Rectangle{
		red: image.Rect(b.Min.X, b.Min.Y, x, y), green: image.Rect(x, b.Min.Y, b.Max.X, y),
		blue: image.Rect(b.Min.X, y, x, b.Max.Y), white: image.Rect(x, y, b.Max.X, b.Max.Y),
	} {
		draw.Draw(dst, part, image.NewUniform(colour), image.Point{}, draw.Src)
	}
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tiff(orientation uint16, order binary.AppendByteOrder, head string) []byte {
	b := []byte(head)
	b = order.AppendUint32(order.AppendUint16(b, 42), 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(order.AppendUint16(b, 0x0112), 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(order.AppendUint16(b, orientation), 0)
	return order.AppendUint32(b, 0)
}

func withEXIF(data, tiff []byte) []byte {
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, byte((len(segment)+2)>>8), byte(len(segment)+2))
	return append(append(out, segment...), data[2:]...)
}

func read(t *testing.T, data []byte) Picture {
	t.Helper()
	p, err := NewReader(2).Read(t.Context(), data)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if !ValidName(p.Name) {
		t.Errorf("name %q is not valid", p.Name)
	}
	return p
}

// corners returns the stored colours at the middle of each quarter, rounded to the test's own colours.
func corners(t *testing.T, p Picture, i int) string {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(p.Squares[i]))
	if err != nil {
		t.Fatal(err)
	}
	side := profile.PictureSizes[i]
	if img.Bounds().Size() != image.Pt(side, side) {
		t.Fatalf("size %d is %v", side, img.Bounds())
	}
	var names []string
	for _, at := range []image.Point{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		names = append(names, nearest(img.At(at.X*side/4, at.Y*side/4)))
	}
	return strings.Join(names, " ")
}

func nearest(c color.Color) string {
	r, g, b, _ := c.RGBA()
	near := func(v uint32, want uint8) bool { return int(v>>8)-int(want) < 25 && int(want)-int(v>>8) < 25 }
	for name, want := range map[string]color.RGBA{"red": red, "green": green, "blue": blue, "white": white, "grey": {128, 128, 128, 255}} {
		if near(r, want.R) && near(g, want.G) && near(b, want.B) {
			return name
		}
	}
	return fmt.Sprint(color.RGBAModel.Convert(c))
}

func TestReadKeepsColours(t *testing.T) {
	t.Parallel()
	const all = "red green blue white"
	box := image.Rect(0, 0, 300, 200)
	draws := func(img draw.Image) image.Image { quarters(img); return img }
	palette := color.Palette{red, green, blue, white}
	var still bytes.Buffer
	if err := gif.Encode(&still, draws(image.NewPaletted(box, palette)), nil); err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray(box)
	draw.Draw(grey, box, image.NewUniform(color.Gray{128}), image.Point{}, draw.Src)
	grey16 := image.NewGray16(box)
	draw.Draw(grey16, box, image.NewUniform(color.Gray16{0x8080}), image.Point{}, draw.Src)
	for name, row := range map[string]struct {
		data []byte
		want string
	}{
		"JPEG":                   {asJPEG(t, draws(image.NewRGBA(box))), all},
		"tiny JPEG":              {asJPEG(t, draws(image.NewRGBA(image.Rect(0, 0, 16, 16)))), all},
		"large JPEG, odd corner": {asJPEG(t, draws(image.NewRGBA(image.Rect(0, 0, 2401, 1600)))), all},
		"tall JPEG":              {asJPEG(t, draws(image.NewRGBA(image.Rect(0, 0, 1601, 2603)))), all},
		"PNG":                    {asPNG(t, draws(image.NewRGBA(box))), all},
		"PNG, 16 bits":           {asPNG(t, draws(image.NewNRGBA64(box))), all},
		"PNG, palette":           {asPNG(t, draws(image.NewPaletted(box, palette))), all},
		"PNG, grey":              {asPNG(t, grey), "grey grey grey grey"},
		"PNG, 16 bits of grey":   {asPNG(t, grey16), "grey grey grey grey"},
		"PNG, clear is white":    {asPNG(t, image.NewNRGBA(box)), "white white white white"},
		"JPEG, grey":             {asJPEG(t, grey), "grey grey grey grey"},
		"GIF":                    {still.Bytes(), all},
		"JPEG, CMYK":             {testFile(t, cmykJPEG), all},
		"WebP":                   {testFile(t, lossyWebP), all},
		"WebP, lossless":         {testFile(t, losslessWebP), all},
		"WebP, clear is white":   {testFile(t, clearWebP), "red white white white"},
		"progressive JPEG":       {testFile(t, progressiveJPEG), all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := read(t, row.data)
			for i := range profile.PictureSizes {
				if got := corners(t, p, i); got != row.want {
					t.Errorf("size %d: %s, want %s", profile.PictureSizes[i], got, row.want)
				}
			}
		})
	}
}

func TestReadFlattensHalfClear(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 100, 100))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.NRGBA{0, 0, 0, 127}), image.Point{}, draw.Src)
	if got := corners(t, read(t, asPNG(t, img)), 2); got != "grey grey grey grey" {
		t.Errorf("half clear black on white is %s", got)
	}
}

func TestReadTurnsUpright(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	quarters(img)
	asJPEG, asPNG := asJPEG(t, img), asPNG(t, img)
	for orientation, want := range map[uint16]string{
		0: "red green blue white", 1: "red green blue white", 2: "green red white blue", 3: "white blue green red",
		4: "blue white red green", 5: "red blue green white", 6: "blue red white green", 7: "white green blue red",
		8: "green white red blue", 9: "red green blue white",
	} {
		little, big := tiff(orientation, binary.LittleEndian, "II"), tiff(orientation, binary.BigEndian, "MM")
		for kind, data := range map[string][]byte{"JPEG": withEXIF(asJPEG, little), "PNG": withChunk(asPNG, "eXIf", big)} {
			if got := corners(t, read(t, data), 2); got != want {
				t.Errorf("%s, orientation %d: %s, want %s", kind, orientation, got, want)
			}
		}
		number := int(orientation)
		if number < 1 || number > 8 {
			number = 1
		}
		for kind, got := range map[string]int{ // in the other order of bytes, which only changes how the number is read
			"JPEG": jpegOrientation(withEXIF(asJPEG, big)), "PNG": pngOrientation(withChunk(asPNG, "eXIf", little)),
		} {
			if got != number {
				t.Errorf("%s, orientation %d: read as %d", kind, orientation, got)
			}
		}
	}
}

// withChunk puts a chunk behind the head of a PNG.
func withChunk(data []byte, kind string, content []byte) []byte {
	const head = 8 + 25
	chunk := append([]byte(kind), content...)
	out := binary.BigEndian.AppendUint32(bytes.Clone(data[:head]), uint32(len(content)))
	out = binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
	return append(out, data[head:]...)
}

func TestReadSurvivesAnyEXIF(t *testing.T) {
	t.Parallel()
	img := asJPEG(t, image.NewRGBA(image.Rect(0, 0, 8, 8)))
	exif := tiff(6, binary.BigEndian, "MM")
	check := func(exif []byte) {
		if got := jpegOrientation(withEXIF(img, exif)); got < 1 || got > 8 {
			t.Errorf("orientation %d from %x", got, exif)
		}
	}
	for i := range exif {
		check(exif[:i])
		for _, b := range []byte{0, 1, 0x7f, 0xff} {
			bad := bytes.Clone(exif)
			bad[i] = b
			check(bad)
		}
	}
	read(t, withEXIF(img, exif[:9]))
}

func TestReadLeavesNoMetadata(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	data := append(withEXIF(asJPEG(t, img), append(tiff(1, binary.BigEndian, "MM"), "GPS-SECRET"...)), "TRAILING<script>"...)
	for name, stored := range read(t, data).files() {
		for _, trace := range []string{"Exif", "SECRET", "TRAILING"} {
			if bytes.Contains(stored, []byte(trace)) {
				t.Errorf("%s still holds %q", name, trace)
			}
		}
	}
}

func TestReadTakesTheFirstFrameOfAGIF(t *testing.T) {
	t.Parallel()
	canvas := image.Rect(0, 0, 100, 100)
	frame := func(r image.Rectangle, c color.Color) *image.Paletted {
		return image.NewPaletted(r, color.Palette{c, color.Transparent})
	}
	moving := &gif.GIF{Config: image.Config{Width: 100, Height: 100}, Delay: []int{1, 1}, Image: []*image.Paletted{
		frame(image.Rect(0, 0, 50, 50), red), frame(canvas, blue),
	}}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, moving); err != nil {
		t.Fatal(err)
	}
	if got := corners(t, read(t, b.Bytes()), 2); got != "red white white white" {
		t.Errorf("first frame is %s", got)
	}
}

func TestReadNamesByContent(t *testing.T) {
	t.Parallel()
	a, b := image.NewRGBA(image.Rect(0, 0, 40, 40)), image.NewRGBA(image.Rect(0, 0, 40, 40))
	quarters(b)
	first, again, other := read(t, asPNG(t, a)), read(t, asPNG(t, a)), read(t, asPNG(t, b))
	if first.Name != again.Name || first.Name == other.Name {
		t.Errorf("names %s, %s and %s", first.Name, again.Name, other.Name)
	}
}

func wantMessage(t *testing.T, err error, part string) {
	t.Helper()
	if message, ok := errors.AsType[form.Message](err); !ok || !strings.Contains(string(message), part) {
		t.Errorf("error %v, want a message with %q", err, part)
	}
}
