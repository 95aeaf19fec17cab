package main

import (
	"context"
	"fmt"
)

type clearsessionsCommand struct {
	databaseSettings
}

// Help holds the examples of clearsessions.
func (clearsessionsCommand) Help() string {
	return `A running server does so every hour.

Examples:
  nameplate clearsessions`
}

// Run deletes the expired sessions.
func (c *clearsessionsCommand) Run() error {
	ctx := context.Background()
	d, err := c.openPresent(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	n, err := d.ClearSessions(ctx)
	if err != nil {
		return fmt.Errorf("clear the sessions of %s: %w", c.database(), err)
	}
	fmt.Printf("deleted %s\n", count(int(n), "expired session"))
	return nil
}

// count returns a number and its noun, in the plural where it should be.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
