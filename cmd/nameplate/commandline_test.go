package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandLines(t *testing.T) {
	t.Parallel()
	occupied := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(occupied, []byte(strings.Repeat("this is no database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		outcome string
		args    string
		env     string
		status  int
		says    []string
	}{
		{"an unknown command is named", "frobnicate", "", 2, []string{`"frobnicate"`, "nameplate help"}},
		{"an unknown command is named even with --help", "frobnicate --help", "", 2, []string{`"frobnicate"`}},
		{"help on an unknown command is refused", "help frobnicate", "", 2, []string{`"frobnicate"`}},
		{"an unknown flag is named", "serve --frobnicate", "", 2, []string{"--frobnicate", "nameplate serve --help"}},
		{"an unknown flag without a command is named", "--frobnicate", "", 2, []string{"--frobnicate"}},
		{"a flag of another command is unknown", "version --addr :1", "", 2, []string{"--addr"}},
		{"an argument too many is named", "serve now", "", 2, []string{"now"}},
		{"an argument that is missing is named", "changepassword", "", 2, []string{"USERNAME is missing"}},
		{"a number that is none is refused", "seed many", "", 2, []string{`: N is "many": write a whole number; `}},
		{"a number too large for any computer is refused", "seed 99999999999999999999", "", 2, []string{`N is "99999999999999999999": write a whole number`}},
		{"a flag without its value is named", "serve --addr", "", 2, []string{"--addr needs a value"}},

		{"an address without a port is refused", "serve --addr localhost", "", 1, []string{"NAMEPLATE_ADDR", `"localhost"`, "127.0.0.1:8080"}},
		{"a variable is read where there is no flag", "serve", "NAMEPLATE_ADDR=localhost:http://", 1, []string{"NAMEPLATE_ADDR"}},
		{"a flag wins over its variable", "serve --addr nonsense", "NAMEPLATE_ADDR=127.0.0.1:0", 1, []string{`"nonsense"`}},
		{"a base URL with a path is refused", "serve --base-url http://localhost/people", "", 1, []string{"NAMEPLATE_BASE_URL", "leave out the path"}},
		{"uploads that are neither a directory nor a bucket are refused", "serve --uploads https://bucket.example.org", "", 1, []string{"NAMEPLATE_UPLOADS", "path of a directory, or s3://"}},
		{"a bucket with a key is refused without it", "serve --uploads s3://AKIA:secret@bucket/site", "", 1, []string{"NAMEPLATE_UPLOADS", "AWS_SECRET_ACCESS_KEY"}},
		{"an unknown parameter of a bucket is named", "serve --uploads s3://bucket/site?regoin=x", "", 1, []string{"NAMEPLATE_UPLOADS", `"regoin"`, "region="}},
		{"a group of commands needs another word", "uploads", "", 2, []string{"nameplate uploads check"}},
		{"an unknown word in a group of commands is named", "uploads chek", "", 2, []string{`there is no command "uploads chek"`}},
		{"an unknown flag of a command in a group is named", "uploads check --frobnicate", "", 2, []string{"--frobnicate", "nameplate uploads check --help"}},
		{"uploads of no database can't be checked", "uploads check", "", 1, []string{"nameplate uploads check: ", "nameplate.db", "nameplate migrate"}},
		{"another kind of database is refused without its password", "serve --database mysql://me:secret@host/db", "", 1, []string{"NAMEPLATE_DATABASE", "postgres://"}},
		{"a database in memory is refused", "migrate --database :memory:", "", 1, []string{"NAMEPLATE_DATABASE", "SQLite file"}},
		{"a database in a directory that isn't there is refused", "serve --addr 127.0.0.1:0 --database no/such/place.db", "", 1, []string{"no/such", "make it first"}},
		{"a file that is no database is named", "migrate --database " + occupied, "", 1, []string{": " + occupied + " is not a SQLite database; name another file\n"}},
		{"a PostgreSQL server that isn't there is named", "migrate --database postgres://me:secret@127.0.0.1:1/people", "", 1, []string{": no server answers at 127.0.0.1:1; start it, or correct NAMEPLATE_DATABASE\n"}},
		{"a PostgreSQL address that can't be read is refused", "migrate --database postgres://me:secret@127.0.0.1:port/people", "", 1, []string{"NAMEPLATE_DATABASE"}},
		{"a socket that isn't there is named", "migrate --database postgres:///people?host=/nowhere", "", 1, []string{": no server answers at /nowhere; start it"}},
		{"a profile that isn't there is named", "migrate --profile none.toml", "", 1, []string{"NAMEPLATE_PROFILE", "none.toml"}},
		{"an unknown word is refused with the known ones", "serve --registration maybe", "", 1, []string{"NAMEPLATE_REGISTRATION", "open, invite or closed"}},
		{"a mail server without a scheme is refused", "serve --smtp mail.example.org:587", "", 1, []string{"NAMEPLATE_SMTP", "smtp://user:password@"}},
		{"a mail server that can't be read is refused without its password", "serve --smtp smtp://me:se%zzcret@mail", "", 1, []string{"NAMEPLATE_SMTP: it can't be read", "%40"}},
		{"a sender that is no address is named", "serve --mail-from nobody", "", 1, []string{"NAMEPLATE_MAIL_FROM", `"nobody"`}},
		{"nobody but staff or everyone can be asked for a second factor", "serve --require-2fa me", "", 1, []string{"NAMEPLATE_REQUIRE_2FA", "staff or everyone"}},
		{"approval is on or off", "serve --approval maybe", "", 1, []string{"NAMEPLATE_APPROVAL", "on or off"}},
		{"avatars are on or off", "serve --avatars maybe", "", 1, []string{"NAMEPLATE_AVATARS", "on or off"}},
		{"a host of avatars is a host", "serve --avatar-hosts https://example.org/a", "", 1, []string{"NAMEPLATE_AVATAR_HOSTS", "pictures.example.org"}},
		{"two wrong settings are both named", "serve --log loud --throttle maybe", "", 1, []string{"NAMEPLATE_LOG", "NAMEPLATE_THROTTLE"}},
		{"an unknown proxy is named", "serve --trusted-proxies 10.0.0.0/8,proxy", "", 1, []string{"NAMEPLATE_TRUSTED_PROXIES", `"proxy"`}},

		{"sessions of no database can't be cleared", "clearsessions", "", 1, []string{"nameplate.db", "nameplate migrate"}},
		{"migrations of no database can't be shown", "showmigrations", "", 1, []string{"nameplate.db", "nameplate migrate"}},
		{"a password in no database can't be changed", "changepassword ada", "", 1, []string{"nameplate.db"}},
		{"a superuser needs a terminal or --no-input", "createsuperuser", "", 1, []string{"--no-input"}},
		{"a superuser needs an address", "createsuperuser --no-input --username ada", passwordVariable + "=" + testPassword, 1, []string{"--email"}},
		{"a superuser needs a password", "createsuperuser --no-input --username ada --email ada@example.org", "", 1, []string{passwordVariable}},
		{"a superuser needs a good password", "createsuperuser --no-input --username ada --email ada@example.org", passwordVariable + "=short", 1, []string{passwordVariable}},
		{"a superuser needs a username that is one", "createsuperuser --no-input --username a/da --email ada@example.org", passwordVariable + "=" + testPassword, 1, []string{"--username"}},
		{"a superuser needs an address that is one", "createsuperuser --no-input --username ada --email ada", passwordVariable + "=" + testPassword, 1, []string{"--email"}},
		{"nobody can't be added", "seed 0", "", 1, []string{"1 to"}},
		{"people with a weak password can't be added", "seed 1 --password 123", "", 1, nil},
	} {
		t.Run(row.outcome, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			if row.env != "" {
				p.env = append(p.env, row.env)
			}
			r := p.run(strings.Fields(row.args)...)
			if r.status != row.status {
				t.Errorf("status %d, want %d", r.status, row.status)
			}
			oneLine(t, r.stderr, append(row.says, "nameplate")...)
			if strings.Contains(r.stderr, "secret") {
				t.Errorf("a password is told: %s", r.stderr)
			}
			if r.stdout != "" {
				t.Errorf("standard output: %q", r.stdout)
			}
			if names := p.names(); len(names) > 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	commands := []string{"serve", "migrate", "showmigrations", "createsuperuser", "changepassword", "clearsessions", "seed", "check", "uploads check", "version"}
	p := newPlace(t)
	list := p.must("help")
	if p.must("--help") != list {
		t.Error("help and --help differ")
	}
	if r := p.run(); r.status != 2 || r.stderr != list || r.stdout != "" {
		t.Errorf("no command: status %d, stderr %q, stdout %q", r.status, r.stderr, r.stdout)
	}
	for _, command := range commands {
		if !strings.Contains(list, "\n  "+command+" ") {
			t.Errorf("help does not list %s", command)
		}
		words := strings.Fields(command)
		help := p.must(append(words, "--help")...)
		if !strings.Contains(help, "Examples:\n  ") || !strings.HasPrefix(help, "Usage: nameplate "+command) {
			t.Errorf("%s --help: %s", command, help)
		}
		if p.must(append([]string{"help"}, words...)...) != help {
			t.Errorf("help %s and %s --help differ", command, command)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	out := p.must("version")
	for _, word := range []string{"v9.8.7", "c0ffee", "go1.", "sqlite    3."} {
		if !strings.Contains(out, word) {
			t.Errorf("version does not say %s: %s", word, out)
		}
	}
	if p.must("--version") != out {
		t.Error("version and --version differ")
	}
}
