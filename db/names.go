package db

import (
	"context"
	"fmt"
	"strings"

	"nameplate/internal/account"
)

// owners are the people who have some usernames and e-mail addresses, by folded name.
type owners struct {
	names  map[string]owner
	emails map[string]owner
}

type owner struct {
	id       int64
	hasEmail bool
}

// owners looks up who has the usernames and addresses of some people, also each as the other. All ways to get a name ask here.
func (tx *Tx) owners(ctx context.Context, people ...account.User) (owners, error) {
	found := owners{map[string]owner{}, map[string]owner{}}
	names, emails := []string{}, []string{}
	for _, u := range people {
		name, email := account.Key(u.Username), account.Key(u.Email)
		names, emails = append(names, name, email), append(emails, email)
		if strings.Contains(name, "@") {
			emails = append(emails, name)
		}
	}
	scan := func(row scanner) (o owner, err error) {
		var isEmail int
		var key string
		if err = row.Scan(&isEmail, &key, &o.id, &o.hasEmail); err == nil {
			[]map[string]owner{found.names, found.emails}[isEmail][key] = o
		}
		return o, err
	}
	_, err := all(scan)(tx.rows(ctx, "SELECT 0, username_key, id, email_key <> '' FROM users WHERE username_key IN ("+tx.eachText("?1")+")"+
		" UNION ALL SELECT 1, email_key, id, TRUE FROM users WHERE email_key IN ("+tx.eachText("?2")+") AND email_key <> ''", jsonList(names), jsonList(emails)))
	if err != nil {
		return found, fmt.Errorf("look whether the names are taken: %w", err)
	}
	return found, nil
}

// taken says which of the names of u somebody else has. An address that is somebody's username is taken, too, and the other way round: they log
// in with it. A username that was only registered, without a proof, takes no address, and whoever has a name already keeps it.
func (o owners) taken(u account.User) (username, email bool) {
	other := func(by owner) bool { return by.id != 0 && by.id != u.ID }
	name, address := account.Key(u.Username), account.Key(u.Email)
	username = other(o.names[name]) || address != "" && other(o.emails[name]) && (u.ID == 0 || o.names[name].id != u.ID)
	if address != "" {
		email = other(o.emails[address]) || other(o.names[address]) && o.names[address].hasEmail && (u.ID == 0 || o.emails[address].id != u.ID)
	}
	return username, email
}
