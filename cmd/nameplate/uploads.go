package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"nameplate/internal/picture"
)

// uploadsCommand holds the commands about pictures and files.
type uploadsCommand struct {
	Check uploadsCheckCommand `cmd:"" help:"Compare pictures and files with the rows that name them, and mend what differs."`
}

// uploads names the store in messages, without where the server of a bucket is.
func (s uploadsSettings) uploads() string {
	if u, err := url.Parse(s.Uploads); err == nil && picture.IsBucket(s.Uploads) {
		return strings.TrimSuffix("s3://"+u.Host+u.Path, "/")
	}
	return s.Uploads
}

// openUploads opens the store, and makes what is missing of a directory. Beside a picture.Unavailable it returns the store all the same, where
// only its server does not answer.
func (s uploadsSettings) openUploads(ctx context.Context) (*picture.Store, error) {
	store, err := picture.Open(ctx, s.Uploads)
	if err == nil {
		err = store.Reach(ctx)
	}
	if err != nil {
		err = fmt.Errorf("open the uploads in %s: %w", s.uploads(), err)
	}
	return store, err
}

// presentUploads opens the store as it is. Its error is fs.ErrNotExist where there is no directory.
func (s uploadsSettings) presentUploads(ctx context.Context) (*picture.Store, error) {
	store, err := picture.OpenPresent(ctx, s.Uploads)
	if err == nil {
		err = store.Reach(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open the uploads in %s: %w", s.uploads(), err)
	}
	return store, nil
}
