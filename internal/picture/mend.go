package picture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"

	"nameplate/internal/profile"
)

// Mend draws what is missing of a picture anew, from its whole or else from the largest square that is left, which then stands for the whole.
// The name stays. Its error is fs.ErrNotExist when nothing is left that can be read; a file is never drawn.
func (s *Store) Mend(ctx context.Context, r *Reader, name string) error {
	missing, err := s.Missing(ctx, name)
	if err != nil || len(missing) == 0 {
		return err
	}
	stored, ok := profile.ParsePictureName(name)
	if !ok {
		return fmt.Errorf("mend %s: %w", name, fs.ErrNotExist)
	}
	for _, path := range bestFirst(name) {
		frame := stored.Frame
		if path != wholeName(name) {
			frame = profile.Frame{X: 500, Y: 500, Zoom: profile.ZoomMin}
		}
		drawn, err := s.redraw(ctx, r, path, frame)
		if err != nil {
			return fmt.Errorf("draw %s again: %w", name, err)
		}
		if drawn.Name == "" {
			continue
		}
		drawn.Name = name
		if err := s.objects.put(ctx, drawn.only(missing)); err != nil {
			return fmt.Errorf("mend picture %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("mend %s: %w", name, fs.ErrNotExist)
}

// bestFirst are the files of a picture, from the largest to the smallest.
func bestFirst(name string) []string {
	stored, _ := profile.ParsePictureName(name)
	paths := []string{wholeName(name)}
	for _, size := range slices.Backward(stored.Sizes()) {
		paths = append(paths, fileName(name, size))
	}
	return paths
}

// redraw draws a picture from one of its files. It has no name where that is not there or can't be read.
func (s *Store) redraw(ctx context.Context, r *Reader, path string, frame profile.Frame) (Picture, error) {
	content, err := s.open(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return Picture{}, nil
	}
	if err != nil {
		return Picture{}, err
	}
	data, err := content.All()
	if err != nil {
		return Picture{}, err
	}
	drawn, err := r.Reframe(ctx, data, frame)
	if err != nil {
		return Picture{}, ctx.Err()
	}
	return drawn, nil
}

// only yields some of the files of a picture, by which parts of it they are.
func (p Picture) only(parts []string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for path, content := range p.files() {
			if slices.Contains(parts, partOf(path)) && !yield(path, content) {
				return
			}
		}
	}
}
