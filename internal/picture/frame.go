package picture

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"sync"

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
		return nil, refused(f, err)
	}
	return upright(onWhite(f.colours(data).apply(fit(img))), f.orientation(data)), nil
}

// onWhite lays a picture on white, where it is clear.
func onWhite(img image.Image) image.Image {
	if opaque, ok := img.(interface{ Opaque() bool }); ok && opaque.Opaque() {
		return img
	}
	page := imaging.New(img.Bounds().Dx(), img.Bounds().Dy(), color.White)
	draw.Draw(page, page.Rect, img, img.Bounds().Min, draw.Over)
	return page
}

// drawn is a whole picture with its squares in a frame, each drawn from the one before. The JPEG of the whole is kept as it is; where there
// is none yet, it is made beside the squares.
func drawn(whole image.Image, wholeJPEG []byte, frame profile.Frame) (Picture, error) {
	p := Picture{Whole: wholeJPEG}
	var beside sync.WaitGroup
	var besideErr error
	if wholeJPEG == nil {
		beside.Go(func() {
			p.Whole, besideErr = guarded(func() ([]byte, error) { return encode(whole, wholeQuality) })
		})
	}
	smallest, err := p.cut(whole, frame)
	beside.Wait()
	if err := cmp.Or(err, besideErr); err != nil {
		return Picture{}, err
	}
	p.Name = profile.PictureName(p.content(), frame, blur(smallest))
	return p, nil
}

// cut draws the squares, and returns the smallest.
func (p *Picture) cut(whole image.Image, frame profile.Frame) (square image.Image, err error) {
	size := whole.Bounds().Size()
	square = part(whole, frame.Square(size.X, size.Y).Add(whole.Bounds().Min))
	for i := len(profile.PictureSizes) - 1; i >= 0 && err == nil; i-- {
		square = imaging.Resize(square, profile.PictureSizes[i], profile.PictureSizes[i], imaging.Lanczos)
		p.Squares[i], err = encode(square, squareQuality)
	}
	return square, err
}

// part returns a part of a picture, of which nothing is copied.
func part(img image.Image, of image.Rectangle) image.Image {
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(of)
}

// content follows from the files of a picture, and names them.
func (p *Picture) content() string {
	hash := sha256.New()
	note := func(file []byte) { fmt.Fprintf(hash, "%d\n", len(file)); hash.Write(file) }
	note(p.Whole)
	for i := len(p.Squares) - 1; i >= 0; i-- {
		note(p.Squares[i])
	}
	return nameEncoding.EncodeToString(hash.Sum(nil)[:nameBytes])
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
	if opaque, ok := img.(*image.NRGBA); ok { // which the encoder takes in half the time when it is told so
		img = &image.RGBA{Pix: opaque.Pix, Stride: opaque.Stride, Rect: opaque.Rect}
	}
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
