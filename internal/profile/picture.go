package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// PictureSizes are the sides of the squares of a stored picture in pixels, from small to large.
var PictureSizes = [...]int{48, 96, 192, 384, 768}

// WholeMax is the longer side of a whole picture in pixels, at most.
const WholeMax = 2048

// earlierSizes are those of pictures that were stored before they had a frame.
var earlierSizes = []int{96, 192, 384}

// StoredPicture is what the name of a stored picture says: NAME, or NAME-X-Y-ZOOM-BLUR. NAME follows from the content. One that was
// stored before pictures had a frame has NAME alone, and no whole.
type StoredPicture struct {
	Frame Frame
	Blur  string // nine colours as #rgb without the #, row by row: what stands in for the picture until it is there
	Whole bool   // the whole picture is kept beside its squares, so that its frame can be changed
}

var pictureName = regexp.MustCompile(`^[a-z2-7]{32}(?:-(0|[1-9][0-9]{0,3})-(0|[1-9][0-9]{0,3})-([1-4][0-9]{2})-([0-9a-f]{27}))?$`)

// PictureName writes the name of a stored picture whose content is called by 32 of the characters a to z and 2 to 7.
func PictureName(content string, frame Frame, blur string) string {
	return fmt.Sprintf("%s-%d-%d-%d-%s", content, frame.X, frame.Y, frame.Zoom, blur)
}

// ParsePictureName takes the name of a stored picture apart. It is not ok for what can't be one.
func ParsePictureName(name string) (p StoredPicture, ok bool) {
	parts := pictureName.FindStringSubmatch(name)
	if parts == nil {
		return StoredPicture{}, false
	}
	if parts[4] == "" {
		return StoredPicture{Frame: Frame{X: 500, Y: 500, Zoom: ZoomMin}}, true
	}
	p = StoredPicture{Blur: parts[4], Whole: true}
	p.Frame.X, _ = strconv.Atoi(parts[1])
	p.Frame.Y, _ = strconv.Atoi(parts[2])
	p.Frame.Zoom, _ = strconv.Atoi(parts[3])
	return p, p.Frame.valid()
}

// Sizes returns the sides of the squares that are stored of it, from small to large.
func (p StoredPicture) Sizes() []int {
	if !p.Whole {
		return earlierSizes
	}
	return PictureSizes[:]
}

// PicturePath returns the path under which the site serves a picture as JPEG: the smallest of its sizes that is at least size pixels wide,
// or the largest.
func PicturePath(name string, size int) string {
	p, _ := ParsePictureName(name)
	return PictureFile{Name: name, Size: p.Size(size)}.Path()
}

// Size returns the smallest of its sizes that is at least so many pixels wide, or the largest.
func (p StoredPicture) Size(pixels int) int {
	sizes := p.Sizes()
	i, _ := slices.BinarySearch(sizes, pixels)
	return sizes[min(i, len(sizes)-1)]
}
