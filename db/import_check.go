package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"nameplate/internal/account"
	"nameplate/internal/form"
	"nameplate/internal/profile"
)

// shownName is how many characters of what is no username are kept to say whose line it is.
const shownName = 200

// importing is a table on its way in.
type importing struct {
	*Tx
	id      int64
	asks    account.User
	columns []profile.Attribute
	repeats map[string]bool // whether any key stands twice in the table, by its column
	twice   map[string]int  // the lines of values of unique attributes, by attribute and value
}

func (tx *Tx) importing(ctx context.Context, by Author, imp Import) (*importing, error) {
	asks, err := tx.importer(ctx, by)
	if err != nil {
		return nil, err
	}
	in := &importing{Tx: tx, id: imp.ID, asks: asks, repeats: map[string]bool{}, twice: map[string]int{}}
	for _, name := range imp.Columns {
		i := slices.IndexFunc(profile.UserAttributes(), func(a profile.Attribute) bool { return a.Name == name })
		if i >= 0 {
			in.columns = append(in.columns, profile.UserAttributes()[i])
			continue
		}
		attr, ok := tx.profile.Attribute(name)
		if !ok {
			return nil, ErrImportChanged // declared no more
		}
		in.columns = append(in.columns, attr)
	}
	return in, nil
}

// lookForRepeats looks whether any name or address stands twice in the table: where none does, no line has to be looked for.
func (in *importing) lookForRepeats(ctx context.Context) error {
	for _, column := range []string{"user_key", "email_key"} {
		var repeats bool
		err := in.row(ctx, "SELECT EXISTS (SELECT 1 FROM import_lines WHERE import_id = ?1 AND "+column+" <> '' GROUP BY "+column+" HAVING count(*) > 1)", in.id).Scan(&repeats)
		if err != nil {
			return err
		}
		in.repeats[column] = repeats
	}
	return nil
}

// linesBehind reads the next lines behind a number, as they were sent, with what they were said to do.
func (in *importing) linesBehind(ctx context.Context, after int) (sent []profile.TableLine, shown []string, err error) {
	scan := func(row scanner) (line profile.TableLine, err error) {
		var cells, state, says string
		if err = row.Scan(&line.Number, &cells, &state, &says); err == nil {
			line.Cells = cellsOf(cells)
			shown = append(shown, state+says)
		}
		return line, err
	}
	sent, err = all(scan)(in.rows(ctx, "SELECT number, cells, state, says FROM import_lines WHERE import_id = ?1 AND number > ?2 ORDER BY number"+
		fmt.Sprintf(" LIMIT %d", importChunk), in.id, after))
	return sent, shown, err
}

// part is some lines of a table on their way.
type part struct {
	sent  []profile.TableLine
	shown []string // what they were said to do
	keys  []string // the folded usernames
	lines []ImportLine
	read  sync.WaitGroup
}

// begin reads the next lines behind a number, and who is there of them. Their cells are parsed beside whatever is done until check: no
// database is asked for it.
func (in *importing) begin(ctx context.Context, after int) (p *part, err error) {
	p = &part{}
	if p.sent, p.shown, err = in.linesBehind(ctx, after); err != nil {
		return nil, err
	}
	p.lines, p.keys = make([]ImportLine, len(p.sent)), make([]string, len(p.sent))
	for i, s := range p.sent {
		p.lines[i] = ImportLine{Number: s.Number, Errors: form.Errors{}}
		for j, attr := range in.columns {
			if attr.Name == "username" {
				p.keys[i] = keyOfCell(attr, s.Cells[j])
				p.lines[i].Username = cutText(strings.TrimSpace(s.Cells[j]), shownName)
			}
		}
	}
	people, err := in.named(ctx, p.keys)
	if err != nil {
		return nil, err
	}
	half := len(p.lines) / 2
	for _, side := range [][2]int{{0, half}, {half, len(p.lines)}} {
		p.read.Go(func() {
			for i := side[0]; i < side[1]; i++ {
				in.read(&p.lines[i], people[p.keys[i]], p.sent[i])
			}
		})
	}
	return p, nil
}

// check says what some lines do, and writes nothing.
func (in *importing) check(ctx context.Context, p *part) error {
	p.read.Wait()
	if err := in.repeated(ctx, p.lines, p.keys); err != nil {
		return err
	}
	if err := in.taken(ctx, p.lines); err != nil {
		return err
	}
	for i, line := range p.lines {
		p.lines[i].conclude(in.changes(line.before, line.after))
	}
	return nil
}

// named returns the people who have these folded usernames.
func (in *importing) named(ctx context.Context, keys []string) (map[string]account.User, error) {
	list, err := all(in.onePerson)(in.rows(ctx, in.text.person+"u.username_key IN ("+in.eachText("?1")+")"+in.forUpdate(), jsonList(keys)))
	people := make(map[string]account.User, len(list))
	for _, u := range list {
		people[account.Key(u.Username)] = u
	}
	return people, err
}

// read parses the cells of one line. What can't be stands in its errors.
func (in *importing) read(line *ImportLine, before account.User, sent profile.TableLine) {
	line.before, line.State = before, ImportChanged
	typed := before
	if before.ID == 0 {
		line.State = ImportNew
		typed = account.User{IsActive: true, Version: 1, DateJoined: fromMilli(in.now()), Attributes: map[string]string{}}
	}
	for i, attr := range in.columns {
		importCell(line, &typed, attr, sent.Cells[i])
	}
	if typed.Username != "" {
		line.Username = typed.Username
	}
	isNew := line.State == ImportNew
	switch {
	case isNew && !account.MayAdd(in.asks):
		line.Errors.Add("username", form.Message("You may not add people: this line is of somebody new."))
	case !isNew && !account.May(in.asks, account.Change, account.Users):
		line.Errors.Add("username", form.Message("You may not change people: this line is of somebody who is there."))
	case !isNew && !account.MayChange(in.asks, before):
		line.Errors.Add("username", form.Message("Only a superuser may change this person."))
	case before.ID == in.asks.ID && moved(before, typed):
		line.Errors.Add("email", OwnEmail)
	}
	after, errs := in.checked(before, typed)
	for field, message := range errs {
		line.Errors.Add(field, form.Message(message))
	}
	line.after = after
}

// importCell reads one cell. One that says what there is already is not looked at: it may stem from older rules.
func importCell(line *ImportLine, typed *account.User, attr profile.Attribute, cell string) {
	old, isNew := line.before.Value(attr.Name), line.State == ImportNew
	if !isNew && (cell == attr.Cell(old) || attr.Name == "username") { // another spelling of the same name is no other one
		return
	}
	if attr.IsUpload() {
		if cell != "" || old != "" {
			line.Errors.Add(attr.Name, form.Message("A "+attr.Kind.Name+" can't come in a table. Leave this column out."))
		}
		return
	}
	if attr.Name == "email" {
		attr.Required = false // an imported person may have none
		if strings.TrimSpace(cell) == "" {
			typed.Email = ""
			return
		}
	}
	value, err := attr.ParseCell(cell)
	line.Errors.Add(attr.Name, err)
	if err == nil {
		typed.Set(attr.Name, value)
	}
}

// repeated finds names, addresses and values of unique attributes that an earlier line of the table has, too.
func (in *importing) repeated(ctx context.Context, lines []ImportLine, keys []string) error {
	emails := make([]string, len(lines))
	for i, line := range lines {
		emails[i] = account.Key(line.after.Email)
	}
	for field, values := range map[string][]string{"user_key": keys, "email_key": emails} {
		if !in.repeats[field] {
			continue
		}
		first, err := in.firstLines(ctx, field, values)
		if err != nil {
			return err
		}
		for i := range lines {
			n := first[values[i]]
			if values[i] == "" || n == 0 || n >= lines[i].Number {
				continue
			}
			if field == "user_key" {
				lines[i].Errors.Add("username", form.Message(fmt.Sprintf("Line %d is of the same person. Leave one of the two out.", n)))
			} else {
				lines[i].Errors.Add("email", form.Message(fmt.Sprintf("Line %d has the same address. An address belongs to one account.", n)))
			}
		}
	}
	for i := range lines {
		for _, attr := range in.text.unique {
			value := lines[i].after.Value(attr.Name)
			if value == "" {
				continue
			}
			key := attr.Name + "\n" + value
			if other, twice := in.twice[key]; twice {
				lines[i].Errors.Add(attr.Name, form.Message(fmt.Sprintf("Line %d has the same value, which only one person may have.", other)))
			} else {
				in.twice[key] = lines[i].Number
			}
		}
	}
	return nil
}

// firstLines returns the first line of the table that has each of these keys.
func (in *importing) firstLines(ctx context.Context, column string, keys []string) (map[string]int, error) {
	first := map[string]int{}
	scan := func(row scanner) (key string, err error) {
		var n int
		err = row.Scan(&key, &n)
		first[key] = n
		return key, err
	}
	_, err := all(scan)(in.rows(ctx, "SELECT "+column+", min(number) FROM import_lines WHERE import_id = ?1 AND "+column+" IN ("+in.eachText("?2")+") AND "+column+" <> '' GROUP BY "+column,
		in.id, jsonList(keys)))
	return first, err
}

// taken finds names, and values of unique attributes, that somebody else has.
func (in *importing) taken(ctx context.Context, lines []ImportLine) error {
	people := make([]account.User, len(lines))
	for i, line := range lines {
		people[i] = line.after
	}
	found, err := in.owners(ctx, people...)
	if err != nil {
		return err
	}
	for i := range lines {
		username, email := found.taken(people[i])
		if username {
			lines[i].Errors.Add("username", TakenMessage("username", people[i].Username))
		}
		if email {
			lines[i].Errors.Add("email", TakenMessage("email", people[i].Email))
		}
		if err := in.freeAttributes(ctx, lines[i].after, lines[i].Errors); err != nil {
			return err
		}
	}
	return nil
}

// conclude says what a line does, once all that is wrong with it is known.
func (line *ImportLine) conclude(changes []change) {
	if len(line.Errors) > 0 {
		line.State = ImportWrong
		return
	}
	line.Errors = nil
	for _, c := range changes {
		if !strings.HasPrefix(c.field, "is_") && c.field != "username" && c.field != "email_verified" {
			line.Changes = append(line.Changes, FieldChange{c.field, c.old, c.new})
		}
	}
	if line.State == ImportChanged && len(line.Changes) == 0 {
		line.State = ImportSame
	}
}
