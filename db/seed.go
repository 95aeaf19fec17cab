package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"nameplate/internal/account"
)

const (
	seedCommit = 100_000 // people in one transaction
	seedInsert = 100     // people in one statement
)

// seedUntil is the day before which the seeded people joined: a fixed one, so that they are the same each time.
var seedUntil = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Seed adds n believable people, person0000001 and so on after the last that is there, the same ones each time. Hash is the
// password of each, and may be empty. Picture, where it is not nil, returns the token of a waiting picture for the person of
// that number, or nothing for one without. What was added stays when it fails half-way, and is whole.
func (d *DB) Seed(ctx context.Context, n int, hash string, picture func(number int) (token string, err error)) error {
	done, err := d.lastSeeded(ctx)
	if err != nil {
		return err
	}
	restore, err := d.seedSettings(ctx)
	if err != nil {
		return err
	}
	defer restore()
	for last := done + n; done < last; {
		size := min(seedCommit, last-done)
		tokens := map[int]string{}
		if picture != nil {
			size = min(size, seedInsert) // pictures wait for their person: not for long
			for i := range size {
				if tokens[done+i+1], err = picture(done + i + 1); err != nil {
					return fmt.Errorf("picture of person %d: %w", done+i+1, err)
				}
			}
		}
		err := d.write(ctx, func(tx *Tx) error {
			if d.pg || picture != nil {
				return tx.seed(ctx, done, size, hash, tokens)
			}
			return tx.inOneGo(ctx, 128<<20, func() error { return tx.seed(ctx, done, size, hash, tokens) })
		})
		if _, taken := unique(err); taken {
			return errors.New("a person with one of the names to be added is there already: nothing more was added")
		}
		if err != nil {
			return fmt.Errorf("add people: %w", err)
		}
		done += size
	}
	tidy := "INSERT INTO people_search_fts (people_search_fts) VALUES ('optimize')"
	if d.pg {
		tidy = "VACUUM ANALYZE" // so that its indexes alone answer what they can
	}
	_, err = d.w.ExecContext(ctx, tidy)
	return told(err)
}

// lastSeeded returns the number of the last seeded person, 0 for none.
func (d *DB) lastSeeded(ctx context.Context) (int, error) {
	var name string
	err := d.r.QueryRowContext(ctx, "SELECT COALESCE(max(username_key), '') FROM users"+
		" WHERE username_key >= 'person0000000' AND username_key <= 'person9999999' AND length(username_key) = 13").Scan(&name)
	if err != nil {
		return 0, fmt.Errorf("look for seeded people: %w", told(err))
	}
	number, err := strconv.Atoi(strings.TrimPrefix(name, "person"))
	if name != "" && err != nil {
		return 0, fmt.Errorf("the name %q is between those that are to be added", name)
	}
	return number, nil
}

// seedSettings gives the writing connection of SQLite more memory for a while. What is safe stays as it is.
func (d *DB) seedSettings(ctx context.Context) (restore func(), err error) {
	if d.pg {
		return func() {}, nil
	}
	if _, err = d.w.ExecContext(ctx, "PRAGMA cache_size = -262144"); err != nil {
		return nil, fmt.Errorf("add people: %w", told(err))
	}
	return func() { _, _ = d.w.ExecContext(context.WithoutCancel(ctx), "PRAGMA cache_size = -8000") }, nil
}

// inOneGo runs fn while SQLite's search keeps what is new in so many bytes of memory and writes it as they are full. It ends as it began also
// when the program dies half-way: what is set here is a part of the transaction.
func (tx *Tx) inOneGo(ctx context.Context, bytes int, fn func() error) error {
	set := func(automerge, hashsize int) error {
		_, err := tx.exec(ctx, fmt.Sprintf("INSERT INTO people_search_fts (people_search_fts, rank) VALUES ('automerge', %d), ('hashsize', %d)",
			automerge, hashsize))
		return err
	}
	if err := set(0, bytes); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "INSERT INTO people_search_fts (people_search_fts) VALUES ('flush')"); err != nil {
		return err
	}
	return set(4, 1<<20) // FTS5's own
}

// seed adds the people after done. They are made up while those before them are written.
func (tx *Tx) seed(ctx context.Context, done, size int, hash string, tokens map[int]string) error {
	names := map[int]string{} // of pictures
	for number, token := range tokens {
		if token == "" || len(tx.text.portraits) == 0 {
			continue
		}
		portrait := tx.text.portraits[0].Name
		u := account.User{Attributes: map[string]string{portrait: token}}
		if err := tx.resolvePictures(ctx, account.User{}, &u); err != nil {
			return err
		}
		names[number] = u.Attributes[portrait]
	}
	first, err := tx.reserve(ctx, size)
	if err != nil {
		return err
	}
	made, end := make(chan crowd, 2), make(chan struct{})
	defer close(end)
	go func() {
		defer close(made)
		for from := 0; from < size; from += seedInsert {
			people := make([]account.User, 0, seedInsert)
			for i := from; i < min(from+seedInsert, size); i++ {
				u := tx.believable(done + i + 1)
				u.ID, u.Password = first+int64(i), hash
				if name := names[done+i+1]; name != "" {
					u.Set(tx.text.portraits[0].Name, name)
				}
				people = append(people, u)
			}
			select {
			case made <- tx.crowd(people):
			case <-end:
				return
			}
		}
	}()
	for c := range made {
		if err := tx.insertMany(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// reserve returns the first of n ids in a row that nobody has or had.
func (tx *Tx) reserve(ctx context.Context, n int) (int64, error) {
	var first int64
	if !tx.pg {
		err := tx.row(ctx, "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'users'), 0) + 1").Scan(&first)
		return first, err
	}
	// setval doesn't undo itself and others may draw meanwhile: the lock of the table keeps them out until the commit.
	if _, err := tx.exec(ctx, "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		return 0, err
	}
	var last int64
	err := tx.row(ctx, "SELECT setval(pg_get_serial_sequence('users', 'id'), nextval(pg_get_serial_sequence('users', 'id')) + ?1)",
		int64(n)).Scan(&last)
	return last - int64(n), err
}

// What the names of seeded people are put together from.
var (
	firstNames = strings.Fields("Ada Alan Amina Anton Beatriz Chen Chloé Dmitri Edsger Elif Emeka Fatima Grace Hanna Ines Ivan Jonas" +
		" Kaito Katherine Lars Leila Linus Margaret Marie Mehmet Nadia Noor Olga Omar Paula Priya Rosa Samuel Søren Tim Yuki Zoë")
	lastNames = strings.Fields("Abebe Almeida Andersson Bauer Costa Diaz Dubois Eriksen Fischer Garcia Haddad Hansen Ibrahim Ito Jansen" +
		" Kaya Khan Kowalski Lehmann Lopez Meier Moreau Müller Nakamura Novak Okafor Patel Petrov Rossi Sato Silva Singh Tanaka" +
		" Virtanen Wang Weber Yilmaz Zhang")
)

// believable makes up the person of this number.
func (d *DB) believable(number int) account.User {
	random := rand.New(rand.NewPCG(1815, uint64(number)))
	pick := func(words []string) string { return words[random.IntN(len(words))] }
	name := fmt.Sprintf("person%07d", number)
	u := account.User{
		Version: 1, Username: name, Email: name + "@example.org", FirstName: pick(firstNames), LastName: pick(lastNames),
		IsActive: random.IntN(50) > 0, IsStaff: random.IntN(100) == 0,
		DateJoined: seedUntil.Add(-time.Duration(random.Int64N(3*365*24*3600)) * time.Second),
		Attributes: map[string]string{},
	}
	portfolio := "https://" + name + ".example." + pick([]string{"com", "org", "net"}) + "/" +
		pick([]string{"", "work", "photos", "notes", "talks", "projects"})
	linked := random.IntN(5) == 0 // the first link is a portfolio, which some don't have
	for _, attr := range d.profile.Attributes {
		switch {
		case attr.Kind.Name == "url" && !linked:
			u.Attributes[attr.Name], linked = portfolio, true
		case attr.Kind.Name != "url" && !attr.IsUpload() && !attr.Unique:
			u.Attributes[attr.Name] = attr.Sample(random)
		}
	}
	return u
}
