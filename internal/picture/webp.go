package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"iter"

	"golang.org/x/image/webp"
)

var errWebP = errors.New("a WebP without a picture")

// webpChunks yields the kind and the content of each chunk of a WebP, or of one of its frames.
func webpChunks(data []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for at := 0; at+8 <= len(data); {
			size := int64(binary.LittleEndian.Uint32(data[at+4:]))
			end := int64(at) + 8 + size
			if end > int64(len(data)) || !yield(string(data[at:at+4]), data[at+8:end]) {
				return
			}
			at = int(min(end+size%2, int64(len(data))))
		}
	}
}

// webpChunk returns the first chunk of this kind, or nil.
func webpChunk(chunks []byte, kind string) []byte {
	for name, content := range webpChunks(chunks) {
		if name == kind {
			return content
		}
	}
	return nil
}

func webpOrientation(data []byte) int {
	return exifOrientation(bytes.TrimPrefix(webpChunk(data[12:], "EXIF"), []byte("Exif\x00\x00")))
}

func webpColours(data []byte) *colours { return icc(webpChunk(data[12:], "ICCP")).colours() }

// checkWebP refuses a file that is shorter than it says.
func checkWebP(data []byte, _ int64) error {
	if int64(binary.LittleEndian.Uint32(data[4:]))+8 > int64(len(data)) {
		return broken(format{name: "WebP"})
	}
	return nil
}

// webpFrame is the picture of a WebP, or the first one of those that move.
type webpFrame struct {
	canvas, place image.Rectangle // place is where on the canvas the frame belongs
	chunks        []byte          // the frame, and perhaps what stands around it
}

// readWebP finds the frame.
func readWebP(data []byte) (webpFrame, error) {
	head := webpChunk(data[12:], "VP8X")
	if head == nil { // a file of the frame alone
		config, err := webp.DecodeConfig(bytes.NewReader(data))
		whole := image.Rect(0, 0, config.Width, config.Height)
		return webpFrame{whole, whole, data[12:]}, err
	}
	if len(head) < 10 {
		return webpFrame{}, errWebP
	}
	whole := image.Rectangle{Max: webpSize(head[4:])}
	moving := webpChunk(data[12:], "ANMF")
	if moving == nil {
		return webpFrame{whole, whole, data[12:]}, nil
	}
	if len(moving) < 16 {
		return webpFrame{}, errWebP
	}
	corner := webpSize(moving).Sub(image.Pt(1, 1)).Mul(2)
	place := image.Rectangle{Min: corner, Max: corner.Add(webpSize(moving[6:]))}
	if !place.In(whole) {
		return webpFrame{}, errWebP
	}
	return webpFrame{whole, place, moving[16:]}, nil
}

// webpSize reads two numbers of three bytes, which are one less than they mean.
func webpSize(data []byte) image.Point {
	number := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
	return image.Pt(number(data)+1, number(data[3:])+1)
}

// file writes a WebP of the frame alone, and of its transparency where that is stored apart.
func (f webpFrame) file() []byte {
	lossy, clear := webpChunk(f.chunks, "VP8 "), webpChunk(f.chunks, "ALPH")
	head := make([]byte, 10)
	if lossy != nil && clear != nil {
		head[0] = 1 << 4
	}
	w, h := f.place.Dx()-1, f.place.Dy()-1
	copy(head[4:], []byte{byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
	body := webpAppend([]byte("WEBP"), "VP8X", head)
	switch {
	case lossy == nil:
		body = webpAppend(body, "VP8L", webpChunk(f.chunks, "VP8L"))
	case clear != nil:
		body = webpAppend(body, "ALPH", clear)
		fallthrough
	default:
		body = webpAppend(body, "VP8 ", lossy)
	}
	return webpAppend(nil, "RIFF", body)
}

func webpAppend(to []byte, kind string, content []byte) []byte {
	to = binary.LittleEndian.AppendUint32(append(to, kind...), uint32(len(content)))
	to = append(to, content...)
	return append(to, make([]byte, len(content)%2)...)
}

func webpConfig(data []byte) (image.Config, error) {
	f, err := readWebP(data)
	return image.Config{Width: f.canvas.Dx(), Height: f.canvas.Dy()}, err
}

// webpPixelBytes is about how many bytes one pixel takes while it is decoded.
func webpPixelBytes(data []byte, _ image.Config) int64 {
	const lossy, clear, lossless, canvas = 2, 8, 8, 4
	f, _ := readWebP(data)
	size := int64(lossy)
	if webpChunk(f.chunks, "VP8 ") == nil {
		size = lossless
	} else if webpChunk(f.chunks, "ALPH") != nil {
		size += clear
	}
	if f.place != f.canvas {
		size += canvas
	}
	return size
}

// decodeWebP decodes the picture, or the first one, and lays it where it belongs on the canvas.
func decodeWebP(data []byte) (image.Image, error) {
	f, err := readWebP(data)
	if err != nil {
		return nil, err
	}
	img, err := webp.Decode(bytes.NewReader(f.file()))
	if err != nil {
		return nil, err
	}
	switch lossy := img.(type) {
	case *image.YCbCr:
		widen(lossy)
	case *image.NYCbCrA:
		widen(&lossy.YCbCr)
		img = plainAlpha(lossy)
	}
	if f.place == f.canvas {
		return img, nil
	}
	canvas := image.NewRGBA(f.canvas)
	draw.Draw(canvas, f.place, img, img.Bounds().Min, draw.Src)
	return canvas, nil
}

// widen spreads brightness from 16 to 235, as WebP has it, over 0 to 255, as Go takes it, and the colours likewise.
func widen(img *image.YCbCr) {
	for _, plane := range []struct {
		values       []uint8
		middle, span float64
		to           float64
	}{{img.Y, 16, 219, 0}, {img.Cb, 128, 224, 128}, {img.Cr, 128, 224, 128}} {
		var wide [256]uint8
		for i := range wide {
			wide[i] = uint8(min(max((float64(i)-plane.middle)*255/plane.span+plane.to, 0), 255) + 0.5)
		}
		for i, v := range plane.values {
			plane.values[i] = wide[v]
		}
	}
}

// plainAlpha puts the pixels of a picture into a form that needs no look-up of each by itself.
func plainAlpha(img *image.NYCbCrA) *image.NRGBA {
	plain := image.NewNRGBA(img.Rect)
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		row := plain.Pix[plain.PixOffset(img.Rect.Min.X, y):]
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			brightness, colour := img.YOffset(x, y), img.COffset(x, y)
			row[0], row[1], row[2] = color.YCbCrToRGB(img.Y[brightness], img.Cb[colour], img.Cr[colour])
			row[3] = img.A[img.AOffset(x, y)]
			row = row[4:]
		}
	}
	return plain
}
