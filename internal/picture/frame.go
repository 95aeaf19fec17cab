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

	"github.com/chai2010/webp"
	"github.com/disintegration/imaging"
	"golang.org/x/sync/errgroup"

	"nameplate/internal/profile"
)

// The quality of the stored JPEGs. The squares are drawn from the whole once more whenever its frame is changed.
const (
	wholeQuality  = 88
	squareQuality = 82
)

// webpQuality is that of each square as WebP, with which it is at least as like to what was drawn as the JPEG is.
var webpQuality = [len(profile.PictureSizes)]float32{78, 79, 80, 81, 82}

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

// drawn is a whole picture with its squares in a frame, each drawn from the one before. The JPEG of the whole is kept as it is, where there
// is one. What is drawn is encoded beside what is yet to be drawn.
func drawn(whole image.Image, wholeJPEG []byte, frame profile.Frame) (Picture, error) {
	p := Picture{Whole: wholeJPEG}
	var files errgroup.Group
	file := func(to *[]byte, encode func() ([]byte, error)) {
		files.Go(func() (err error) {
			*to, err = guarded(encode)
			return err
		})
	}
	if wholeJPEG == nil {
		file(&p.Whole, func() ([]byte, error) { return encode(whole, wholeQuality) })
	}
	size := whole.Bounds().Size()
	last := part(whole, frame.Square(size.X, size.Y).Add(whole.Bounds().Min))
	for i := len(profile.PictureSizes) - 1; i >= 0; i-- {
		square := imaging.Resize(last, profile.PictureSizes[i], profile.PictureSizes[i], imaging.Lanczos)
		file(&p.Squares[i], func() ([]byte, error) { return encode(square, squareQuality) })
		file(&p.WebP[i], func() ([]byte, error) { return encodeWebP(square, webpQuality[i]) })
		last = square
	}
	if err := files.Wait(); err != nil {
		return Picture{}, err
	}
	p.Name = profile.PictureName(p.content(), frame, blur(last))
	return p, nil
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
	if plain, ok := img.(*image.NRGBA); ok {
		img = opaque(plain)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode a picture of %v pixels: %w", img.Bounds().Size(), err)
	}
	return out.Bytes(), nil
}

func encodeWebP(square *image.NRGBA, quality float32) ([]byte, error) {
	file, err := webp.EncodeRGBA(opaque(square), quality)
	if err != nil {
		return nil, fmt.Errorf("encode a picture of %v pixels as WebP: %w", square.Rect.Size(), err)
	}
	return file, nil
}

// opaque tells the encoders that every pixel of a picture is, which they take in half the time.
func opaque(img *image.NRGBA) *image.RGBA {
	return &image.RGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
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
