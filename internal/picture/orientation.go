package picture

import (
	"bytes"
	"encoding/binary"
	"image"

	"github.com/disintegration/imaging"
)

// upright turns a picture as its EXIF orientation asks.
func upright(img image.Image, orientation int) image.Image {
	switch orientation {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate270(img)
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate90(img)
	}
	return img
}

// jpegOrientation reads the orientation from the first EXIF segment ahead of the pixels.
func jpegOrientation(data []byte) int {
	for marker, content := range jpegSegments(data) {
		if marker == jpegScan {
			break
		}
		if exif, ok := bytes.CutPrefix(content, []byte("Exif\x00\x00")); ok && marker == jpegEXIF {
			return exifOrientation(exif)
		}
	}
	return 1
}

// exifOrientation reads the orientation from a TIFF head: 1 to 8, and 1 where there is none or it can't be read.
func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if order.Uint16(tiff[2:]) != 42 || at+2 > int64(len(tiff)) {
		return 1
	}
	const orientation, short = 0x0112, 3
	for n := order.Uint16(tiff[at:]); n > 0; n-- {
		entry := at + 2 + 12*int64(n-1)
		if entry+12 > int64(len(tiff)) {
			continue
		}
		if order.Uint16(tiff[entry:]) == orientation && order.Uint16(tiff[entry+2:]) == short {
			if value := order.Uint16(tiff[entry+8:]); value >= 1 && value <= 8 {
				return int(value)
			}
		}
	}
	return 1
}
