package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// touchEvery is how often a session's last use is written at most.
const touchEvery = time.Minute

// sessionIDs is how many ids of sessions there are: whole numbers that JSON holds exactly.
const sessionIDs = 1 << 53

// sessionsMost is how many sessions one person has at most: logging in rightly is not slowed, and each time leaves a row.
const sessionsMost = 100

// never is when a session ends that has no end: some time in the year 2255.
const never = 9_000_000_000_000

// touchWait is how long a request waits to write a session's last use: reads go on while the database is locked.
const touchWait = 50 * time.Millisecond

// Session is what the store knows of the session of one request beside the data of scs. The middleware makes it.
type Session struct {
	UserID    int64  // whose it is, 0 for nobody; Find fills it in, and whoever logs in sets it before Commit
	IP        string // from where the request comes
	UserAgent string // with what
	Found     string // the hashed token that Find found; empty for none
	Password  string // the hash that let UserID in, for a session that begins: it doesn't once that is another
	Quiet     bool   // it is only looked whose it is: where it was seen is not noted
	Refused   bool   // somebody tried to log in with what this session holds: Commit counts it among the day's that have failed

	Idle time.Duration // how long it lasts from its last use; 0 means a day. Who logs in sets it
	Life time.Duration // how long it lasts however much it is used; 0 means for ever. Who logs in sets it
}

type sessionKey struct{}

// WithSession returns a context whose calls of the session store use and fill in s.
func WithSession(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

func sessionOf(ctx context.Context) *Session {
	if s, ok := ctx.Value(sessionKey{}).(*Session); ok {
		return s
	}
	return &Session{}
}

// SessionStore is a scs.CtxStore. Its tokens arrive hashed (scs's HashTokenInStore).
type SessionStore struct{ d *DB }

// Sessions returns the store of sessions.
func (d *DB) Sessions() *SessionStore { return &SessionStore{d} }

// FindCtx returns the data of a session that has not expired, and notes once a minute where it was seen.
func (s *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	var user sql.NullInt64
	var seen, idle, ends int64
	now := s.d.now()
	err := s.d.r.QueryRowContext(ctx, s.d.dialect("SELECT data, user_id, seen_at, idle, ends_at FROM sessions WHERE token_hash = CAST(?1 AS TEXT) AND expiry > ?2"),
		token, now).Scan(&data, &user, &seen, &idle, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", told(err))
	}
	session := sessionOf(ctx)
	session.Found, session.UserID = token, user.Int64
	if !session.Quiet && now-seen >= touchEvery.Milliseconds() {
		s.touch(ctx, token, session, now, min(now+idle, ends))
	}
	return data, true, nil
}

// touch notes where a session was seen, and from when on it lasts. It gives up quietly where the database can't take it at once: the next request tries again.
func (s *SessionStore) touch(ctx context.Context, token string, session *Session, now, expiry int64) {
	ctx, cancel := context.WithTimeout(ctx, touchWait)
	defer cancel()
	conn, err := s.d.w.Conn(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	if !s.d.pg {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 50"); err != nil {
			return
		}
		defer conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 5000")
	}
	_, _ = conn.ExecContext(ctx, s.d.dialect("UPDATE sessions SET seen_at = ?2, ip = ?3, user_agent = ?4, expiry = ?5 WHERE token_hash = ?1"),
		token, now, session.IP, session.UserAgent, expiry)
}

// CommitCtx stores a session, which lasts as long as Idle and Life say: scs's own expiry is not looked at. One that the request came with is updated and never inserted: it fails with ErrSessionGone when
// it was ended meanwhile. Another is inserted, or fails with ErrSessionGone when its person was deactivated or got a new password
// since it was asked for: what ends sessions would have ended this one.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	session := sessionOf(ctx)
	user := sql.NullInt64{Int64: session.UserID, Valid: session.UserID != 0}
	err := s.d.write(ctx, func(tx *Tx) error {
		now := tx.now()
		if token == session.Found {
			n, err := tx.exec(ctx, "UPDATE sessions SET data = ?2, user_id = ?3 WHERE token_hash = ?1 AND expiry > ?4", token, b, user, now)
			if err == nil && n == 0 {
				return ErrSessionGone
			}
			if err == nil && session.Refused {
				return tx.count(ctx, tx.Now(), loginFailed)
			}
			return err
		}
		if user.Valid {
			if err := tx.stillLetsIn(ctx, session); err != nil {
				return err
			}
		}
		idle, ends := cmp.Or(session.Idle, 24*time.Hour).Milliseconds(), int64(never)
		if session.Life > 0 {
			ends = now + session.Life.Milliseconds()
		}
		_, err := tx.exec(ctx, "INSERT INTO sessions (token_hash, data, expiry, user_id, ip, user_agent, created_at, seen_at, idle, ends_at, id)"+
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10)",
			token, b, min(now+idle, ends), user, session.IP, session.UserAgent, now, idle, ends, rand.Int64N(sessionIDs))
		if err != nil || !user.Valid {
			return err
		}
		return tx.endOldest(ctx, session.UserID, token)
	})
	if err != nil {
		return fmt.Errorf("store a session: %w", err)
	}
	session.Found = token // a second commit of the same request is an update
	session.Refused = false
	return nil
}

// endOldest ends the sessions of a person that are too many, those first that were not used for longest. The one that begins stays.
func (tx *Tx) endOldest(ctx context.Context, userID int64, begins string) error {
	_, err := tx.exec(ctx, "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE user_id = ?1 AND token_hash <> CAST(?2 AS TEXT)"+
		" ORDER BY seen_at DESC, token_hash LIMIT 10000 OFFSET ?3)", userID, begins, sessionsMost-1)
	return err
}

// stillLetsIn fails with ErrSessionGone unless the person of a session that begins is active and has the password that was
// checked. Neither changes before the transaction ends.
func (tx *Tx) stillLetsIn(ctx context.Context, session *Session) error {
	u, err := tx.person(ctx, session.UserID)
	if errors.Is(told(err), ErrNotFound) || err == nil && (!u.IsActive || u.Password != session.Password) {
		return ErrSessionGone
	}
	return err
}

// DeleteCtx ends a session. One that is not there is no error, and for a request that came without one nothing is written.
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	if session, ok := ctx.Value(sessionKey{}).(*Session); ok && session.Found == "" {
		return nil
	}
	err := s.d.write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM sessions WHERE token_hash = ?1", token)
		return err
	})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Find is FindCtx without a context.
func (s *SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context: it can only insert.
func (s *SessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context.
func (s *SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// OpenSession is one session of a person, for them to look at.
type OpenSession struct {
	ID        int64 // says which it is, and lets nobody in
	IP        string
	UserAgent string
	CreatedAt time.Time
	SeenAt    time.Time // to the minute
	This      bool      // it is the one that asks
}

// SessionsOf lists where a person is logged in: this session (by its hashed token) first, then the one last used first.
func (d *DB) SessionsOf(ctx context.Context, userID int64, this string) ([]OpenSession, error) {
	scan := func(row scanner) (s OpenSession, err error) {
		var created, seen int64
		err = row.Scan(&s.ID, &s.This, &s.IP, &s.UserAgent, &created, &seen)
		s.CreatedAt, s.SeenAt = fromMilli(created), fromMilli(seen)
		return s, err
	}
	list, err := all(scan)(d.r.QueryContext(ctx, d.dialect("SELECT id, token_hash = ?3, ip, user_agent, created_at, seen_at FROM sessions"+
		" WHERE user_id = ?1 AND expiry > ?2 ORDER BY token_hash <> ?3, seen_at DESC, token_hash LIMIT 200"), userID, d.now(), this))
	if err != nil {
		return nil, fmt.Errorf("list the sessions of user %d: %w", userID, err)
	}
	return list, nil
}

// EndSession ends one session of a person. It fails with ErrNotFound when they have none of that name.
func (d *DB) EndSession(ctx context.Context, userID, id int64) error {
	err := d.write(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, "DELETE FROM sessions WHERE user_id = ?1 AND id = ?2", userID, id)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("end a session of user %d: %w", userID, err)
	}
	return nil
}

// EndSessions ends every session of a person but the one with this hashed token; an empty one spares none.
func (d *DB) EndSessions(ctx context.Context, userID int64, exceptHashed string) error {
	err := d.write(ctx, func(tx *Tx) error { return tx.endSessions(ctx, userID, exceptHashed) })
	if err != nil {
		return fmt.Errorf("end the sessions of user %d: %w", userID, err)
	}
	return nil
}

func (tx *Tx) endSessions(ctx context.Context, userID int64, except string) error {
	_, err := tx.exec(ctx, "DELETE FROM sessions WHERE user_id = ?1 AND token_hash <> ?2", userID, except)
	return err
}

// ClearSessions deletes the sessions that have expired and returns how many. Guesses that are a day old, links that have expired, jobs and
// the numbers of days long past go, too.
func (d *DB) ClearSessions(ctx context.Context) (int64, error) {
	var n int64
	err := d.write(ctx, func(tx *Tx) (err error) {
		if n, err = tx.exec(ctx, "DELETE FROM sessions WHERE expiry <= ?1", tx.now()); err != nil {
			return err
		}
		if _, err = tx.exec(ctx, "DELETE FROM tokens WHERE expires_at <= ?1", tx.now()); err != nil {
			return err
		}
		if _, err = tx.exec(ctx, "DELETE FROM throttles WHERE last_at <= ?1", tx.now()-fadeAfter.Milliseconds()); err != nil {
			return err
		}
		return errors.Join(tx.clearJobs(ctx), tx.clearDaily(ctx))
	})
	if err != nil {
		return 0, fmt.Errorf("clear sessions: %w", err)
	}
	return n, nil
}
