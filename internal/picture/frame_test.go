package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"
	"time"

	"nameplate/internal/profile"
)

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestReadKeepsTheWhole(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		size, want  image.Point
		orientation uint16
	}{
		"as it is":           {image.Pt(300, 200), image.Pt(300, 200), 1},
		"turned":             {image.Pt(300, 200), image.Pt(200, 300), 6},
		"smaller":            {image.Pt(4096, 2048), image.Pt(2048, 1024), 1},
		"smaller and turned": {image.Pt(3000, 1000), image.Pt(683, 2048), 8},
		"half":               {image.Pt(4001, 401), image.Pt(2000, 200), 1},
		"half and turned":    {image.Pt(4001, 401), image.Pt(200, 2000), 6},
		"half, then smaller": {image.Pt(4400, 440), image.Pt(2048, 205), 1},
		"a thread":           {image.Pt(16_000, 1), image.Pt(2048, 1), 1},
		"as large as it may": {image.Pt(2048, 20), image.Pt(2048, 20), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := image.NewRGBA(image.Rectangle{Max: row.size})
			quarters(img)
			p := read(t, withEXIF(asJPEG(t, img), tiff(row.orientation, binary.BigEndian, "MM")))
			if got := decoded(t, p.Whole).Bounds().Size(); got != row.want {
				t.Errorf("the whole has %v pixels, want %v", got, row.want)
			}
		})
	}
}

// stripes are red on top, green in the middle and blue below, or from left to right.
func stripes(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i, colour := range []color.Color{red, green, blue} {
		part := image.Rect(i*width/3, 0, (i+1)*width/3, height)
		if height > width {
			part = image.Rect(0, i*height/3, width, (i+1)*height/3)
		}
		draw.Draw(img, part, image.NewUniform(colour), image.Point{}, draw.Src)
	}
	return img
}

func middle(t *testing.T, p Picture) string {
	t.Helper()
	img := decoded(t, p.Squares[3])
	return nearest(img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2))
}

func TestReframe(t *testing.T) {
	t.Parallel()
	r := NewReader(1)
	for _, size := range []image.Point{{600, 200}, {200, 600}} {
		p := read(t, asPNG(t, stripes(size.X, size.Y)))
		seen := map[string]bool{p.Name: true}
		for at, want := range map[int]string{0: "red", 500: "green", 1000: "blue"} {
			framed, err := r.Reframe(t.Context(), p.Whole, profile.Frame{X: at, Y: at, Zoom: 150})
			if err != nil {
				t.Fatal(err)
			}
			if got := middle(t, framed); got != want {
				t.Errorf("%v at %d: %s, want %s", size, at, got, want)
			}
			if !ValidName(framed.Name) || seen[framed.Name] || !bytes.Equal(framed.Whole, p.Whole) {
				t.Errorf("%v at %d is named %s, and has a whole of %d bytes", size, at, framed.Name, len(framed.Whole))
			}
			seen[framed.Name] = true
			stored, _ := profile.ParsePictureName(framed.Name)
			if want := map[string]string{"red": "d11", "green": "1c1", "blue": "11d"}[want]; stored.Blur[12:15] != want {
				t.Errorf("what stands in for %v at %d is %s", size, at, stored.Blur)
			}
		}
		good, err := r.Reframe(t.Context(), p.Whole, profile.GoodFrame(size.X, size.Y))
		if err != nil || len(good.Squares[4]) == 0 {
			t.Errorf("the frame that it begins with: %v", err)
		}
	}
	if _, err := r.Reframe(t.Context(), []byte("\xff\xd8\xff\xd9"), profile.GoodFrame(1, 1)); err == nil {
		t.Error("a broken whole was framed")
	}
}

func TestReadFramesAnUprightPictureAboveItsMiddle(t *testing.T) {
	t.Parallel()
	p := read(t, asPNG(t, stripes(200, 600))) // the square reaches from 100 to 300 of 600
	if got := corners(t, p, 3); got != "red red green green" {
		t.Errorf("the square is %s", got)
	}
}

func TestReframeStopsWithItsContext(t *testing.T) {
	r := NewReader(1)
	if err := r.gate.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Reframe(ctx, nil, profile.GoodFrame(1, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}
