package db

type Session struct {
	UserID    int64
	IP        string
	UserAgent string
	Found     string
}
type SessionStore struct{ d *DB }
type Author struct {
	ID int64
	IP string
}

type Migration struct {
	Version int64
	Name    string
	Applied bool
}
type State int

const (
	Empty State = iota
	Current
	Pending
	Newer
)

type Guess struct {
	Key   string
	Free  int
	Every int
}
