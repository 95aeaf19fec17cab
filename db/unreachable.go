package db

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// cantOpen says why the SQLite file at path can't be opened, and what to do.
func cantOpen(path string, err error) error {
	if lite, ok := errors.AsType[sqlite3.Error](err); ok && lite.Code == sqlite3.ErrNotADB {
		return fmt.Errorf("%s is not a SQLite database; name another file", path)
	}
	return fmt.Errorf("open the database %s: %s", path, oneLine(err))
}

// unreachable says why the PostgreSQL server of cfg can't be used, and what to do. It never tells the password.
func unreachable(cfg *pgconn.Config, err error) error {
	place := net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port)))
	if strings.HasPrefix(cfg.Host, "/") {
		place = cfg.Host // the directory of its socket
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return refused(place, cfg, pg)
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return fmt.Errorf("no server answers at %s; start it, or correct NAMEPLATE_DATABASE", place)
	}
	lines := strings.Split(err.Error(), "\n") // one for each way that was tried
	reason := strings.TrimSpace(lines[len(lines)-1])
	if at := strings.LastIndex(reason, "): "); at >= 0 { // behind the address, which was named already
		reason = reason[at+len("): "):]
	}
	return fmt.Errorf("the server at %s can't be used (%s); correct NAMEPLATE_DATABASE", place, reason)
}

// refused says why a server that answers doesn't let anybody in.
func refused(place string, cfg *pgconn.Config, err *pgconn.PgError) error {
	switch err.Code {
	case "28P01":
		return fmt.Errorf("the server at %s refuses the password of %q; correct NAMEPLATE_DATABASE", place, cfg.User)
	case "28000":
		return fmt.Errorf("the server at %s refuses %q (%s); correct NAMEPLATE_DATABASE", place, cfg.User, err.Message)
	case "3D000":
		return fmt.Errorf("the server at %s has no database %q; make it with createdb, or correct NAMEPLATE_DATABASE", place, cfg.Database)
	}
	return fmt.Errorf("the server at %s takes no connection now (%s); try again later", place, err.Message)
}
