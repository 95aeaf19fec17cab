package picture

import (
	"encoding/binary"
	"image/color"
	"slices"
	"testing"
)

// The decoder hands on white as 235, which is near enough to white for the other tests.
func TestReadWidensTheColoursOfAWebP(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{"lossy": lossyWebP, "clear": clearWebP, "lossless": losslessWebP} {
		img := decoded(t, read(t, testFile(t, data)).Whole)
		size := img.Bounds().Size()
		at := func(x, y int) color.RGBA {
			return color.RGBAModel.Convert(img.At(x*size.X/4, y*size.Y/4)).(color.RGBA)
		}
		if got := at(3, 3); min(got.R, got.G, got.B) < 250 {
			t.Errorf("%s: white is %v", name, got)
		}
		if got := at(1, 1); got.R < red.R-9 || got.R > red.R+9 || max(got.G, got.B) > red.G+12 {
			t.Errorf("%s: red is %v, want %v", name, got, red)
		}
	}
}

// moving is a WebP of 80 × 80 pixels with these frames.
func moving(frames ...[]byte) []byte {
	return extended(1<<1|1<<4, 80, 80, webpAppend(nil, "ANIM", make([]byte, 6)), slices.Concat(frames...))
}

// frame is a frame of 64 × 64 pixels at a place, from a WebP of its own.
func frame(t testing.TB, text string, x, y byte) []byte {
	chunks := testFile(t, text)[12:]
	if head := webpChunk(chunks, "VP8X"); head != nil {
		chunks = chunks[18:]
	}
	return webpAppend(nil, "ANMF", append([]byte{x / 2, 0, 0, y / 2, 0, 0, 63, 0, 0, 63, 0, 0, 1, 0, 0, 0}, chunks...))
}

func TestReadTakesTheFirstFrameOfAWebP(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"lossy": lossyWebP, "lossless": losslessWebP, "clear": clearWebP} {
		want := "red green blue white"
		if text == clearWebP {
			want = "red white white white"
		}
		data := moving(frame(t, text, 16, 0), frame(t, losslessWebP, 0, 0))
		img := decoded(t, read(t, data).Whole)
		if img.Bounds().Dx() != 80 || img.Bounds().Dy() != 80 {
			t.Errorf("%s: the canvas is %v", name, img.Bounds())
		}
		got := nearest(img.At(8, 16)) + " " + nearest(img.At(32, 16)) + " " + nearest(img.At(64, 16)) + " " + nearest(img.At(32, 48)) + " " + nearest(img.At(64, 48))
		if got != "white "+want {
			t.Errorf("%s: %s, want white and then %s", name, got, want)
		}
	}
}

func TestReadRefusesMovingWebPs(t *testing.T) {
	t.Parallel()
	whole := frame(t, lossyWebP, 16, 0)
	longer := binary.LittleEndian.AppendUint32([]byte("ANMF"), 1<<30)
	for name, data := range map[string][]byte{
		"no frame": moving(), "an empty frame": moving(webpAppend(nil, "ANMF", nil)), "a frame without pixels": moving(webpAppend(nil, "ANMF", whole[8:24])),
		"a frame outside": moving(frame(t, lossyWebP, 18, 0)), "a cut frame": moving(webpAppend(nil, "ANMF", whole[8:90])), "a frame that is longer than all": moving(longer),
		"a frame of another size": moving(slices.Replace(slices.Clone(whole), 8+6, 8+7, 50)),
	} {
		_, err := NewReader(1).Read(t.Context(), data)
		if err == nil {
			t.Errorf("%s was taken", name)
			continue
		}
		wantMessage(t, err, "broken or cut short")
	}
}

func TestReadTakesAWebPThatPromisesWhatItLacks(t *testing.T) {
	t.Parallel()
	data := extended(1<<4, 64, 64, testFile(t, lossyWebP)[12:]) // transparency
	if got := corners(t, read(t, data), 2); got != "red green blue white" {
		t.Error(got)
	}
}

func TestWebPOrientation(t *testing.T) {
	for orientation := range uint16(10) {
		want := int(orientation)
		if want < 1 || want > 8 {
			want = 1
		}
		for _, exif := range [][]byte{tiff(orientation, binary.LittleEndian, "II"), append([]byte("Exif\x00\x00"), tiff(orientation, binary.BigEndian, "MM")...)} {
			data := extended(1<<3, 64, 64, testFile(t, lossyWebP)[12:], webpAppend(nil, "EXIF", exif))
			if got := webpOrientation(data); got != want {
				t.Errorf("orientation %d is read as %d", orientation, got)
			}
		}
	}
	data := extended(1<<3, 64, 64, testFile(t, losslessWebP)[12:], webpAppend(nil, "EXIF", tiff(6, binary.LittleEndian, "II")))
	if got := corners(t, read(t, data), 2); got != "blue red white green" {
		t.Error(got)
	}
}
