// Nameplate is a site where people have a name, a face and a link: they register, edit themselves in place, and are
// looked after by an admin. This program is all of it: the server and the commands that go with it.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// program is the command line: each field is a command, and lives in the file of its name.
type program struct {
	Serve           serveCommand           `cmd:"" help:"Serve the site. An empty database is created and migrated first."`
	Migrate         migrateCommand         `cmd:"" help:"Apply the migrations that are pending, and say which."`
	Makemigrations  makemigrationsCommand  `cmd:"" help:"Write the migration that takes the database to what profile.toml declares."`
	Showmigrations  showmigrationsCommand  `cmd:"" help:"List all migrations, applied or not."`
	Createsuperuser createsuperuserCommand `cmd:"" help:"Add a person who may do everything."`
	Changepassword  changepasswordCommand  `cmd:"" help:"Give a person a new password, and end their sessions."`
	Clearsessions   clearsessionsCommand   `cmd:"" help:"Delete the sessions that have expired."`
	Seed            seedCommand            `cmd:"" help:"Add believable people, for trying out and for measuring."`
	Check           checkCommand           `cmd:"" help:"Look at the settings, the database and the pictures, and say what is wrong."`
	Uploads         uploadsCommand         `cmd:"" help:"Look after pictures and files."`
	Version         versionCommand         `cmd:"" help:"Say the versions of Nameplate, Go and SQLite."`
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is the whole program. It returns the exit status: 0 for done, 1 for failed, 2 for a command line that nobody
// could read.
func run(args []string) int {
	forgetEmptySettings()
	parser, err := newParser(&program{})
	if err != nil {
		return fail("nameplate", err, 1)
	}
	if len(args) == 0 {
		printCommands(os.Stderr, parser.Model)
		return 2
	}
	ctx, err := parser.Parse(spellHelp(args))
	if err != nil {
		return fail("nameplate", misunderstood(args, err), 2)
	}
	if err := ctx.Run(); err != nil {
		return fail("nameplate "+called(ctx.Selected()), err, 1)
	}
	return 0
}

// newParser returns the parser that fills in cli.
func newParser(cli *program) (*kong.Kong, error) {
	return kong.New(cli, kong.Name("nameplate"), kong.Help(printHelp))
}

// spellHelp turns "help", "help COMMAND" and "--version" into what the parser knows.
func spellHelp(args []string) []string {
	switch args[0] {
	case "help":
		return append(args[1:len(args):len(args)], "--help")
	case "--version":
		return append([]string{"version"}, args[1:]...)
	}
	return args
}

// misunderstood says in one line what is wrong with a command line, and where to look.
func misunderstood(args []string, err error) error {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil || parse.Context.Selected() == nil {
		if word := spellHelp(args)[0]; !strings.HasPrefix(word, "-") {
			return fmt.Errorf("there is no command %q; \"nameplate help\" lists them", word)
		}
		return fmt.Errorf("%w; \"nameplate help\" lists the commands", err)
	}
	command := parse.Context.Selected()
	if words := spellHelp(args); !command.Leaf() && len(words) > 1 && !strings.HasPrefix(words[1], "-") {
		return fmt.Errorf("there is no command \"%s %s\"; \"nameplate help\" lists them", command.Name, words[1])
	}
	if !command.Leaf() {
		return fmt.Errorf("%s needs another word; write \"nameplate %s\"", command.Name, called(command.Children[0]))
	}
	return fmt.Errorf("%s; \"nameplate %s --help\" explains the command", plainly(err), called(command))
}

// plainly says what kong says, without its words for the end of the line, for arguments and for numbers.
func plainly(err error) string {
	text := err.Error()
	if flag, _, ok := strings.Cut(text, ": expected "); ok && strings.Contains(text, "<EOL>") {
		return flag + " needs a value"
	}
	if argument, value, ok := strings.Cut(text, ">: expected a valid 64 bit int but got "); ok {
		value = strings.TrimSuffix(value, " (string)")
		return strings.ToUpper(strings.TrimLeft(argument, "<")) + " is " + value + ": write a whole number"
	}
	if argument, ok := strings.CutPrefix(text, `expected "<`); ok {
		return strings.ToUpper(strings.TrimRight(argument, `>"`)) + " is missing"
	}
	return text
}

// fail prints err as one line and returns status.
func fail(where string, err error, status int) int {
	fmt.Fprintf(os.Stderr, "%s: %s\n", where, strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool {
		return r == '\n' || r == '\r'
	}), "; "))
	return status
}
