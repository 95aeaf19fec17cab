package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// holding makes a place whose one person has a motto and a secret.
func holding(t *testing.T) *place {
	t.Helper()
	p := newPlace(t)
	p.must("migrate")
	p.declare("[[attribute]]\nname = 'motto'\nkind = 'text'\n[[attribute]]\nname = 'secret'\nkind = 'text'\nsee = 'oneself'\n")
	p.with("makemigrations")
	p.with("migrate")
	p.superuser("--profile", "p.toml")
	p.change("UPDATE profiles SET motto = 'hello " + strings.Repeat("x", 100) + "', secret = 'diagnosis'")
	return p
}

func TestRefusalsSayWhatIsInTheWayAndTellNoSecrets(t *testing.T) {
	t.Parallel()
	p := holding(t)
	p.declare("[[attribute]]\nname = 'motto'\nkind = 'number'\n[[attribute]]\nname = 'secret'\nkind = 'number'\nsee = 'oneself'\n")
	r := p.with("makemigrations")
	for _, want := range []string{"motto can't become number", `ada has "hello xxxx`, "Motto: enter", "ada's, which only its owner sees", "former profile.toml"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("makemigrations does not say %q: %+v", want, r)
		}
	}
	if r.status != 1 || strings.Contains(r.stdout, "diagnosis") || strings.Contains(r.stdout, strings.Repeat("x", 60)) || len(p.files("migrations/sqlite/*")) != 1 {
		t.Errorf("%+v", r)
	}
	for _, command := range []string{"serve", "check", "migrate"} {
		if r := p.with(command); strings.Contains(r.stdout+r.stderr, "hello") || !strings.Contains(r.stdout+r.stderr, "motto can't become number from text, because of 1 of its values") {
			t.Errorf("%s: %+v", command, r)
		}
	}
	p.declare("[[attribute]]\nname = 'slogan'\nwas = 'moto'\nkind = 'text'\n")
	if r := p.with("makemigrations", "--check"); r.status != 1 || !strings.Contains(r.stdout, `did you mean was = "motto"?`) {
		t.Errorf("a wrong was: %+v", r)
	}
	p.declare("[[attribute]]\nname = 'slogan'\nkind = 'text'\n")
	if r := p.with("makemigrations", "--check"); !strings.Contains(r.stdout, `drop motto (text); if it is slogan now, write was = "motto" there: 1 value will be lost`) {
		t.Errorf("no was: %+v", r)
	}
}

// TestForgottenProfile asks without the profile that the database was made for.
func TestForgottenProfile(t *testing.T) {
	t.Parallel()
	p := holding(t)
	for _, command := range []string{"serve", "check", "makemigrations"} {
		r := p.run(command)
		if said := r.stdout + r.stderr; r.status != 1 || strings.Contains(said, "drop ") || !strings.Contains(said, "name it with NAMEPLATE_PROFILE") {
			t.Errorf("%s: %+v", command, r)
		}
	}
	if r := p.run("makemigrations", "--help"); !strings.Contains(r.stdout, "[[attribute]]") || !strings.Contains(r.stdout, "portfolio_site") {
		t.Errorf("the built-in profile: %+v", r)
	}
}

// TestMigrationThatFails says which it is, why, and what to do.
func TestMigrationThatFails(t *testing.T) {
	t.Parallel()
	p := holding(t)
	p.change("UPDATE profiles SET motto = '7', secret = ''")
	p.declare("[[attribute]]\nname = 'motto'\nkind = 'number'\n[[attribute]]\nname = 'secret'\nkind = 'text'\nsee = 'oneself'\n")
	if r := p.with("makemigrations", "people"); r.status != 0 { // also a name that the project has given to one of its own
		t.Fatalf("%+v", r)
	}
	p.change("UPDATE profiles SET motto = 'hello'")
	r := p.with("migrate")
	oneLine(t, r.stderr, "profile/0002_people of nameplate.db could not be applied", "motto has a value that is no number", "delete its files in")
	if strings.Contains(r.stderr, "goose") || strings.Contains(r.stderr, "partial") {
		t.Error(r.stderr)
	}
	oneLine(t, p.with("makemigrations").stderr, "take them back: delete the files")
	for _, file := range p.files("migrations/*/0002_*") {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if r := p.with("makemigrations"); r.status != 1 || !strings.Contains(r.stdout, `ada has "hello"`) {
		t.Errorf("after it was taken back: %+v", r)
	}
}

func TestMigrationFilesThatAreMissing(t *testing.T) {
	t.Parallel()
	p := holding(t)
	if err := os.RemoveAll(filepath.Join(p.dir, "migrations")); err != nil {
		t.Fatal(err)
	}
	if r := p.with("showmigrations"); !strings.Contains(r.stdout, "[X] profile/0001, whose file is missing") {
		t.Errorf("showmigrations: %+v", r)
	}
	if r := p.with("check"); r.status != 0 || !strings.Contains(r.stdout, "warning") || !strings.Contains(r.stdout, "profile/0001") {
		t.Errorf("check: %+v", r)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "migrations"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := p.with("migrate"); r.status != 1 || !strings.Contains(r.stderr, "not a directory") {
		t.Errorf("a file in its place: %+v", r)
	}
}

func TestTwoMakeMigrationsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("migrate")
	p.declare(birthday)
	var wg sync.WaitGroup
	for _, name := range []string{"one", "two", "three", "four"} {
		cmd := p.command(binary, "makemigrations", name, "--profile", "p.toml")
		wg.Go(func() { _ = cmd.Run() })
	}
	wg.Wait()
	if files := p.files("migrations/*/*"); len(files) != 2 {
		t.Errorf("%v", files)
	}
	if r := p.with("migrate"); r.status != 0 {
		t.Errorf("%+v", r)
	}
}
