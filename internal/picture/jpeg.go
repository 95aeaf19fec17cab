package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"iter"

	"nameplate/internal/form"
)

const (
	jpegScan  = 0xda // begins pixels
	jpegEXIF  = 0xe1
	jpegICC   = 0xe2
	jpegAdobe = 0xee
)

// jpegSegments yields the marker and the content of each segment, up to the end of the picture. It passes over the pixels.
func jpegSegments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for at := 2; ; {
			next := bytes.IndexByte(data[at:], 0xff)
			if next < 0 {
				return
			}
			for at += next; at < len(data) && data[at] == 0xff; at++ { // filling
			}
			if at+3 > len(data) {
				return
			}
			marker := data[at]
			if marker == 0 || marker >= 0xd0 && marker <= 0xd7 { // among the pixels
				continue
			}
			size := int(binary.BigEndian.Uint16(data[at+1:]))
			end := at + 1 + size
			if marker == 0xd9 || size < 2 || end > len(data) || !yield(marker, data[at+3:end]) {
				return
			}
			at = end
		}
	}
}

// decodeJPEG decodes a JPEG. One in the inks of a printer becomes light.
func decodeJPEG(data []byte) (image.Image, error) {
	img, err := jpeg.Decode(bytes.NewReader(data))
	inks, ok := img.(*image.CMYK)
	if err != nil || !ok {
		return img, err
	}
	var table *lattice
	if profile := jpegProfile(data); profile.space() == "CMYK" {
		table = profile.lattice(4, 17)
	}
	light := &image.NRGBA{Pix: inks.Pix, Stride: inks.Stride, Rect: inks.Rect}
	eachRow(light, func(row []uint8) {
		for ; len(row) >= 4; row = row[4:] {
			if table != nil {
				row[0], row[1], row[2] = table.at(row[:4])
			} else {
				row[0], row[1], row[2] = color.CMYKToRGB(row[0], row[1], row[2], row[3])
			}
			row[3] = 255
		}
	})
	return light, nil
}

func jpegColours(data []byte) *colours { return jpegProfile(data).colours() }

// jpegProfile puts the colour profile together, which may come in many parts and in any order.
func jpegProfile(data []byte) icc {
	var parts [256][]byte
	count := 0
	for marker, content := range jpegSegments(data) {
		part, ok := bytes.CutPrefix(content, []byte("ICC_PROFILE\x00"))
		if marker == jpegScan {
			break
		}
		if ok && marker == jpegICC && len(part) > 2 {
			count = int(part[1])
			parts[part[0]] = part[2:]
		}
	}
	var profile icc
	for _, part := range parts[1 : count+1] {
		if part == nil {
			return nil
		}
		profile = append(profile, part...)
	}
	return profile
}

// checkScans bounds the passes over the pixels: a small file can ask for thousands, each over every pixel.
func checkScans(data []byte, pixels int64) error {
	const (
		passes = 1_000_000_000 // pixels in all; a usual progressive file has ten scans
		plain  = 4             // one for each colour
	)
	scans, progressive := int64(0), false
	for marker := range jpegSegments(data) {
		progressive = progressive || marker == 0xc2
		if marker == jpegScan {
			scans++
		}
	}
	if scans > 500 || scans > 20 && scans*pixels > passes || scans > plain && !progressive {
		return form.Message("Choose another picture: this JPEG is put together in too many steps. Saving it anew may help.")
	}
	return nil
}

// jpegPixelBytes is about how many bytes one pixel takes while it is decoded. A progressive picture keeps four bytes of every
// sample beside it until the end, colours that aren't thinned out take three times as much as plain grey, and what isn't stored
// as brightness and two colours is put together anew.
func jpegPixelBytes(data []byte, _ image.Config) int64 {
	apart := false // the colours are stored as they are
	for marker, content := range jpegSegments(data) {
		if marker == jpegAdobe && len(content) >= 12 {
			apart = content[11] == 0
		}
		if marker < 0xc0 || marker > 0xc2 || len(content) < 7 {
			continue
		}
		sum, largest := 0, 1
		for at := 6; at+3 <= len(content); at += 3 {
			samples := int(content[at+1]>>4) * int(content[at+1]&15)
			sum, largest = sum+samples, max(largest, samples)
		}
		each := 1
		if marker == 0xc2 {
			each = 5
		}
		size := (sum*each + largest - 1) / largest
		if content[5] == 4 || content[5] == 3 && (apart || content[6] == 'R') {
			size += 4
		}
		return int64(size)
	}
	return 15
}
