package db_test

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"

	"nameplate/db/dbtest"
)

// TestTheDatabaseKeepsPeopleAndProfilesTogether asks the database itself, past the program.
func TestTheDatabaseKeepsPeopleAndProfilesTogether(t *testing.T) {
	dbtest.EachSource(t, func(t *testing.T, source string) {
		d := dbtest.Open(t, source)
		if _, err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		driver, dsn := "pgx", source
		if filepath.IsAbs(source) {
			driver, dsn = "sqlite3", "file:"+source+"?_foreign_keys=on"
		}
		raw, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		do := func(query string) {
			t.Helper()
			if _, err := raw.Exec(query); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		profiles := func(want int) {
			t.Helper()
			var n int
			if err := raw.QueryRow("SELECT count(*) FROM profiles").Scan(&n); err != nil || n != want {
				t.Fatalf("%d profiles, want %d; %v", n, want, err)
			}
		}
		do("INSERT INTO users (username, username_key, date_joined) VALUES ('ada', 'ada', 0)")
		profiles(1)
		do("UPDATE profiles SET portfolio_site = 'https://x.example/'")
		do("DELETE FROM profiles")
		profiles(1)
		u, err := d.UserByName(t.Context(), "ada")
		if err != nil || u.Attributes == nil || u.Value("portfolio_site") != "" {
			t.Errorf("%+v, %v", u, err)
		}
		do("DELETE FROM users")
		profiles(0)
		if _, err := raw.Exec("INSERT INTO profiles (user_id) VALUES (99)"); err == nil {
			t.Error("a profile of nobody")
		}
	})
}

func TestProgramsMigrateOneServerAtOnce(t *testing.T) {
	source := dbtest.PostgresSource(t, "template0")
	var wg sync.WaitGroup
	for range 4 {
		d := dbtest.Open(t, source)
		wg.Go(func() {
			if _, err := d.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
