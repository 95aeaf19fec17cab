package picture

import (
	"encoding/binary"
	"iter"
)

// jpegSegments yields the marker and the content of each segment ahead of the pixels.
func jpegSegments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for at := 2; at+4 <= len(data) && data[at] == 0xff; {
			marker := data[at+1]
			if marker == 0xff { // filling
				at++
				continue
			}
			size := int(binary.BigEndian.Uint16(data[at+2:]))
			end := at + 2 + size
			if marker == 0xda || marker == 0xd9 || size < 2 || end > len(data) || !yield(marker, data[at+4:end]) {
				return
			}
			at = end
		}
	}
}

// jpegPixelBytes is about how many bytes one pixel takes while it is decoded. A progressive picture keeps four bytes of every
// sample beside it until the end, and colours that aren't thinned out take three times as much as plain grey.
func jpegPixelBytes(data []byte) int64 {
	for marker, content := range jpegSegments(data) {
		if marker < 0xc0 || marker > 0xc2 || len(content) < 6 {
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
		return int64((sum*each + largest - 1) / largest)
	}
	return 15
}
