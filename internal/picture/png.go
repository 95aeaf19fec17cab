package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"io"
	"iter"
	"math"
	"slices"
)

// pngChunks yields the kind and the content of each chunk, behind which stands its sum.
func pngChunks(data []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for at := 8; at+12 <= len(data); {
			end := int64(at) + 12 + int64(binary.BigEndian.Uint32(data[at:]))
			if end > int64(len(data)) || !yield(string(data[at+4:at+8]), data[at+8:end-4]) {
				return
			}
			at = int(end)
		}
	}
}

// pngPixelBytes is about how many bytes one pixel takes while it is decoded.
func pngPixelBytes(data []byte, config image.Config) int64 {
	size := int64(4)
	switch config.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		size = 8
	case color.GrayModel:
		size = 1
	}
	if len(data) > 28 && data[28] == 1 {
		size *= 2 // interlaced: each pass is decoded beside the whole
	}
	return size
}

// pngPixels are the chunks of a PNG that make its pixels. Behind others, broken or a million of them, the decoder would stop or toil.
func pngPixels(data []byte) []byte {
	pixels := slices.Grow(bytes.Clone(data[:8]), len(data))
	for kind, content := range pngChunks(data) {
		switch kind {
		case "IHDR", "PLTE", "tRNS", "IDAT", "IEND":
			size := len(content)
			pixels = binary.BigEndian.AppendUint32(pixels, uint32(size))
			pixels = append(append(pixels, kind...), content[:size+4]...) // with the sum that follows
		}
	}
	return pixels
}

func pngConfig(data []byte) (image.Config, error) {
	return png.DecodeConfig(bytes.NewReader(pngPixels(data)))
}

func decodePNG(data []byte) (image.Image, error) { return png.Decode(bytes.NewReader(pngPixels(data))) }

func pngOrientation(data []byte) int {
	for kind, content := range pngChunks(data) {
		if kind == "eXIf" {
			return exifOrientation(content)
		}
	}
	return 1
}

// pngColours reads what stands ahead of the pixels: a profile, or else that it is sRGB, or else the power of the brightness.
func pngColours(data []byte) *colours {
	standard, gamma := false, 0.0
	for kind, content := range pngChunks(data) {
		switch {
		case kind == "iCCP":
			return pngProfile(content).colours()
		case kind == "sRGB":
			standard = true
		case kind == "gAMA" && len(content) == 4:
			gamma = float64(binary.BigEndian.Uint32(content)) / 100_000
		case kind == "IDAT" && !standard:
			return powerColours(gamma)
		}
	}
	return nil
}

// pngProfile unpacks a profile, as far as it isn't too large: its name, how it is packed, and then itself.
func pngProfile(content []byte) icc {
	_, packed, _ := bytes.Cut(content, []byte{0})
	if len(packed) < 2 {
		return nil
	}
	unpacked, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(unpacked, iccMax+1))
	if err != nil {
		return nil
	}
	return profile
}

// powerColours are the colours of sRGB with brightness as a power. The power nearest to sRGB's own brightness stands for that.
func powerColours(gamma float64) *colours {
	const likeSRGB, near, least, most = 1 / 2.2, 0.05, 0.1, 5
	if gamma < least || gamma > most || math.Abs(gamma/likeSRGB-1) < near {
		return nil
	}
	power := func(x float64) float64 { return math.Pow(x, 1/gamma) }
	return newColours([3]curve{power, power, power}, [3]triple{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
}
