package picture

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/color"
	"image/gif"
	"runtime"
	"slices"
	"testing"
	"time"
)

// zeros packs so many zero bytes.
func zeros(t testing.TB, n int) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); n > 0; n -= len(block) {
		if _, err := w.Write(block[:min(n, len(block))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segments is a JPEG with n of these segments ahead of everything else.
func segments(t testing.TB, segment string, n int) []byte {
	data := asJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	return append(append(data[:2:2], bytes.Repeat([]byte(segment), n)...), data[2:]...)
}

// restless is a JPEG of w × h grey pixels in n scans, each of which says nothing in one bit for a block.
func restless(w, h uint16, marker byte, n int) []byte {
	head := []byte("\xff\xd8\xff\xdb\x00\x43\x00" + string(bytes.Repeat([]byte{1}, 64)))
	head = append(head, "\xff\xc4\x00\x14\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	head = append(head, "\xff\xc4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	head = append(head, 0xff, marker, 0, 11, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, 1, 0x11, 0)
	blocks := (int(w) + 7) / 8 * ((int(h) + 7) / 8)
	for i := range n {
		scan := []byte{0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0}
		bits := 2 // the middle brightness, and the rest
		if marker == 0xc2 {
			bits, scan[8] = 1, 0
			if i > 0 {
				scan[7], scan[8] = 1, 63
			}
		}
		head = append(append(head, scan...), make([]byte, (blocks*bits+7)/8)...)
	}
	return append(head, 0xff, 0xd9)
}

// frames is a GIF of a canvas with n frames in its corner.
func frames(t testing.TB, canvas, frame, n int) []byte {
	moving := &gif.GIF{Config: image.Config{Width: canvas, Height: canvas}}
	still := image.NewPaletted(image.Rect(0, 0, frame, frame), color.Palette{red, blue})
	for range n {
		moving.Image, moving.Delay = append(moving.Image, still), append(moving.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, moving); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flood is a PNG with n empty chunks behind its head.
func flood(t testing.TB, n int) []byte {
	data := asPNG(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	chunk := withChunk(data, "abCd", nil)[33:45]
	return slices.Concat(data[:33], bytes.Repeat(chunk, n), data[33:])
}

// TestFloodsAreRead has files that are small pictures, and large in any other way. What takes twice as long for each more of anything would
// never end.
func TestFloodsAreRead(t *testing.T) {
	const unpacked, most = 256 << 20, 64 << 20
	small := asPNG(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	gif := frames(t, 10, 10, 1)
	for name, data := range map[string][]byte{
		"a PNG with a profile of 256 MB":  withChunk(small, "iCCP", append([]byte("x\x00\x00"), zeros(t, unpacked)...)),
		"a PNG with a text of 256 MB":     withChunk(small, "zTXt", append([]byte("x\x00\x00"), zeros(t, unpacked)...)),
		"a PNG with an open text":         withChunk(small, "iTXt", bytes.Repeat([]byte("x"), 9<<20)),
		"a PNG with 800,000 chunks":       flood(t, 800_000),
		"a GIF of 5,000 frames":           frames(t, 100, 100, 5000),
		"a GIF with 2,000,000 extensions": slices.Concat(gif[:len(gif)-1], bytes.Repeat([]byte("\x21\xfe\x00"), 2_000_000), []byte{0x3b}),
		"a WebP with a million chunks":    extended(0, 64, 64, bytes.Repeat([]byte("abcd\x00\x00\x00\x00"), 1_000_000), testFile(t, lossyWebP)[12:]),
		"a JPEG with 2,500,000 segments":  segments(t, "\xff\xe1\x00\x02", 2_500_000),
		"a JPEG with 500,000 profiles":    segments(t, "\xff\xe2\x00\x10ICC_PROFILE\x00\x01\x01", 500_000),
		"a JPEG with 400,000 tables":      segments(t, "\xff\xc4\x00\x14"+string(make([]byte, 1))+"\x01"+string(make([]byte, 16)), 400_000),
		"a JPEG with 9,000,000 fillings":  segments(t, "\xff\xff\xff", 3_000_000),
		"a JPEG in 500 scans":             restless(400, 400, 0xc2, 500),
	} {
		if len(data) > MaxBytes {
			t.Fatalf("%s has %d bytes", name, len(data))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		f, _ := sniff(data)
		_, err := NewReader(1).weigh(f, data)
		if err == nil {
			_, err = decode(f, data)
		}
		runtime.ReadMemStats(&after)
		took, spent := time.Since(start), after.TotalAlloc-before.TotalAlloc
		t.Logf("%s: %v, %d MB", name, took, spent>>20)
		if err != nil || took > 20*time.Second || spent > most {
			t.Errorf("%s took %v and %d MB: %v", name, took, spent>>20, err)
		}
	}
}

func TestReadRefusesRestlessJPEGs(t *testing.T) {
	for name, data := range map[string][]byte{
		"plain, of five scans": restless(16, 16, 0xc0, 5), "of 501 scans": restless(16, 16, 0xc2, 501), "of 21 scans of 49 million pixels": restless(7000, 7000, 0xc2, 21),
	} {
		start := time.Now()
		_, err := NewReader(1).Read(t.Context(), data)
		wantMessage(t, err, "too many steps")
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	read(t, restless(16, 16, 0xc0, 1))
	read(t, restless(16, 16, 0xc2, 21))
}
