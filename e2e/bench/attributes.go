package main

import (
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
	for _, command := range [][]string{{"migrate"}, {"seed", number(float64(b.many)), "--yes"}} {
		if err := p.command(command...); err != nil {
			return err
		}
	}
	builtIn, err := os.ReadFile(filepath.Join(b.source, "profile.toml"))
	if err != nil {
		return err
	}
	file := filepath.Join(p.dir, "profile.toml")
	if err := os.WriteFile(file, append(builtIn, fourMore...), 0o600); err != nil {
		return err
	}
	begin := time.Now()
	for _, command := range []string{"makemigrations", "migrate"} {
		if err := p.command(command, "--profile", file); err != nil {
			return err
		}
	}
	b.table.most("makemigrations and migrate, four attributes for "+number(float64(b.many))+" people", time.Since(begin).Seconds(), 10, " s")
	return nil
}
