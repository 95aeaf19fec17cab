// Package picture reads the pictures that people send, draws them anew in the sizes of the site, and keeps them.
package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"

	"golang.org/x/sync/semaphore"

	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// MaxBytes is the most bytes of a file that somebody sends.
const MaxBytes = 10 << 20

const (
	pixelsMax = 50_000_000
	sideMax   = 16_384

	// bigBytes is what a decoded picture may take before it is decoded alone, and hugeBytes what it may take at all.
	bigBytes  = 96 << 20
	hugeBytes = 256 << 20
)

// Picture is a picture as it is stored, without metadata: the whole as JPEG, and a square of it in each of profile.PictureSizes as JPEG and
// as WebP.
type Picture struct {
	Name    string // follows from the content; see profile.PictureName
	Whole   []byte // upright, at most profile.WholeMax pixels on its longer side
	Squares [len(profile.PictureSizes)][]byte
	WebP    [len(profile.PictureSizes)][]byte
}

// Reader reads pictures, only so many at once that they can't take the memory.
type Reader struct {
	slots  int64
	gate   *semaphore.Weighted
	places *semaphore.Weighted // for files in memory
}

// NewReader returns a Reader that decodes at most slots pictures at once (at least one), and a very big one alone.
func NewReader(slots int) *Reader {
	n := int64(max(1, slots))
	return &Reader{n, semaphore.NewWeighted(n), semaphore.NewWeighted(2 * n)}
}

// Admit waits until there is room in memory for another file: for twice as many as are decoded at once. Its error is the context's. Call
// leave when the file is needed no longer.
func (r *Reader) Admit(ctx context.Context) (leave func(), err error) {
	if err := r.places.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { r.places.Release(1) }, nil
}

// Read draws a picture anew: upright, on white, without metadata, in the frame that profile.GoodFrame says. The first bytes decide what
// the file is; its size in pixels is looked at before any pixel is decoded. Its error is a form.Message when the file is at
// fault, and the context's when that ends while it waits for its turn.
func (r *Reader) Read(ctx context.Context, data []byte) (Picture, error) {
	return r.ReadFramed(ctx, data, profile.Frame{})
}

// ReadFramed is Read with a frame of one's own; zero for the one that profile.GoodFrame says.
func (r *Reader) ReadFramed(ctx context.Context, data []byte, frame profile.Frame) (Picture, error) {
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
	return guarded(func() (Picture, error) {
		whole, err := decode(f, data)
		if err != nil {
			return Picture{}, err
		}
		if size := whole.Bounds().Size(); frame == (profile.Frame{}) {
			frame = profile.GoodFrame(size.X, size.Y)
		}
		return drawn(whole, nil, frame)
	})
}

// Reframe draws the squares of a stored picture anew, from its whole. Its error is a form.Message when that is broken, and the context's when
// that ends while it waits for its turn.
func (r *Reader) Reframe(ctx context.Context, whole []byte, frame profile.Frame) (Picture, error) {
	if err := r.gate.Acquire(ctx, 1); err != nil {
		return Picture{}, err
	}
	defer r.gate.Release(1)
	return guarded(func() (Picture, error) {
		img, err := jpeg.Decode(bytes.NewReader(whole))
		if err != nil {
			return Picture{}, form.Message("Choose the picture again: what was kept of it is broken.")
		}
		return drawn(img, whole, frame)
	})
}

// weigh looks at the head of a file only. It returns how many slots the decoding takes.
func (r *Reader) weigh(f format, data []byte) (int64, error) {
	config, err := guarded(func() (image.Config, error) { return f.config(data) })
	if err != nil || config.Width < 1 || config.Height < 1 {
		return 0, refused(f, err)
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

// guarded turns a panic of a decoder into an error.
func guarded[T any](do func() (T, error)) (result T, err error) {
	defer func() {
		if recover() != nil {
			err = form.Message("Choose another picture: this file is broken.")
		}
	}()
	return do()
}
