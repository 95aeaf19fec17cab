package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"nameplate/internal/profile"
)

// ask reads one value from the place's database.
func ask[T any](p *place, query string, args ...any) T {
	p.t.Helper()
	d, err := sql.Open("sqlite3", filepath.Join(p.dir, "nameplate.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer d.Close()
	var value T
	if err := d.QueryRow(query, args...).Scan(&value); err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	return value
}

// change changes the place's database behind the program's back.
func (p *place) change(query string, args ...any) {
	p.t.Helper()
	d, err := sql.Open("sqlite3", filepath.Join(p.dir, "nameplate.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(query, args...); err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if out := p.must("migrate"); !strings.HasPrefix(out, "applied 0001_") {
		t.Errorf("migrate: %q", out)
	}
	if out := p.must("migrate"); out != "nothing to apply\n" {
		t.Errorf("migrate again: %q", out)
	}
	if out := p.must("showmigrations"); !strings.HasPrefix(out, "[X] 0001_") || strings.Contains(out, "[ ]") {
		t.Errorf("showmigrations: %q", out)
	}
}

func TestCreateSuperuser(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	if n := ask[int](p, "SELECT count(*) FROM users WHERE username = 'ada' AND email = 'ada@example.org' AND is_active AND is_staff AND is_superuser"); n != 1 {
		t.Errorf("%d such superusers", n)
	}
	if hash := ask[string](p, "SELECT password FROM users"); !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the password is kept as %s", hash)
	}
	for _, row := range []struct{ outcome, username, email, says string }{
		{"the same username in capitals is refused", "ADA", "other@example.org", "Choose another username: 'ADA' is taken.\n"},
		{"the same address in capitals is refused", "other", "Ada@Example.org", "Choose another address: 'Ada@Example.org' is taken.\n"},
		{"both are named", "ADA", "ada@example.org", "Choose another address: 'ada@example.org' is taken. Choose another username: 'ADA' is taken.\n"},
		{"a username that is an address is refused", "bob@example.org", "other@example.org", "the username bob@example.org looks"},
		{"a password like the username is refused", strings.ReplaceAll(testPassword, " ", "."), "other@example.org", passwordVariable + ": "},
		{"a username with a hidden letter is refused", "a\u200bda", "other@example.org", "--username: "},
	} {
		r := p.run("createsuperuser", "--no-input", "--username", row.username, "--email", row.email)
		if r.status != 1 {
			t.Errorf("%s: status %d", row.outcome, r.status)
		}
		oneLine(t, r.stderr, "nameplate createsuperuser: "+row.says)
	}
	if n := ask[int](p, "SELECT count(*) FROM users"); n != 1 {
		t.Errorf("%d people", n)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	before := ask[string](p, "SELECT password FROM users")
	p.change("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) VALUES ('t', 1, '', ?, 0, 0)", time.Now().Add(time.Hour).UnixMilli())

	for _, row := range []struct{ outcome, username, stdin, says string }{
		{"a weak password is refused", "ada", "12345678\n", ""},
		{"no password at all is refused", "ada", "", "ended too early"},
		{"an empty line is refused", "ada", "\n", ""},
		{"nobody of that name is said so", "bob", "another brass doorway 42\n", `"bob"`},
	} {
		p.stdin = row.stdin
		r := p.run("changepassword", row.username)
		if r.status != 1 {
			t.Errorf("%s: status %d", row.outcome, r.status)
		}
		oneLine(t, r.stderr, row.says)
	}
	if ask[string](p, "SELECT password FROM users") != before || ask[int](p, "SELECT count(*) FROM sessions") != 1 {
		t.Error("a refused password changed something")
	}

	p.stdin = "another brass doorway 42\r\nand more\n"
	if out := p.must("changepassword", "ADA"); !strings.Contains(out, "ada") {
		t.Errorf("says %q", out)
	}
	if ask[string](p, "SELECT password FROM users") == before {
		t.Error("the password is the same")
	}
	if n := ask[int](p, "SELECT count(*) FROM sessions"); n != 0 {
		t.Errorf("%d sessions are left", n)
	}

	p.change("INSERT INTO two_factor (user_id, secret, confirmed_at) VALUES (1, 'SECRET', 1)")
	p.stdin = "one more brass doorway 42\n"
	p.must("changepassword", "ada")
	if ask[int](p, "SELECT count(*) FROM two_factor") != 1 {
		t.Error("the second factor is gone without being asked for")
	}
	if out := p.must("changepassword", "ada", "--remove-two-factor"); !strings.Contains(out, "their second factor is off") || ask[int](p, "SELECT count(*) FROM two_factor") != 0 {
		t.Errorf("with --remove-two-factor: %q", out)
	}
}

func TestClearSessions(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.superuser()
	for token, expiry := range map[string]time.Duration{"old": -time.Hour, "older": -48 * time.Hour, "new": time.Hour} {
		p.change("INSERT INTO sessions (token_hash, user_id, data, expiry, created_at, seen_at) VALUES (?, 1, '', ?, 0, 0)", token, time.Now().Add(expiry).UnixMilli())
	}
	if out := p.must("clearsessions"); out != "deleted 2 expired sessions\n" {
		t.Errorf("says %q", out)
	}
	if token := ask[string](p, "SELECT group_concat(token_hash) FROM sessions"); token != "new" {
		t.Errorf("left: %s", token)
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	out := p.must("seed", "25", "--pictures")
	if !strings.Contains(out, "added 25 people") || !strings.Contains(out, "try nameplate out") {
		t.Errorf("says %q", out)
	}
	if n := ask[int](p, "SELECT count(*) FROM users JOIN profiles ON user_id = id WHERE username GLOB 'person00000[0-9][0-9]' AND profile_pic <> '' AND NOT is_superuser"); n != 25 {
		t.Errorf("%d such people", n)
	}
	if n := ask[int](p, "SELECT count(*) FROM waiting_pictures"); n != 0 {
		t.Errorf("%d pictures still wait", n)
	}
	pictures, err := os.ReadDir(filepath.Join(p.dir, "uploads", "profile_pics"))
	if want := 25 * (2*len(profile.PictureSizes) + 1); err != nil || len(pictures) != want {
		t.Errorf("%d files, want %d (%v)", len(pictures), want, err)
	}

	r := p.run("seed", "5")
	if r.status != 1 {
		t.Errorf("people in the way: status %d", r.status)
	}
	oneLine(t, r.stderr, "--yes")

	// The same people again, in another place.
	other := newPlace(t)
	other.must("seed", "25")
	const everybody = "SELECT group_concat(username || email || first_name || last_name, ' ') FROM (SELECT * FROM users ORDER BY id)"
	if ask[string](other, everybody) != ask[string](p, everybody) {
		t.Error("seed gives other people each time")
	}
	other.superuser()
	other.must("check")
	if n := ask[int](other, "SELECT count(DISTINCT password) FROM users"); n != 2 {
		t.Errorf("%d passwords", n)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	fresh := newPlace(t)
	if out := fresh.must("check"); !strings.Contains(out, "note     there is no database") {
		t.Errorf("an empty place: %s", out)
	}
	if names := fresh.names(); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}

	fresh.superuser()
	if out := fresh.must("check"); !strings.Contains(out, "note     there is no directory uploads yet") || strings.Contains(out, "pictures") {
		t.Errorf("no uploads: %s", out)
	}
	os.WriteFile(filepath.Join(fresh.dir, "bad.toml"), []byte("[[attribute]]\nname = 7\n"), 0o600)
	if r := fresh.run("check", "--profile", "bad.toml"); strings.Count(r.stdout, "wrong    bad.toml:2: ") != 1 || !strings.Contains(r.stderr, ": 1 thing wrong;") {
		t.Errorf("a profile that can't be read: %s%s", r.stdout, r.stderr)
	}

	for _, row := range []struct {
		outcome string
		args    []string
		spoil   func(p *place)
		status  int
		says    string
	}{
		{"a good place is whole", nil, func(*place) {}, 0, `ok +the database nameplate\.db is whole and up to date, with 4 people`},
		{"pictures that are there are counted", nil, func(*place) {}, 0, `ok +the pictures in uploads are all there \(3\)`},
		{"no throttle is warned of", []string{"--throttle", "off"}, func(*place) {}, 0, `warning +NAMEPLATE_THROTTLE`},
		{"plain http elsewhere is warned of", []string{"--base-url", "http://people.example.org"}, func(*place) {}, 0, `warning +NAMEPLATE_BASE_URL is http`},
		{"https without a trusted proxy is warned of", []string{"--base-url", "https://people.example.org"}, func(*place) {}, 0, `warning .*NAMEPLATE_TRUSTED_PROXIES`},
		{"everybody's address without a base URL is warned of", []string{"--addr", ":8080"}, func(*place) {}, 0, `warning +NAMEPLATE_BASE_URL is not set`},
		{"an unknown setting is warned of", nil, func(p *place) { p.env = append(p.env, "NAMEPLATE_SMPT=x") }, 0, `warning +NAMEPLATE_SMPT`},
		{"a wrong setting is wrong", []string{"--throttle", "maybe"}, func(*place) {}, 1, `wrong +NAMEPLATE_THROTTLE`},
		{"no superuser is noted", nil, func(p *place) { p.change("UPDATE users SET is_superuser = FALSE") }, 0, `note +there is no superuser`},
		{"a missing picture is wrong", nil, func(p *place) { os.RemoveAll(filepath.Join(p.dir, "uploads", "profile_pics")) }, 1, `wrong .* 3 pictures missing`},
		{"a file of nobody is warned of", nil, func(p *place) { p.change("UPDATE profiles SET profile_pic = '' WHERE user_id = 2") }, 0, `warning +uploads holds 1 picture without an owner`},
		{"uploads that are a file are wrong", []string{"--uploads", "nameplate.db"}, func(*place) {}, 1, `wrong +NAMEPLATE_UPLOADS .* isn't a directory`},
		{"a database that is none is wrong", nil, func(p *place) {
			os.WriteFile(filepath.Join(p.dir, "nameplate.db"), []byte(strings.Repeat("no database ", 1000)), 0o600)
		}, 1, `wrong .*nameplate\.db`},
		{"a damaged database is wrong", nil, damage, 1, `wrong .*nameplate\.db.*(damage|malformed)`},
	} {
		t.Run(row.outcome, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.must("seed", "3", "--pictures")
			p.superuser()
			row.spoil(p)
			before := p.names()
			r := p.run(append([]string{"check"}, row.args...)...)
			if r.status != row.status {
				t.Errorf("status %d, want %d", r.status, row.status)
			}
			if !regexp.MustCompile(`(?m)^` + row.says).MatchString(r.stdout) {
				t.Errorf("does not say %q:\n%s%s", row.says, r.stdout, r.stderr)
			}
			if row.status != 0 {
				oneLine(t, r.stderr, "nameplate check: ")
			}
			if after := p.names(); !slices.Equal(after, before) {
				t.Errorf("files before %q, after %q", before, after)
			}
		})
	}
}

// damage writes over the pages of the table of people, and leaves those of the schema.
func damage(p *place) {
	page := ask[int64](p, "SELECT rootpage FROM sqlite_schema WHERE name = 'users_date_joined'")
	file, err := os.OpenFile(filepath.Join(p.dir, "nameplate.db"), os.O_WRONLY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte(strings.Repeat("damage ", 200)), (page-1)*4096); err != nil {
		p.t.Fatal(err)
	}
}
