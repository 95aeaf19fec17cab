package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"
	"testing"
)

func TestSegmentsOfAJPEG(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 32, 32))
	quarters(img)
	plain := asJPEG(t, img)
	turned := withEXIF(plain, tiff(6, binary.BigEndian, "MM"))
	segment := turned[2 : len(turned)-len(plain)+2]
	for name, row := range map[string]struct {
		data []byte
		want int
	}{
		"at the start": {turned, 6}, "none": {plain, 1},
		"behind filling":              {slices.Concat(turned[:2], []byte("\xff\xff\xff"), turned[2:]), 6},
		"behind what belongs nowhere": {slices.Concat(turned[:2], []byte("nowhere\xff\x00"), turned[2:]), 6},
		"behind a comment":            {slices.Concat(turned[:2], []byte("\xff\xfe\x00\x06\xff\xda\xff\xd9"), turned[2:]), 6},
		"behind the end":              {slices.Concat(plain, segment), 1},
		"behind the pixels":           {slices.Concat(plain[:len(plain)-2], segment, plain[len(plain)-2:]), 1},
		"longer than the file":        {slices.Concat(turned[:2], []byte("\xff\xe1\xff\xff"), turned[2:40]), 1},
		"the second":                  {withEXIF(turned, tiff(3, binary.LittleEndian, "II")), 3},
	} {
		if got := jpegOrientation(row.data); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
	var markers []byte
	for marker := range jpegSegments(plain) {
		markers = append(markers, marker)
	}
	if !bytes.Equal(markers, []byte{0xdb, 0xc0, 0xc4, 0xda}) {
		t.Errorf("markers %x", markers)
	}
}

// A film that a telephone hangs behind a picture says by chance what begins the pixels.
func TestWhatFollowsAJPEGDoesNotCount(t *testing.T) {
	data := append(asJPEG(t, image.NewGray(image.Rect(0, 0, 1000, 1000))), bytes.Repeat([]byte{0xff, 0xda}, 1000)...)
	read(t, data)
}

func TestJPEGPixelBytes(t *testing.T) {
	adobe := func(transform byte) []byte {
		data := bombJPEG(9, 9)
		return slices.Concat(data[:2], []byte("\xff\xee\x00\x0eAdobe\x00d\x00\x00\x00\x00"), []byte{transform}, data[20:])
	}
	for name, row := range map[string]struct {
		data []byte
		want int64
	}{
		"of Photoshop": {adobe(1), 2}, "red, green and blue": {adobe(0), 6},
		"thinned": {bombJPEG(9, 9), 2}, "progressive": {heavyJPEG(9, 9), 15}, "grey": {asJPEG(t, image.NewGray(image.Rect(0, 0, 9, 9))), 1},
		"inks": {testFile(t, cmykJPEG), 8}, "no picture": {[]byte("\xff\xd8\xff\xd9"), 15},
	} {
		if got := jpegPixelBytes(row.data, image.Config{}); got != row.want {
			t.Errorf("%s: %d, want %d", name, got, row.want)
		}
	}
}
