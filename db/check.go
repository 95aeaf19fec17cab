package db

import (
	"context"
	"errors"
	"strings"
)

// Mismatch says that the database is not what profile.toml declares: what makemigrations would do.
type Mismatch []string

// Error lists the steps.
func (m Mismatch) Error() string { return "it is not what is declared: " + strings.Join(m, "; ") }

// ErrSearch says that the search holds other attributes than profile.toml declares.
var ErrSearch = errors.New("its search holds other attributes than profile.toml says")

// CheckProfile fails with Mismatch or Refusal where makemigrations has something to do, and with ErrSearch where migrate has.
func (d *DB) CheckProfile(ctx context.Context) error {
	plan, err := d.Plan(ctx)
	if refused, ok := errors.AsType[Refusal](err); ok {
		return refused.briefly()
	}
	if err != nil {
		return err
	}
	var steps Mismatch
	for _, step := range plan.Steps {
		steps = append(steps, step.Words)
	}
	if len(steps) > 0 {
		return steps
	}
	if differs, err := d.searchDiffers(ctx); err != nil || !differs {
		return err
	}
	return ErrSearch
}
