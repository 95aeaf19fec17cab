package db

import (
	"context"
	"time"

	"nameplate/internal/account"
	"nameplate/internal/admin"
	"nameplate/internal/profile"
)

const unwritten = "this part of db follows"

func (d *DB) Migrations(ctx context.Context) ([]Migration, error) { panic(unwritten) }
func (d *DB) Migrate(ctx context.Context) ([]Migration, error)    { panic(unwritten) }
func (d *DB) State(ctx context.Context) (State, error)            { panic(unwritten) }
func (d *DB) CheckProfile(ctx context.Context) error              { panic(unwritten) }

func (d *DB) CreateUser(ctx context.Context, by Author, u account.User) (account.User, error) {
	panic(unwritten)
}
func (d *DB) User(ctx context.Context, id int64) (account.User, error) { panic(unwritten) }
func (d *DB) UserByName(ctx context.Context, username string) (account.User, error) {
	panic(unwritten)
}
func (d *DB) UserForLogin(ctx context.Context, login string) (account.User, error) { panic(unwritten) }
func (d *DB) Taken(ctx context.Context, field, value string, except int64) (bool, error) {
	panic(unwritten)
}
func (d *DB) SetAttribute(ctx context.Context, by Author, id int64, attr profile.Attribute, value string) (account.User, error) {
	panic(unwritten)
}
func (d *DB) UpdateUser(ctx context.Context, by Author, me, u account.User) (account.User, error) {
	panic(unwritten)
}
func (d *DB) DeleteUser(ctx context.Context, by Author, me account.User, id int64) ([]string, error) {
	panic(unwritten)
}
func (d *DB) SetPassword(ctx context.Context, by Author, id int64, hash string) error {
	panic(unwritten)
}
func (d *DB) LoggedIn(ctx context.Context, id int64) error   { panic(unwritten) }
func (d *DB) CountUsers(ctx context.Context) (int, error)    { panic(unwritten) }
func (d *DB) HasSuperuser(ctx context.Context) (bool, error) { panic(unwritten) }
func (d *DB) People(ctx context.Context, q admin.Query) (admin.Page[account.User], error) {
	panic(unwritten)
}

func WithSession(ctx context.Context, s *Session) context.Context { panic(unwritten) }
func (d *DB) Sessions() *SessionStore                             { panic(unwritten) }
func (d *DB) EndSessions(ctx context.Context, userID int64, exceptHashed string) error {
	panic(unwritten)
}
func (d *DB) ClearSessions(ctx context.Context) (int64, error) { panic(unwritten) }

func (s *SessionStore) Delete(token string) error                             { panic(unwritten) }
func (s *SessionStore) Find(token string) ([]byte, bool, error)               { panic(unwritten) }
func (s *SessionStore) Commit(token string, b []byte, expiry time.Time) error { panic(unwritten) }
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error     { panic(unwritten) }
func (s *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	panic(unwritten)
}
func (s *SessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	panic(unwritten)
}

func (d *DB) Guess(ctx context.Context, guesses ...Guess) (time.Duration, error) { panic(unwritten) }
func (d *DB) Forgive(ctx context.Context, key string) error                      { panic(unwritten) }
func (d *DB) Return(ctx context.Context, key string) error                       { panic(unwritten) }

func (d *DB) AddWaiting(ctx context.Context, token, name string) error  { panic(unwritten) }
func (d *DB) HoldWaiting(ctx context.Context, token string) error       { panic(unwritten) }
func (d *DB) Waiting(ctx context.Context, token string) (string, error) { panic(unwritten) }
func (d *DB) DropWaiting(ctx context.Context, token string, remove func(name string) error) error {
	panic(unwritten)
}
func (d *DB) DropPicture(ctx context.Context, name string, remove func(name string) error) error {
	panic(unwritten)
}
func (d *DB) SweepPictures(ctx context.Context, heldBefore time.Time, inFlight bool, remove func(name string) error) (int, error) {
	panic(unwritten)
}
func (d *DB) PictureNames(ctx context.Context) (map[string]bool, error) { panic(unwritten) }

func (d *DB) Seed(ctx context.Context, n int, hash string, picture func(i int) (string, error)) error {
	panic(unwritten)
}
