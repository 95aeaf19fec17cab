package db_test

import (
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"nameplate/db"
	"nameplate/db/dbtest"
	"nameplate/internal/profile"
)

// Who can't be let in is told in one line what to correct, and never a password.
func TestRefusedByPostgres(t *testing.T) {
	source, err := url.Parse(dbtest.PostgresSource(t, "template0"))
	if err != nil {
		t.Fatal(err)
	}
	host := source.Query().Get("host")
	for _, row := range []struct{ outcome, database, user, says string }{
		{"a database that isn't there is named", "nowhere", "postgres", "the server at " + host + ` has no database "nowhere"; make it with createdb, or correct NAMEPLATE_DATABASE`},
		{"a user that isn't there is named", source.Path, "nobody", "the server at " + host + ` refuses "nobody" (role "nobody" does not exist); correct NAMEPLATE_DATABASE`},
	} {
		t.Run(row.outcome, func(t *testing.T) {
			u := *source
			u.Path = "/" + strings.TrimPrefix(row.database, "/")
			u.RawQuery = url.Values{"host": {host}, "user": {row.user}, "password": {"secret"}, "sslmode": {"disable"}}.Encode()
			_, err := db.Open(t.Context(), u.String(), profile.Profile{})
			if err == nil || err.Error() != row.says {
				t.Errorf("%v, want %s", err, row.says)
			}
		})
	}
}

// A server that refuses a password, or a connection, says so in PostgreSQL's protocol.
func TestRefusedAtLogin(t *testing.T) {
	for _, row := range []struct{ outcome, answer, says string }{
		{"a wrong password is to be corrected", "ESFATAL\x00C28P01\x00Mpassword authentication failed\x00\x00", ` refuses the password of "me"; correct NAMEPLATE_DATABASE`},
		{"a server that is starting is to be waited for", "ESFATAL\x00C57P03\x00Mthe database system is starting up\x00\x00", " takes no connection now (the database system is starting up); try again later"},
		{"a server without TLS is to be asked without it", "N", " can't be used (tls error: server refused TLS connection); correct NAMEPLATE_DATABASE"},
		{"a server that speaks otherwise is to be corrected", "HTTP/1.1 400 Bad Request\r\n\r\n", "; correct NAMEPLATE_DATABASE"},
	} {
		t.Run(row.outcome, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			go func() {
				for {
					conn, err := ln.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Read(make([]byte, 1024))
					_, _ = io.WriteString(conn, framed(row.answer))
					conn.Close()
				}
			}()
			mode := "disable"
			if row.answer == "N" {
				mode = "require"
			}
			_, err = db.Open(t.Context(), "postgres://me:secret@"+ln.Addr().String()+"/people?sslmode="+mode, profile.Profile{})
			if err == nil || !strings.HasPrefix(err.Error(), "the server at "+ln.Addr().String()) || !strings.HasSuffix(err.Error(), row.says) ||
				strings.ContainsAny(err.Error(), "\r\n") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want …%s", err, row.says)
			}
		})
	}
}

// framed puts the length of a message of PostgreSQL behind its first letter.
func framed(message string) string {
	if message[0] != 'E' {
		return message
	}
	return "E\x00\x00\x00" + string(byte(len(message)+3)) + message[1:]
}
