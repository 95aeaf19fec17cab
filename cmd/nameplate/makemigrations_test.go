package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const birthday = "[[attribute]]\nname = 'birthday'\nkind = 'date'\n"

// declare makes the built-in attributes, and more after them, the place's profile.toml.
func (p *place) declare(more string) {
	p.t.Helper()
	builtIn, err := os.ReadFile("../../profile.toml")
	if err == nil {
		err = os.WriteFile(filepath.Join(p.dir, "p.toml"), []byte(string(builtIn)+"\n"+more), 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// with runs a command with the place's own profile.toml.
func (p *place) with(args ...string) result {
	p.t.Helper()
	return p.run(append(args, "--profile", "p.toml")...)
}

func (p *place) files(pattern string) []string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, pattern))
	if err != nil {
		p.t.Fatal(err)
	}
	return found
}

func TestMakeMigrations(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("migrate")
	p.declare(birthday)
	if r := p.with("makemigrations", "--check"); r.status != 1 || !strings.Contains(r.stdout, "add birthday (date)") || len(p.files("migrations/*/*")) != 0 {
		t.Errorf("--check: %+v, %v", r, p.files("migrations/*/*"))
	}
	if r := p.with("makemigrations", "--dry-run"); r.status != 0 || !strings.Contains(r.stdout, "-- SQLite\n") || !strings.Contains(r.stdout, "-- PostgreSQL\n") || len(p.files("migrations/*/*")) != 0 {
		t.Errorf("--dry-run: %+v, %v", r, p.files("migrations/*/*"))
	}
	if r := p.with("makemigrations", "../evil"); r.status != 1 || !strings.Contains(r.stderr, "letters, digits and _") {
		t.Errorf("a name with a path: %+v", r)
	}
	if r := p.with("makemigrations"); r.status != 0 || !strings.Contains(r.stdout, "nameplate migrate --profile p.toml") {
		t.Fatalf("makemigrations: %+v", r)
	}
	for _, dialect := range []string{"sqlite", "postgres"} {
		if got := p.files("migrations/" + dialect + "/*"); len(got) != 1 || filepath.Base(got[0]) != "0001_birthday.sql" {
			t.Errorf("%s: %v", dialect, got)
		}
	}
	if r := p.with("makemigrations"); r.status != 1 || !strings.Contains(r.stderr, `run "nameplate migrate --profile p.toml" first`) {
		t.Errorf("while one is pending: %+v", r)
	}
	if r := p.with("showmigrations"); !strings.Contains(r.stdout, "[ ] profile/0001_birthday\n") {
		t.Errorf("showmigrations: %+v", r)
	}
	if r := p.with("migrate"); r.status != 0 || r.stdout != "applied profile/0001_birthday\n" {
		t.Errorf("migrate: %+v", r)
	}
	if r := p.with("makemigrations"); r.status != 0 || r.stdout != "No changes detected\n" {
		t.Errorf("makemigrations again: %+v", r)
	}
	if r := p.with("check"); r.status != 0 || strings.Contains(r.stdout, "warning") {
		t.Errorf("check: %+v", r)
	}
	if err := os.Remove(p.files("migrations/postgres/*")[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "migrations", "sqlite", "notes.sql"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := p.with("check"); r.status != 0 || !strings.Contains(r.stdout, "warning") || !strings.Contains(r.stdout, "0001_birthday.sql") || !strings.Contains(r.stdout, "notes.sql is never applied") {
		t.Errorf("check without the twin: %+v", r)
	}
	if err := os.RemoveAll(filepath.Join(p.dir, "migrations")); err != nil {
		t.Fatal(err)
	}
	p.declare("")
	if r := p.with("makemigrations"); r.status != 1 || !strings.Contains(r.stderr, "profile/0001") {
		t.Errorf("without the applied files: %+v", r)
	}
}

func TestMakeMigrationsAsksBeforeValuesAreLost(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	p.change("UPDATE profiles SET portfolio_site = 'https://example.org'")
	if err := os.WriteFile(filepath.Join(p.dir, "p.toml"), []byte("[[attribute]]\nname = 'profile_pic'\nkind = 'picture'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := p.with("makemigrations"); r.status != 1 || !strings.Contains(r.stderr, "give --yes") || len(p.files("migrations/*/*")) != 0 {
		t.Errorf("with nobody to ask: %+v", r)
	}
	d := p.talk("makemigrations", "--profile", "p.toml")
	d.answer("[y/N] ", "\n")
	if status := d.wait(); status != 1 || len(p.files("migrations/*/*")) != 0 {
		t.Errorf("refused at the terminal: %d, %v", status, p.files("migrations/*/*"))
	}
	d = p.talk("makemigrations", "--profile", "p.toml")
	d.answer("1 value will be lost. Write the migration? [y/N] ", "y\n")
	if status := d.wait(); status != 0 || len(p.files("migrations/*/0001_remove_portfolio_site.sql")) != 2 {
		t.Errorf("agreed at the terminal: %d, %v", status, p.files("migrations/*/*"))
	}
}

// TestServeSaysHowToFollowTheDeclaration starts a server that has a database before it, one that has none, and one that has to search
// for something else.
func TestServeSaysHowToFollowTheDeclaration(t *testing.T) {
	t.Parallel()
	searched := strings.Replace(birthday, "'date'", "'text'\nsearch = true", 1)
	p := newPlace(t)
	p.declare(searched)
	for range 2 { // the first time the database is made
		r := p.with("serve", "--addr", "127.0.0.1:0")
		oneLine(t, r.stderr, "add birthday (text)", `run "nameplate makemigrations --profile p.toml" and then "nameplate migrate --profile p.toml"`)
	}
	if r := p.with("migrate"); r.status != 0 || !strings.Contains(r.stdout, `run "nameplate makemigrations --profile p.toml"`) {
		t.Errorf("migrate before makemigrations: %+v", r)
	}
	p.with("makemigrations")
	oneLine(t, p.with("serve", "--addr", "127.0.0.1:0").stderr, "pending", `"nameplate migrate --profile p.toml"`)
	if r := p.with("migrate"); r.status != 0 || !strings.Contains(r.stdout, "made the search anew") {
		t.Errorf("migrate: %+v", r)
	}
	p.declare(strings.Replace(searched, "search = true", "search = false", 1))
	oneLine(t, p.with("serve", "--addr", "127.0.0.1:0").stderr, "search", `run "nameplate migrate --profile p.toml"`)
	p.declare("[[attribute]]\nname = 'a'\nkind = 'txt'\n")
	for _, command := range []string{"serve", "migrate", "makemigrations"} {
		r := p.with(command)
		if r.status != 1 {
			t.Errorf("%s with a wrong profile.toml: status %d", command, r.status)
		}
		oneLine(t, r.stderr, "p.toml:", "did you mean 'text'?")
	}
	if r := p.with("check"); r.status != 1 || !strings.Contains(r.stdout, "did you mean 'text'?") {
		t.Errorf("check: %+v", r)
	}
}

// TestMakeMigrationsInTheSource writes where the project's own migrations are, to be built in.
func TestMakeMigrationsInTheSource(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("migrate")
	p.declare(birthday)
	if err := os.CopyFS(filepath.Join(p.dir, "source"), os.DirFS("../../db/migrations")); err != nil {
		t.Fatal(err)
	}
	if r := p.with("makemigrations", "--migrations", "source"); r.status != 0 {
		t.Fatalf("%+v", r)
	}
	for _, dialect := range []string{"sqlite", "postgres"} {
		project := p.files("source/" + dialect + "/*.sql")
		if want := fmt.Sprintf("%04d_birthday.sql", len(project)); len(p.files("source/"+dialect+"/"+want)) != 1 {
			t.Errorf("%v", p.files("source/*/*"))
		}
	}
	for _, command := range []string{"migrate", "serve"} {
		oneLine(t, p.with(command, "--migrations", "source").stderr, "the project's own migrations")
	}
}

// TestKilledMigration kills migrate at different moments, runs it again, and compares with a database whose migration was left alone.
func TestKilledMigration(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("migrate")
	p.must("seed", "20000")
	p.declare(birthday + "[[attribute]]\nname = 'bio'\nkind = 'text'\nrequired = true\ndefault = 'hello'\nunique = false\nsearch = true\n")
	if r := p.with("makemigrations"); r.status != 0 {
		t.Fatalf("%+v", r)
	}
	whole, err := os.ReadFile(filepath.Join(p.dir, "nameplate.db"))
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if r := p.with("migrate"); r.status != 0 {
		t.Fatalf("%+v", r)
	}
	took := time.Since(begin)
	state := func() string {
		return ask[string](p, "SELECT group_concat(sql, ';') || (SELECT group_concat(name || kind || indexes || is_searched || is_required) FROM attributes) ||"+
			" (SELECT count(*) || max(version_id) FROM profile_db_version) FROM (SELECT sql FROM sqlite_schema ORDER BY name)") +
			ask[string](p, "SELECT count(*) || ' ' || sum(bio = 'hello') || ' ' || (SELECT count(*) FROM people_search WHERE text LIKE '%hello%') FROM profiles")
	}
	want, halfway := state(), 0
	for i := range 8 {
		for _, name := range []string{"nameplate.db-wal", "nameplate.db-shm"} {
			_ = os.Remove(filepath.Join(p.dir, name))
		}
		if err := os.WriteFile(filepath.Join(p.dir, "nameplate.db"), whole, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := p.command(binary, "migrate", "--profile", "p.toml")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took * time.Duration(i+1) / 10)
		if cmd.Process.Kill() == nil && cmd.Wait() != nil {
			halfway++
		}
		if r := p.with("migrate"); r.status != 0 {
			t.Fatalf("after the kill: %+v", r)
		}
		if got := state(); got != want {
			t.Errorf("killed after %d/10: it is\n%s\nwant\n%s", i+1, got, want)
		}
	}
	if halfway == 0 {
		t.Error("nothing was killed half-way")
	}
}
