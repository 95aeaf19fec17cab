package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/webp"

	"nameplate/internal/form"
)

// format is one kind of file that is taken. The decoders are called by name, never through image.Decode: imaging registers
// others there.
type format struct {
	name        string
	config      func(io.Reader) (image.Config, error)
	decode      func(data []byte) (image.Image, error)
	check       func(data []byte, pixels int64) error // what is to be refused before decoding, beside the size
	orientation func(data []byte) int                 // as in EXIF, 1 to 8
}

// sniff tells the format by the first bytes.
func sniff(data []byte) (format, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return format{"JPEG", jpeg.DecodeConfig, plain(jpeg.Decode), checkScans, jpegOrientation}, true
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return format{"PNG", png.DecodeConfig, plain(png.Decode), checkNothing, pngOrientation}, true
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return format{"GIF", gif.DecodeConfig, decodeGIF, checkGIF, func([]byte) int { return 1 }}, true
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return format{"WebP", webp.DecodeConfig, decodeWebP, checkWebP, webpOrientation}, true
	}
	return format{}, false
}

func plain(decode func(io.Reader) (image.Image, error)) func([]byte) (image.Image, error) {
	return func(data []byte) (image.Image, error) { return decode(bytes.NewReader(data)) }
}

func checkNothing([]byte, int64) error { return nil }

// pixelBytes is about how many bytes one pixel takes while it is decoded.
func (f format) pixelBytes(data []byte, config image.Config) int64 {
	switch {
	case f.name == "JPEG":
		return jpegPixelBytes(data)
	case f.name == "GIF":
		return 5 // the frame, and the canvas it may have to be laid on
	}
	size := int64(4)
	switch config.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		size = 8
	case color.GrayModel:
		size = 1
	case color.YCbCrModel:
		size = 3
	}
	if f.name == "PNG" && len(data) > 28 && data[28] == 1 {
		size *= 2 // interlaced: each pass is decoded beside the whole
	}
	return size
}

// checkScans bounds the passes over a progressive JPEG: a small file can ask for thousands, each over every pixel.
func checkScans(data []byte, pixels int64) error {
	const passes = 1_000_000_000 // pixels in all; a usual file has ten scans
	if scans := int64(bytes.Count(data, []byte{0xff, 0xda})); scans > 500 || scans > 20 && scans*pixels > passes {
		return form.Message("Choose another picture: this JPEG is put together in too many steps. Saving it anew may help.")
	}
	return nil
}

// checkWebP refuses a file that is shorter than it says, and one that moves.
func checkWebP(data []byte, _ int64) error {
	size := int64(data[4]) | int64(data[5])<<8 | int64(data[6])<<16 | int64(data[7])<<24
	if size+8 > int64(len(data)) {
		return broken(format{name: "WebP"})
	}
	const animation = 1 << 1
	if len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&animation != 0 {
		return form.Message("Choose a picture that stands still: this WebP moves.")
	}
	return nil
}

// decodeWebP decodes a picture, and widens its colours: in a WebP that loses detail black is 16 and white 235, which the decoder hands on as
// the black and white of a JPEG, 0 and 255.
func decodeWebP(data []byte) (image.Image, error) {
	img, err := webp.Decode(bytes.NewReader(data))
	switch img := img.(type) {
	case *image.YCbCr:
		widen(img)
	case *image.NYCbCrA:
		widen(&img.YCbCr)
	}
	return img, err
}

func widen(img *image.YCbCr) {
	stretch := func(plane []uint8, from, width, to float64) {
		var wide [256]uint8
		for v := range wide {
			wide[v] = uint8(min(max(math.Round((float64(v)-from)*255/width+to), 0), 255))
		}
		for i, v := range plane {
			plane[i] = wide[v]
		}
	}
	stretch(img.Y, 16, 219, 0)
	stretch(img.Cb, 128, 224, 128)
	stretch(img.Cr, 128, 224, 128)
}

// checkGIF walks over the blocks of a file, decoding nothing, and refuses one that is cut or out of order.
func checkGIF(data []byte, _ int64) error {
	cut := broken(format{name: "GIF"})
	at := 13 + table(data[10])
	for at < len(data) {
		switch data[at] {
		case 0x3b: // the end
			return nil
		case 0x21: // an extension: its label, then blocks
			at += 2
		case 0x2c: // a frame: its place, its colours, its code size, then blocks
			if at+10 > len(data) {
				return cut
			}
			at += 10 + table(data[at+9]) + 1
		default:
			return cut
		}
		for at < len(data) && data[at] != 0 {
			at += 1 + int(data[at])
		}
		at++
	}
	return cut
}

// table returns the bytes of the colour table that a GIF's flags announce.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// decodeGIF decodes the first frame only, and lays it where it belongs on the canvas.
func decodeGIF(data []byte) (image.Image, error) {
	frame, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	config, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	whole := image.Rect(0, 0, config.Width, config.Height)
	if frame.Bounds() == whole || !sound(frame) {
		return frame, nil
	}
	canvas := image.NewRGBA(whole)
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return canvas, nil
}
