package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
)

// setting is one row of the table of settings: an environment variable and the flag of the same name.
type setting struct {
	Variable, Flag, Default, Meaning string
}

// settingsOf returns the settings that a command takes, in their order.
func settingsOf(command *kong.Node) []setting {
	var all []setting
	for _, flag := range command.Flags {
		if len(flag.Envs) > 0 {
			all = append(all, setting{flag.Envs[0], "--" + flag.Name, defaultOf(flag), flag.Help})
		}
	}
	return all
}

// defaultOf returns the default of a flag as people read it: a value, or the words that describe one.
func defaultOf(flag *kong.Flag) string {
	if words := flag.Tag.Get("otherwise"); words != "" {
		return words
	}
	return flag.Default
}

// printHelp answers --help: the list of commands, or one command with its examples, flags and settings. Of a group it explains the first.
func printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	switch command := ctx.Selected(); {
	case command == nil:
		printCommands(ctx.Stdout, ctx.Model)
	case command.Leaf():
		printCommand(ctx.Stdout, command)
	default:
		printCommand(ctx.Stdout, command.Children[0])
	}
	return nil
}

// printCommands lists all commands.
func printCommands(w io.Writer, app *kong.Application) {
	fmt.Fprint(w, "Usage: nameplate COMMAND [flags]\n\nCommands:\n")
	rows := table(w)
	for _, command := range app.Leaves(true) {
		fmt.Fprintf(rows, "  %s\t%s\n", usage(command), command.Help)
	}
	fmt.Fprint(rows, "  help\tList the commands.\n")
	rows.Flush()
	fmt.Fprint(w, "\n\"nameplate COMMAND --help\" explains one. \"nameplate serve\" starts the site.\n")
}

// printCommand explains one command.
func printCommand(w io.Writer, command *kong.Node) {
	fmt.Fprintf(w, "Usage: nameplate %s [flags]\n\n%s\n", usage(command), command.Help)
	if command.Detail != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(command.Detail))
	}
	fmt.Fprint(w, "\nFlags:\n")
	flags := table(w)
	for _, flag := range command.Flags {
		if len(flag.Envs) == 0 {
			fmt.Fprintf(flags, "  %s\t%s\n", spelled(flag), flag.Help)
		}
	}
	fmt.Fprint(flags, "  -h, --help\tExplain this command.\n")
	flags.Flush()
	printSettings(w, settingsOf(command))
}

// printSettings prints the table of settings.
func printSettings(w io.Writer, settings []setting) {
	if len(settings) == 0 {
		return
	}
	fmt.Fprint(w, "\nSettings (a flag wins over its environment variable):\n")
	rows := table(w)
	fmt.Fprint(rows, "  variable\tflag\tdefault\tmeaning\n")
	for _, s := range settings {
		fmt.Fprintf(rows, "  %s\t%s\t%s\t%s\n", s.Variable, s.Flag, s.Default, s.Meaning)
	}
	rows.Flush()
}

// called returns the name of a command, behind that of its group where it is in one.
func called(command *kong.Node) string {
	if group := command.Parent; group != nil && group.Type == kong.CommandNode {
		return group.Name + " " + command.Name
	}
	return command.Name
}

// usage returns a command with its arguments, as one types it.
func usage(command *kong.Node) string {
	words := []string{called(command)}
	for _, argument := range command.Positional {
		words = append(words, strings.ToUpper(argument.Name))
	}
	return strings.Join(words, " ")
}

// spelled returns a flag as one types it, with a name for its value where it takes one.
func spelled(flag *kong.Flag) string {
	if flag.IsBool() {
		return "--" + flag.Name
	}
	return "--" + flag.Name + " " + strings.ToUpper(flag.Name)
}

func table(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
}
