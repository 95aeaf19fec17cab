package picture

import "context"

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
