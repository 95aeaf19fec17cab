// Package picture reads the pictures that people send, draws them anew in the sizes of the site, and keeps them.
package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"

	"github.com/disintegration/imaging"
	"golang.org/x/sync/semaphore"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// MaxBytes is the most bytes of a file that somebody sends.
const MaxBytes = 10 << 20

const (
	pixelsMax = 50_000_000
	sideMax   = 16_384
	quality   = 82 // of the stored JPEGs

	// bigBytes is what a decoded picture may take before it is decoded alone, and hugeBytes what it may take at all.
	bigBytes  = 96 << 20
	hugeBytes = 256 << 20
)

// Picture is a picture as it is stored: a square in each of profile.PictureSizes, as JPEG without metadata.
type Picture struct {
	Name string // follows from the content; see ValidName
	JPEG [len(profile.PictureSizes)][]byte
}

// Reader reads pictures, only so many at once that they can't take the memory.
type Reader struct {
	slots int64
	gate  *semaphore.Weighted
}

// NewReader returns a Reader that decodes at most slots pictures at once (at least one), and a very big one alone.
func NewReader(slots int) *Reader {
	n := int64(max(1, slots))
	return &Reader{n, semaphore.NewWeighted(n)}
}

// Read draws the square in the middle of a picture anew: upright, on white, without metadata. The first bytes decide what the
// file is; its size in pixels is looked at before any pixel is decoded. Its error is a form.Message when the file is at
// fault, and the context's when that ends while it waits for its turn.
func (r *Reader) Read(ctx context.Context, data []byte) (Picture, error) {
	if len(data) == 0 {
		return Picture{}, form.Message("Choose another picture: this file is empty.")
	}
	if len(data) > MaxBytes {
		return Picture{}, form.Message("Choose a smaller picture: this file has more than 10 MB.")
	}
	f, ok := sniff(data)
	if !ok {
		return Picture{}, notAPicture(data)
	}
	weight, err := r.weigh(f, data)
	if err != nil {
		return Picture{}, err
	}
	if err := ctx.Err(); err != nil {
		return Picture{}, err
	}
	if err := r.gate.Acquire(ctx, weight); err != nil {
		return Picture{}, err
	}
	defer r.gate.Release(weight)
	square, err := decode(f, data)
	if err != nil {
		return Picture{}, err
	}
	return store(square)
}

// weigh looks at the head of a file only. It returns how many slots the decoding takes.
func (r *Reader) weigh(f format, data []byte) (int64, error) {
	config, err := guarded(func() (image.Config, error) { return f.config(bytes.NewReader(data)) })
	if err != nil || config.Width < 1 || config.Height < 1 {
		return 0, broken(f)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width > sideMax || config.Height > sideMax || pixels > pixelsMax {
		return 0, form.Message(fmt.Sprintf("Choose a smaller picture: this one has %d × %d pixels. "+
			"At most 50 million pixels, and %d on a side, are taken.", config.Width, config.Height, sideMax))
	}
	if err := f.check(data, pixels); err != nil {
		return 0, err
	}
	switch spent := pixels * f.pixelBytes(data, config); {
	case spent > hugeBytes:
		return 0, form.Message("Choose a smaller picture, or save it as a plain JPEG: this one takes too much memory to open.")
	case spent > bigBytes:
		return r.slots, nil
	}
	return 1, nil
}

// decode returns the square in the middle, upright, as large as the largest stored size.
func decode(f format, data []byte) (*image.NRGBA, error) {
	largest := profile.PictureSizes[len(profile.PictureSizes)-1]
	return guarded(func() (*image.NRGBA, error) {
		img, err := f.decode(data)
		if err != nil || !sound(img) {
			return nil, broken(f)
		}
		img = middle(img)
		// Lanczos over twelve million pixels takes long; a coarse step to twice the size first can't be seen.
		if img.Bounds().Dx() > 4*largest {
			img = imaging.Resize(img, 2*largest, 2*largest, imaging.Box)
		}
		square := imaging.Fill(img, largest, largest, imaging.Center, imaging.Lanczos)
		return upright(square, f.orientation(data)), nil
	})
}

// guarded turns a panic of a decoder into an error.
func guarded[T any](do func() (T, error)) (result T, err error) {
	defer func() {
		if recover() != nil {
			err = form.Message("Choose another picture: this file is broken.")
		}
	}()
	return do()
}

// middle returns the square in the middle of a picture. It copies nothing, and keeps imaging from ever seeing a picture that
// is a thousand times as long as wide, which it would blow up.
func middle(img image.Image) image.Image {
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	corner := b.Min.Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))})
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

func store(square *image.NRGBA) (Picture, error) {
	var p Picture
	hash := sha256.New()
	for i := len(profile.PictureSizes) - 1; i >= 0; i-- {
		side := profile.PictureSizes[i]
		if square.Bounds().Dx() != side {
			square = imaging.Resize(square, side, side, imaging.CatmullRom)
		}
		page := image.NewRGBA(square.Bounds())
		draw.Draw(page, page.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(page, page.Bounds(), square, image.Point{}, draw.Over)
		var out bytes.Buffer
		if err := jpeg.Encode(&out, page, &jpeg.Options{Quality: quality}); err != nil {
			return Picture{}, fmt.Errorf("encode a picture of %d pixels: %w", side, err)
		}
		p.JPEG[i] = out.Bytes()
		fmt.Fprintf(hash, "%d %d\n", side, out.Len())
		hash.Write(p.JPEG[i])
	}
	p.Name = nameEncoding.EncodeToString(hash.Sum(nil)[:nameBytes])
	return p, nil
}

const (
	nameBytes   = 20
	nameLetters = "abcdefghijklmnopqrstuvwxyz234567"
	nameLen     = 32
)

var nameEncoding = base32.NewEncoding(nameLetters).WithPadding(base32.NoPadding)

// ValidName says whether name is one that Read gives: 32 of the characters a to z and 2 to 7.
func ValidName(name string) bool {
	return len(name) == nameLen && strings.Trim(name, nameLetters) == ""
}

func notAPicture(data []byte) error {
	if len(data) > 12 && string(data[4:8]) == "ftyp" && strings.ContainsAny(string(data[8:12]), "hmaf") {
		return form.Message("Save the picture as JPEG first: HEIC and AVIF files are not taken.")
	}
	return form.Message("Choose a JPEG, PNG, GIF or WebP picture: this file is none of them, whatever its name says.")
}

func broken(f format) error {
	return form.Message("Choose another picture: this " + f.name + " file is broken or cut short. Saving it anew may help.")
}
