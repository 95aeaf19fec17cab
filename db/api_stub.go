package db

import (
	"context"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

const unwritten = "this part of db follows"

func (d *DB) People(ctx context.Context, q admin.Query) (admin.Page[account.User], error) {
	panic(unwritten)
}

func (d *DB) Seed(ctx context.Context, n int, hash string, picture func(i int) (string, error)) error {
	panic(unwritten)
}
