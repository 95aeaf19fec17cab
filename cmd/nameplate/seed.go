package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"nameplate/db"
	"nameplate/internal/auth"
	"nameplate/internal/picture"
)

const (
	mostPeople    = 10_000_000
	mostPortraits = 200   // more people share them
	mostWaiting   = 1_000 // more than db.Seed lets wait for their person at once
)

type seedCommand struct {
	databaseSettings
	uploadsSettings
	N        int    `arg:"" help:"How many people."`
	Pictures bool   `help:"Draw pictures for them, too."`
	Yes      bool   `help:"Do so though the database has people."`
	Password string `default:"try nameplate out" help:"The password of all of them; \"${default}\" when not given."`
}

// Help holds the examples of seed.
func (seedCommand) Help() string {
	return `The people are the same ones each time: person0000001, person0000002 and so on. They all log in with one password, so
this is nothing for a site that strangers can reach. An empty database is created and migrated first.

Examples:
  nameplate seed 200 --pictures --database /tmp/try.db --uploads /tmp/try-uploads
  nameplate seed 1000000 --database /tmp/million.db`
}

// Run adds the people.
func (c *seedCommand) Run() error {
	if c.N < 1 || c.N > mostPeople {
		return fmt.Errorf("%d people can't be added; write a number from 1 to %d", c.N, mostPeople)
	}
	if err := errors.Join(c.checkUploads(), auth.CheckPassword(c.Password)); err != nil {
		return err
	}
	ctx := context.Background()
	d, err := c.openOrCreate(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	n, err := d.CountUsers(ctx)
	if err != nil {
		return err
	}
	if n > 0 && !c.Yes {
		return fmt.Errorf("%s has people already; add --yes to add to them, or name another database", c.database())
	}
	begun := time.Now()
	if err := c.seed(ctx, d); err != nil {
		return fmt.Errorf("add people to %s: %w", c.database(), err)
	}
	fmt.Printf("added %d people in %s; they log in with the password %q\n", c.N, time.Since(begun).Round(10*time.Millisecond), c.Password)
	return nil
}

func (c *seedCommand) seed(ctx context.Context, d *db.DB) error {
	hash, err := auth.NewHasher(runtime.GOMAXPROCS(0)).Hash(ctx, c.Password)
	if err != nil {
		return err
	}
	if !c.Pictures {
		return d.Seed(ctx, c.N, hash, nil)
	}
	store, err := c.openUploads(ctx)
	if err != nil {
		return err
	}
	p := portraits{d: d, store: store, reader: picture.NewReader(runtime.GOMAXPROCS(0))}
	err = d.Seed(ctx, c.N, hash, func(number int) (string, error) { return p.token(ctx, number%mostPortraits) })
	if err != nil {
		err = errors.Join(err, p.dropLast(ctx))
	}
	return err
}

// portraits draws portraits as they are asked for. Each waits in the database's ledger until a person takes it.
type portraits struct {
	d      *db.DB
	store  *picture.Store
	reader *picture.Reader
	names  [mostPortraits]string // of those that are drawn
	last   []string              // the tokens that may not be taken yet
}

// token returns the token of a waiting picture, the i-th portrait.
func (p *portraits) token(ctx context.Context, i int) (string, error) {
	token := auth.Token()
	p.last = append(p.last, token)
	p.last = p.last[max(0, len(p.last)-mostWaiting):]
	if p.names[i] != "" {
		return token, p.d.AddWaiting(ctx, 0, token, p.names[i])
	}
	drawn, err := p.reader.Read(ctx, portrait(i))
	if err != nil {
		return "", fmt.Errorf("draw portrait %d: %w", i, err)
	}
	p.names[i] = drawn.Name
	if err := p.d.AddWaiting(ctx, 0, token, drawn.Name); err != nil {
		return "", err
	}
	return token, p.store.Put(ctx, drawn)
}

// dropLast drops the portraits that nobody took.
func (p *portraits) dropLast(ctx context.Context) error {
	var errs []error
	for _, token := range p.last {
		errs = append(errs, p.d.DropWaiting(ctx, token, p.store.Remove))
	}
	return errors.Join(errs...)
}
