package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/mattn/go-sqlite3"
)

// Set with -ldflags by the Makefile.
var version, commit string

type versionCommand struct{}

// Help holds the examples of version.
func (versionCommand) Help() string {
	return `Examples:
  nameplate version`
}

// Run prints the versions.
func (versionCommand) Run() error {
	number, revision := buildVersion()
	sqlite, _, _ := sqlite3.Version()
	fmt.Printf("nameplate %s\ncommit    %s\ngo        %s\nsqlite    %s\n", number, revision, runtime.Version(), sqlite)
	return nil
}

// buildVersion returns the version and the commit that the Makefile set, or else what Go noted when it built the program.
func buildVersion() (number, revision string) {
	number, revision = version, commit
	if info, ok := debug.ReadBuildInfo(); ok {
		number = cmp.Or(number, info.Main.Version)
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = cmp.Or(revision, s.Value)
			}
		}
	}
	return cmp.Or(number, "unknown"), cmp.Or(revision, "unknown")
}
