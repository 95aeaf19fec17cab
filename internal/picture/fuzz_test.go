package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"testing"

	"nameplate/internal/form"
)

// fuzzFormat decodes files of one format, small ones only: what costs time is tried by the bombs.
func fuzzFormat(f *testing.F, name string, more ...[]byte) {
	for _, data := range samples(f) {
		more = append(more, data)
	}
	for _, data := range more {
		if kind, ok := sniff(data); ok && kind.name == name {
			f.Add(data)
		}
	}
	r := NewReader(2)
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, ok := sniff(data)
		if !ok || kind.name != name || len(data) > MaxBytes {
			return
		}
		_, err := r.weigh(kind, data)
		const few = 1 << 18
		if config, _ := kind.config(data); err == nil && config.Width*config.Height > few {
			return
		}
		if err == nil {
			var img image.Image
			img, err = guarded(func() (image.Image, error) { return decode(kind, data) })
			if err == nil && img.Bounds().Empty() {
				t.Fatal("an empty picture")
			}
		}
		if _, ok := errors.AsType[form.Message](err); err != nil && !ok {
			t.Fatalf("error %v is no message", err)
		}
	})
}

func FuzzJPEG(f *testing.F) {
	fuzzFormat(f, "JPEG", manyScans(f, 30), restless(16, 16, 0xc2, 3), bombJPEG(10, 10))
}
func FuzzPNG(f *testing.F) {
	fuzzFormat(f, "PNG", bombPNG(50_000, 50_000), headPNG(4, 4, 8, 6, 0, 0, 1))
}
func FuzzGIF(f *testing.F)  { fuzzFormat(f, "GIF", bombGIF(10, 10), frames(f, 100, 100, 3)) }
func FuzzWebP(f *testing.F) { fuzzFormat(f, "WebP", lyingWebP(), bombWebP(10, 10)) }

func FuzzEXIF(f *testing.F) {
	f.Add(tiff(6, binary.BigEndian, "MM"))
	f.Add(tiff(8, binary.LittleEndian, "II"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := exifOrientation(data); got < 1 || got > 8 {
			t.Fatalf("orientation %d", got)
		}
	})
}

func FuzzICC(f *testing.F) {
	f.Add(matrixICC(redP3, greenP3, blueP3, curveSRGB))
	f.Add(matrixICC(redAdobe, greenAdobe, blueAdobe, gamma22))
	f.Add(elementsICC())
	f.Add(inkICC())
	f.Add(iccFile("GRAY", "Lab ", map[string]string{"kTRC": sampled(0, 9, 65535)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		img := image.NewNRGBA(image.Rect(0, 0, 16, 16))
		for i := range img.Pix {
			img.Pix[i] = uint8(i)
		}
		was := bytes.Clone(img.Pix)
		p := icc(data)
		if p.space() == "" {
			return
		}
		for channels, space := range map[int]string{3: "RGB ", 4: "CMYK"} {
			if p.space() != space {
				continue
			}
			if table := p.lattice(channels, 3); table != nil {
				for i := 0; i+4 <= len(was); i += 4 {
					table.at(was[i : i+channels])
				}
			}
		}
		if p.tag("A2B0") != nil { // which takes long in full
			return
		}
		p.colours().apply(img)
		for i := 3; i < len(was); i += 4 {
			if img.Pix[i] != was[i] {
				t.Fatal("the transparency has changed")
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	r := NewReader(2)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := r.Read(t.Context(), data)
		if err != nil {
			if _, ok := errors.AsType[form.Message](err); !ok {
				t.Fatalf("error %v is no message", err)
			}
			return
		}
		if !ValidName(p.Name) || len(p.Squares[0]) == 0 || len(p.WebP[0]) == 0 || len(p.Whole) == 0 {
			t.Fatalf("a picture named %q of %d bytes", p.Name, len(p.Squares[0]))
		}
	})
}
