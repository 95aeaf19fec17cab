package picture

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"io"
)

// format is one kind of file that is taken. The decoders are called by name, never through image.Decode: imaging registers
// others there.
type format struct {
	name        string
	config      func(data []byte) (image.Config, error)
	check       func(data []byte, pixels int64) error        // what is to be refused before decoding, beside the size
	pixelBytes  func(data []byte, config image.Config) int64 // about how many bytes one pixel takes while it is decoded
	decode      func(data []byte) (image.Image, error)
	orientation func(data []byte) int // as in EXIF, 1 to 8
	colours     func(data []byte) *colours
}

// sniff tells the format by the first bytes.
func sniff(data []byte) (format, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return format{"JPEG", plain(jpeg.DecodeConfig), checkScans, jpegPixelBytes, decodeJPEG, jpegOrientation, jpegColours}, true
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return format{"PNG", pngConfig, checkNothing, pngPixelBytes, decodePNG, pngOrientation, pngColours}, true
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return format{"GIF", plain(gif.DecodeConfig), checkGIF, gifPixelBytes, decodeGIF, gifOrientation, gifColours}, true
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return format{"WebP", webpConfig, checkWebP, webpPixelBytes, decodeWebP, webpOrientation, webpColours}, true
	}
	return format{}, false
}

func plain[T any](decode func(io.Reader) (T, error)) func([]byte) (T, error) {
	return func(data []byte) (T, error) { return decode(bytes.NewReader(data)) }
}

func checkNothing([]byte, int64) error { return nil }
