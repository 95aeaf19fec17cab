package db

import (
	"context"
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

// Refusal says why the database can't be taken to what profile.toml declares, and what to do first.
type Refusal string

// Error returns the text.
func (r Refusal) Error() string { return string(r) }

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
	for _, a := range d.profile.Attributes {
		old, was := have[a.Was]
		if _, is := have[a.Name]; !was || a.Was == "" {
			continue
		} else if is {
			return Plan{}, Refusal(fmt.Sprintf("there are columns for both %s and %s: leave was out of profile.toml, or drop one of them first", a.Was, a.Name))
		}
		p.Steps = append(p.Steps, rename(a, attributeOf(a.Was, old)))
		delete(have, a.Was)
		have[a.Name] = old
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, ok := d.profile.Attribute(name); ok {
			continue
		}
		step, err := d.drop(ctx, attributeOf(name, have[name]))
		if err != nil {
			return Plan{}, err
		}
		p.Steps = append(p.Steps, step)
	}
	for _, a := range d.profile.Attributes {
		steps, err := d.settle(ctx, a, have)
		if err != nil {
			return Plan{}, err
		}
		p.Steps = append(p.Steps, steps...)
	}
	return p, nil
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

// settle lists what makes the column of one attribute what it is declared.
func (d *DB) settle(ctx context.Context, a profile.Attribute, have map[string]recorded) ([]Step, error) {
	old, ok := have[a.Name]
	var steps []Step
	switch {
	case !ok:
		return []Step{add(a)}, nil
	case old.kind != a.Kind.Name:
		step, err := d.convert(ctx, attributeOf(a.Name, old), old.column, a)
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

// inTheWay returns who has a value that wrong finds so, ten of them in words, and how many they are. Column is what the attribute's
// column is called as long as nothing is applied.
func (d *DB) inTheWay(ctx context.Context, a profile.Attribute, column string, wrong func(value string) bool) ([]string, int, error) {
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
		if value = fromColumn(a, value); !wrong(value) {
			continue
		}
		if n++; n <= 10 {
			some = append(some, username+" has "+strconv.Quote(value))
		}
	}
	return some, n, told(rows.Err())
}

func refuse(what string, some []string, n int, todo string) Refusal {
	text := fmt.Sprintf("%s: %d in the way: %s", what, n, strings.Join(some, ", "))
	if n > len(some) {
		text += " and more"
	}
	return Refusal(text + "; " + todo)
}
