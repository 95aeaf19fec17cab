package picture

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"

	"github.com/disintegration/imaging"
)

// Draw returns what draw does, once it is its turn: with what Read decodes, at most so many are under way at once. Its error is draw's,
// or the context's when that ends while it waits.
func (r *Reader) Draw(ctx context.Context, draw func() ([]byte, error)) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.gate.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer r.gate.Release(1)
	return draw()
}

// Resize draws a stored square in another size, in pixels, as JPEG. It is for Draw.
func Resize(square []byte, size int) ([]byte, error) {
	img, err := jpeg.Decode(bytes.NewReader(square))
	if err != nil {
		return nil, fmt.Errorf("read a stored picture: %w", err)
	}
	return encode(imaging.Resize(img, size, size, imaging.Lanczos), squareQuality)
}
