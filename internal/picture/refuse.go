package picture

import (
	"bytes"
	"errors"
	"image/jpeg"

	"nameplate/internal/form"
)

// notAPicture says what a file is that isn't taken, and what to do about it.
func notAPicture(data []byte) error {
	const (
		heic  = "a HEIC picture. An iPhone sends JPEG when Settings, Camera, Formats says Most Compatible"
		avif  = "an AVIF picture"
		raw   = "a TIFF picture or a camera's raw file"
		jxl   = "a JPEG XL picture"
		jp2   = "a JPEG 2000 picture"
		video = "a video"
	)
	for _, other := range []struct {
		at          int
		first, name string
	}{
		{4, "ftyphe", heic}, {4, "ftypmif1", heic}, {4, "ftypmsf1", heic}, {4, "ftypavif", avif}, {4, "ftypavis", avif},
		{4, "ftypcrx", raw}, {0, "II*\x00", raw}, {0, "MM\x00*", raw}, {0, "II+\x00", raw}, {0, "MM\x00+", raw}, {0, "FUJIFILM", raw},
		{0, "IIR", raw}, {0, "IIU\x00", raw},
		{0, "\xff\x0a", jxl}, {0, "\x00\x00\x00\x0cJXL ", jxl}, {0, "\x00\x00\x00\x0cjP", jp2}, {0, "\xff\x4f\xff\x51", jp2},
		{4, "ftyp", video}, {4, "moov", video}, {4, "mdat", video}, {4, "wide", video}, {8, "AVI ", video}, {0, "\x1a\x45\xdf\xa3", video},
		{0, "BM", "a BMP picture"}, {0, "\x00\x00\x01\x00", "an icon"}, {0, "8BPS", "a Photoshop file"},
		{0, "%PDF-", "a PDF document"}, {0, "%!PS", "a PostScript document"},
	} {
		if len(data) > other.at && bytes.HasPrefix(data[other.at:], []byte(other.first)) {
			return instead(other.name)
		}
	}
	const head = 4 << 10
	start := bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), head)], []byte("\ufeff")))
	if bytes.HasPrefix(start, []byte("<")) && bytes.Contains(start, []byte("<svg")) {
		return instead("an SVG drawing")
	}
	return form.Message("Choose a JPEG, PNG, GIF or WebP picture: this file is none of them, whatever its name says.")
}

func instead(name string) error {
	return form.Message("Save it as a JPEG or PNG picture first, and choose that: this is " + name + ".")
}

// refused says why a decoder could not read a file.
func refused(f format, err error) error {
	if _, ok := errors.AsType[jpeg.UnsupportedError](err); ok {
		return form.Message("Save the picture as an ordinary JPEG first, and choose that: this is one of a rare kind.")
	}
	return broken(f)
}

func broken(f format) error {
	return form.Message("Choose another picture: this " + f.name + " file is broken or cut short. Saving it anew may help.")
}
