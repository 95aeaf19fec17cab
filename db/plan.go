package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nameplate/internal/profile"
)

// Plan is what takes the database to what profile.toml declares.
type Plan struct{ Steps []Step }

// Step is one change of one attribute.
type Step struct {
	Words string // what it does, for people: "add birthday (date)"
	Loses int    // how many people lose a value by it
	name  string // for the name of the migration's file
	up    func(pg bool) []string
	down  func(pg bool) []string // nil where there is no way back
}

// Refusal says why the database can't be taken to what profile.toml declares.
type Refusal []Obstacle

// Obstacle is one thing that is in the way, and what to do first.
type Obstacle struct {
	What   string
	Values []string // up to ten of the values, with whose each is and why it can't be; empty where it is no matter of values
	Count  int      // how many values there are
	Todo   string
}

// Error says all of it in one line.
func (r Refusal) Error() string {
	var all []string
	for _, o := range r {
		text := o.What
		if len(o.Values) > 0 {
			text += fmt.Sprintf(": %d in the way: %s", o.Count, strings.Join(o.Values, ", "))
			if o.Count > len(o.Values) {
				text += " and more"
			}
		}
		all = append(all, text+"; "+o.Todo)
	}
	return strings.Join(all, ". ")
}

// briefly says it without anybody's values, which are not for a log.
func (r Refusal) briefly() Refusal {
	var all Refusal
	for _, o := range r {
		if len(o.Values) > 0 {
			o = Obstacle{What: fmt.Sprintf("%s, because of %d of its values", o.What, o.Count), Todo: "makemigrations says which"}
		}
		all = append(all, o)
	}
	return all
}

// recorded is an attribute as the database has it.
type recorded struct {
	column, kind, indexes string
	unique, required      bool
}

// Plan compares the declaration with the database. It fails with Refusal where something can't be done without loss.
func (d *DB) Plan(ctx context.Context) (Plan, error) {
	have, err := d.recorded(ctx)
	if err != nil {
		return Plan{}, err
	}
	var p Plan
	var refusal Refusal
	keep := func(steps []Step, err error) error {
		if refused, ok := errors.AsType[Refusal](err); ok {
			refusal = append(refusal, refused...)
			return nil
		}
		p.Steps = append(p.Steps, steps...)
		return err
	}
	for _, a := range d.profile.Attributes {
		step, err := d.renamed(a, have)
		if err := keep(step, err); err != nil {
			return Plan{}, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, ok := d.profile.Attribute(name); ok {
			continue
		}
		if err := keep(d.drop(ctx, attributeOf(name, have[name]), have)); err != nil {
			return Plan{}, err
		}
	}
	for _, a := range d.profile.Attributes {
		if err := keep(d.settle(ctx, a, have)); err != nil {
			return Plan{}, err
		}
	}
	if len(refusal) > 0 {
		return Plan{}, refusal
	}
	return p, nil
}

// renamed renames an attribute that had another name before, and notes that in have. Where there is nothing of that name, it is a new
// one, unless a name like it is there and about to be dropped.
func (d *DB) renamed(a profile.Attribute, have map[string]recorded) ([]Step, error) {
	old, was := have[a.Was]
	_, is := have[a.Name]
	switch {
	case a.Was == "" || !was && is: // it has happened
		return nil, nil
	case !was:
		var dropped []string
		for name := range have {
			if _, stays := d.profile.Attribute(name); !stays {
				dropped = append(dropped, name)
			}
		}
		if like, ok := profile.Like(a.Was, dropped); ok {
			return nil, Refusal{{What: fmt.Sprintf("%s is to take the values of %s, which there is not", a.Name, a.Was), Todo: "did you mean was = \"" + like + "\"?"}}
		}
		return nil, nil
	case is:
		return nil, Refusal{{What: fmt.Sprintf("there are columns for both %s and %s", a.Was, a.Name), Todo: "leave was out of profile.toml, or drop one of them first"}}
	}
	delete(have, a.Was)
	have[a.Name] = old
	return []Step{rename(a, attributeOf(a.Was, old))}, nil
}

// recorded reads the table attributes.
func (d *DB) recorded(ctx context.Context) (map[string]recorded, error) {
	rows, err := d.r.QueryContext(ctx, "SELECT name, kind, is_unique, is_required, indexes FROM attributes")
	if err != nil {
		return nil, fmt.Errorf("read the attributes: %w", told(err))
	}
	defer rows.Close()
	have := map[string]recorded{}
	for rows.Next() {
		var r recorded
		if err := rows.Scan(&r.column, &r.kind, &r.unique, &r.required, &r.indexes); err != nil {
			return nil, told(err)
		}
		have[r.column] = r
	}
	return have, told(rows.Err())
}

// attributeOf is a recorded attribute as far as its column goes.
func attributeOf(name string, r recorded) profile.Attribute {
	a := profile.Attribute{Name: name, Unique: r.unique, Kind: profile.Control(r.kind)}
	for _, kind := range profile.Kinds() {
		if kind.Name == r.kind {
			a.Kind = kind
		}
	}
	return a
}

// seenAs is old with the audience of a.
func seenAs(a, old profile.Attribute) profile.Attribute {
	old.See = a.See
	return old
}

// settle lists what makes the column of one attribute what it is declared.
func (d *DB) settle(ctx context.Context, a profile.Attribute, have map[string]recorded) ([]Step, error) {
	old, ok := have[a.Name]
	var steps []Step
	switch {
	case !ok:
		return []Step{add(a)}, nil
	case old.kind != a.Kind.Name:
		step, err := d.convert(ctx, seenAs(a, attributeOf(a.Name, old)), old.column, a)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	case old.indexes != indexing(a):
		steps = append(steps, reindex(stillUnique(a, old.unique), old))
	}
	if a.Unique != old.unique {
		step, err := d.unique(ctx, a, old.column)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	if a.Required && a.Default != "" && !old.required {
		steps = append(steps, Step{
			Words: "fill " + a.Name + " with " + strconv.Quote(a.Default) + " where it is empty", name: "fill_" + a.Name,
			up: func(pg bool) []string { return fill(a, pg) },
		})
	}
	return steps, nil
}

// inTheWay looks for values that wrong says something of: whose they are, what they are and what is wrong, ten of them in words, and how
// many. Values that only their owners see are not told. Column is what the attribute's column is called as long as nothing is applied.
func (d *DB) inTheWay(ctx context.Context, a profile.Attribute, column string, wrong func(value string) string) ([]string, int, error) {
	query := "SELECT u.username, " + asText(a, d.pg, "p."+quoted(column)) + " FROM profiles p JOIN users u ON u.id = p.user_id WHERE NOT (" +
		isNone(a, "p."+quoted(column)) + ") ORDER BY u.id"
	rows, err := d.r.QueryContext(ctx, query)
	if err != nil {
		return nil, 0, fmt.Errorf("read the values of %s: %w", column, told(err))
	}
	defer rows.Close()
	var some []string
	n := 0
	for rows.Next() {
		var username, value string
		if err := rows.Scan(&username, &value); err != nil {
			return nil, 0, told(err)
		}
		value = fromColumn(a, value)
		reason := wrong(value)
		if reason == "" {
			continue
		}
		if n++; n > 10 {
			continue
		}
		if a.See == profile.Oneself {
			some = append(some, username+"'s, which only its owner sees")
		} else {
			some = append(some, username+" has "+strconv.Quote(shortened(value))+" ("+strings.TrimRight(reason, ".")+")")
		}
	}
	return some, n, told(rows.Err())
}

// shortened is a value as a message may repeat it.
func shortened(value string) string {
	if runes := []rune(value); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return value
}
