package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"nameplate/internal/form"
)

// terminal asks a person. A tries-again loop ends when the input does.
type terminal struct {
	in *bufio.Reader
}

// onTerminal says whether a person sits at the standard input.
func onTerminal() bool { return term.IsTerminal(int(os.Stdin.Fd())) }

func newTerminal() *terminal { return &terminal{bufio.NewReader(os.Stdin)} }

// askUnless asks until parse accepts the answer, and returns what parse made of it. The given text, unless it is empty, is the
// first answer. An error of parse that is not a form.Message ends the asking.
func (t *terminal) askUnless(given, question string, parse func(string) (string, error)) (string, error) {
	for answer := given; ; answer = "" {
		if answer == "" {
			fmt.Fprint(os.Stderr, question+": ")
			line, err := t.line()
			if err != nil {
				return "", err
			}
			answer = line
		}
		value, err := parse(answer)
		if err == nil {
			return value, nil
		}
		if _, ok := errors.AsType[form.Message](err); !ok {
			return "", err
		}
		fmt.Fprintln(os.Stderr, err)
	}
}

// line reads one line without its end. Its error says that there was none.
func (t *terminal) line() (string, error) {
	line, err := t.in.ReadString('\n')
	if err != nil && line == "" {
		return "", fmt.Errorf("the input ended too early: nothing was changed")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// newPassword asks for a password twice, without showing it, until both are the same and check accepts it.
func newPassword(check func(string) error) (string, error) {
	for {
		first, err := hidden("Password: ")
		if err != nil {
			return "", err
		}
		if err := check(first); err != nil {
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		second, err := hidden("Password again: ")
		if err != nil {
			return "", err
		}
		if first == second {
			return first, nil
		}
		fmt.Fprintln(os.Stderr, "The two passwords differ. Type them once more.")
	}
}

// hidden reads a line that the terminal doesn't show. Ctrl-C gives the terminal back as it was and ends the program.
func hidden(question string) (string, error) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the terminal: %w", err)
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	defer func() { signal.Stop(interrupted); close(done) }()
	go func() {
		select {
		case <-interrupted:
			term.Restore(fd, before)
			fmt.Fprintln(os.Stderr)
			os.Exit(1)
		case <-done:
		}
	}()
	fmt.Fprint(os.Stderr, question)
	text, err := term.ReadPassword(fd)
	fmt.Fprintln(os.Stderr)
	if err == io.EOF {
		return "", fmt.Errorf("the input ended too early: nothing was changed")
	}
	return string(text), err
}
