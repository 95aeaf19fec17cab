package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// fourMore are attributes that an operator adds to the built-in ones.
const fourMore = `
[[attribute]]
name = "birthday"
kind = "date"
see  = "members"
[[attribute]]
name    = "t_shirt"
kind    = "choice"
choices = ["S", "M", "L"]
[[attribute]]
name   = "bio"
kind   = "longtext"
search = true
[[attribute]]
name = "cv"
kind = "file"
`

// attributes adds four attributes to a database with many people, as an operator does: one makemigrations, one migrate.
func (b *bench) attributes() error {
	p, err := b.newProcess("attributes")
	if err != nil {
		return err
	}
	for _, command := range [][]string{{"migrate"}, {"seed", fmt.Sprint(b.many), "--yes"}} {
		if err := p.command(command...); err != nil {
			return err
		}
	}
	took, err := b.declare(p, fourMore)
	if err != nil {
		return err
	}
	b.table.most(fmt.Sprintf("makemigrations and migrate, four attributes for %d people", b.many), took.Seconds(), 10, " s")
	return nil
}

// declare adds attributes to those of a database, and returns how long that took.
func (b *bench) declare(p *process, more string) (time.Duration, error) {
	builtIn, err := os.ReadFile(filepath.Join(b.source, "profile.toml"))
	if err != nil {
		return 0, err
	}
	file := filepath.Join(p.dir, "profile.toml")
	if err := os.WriteFile(file, append(builtIn, more...), 0o600); err != nil {
		return 0, err
	}
	p.env = append(p.env, "NAMEPLATE_PROFILE="+file)
	begin := time.Now()
	for _, command := range []string{"makemigrations", "migrate"} {
		if err := p.command(command); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}
