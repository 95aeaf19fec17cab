package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"runtime"
	"testing"

	"nameplate/internal/form"
)

// bombPNG is a head that promises w × h pixels.
func bombPNG(w, h uint32) []byte { return headPNG(w, h, 8, 2, 0, 0, 0) }

// headPNG is a head with these last bytes: depth, colours, compression, filter, interlacing.
func headPNG(w, h uint32, last ...byte) []byte {
	head := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h), last...)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// heavyJPEG is a progressive head of w × h pixels without thinned colours.
func heavyJPEG(w, h uint16) []byte {
	data := bombJPEG(w, h)
	data[21] = 0xc2
	data[len(data)-8] = 0x11
	return data
}

func bombJPEG(w, h uint16) []byte {
	frame := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"), 0xff, 0xc0, 0, 17, 8)
	frame = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(frame, h), w)
	return append(frame, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
}

func bombGIF(w, h uint16) []byte {
	return append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16([]byte("GIF89a"), w), h), 0, 0, 0, 0x3b)
}

// bombWebP is a canvas of w × h pixels.
func bombWebP(w, h uint32) []byte {
	canvas := []byte{0, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	body := append([]byte("WEBPVP8X\x0a\x00\x00\x00"), canvas...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// lyingWebP says 4 × 4 on its canvas and holds a picture of 16,384 × 16,384.
func lyingWebP() []byte {
	body := append(bombWebP(4, 4)[8:], "VP8L\x06\x00\x00\x00\x2f\xff\xff\xff\x0f\x00"...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// manyScans repeats the last scan of a progressive JPEG.
func manyScans(t testing.TB, n int) []byte {
	data := testFile(t, progressiveJPEG)
	scan := bytes.LastIndex(data, []byte{0xff, 0xda})
	end := len(data) - 2
	return append(append(bytes.Clone(data[:scan]), bytes.Repeat(data[scan:end], n)...), data[end:]...)
}

func TestReadRefuses(t *testing.T) {
	big := append(asJPEG(t, image.NewGray(image.Rect(0, 0, 8, 8))), make([]byte, MaxBytes)...)
	for name, row := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                       {nil, "empty"},
		"more than 10 MB":               {big, "10 MB"},
		"a text":                        {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "SVG"},
		"a page that begins like a GIF": {[]byte("GIF89a<script>alert(1)</script>"), ""},
		"a TIFF":                        {[]byte("II*\x00\x08\x00\x00\x00"), "TIFF"},
		"a BMP":                         {[]byte("BM\x00\x00\x00\x00"), "BMP"},
		"a HEIC":                        {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC"},
		"a PNG of 50,000 × 50,000":      {bombPNG(50_000, 50_000), "50000 × 50000"},
		"a PNG of 1 × 16,385":           {bombPNG(1, 16_385), "16384 on a side"},
		"a PNG over 50 million":         {bombPNG(7072, 7072), "50 million"},
		"a PNG of 16 bits":              {headPNG(7000, 7000, 16, 6, 0, 0, 0), "too much memory"},
		"an interlaced PNG":             {headPNG(7000, 7000, 8, 6, 0, 0, 1), "too much memory"},
		"a PNG without pixels":          {bombPNG(0, 5), "broken"},
		"a PNG with a head only":        {bombPNG(10, 10), "broken"},
		"a JPEG of 65,000 × 65,000":     {bombJPEG(65_000, 65_000), "65000 × 65000"},
		"a JPEG with a head only":       {bombJPEG(10, 10), "broken"},
		"a GIF of 65,535 × 65,535":      {bombGIF(65_535, 65_535), "65535 × 65535"},
		"a GIF without a frame":         {bombGIF(10, 10), "broken"},
		"a WebP of 16,000 × 16,000":     {bombWebP(16_000, 16_000), "16000 × 16000"},
		"a WebP that lies":              {lyingWebP(), "broken"},
		"a heavy JPEG":                  {heavyJPEG(7000, 7000), "too much memory"},
		"a JPEG of 5,000 scans":         {manyScans(t, 5000), "too many steps"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := NewReader(2).Read(t.Context(), row.data)
			runtime.ReadMemStats(&after)
			wantMessage(t, err, row.want)
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 50<<20 {
				t.Errorf("it took %d MB", spent>>20)
			}
		})
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	const save = "Save it as a JPEG or PNG picture first"
	for head, want := range map[string]string{
		"\x00\x00\x00\x18ftypheic": "a HEIC picture. An iPhone sends JPEG", "\x00\x00\x00\x18ftypheix": "HEIC", "\x00\x00\x00\x18ftypmif1": "HEIC",
		"\x00\x00\x00\x1cftypavif": "an AVIF picture.", "\x00\x00\x00\x18ftypcrx ": "raw file", "\x00\x00\x00\x18ftypmp42": "a video.",
		"\x00\x00\x00\x14ftypqt  ": "a video.", "\x1a\x45\xdf\xa3": "a video.", "RIFF\x00\x00\x00\x00AVI ": "a video.", "\x00\x00\x00\x08wide": "a video.",
		"II*\x00\x08\x00\x00\x00": "a TIFF picture or a camera's raw file.", "MM\x00*\x00\x00\x00\x08": "TIFF", "II+\x00": "TIFF", "FUJIFILMCCD-RAW": "raw file",
		"IIRO\x08\x00": "raw file", "IIU\x00\x18": "raw file", "BM\x36\x00": "a BMP picture.", "\x00\x00\x01\x00\x01\x00": "an icon.", "8BPS\x00\x01": "a Photoshop file.",
		"\xff\x0a\xfa": "a JPEG XL picture.", "\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a": "a JPEG XL picture.",
		"\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a": "a JPEG 2000 picture.", "\xff\x4f\xff\x51\x00": "a JPEG 2000 picture.",
		"%PDF-1.7\n": "a PDF document.", "%!PS-Adobe-3.0": "a PostScript document.", "<svg xmlns='x'/>": "an SVG drawing.",
		"\ufeff<?xml version='1.0'?>\n<!-- drawn -->\n<svg>": "an SVG drawing.",
	} {
		_, err := NewReader(1).Read(t.Context(), []byte(head))
		wantMessage(t, err, save)
		wantMessage(t, err, want)
	}
	for _, other := range []string{"<html><p>svg", "RIFF\x00\x00\x00\x00WAVE", "GIF88a", "\x89PNG", "\xff\xd8", "hello", "PK\x03\x04"} {
		_, err := NewReader(1).Read(t.Context(), []byte(other))
		wantMessage(t, err, "this file is none of them")
	}
}

func TestRareJPEGsAreRefusedAsSuch(t *testing.T) {
	for name, change := range map[string]func([]byte){
		"lossless": func(data []byte) { data[21] = 0xc3 }, "arithmetic": func(data []byte) { data[21] = 0xc9 }, "12 bits": func(data []byte) { data[24] = 12 },
		"colours thinned out in two ways": func(data []byte) { data[34] = 0x12 },
	} {
		data := bombJPEG(64, 64)
		change(data)
		_, err := NewReader(1).Read(t.Context(), data)
		if message, ok := errors.AsType[form.Message](err); !ok || message != "Save the picture as an ordinary JPEG first, and choose that: this is one of a rare kind." {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func samples(t testing.TB) map[string][]byte {
	img, clear, deep := image.NewRGBA(image.Rect(0, 0, 40, 30)), image.NewNRGBA(image.Rect(0, 0, 40, 30)), image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	few := image.NewPaletted(img.Rect, color.Palette{red, green, blue, white, color.Transparent})
	for _, each := range []draw.Image{img, clear, deep, few} {
		quarters(each)
	}
	clear.SetNRGBA(3, 3, color.NRGBA{10, 20, 30, 40})
	var still bytes.Buffer
	if err := gif.Encode(&still, img, nil); err != nil {
		t.Fatal(err)
	}
	p3 := matrixICC(redP3, greenP3, blueP3, curveSRGB)
	return map[string][]byte{
		"JPEG": asJPEG(t, img), "PNG": asPNG(t, img), "GIF": still.Bytes(), "WebP": testFile(t, lossyWebP),
		"clear WebP": testFile(t, clearWebP), "lossless WebP": testFile(t, losslessWebP),
		"moving WebP": moving(frame(t, clearWebP, 16, 0), frame(t, losslessWebP, 0, 2)),
		"CMYK":        testFile(t, cmykJPEG), "progressive": testFile(t, progressiveJPEG),
		"CMYK with a profile": withProfile(testFile(t, cmykJPEG), inkICC()), "JPEG with a profile": withProfile(asJPEG(t, img), p3),
		"turned JPEG": withEXIF(asJPEG(t, img), tiff(6, binary.BigEndian, "MM")), "PNG with a profile": withPNGProfile(t, asPNG(t, clear), p3),
		"PNG of 16 bits": asPNG(t, deep), "PNG with a palette": asPNG(t, few), "moving GIF": frames(t, 40, 20, 3),
		"turned PNG": withChunk(asPNG(t, clear), "eXIf", tiff(5, binary.LittleEndian, "II")),
	}
}

func TestReadRefusesCutFiles(t *testing.T) {
	t.Parallel()
	for name, data := range samples(t) {
		for percent := range 100 {
			cut := data[:len(data)*percent/100]
			_, err := NewReader(1).Read(t.Context(), cut)
			if _, ok := errors.AsType[form.Message](err); !ok {
				t.Errorf("%s cut to %d of %d bytes: error %v", name, len(cut), len(data), err)
			}
		}
	}
}

func TestReadSurvivesBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, data := range samples(t) {
		for i := 0; i < len(data); i += 1 + len(data)/8 {
			bad := bytes.Clone(data)
			bad[i] ^= 0xff
			_, err := NewReader(1).Read(t.Context(), bad)
			if _, ok := errors.AsType[form.Message](err); err != nil && !ok {
				t.Errorf("%s turned over at %d: error %v", name, i, err)
			}
		}
	}
}

func TestThinPictureStaysSmall(t *testing.T) {
	data := asPNG(t, image.NewGray(image.Rect(0, 0, 16_000, 1)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read(t, data)
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 50<<20 {
		t.Errorf("a picture of 16,000 × 1 took %d MB", spent>>20)
	}
}

func TestPanicIsARefusal(t *testing.T) {
	_, err := guarded(func() (int, error) { var none []int; return none[3], nil })
	wantMessage(t, err, "broken")
}
