package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"

	"github.com/disintegration/imaging"

	"nameplate/internal/profile"
)

// The quality of the stored JPEGs. The squares are drawn from the whole once more whenever its frame is changed.
const (
	wholeQuality  = 88
	squareQuality = 82
)

// decode returns the whole picture as it is kept: upright, on white, no larger than profile.WholeMax.
func decode(f format, data []byte) (image.Image, error) {
	img, err := f.decode(data)
	if err != nil || !sound(img) {
		return nil, broken(f)
	}
	return upright(onWhite(fit(img, profile.WholeMax)), f.orientation(data)), nil
}

// fit makes a picture smaller, where its longer side has more than most pixels.
func fit(img image.Image, most int) *image.NRGBA {
	size := img.Bounds().Size()
	longer := max(size.X, size.Y)
	if longer <= most {
		return imaging.Clone(img)
	}
	scaled := func(side, to int) int { return max(1, (side*to+longer/2)/longer) }
	// Lanczos over millions of pixels takes long; a coarse step to twice the size first can't be seen.
	if longer > 4*most {
		img = imaging.Resize(img, scaled(size.X, 2*most), scaled(size.Y, 2*most), imaging.Box)
	}
	return imaging.Resize(img, scaled(size.X, most), scaled(size.Y, most), imaging.Lanczos)
}

// onWhite lays a picture on white, where it is clear.
func onWhite(img *image.NRGBA) *image.NRGBA {
	if img.Opaque() {
		return img
	}
	page := imaging.New(img.Rect.Dx(), img.Rect.Dy(), color.White)
	draw.Draw(page, page.Rect, img, img.Rect.Min, draw.Over)
	return page
}

// cut draws the squares of a whole picture in a frame, each from the one before. Its JPEG is kept as it is.
func cut(whole image.Image, wholeJPEG []byte, frame profile.Frame) (Picture, error) {
	p := Picture{Whole: wholeJPEG}
	hash := sha256.New()
	note := func(file []byte) { fmt.Fprintf(hash, "%d\n", len(file)); hash.Write(file) }
	note(wholeJPEG)
	size := whole.Bounds().Size()
	square := imaging.Crop(whole, frame.Square(size.X, size.Y).Add(whole.Bounds().Min))
	for i := len(profile.PictureSizes) - 1; i >= 0; i-- {
		side := profile.PictureSizes[i]
		if square.Rect.Dx() > 4*side {
			square = imaging.Resize(square, 2*side, 2*side, imaging.Box)
		}
		square = imaging.Resize(square, side, side, imaging.Lanczos)
		var err error
		if p.Squares[i], err = encode(square, squareQuality); err != nil {
			return Picture{}, err
		}
		note(p.Squares[i])
	}
	p.Name = profile.PictureName(nameEncoding.EncodeToString(hash.Sum(nil)[:nameBytes]), frame, blur(square))
	return p, nil
}

// blur is nine colours of a picture, as its name says them.
func blur(square image.Image) string {
	nine := imaging.Resize(square, 3, 3, imaging.Box)
	text := make([]byte, 0, 27)
	for i, v := range nine.Pix {
		if i%4 < 3 {
			text = append(text, "0123456789abcdef"[(int(v)+8)/17])
		}
	}
	return string(text)
}

// Size reads how many pixels a whole picture has, from its head.
func Size(whole io.Reader) (image.Point, error) {
	config, err := jpeg.DecodeConfig(whole)
	return image.Pt(config.Width, config.Height), err
}

func encode(img image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode a picture of %v pixels: %w", img.Bounds().Size(), err)
	}
	return out.Bytes(), nil
}

const nameBytes = 20

var nameEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ValidName says whether name is one of a stored picture.
func ValidName(name string) bool {
	_, ok := profile.ParsePictureName(name)
	return ok
}

// sound says whether every pixel of a palette picture has a colour. Imaging reads them in goroutines of its own, where a
// panic would end the program.
func sound(img image.Image) bool {
	p, ok := img.(*image.Paletted)
	if !ok {
		return !img.Bounds().Empty()
	}
	var used [256]bool
	for _, index := range p.Pix {
		used[index] = true
	}
	for index := len(p.Palette); index < len(used); index++ {
		if used[index] {
			return false
		}
	}
	return !p.Bounds().Empty()
}
