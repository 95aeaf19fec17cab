package db

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"nameplate/internal/account"
	"nameplate/internal/admin"
)

// search is a text that people are looked for by, on its way into SQL.
type search struct {
	nothing bool   // nobody can be found by it
	needle  string // what setHits looks for in SQLite's index
	hits    string // the query of the ids of who is found; empty when nothing is looked for
	count   string // the same, but it may stop once there are more than maxTotal
	test    string // whether the person u is found, whose text is s
}

// setSearch reads the text. It is always meant as it stands: nothing in it is a sign of the database's own language.
func (l *list) setSearch(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		l.search.nothing = true // no name holds such a thing
		return
	}
	if runes := []rune(text); len(runes) > admin.MaxSearch {
		text = string(runes[:admin.MaxSearch])
	}
	text = account.Key(text)
	if utf8.RuneCountInString(text) < 3 {
		l.setPrefix(text)
		return
	}
	if l.pg {
		pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
		like := l.arg(pattern)
		l.search.hits = "SELECT user_id AS id FROM people_search WHERE text LIKE " + like
		l.search.test = "s.text LIKE " + like
	} else {
		l.search.needle = text
		l.search.test = "instr(s.text, " + l.arg(text) + ") > 0"
	}
	l.search.count = l.search.hits
}

// setHits looks for the text in SQLite's index. Where that is much work because its pieces are common, it asks for the rarest
// alone, and looks at the texts of who has them all.
func (l *list) setHits(ctx context.Context) error {
	if l.search.needle == "" {
		return nil
	}
	samples, err := l.tx.sampled(ctx)
	if err != nil {
		return err
	}
	l.search.hits = "SELECT rowid AS id FROM people_search_fts WHERE people_search_fts MATCH "
	pieces, all := rarest(l.search.needle, samples)
	if all {
		l.search.hits += l.arg(phrase(l.search.needle))
	} else {
		for i, piece := range pieces {
			pieces[i] = phrase(piece)
		}
		l.search.hits = "SELECT s.user_id AS id FROM people_search_fts CROSS JOIN people_search s ON s.user_id = people_search_fts.rowid" +
			" WHERE people_search_fts MATCH " + l.arg(strings.Join(pieces, " AND ")) + " AND " + l.search.test
	}
	l.search.count = l.search.hits
	return nil
}

// phrase is a text as it stands, in FTS5's language.
func phrase(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// setPrefix looks for a text of one or two characters at the beginning of names and addresses: it is too short for the index
// of three characters, and found in the middle of nearly everything.
func (l *list) setPrefix(text string) {
	from, to := l.arg(text), l.arg(text+"\U0010ffff")
	var hits, count, tests []string
	for _, column := range []string{"username_key", "email_key", "first_name_key", "last_name_key"} {
		test := func(table string) string {
			return fmt.Sprintf("%s%s >= %s AND %s%s < %s AND %s%s <> ''", table, column, from, table, column, to, table, column)
		}
		query := "SELECT id FROM users WHERE " + test("")
		hits = append(hits, query)
		count = append(count, fmt.Sprintf("SELECT id FROM (%s LIMIT %d) f", query, maxTotal+1))
		tests = append(tests, test("u."))
	}
	l.search.hits = strings.Join(hits, " UNION ")
	l.search.count = strings.Join(count, " UNION ")
	l.search.test = "(" + strings.Join(tests, " OR ") + ")"
}

// index keeps what the search of people looks at.
func (tx *Tx) index(ctx context.Context, u account.User) error {
	_, err := tx.exec(ctx, "INSERT INTO people_search (user_id, text) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE"+
		" SET text = excluded.text WHERE people_search.text <> excluded.text", u.ID, tx.searchText(u))
	if err != nil {
		return fmt.Errorf("index user %d: %w", u.ID, err)
	}
	return nil
}

// searchText is what a person is found by: names, address and the attributes that are searched, folded, each on a line.
func (d *DB) searchText(u account.User) string {
	var b strings.Builder
	b.WriteString(account.Key(u.Username))
	for _, line := range []string{u.Email, strings.TrimSpace(u.FirstName + " " + u.LastName)} {
		b.WriteString("\n" + account.Key(line))
	}
	for _, attr := range d.text.searched {
		if value := u.Attributes[attr.Name]; value != "" {
			b.WriteString("\n" + account.Key(strings.ReplaceAll(attr.Words(value), "\n", " ")))
		}
	}
	return b.String()
}
