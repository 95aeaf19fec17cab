package profile

import (
	"slices"
	"strconv"
	"strings"
)

// PictureFile is one square of a stored picture.
type PictureFile struct {
	Name string // the picture's
	Size int    // the side in pixels
	WebP bool   // as WebP, which browsers take and which is smaller; else as JPEG. What was stored before pictures had a frame has none
}

// String is what the file is called: NAME-SIZE.jpg, or NAME-SIZE.webp.
func (f PictureFile) String() string {
	ending := ".jpg"
	if f.WebP {
		ending = ".webp"
	}
	return f.Name + "-" + strconv.Itoa(f.Size) + ending
}

// Path is where the site serves it.
func (f PictureFile) Path() string { return "/uploads/profile_pics/" + f.String() }

// Type is its media type.
func (f PictureFile) Type() string {
	if f.WebP {
		return "image/webp"
	}
	return "image/jpeg"
}

// IsStored says whether there is such a file of every picture with this name.
func (f PictureFile) IsStored() bool {
	p, ok := ParsePictureName(f.Name)
	return ok && slices.Contains(p.Sizes(), f.Size) && (p.Whole || !f.WebP)
}

// ParsePictureFile takes what a file is called apart. It is not ok for what no picture has.
func ParsePictureFile(file string) (f PictureFile, ok bool) {
	stem, ending, _ := strings.Cut(file, ".")
	at := max(strings.LastIndexByte(stem, '-'), 0)
	f = PictureFile{Name: stem[:at], WebP: ending == "webp"}
	f.Size, _ = strconv.Atoi(strings.TrimPrefix(stem[at:], "-"))
	return f, f.IsStored() && f.String() == file
}
