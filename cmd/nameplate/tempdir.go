package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// tempDirs is how the directories of ownTempDir are called.
const tempDirs = "nameplate-sent-"

// ownTempDir gives the process a directory of its own in TMPDIR, where the files of a form lie as people sent them, until they are drawn. Call
// remove at the end. What killed servers left there, where they were, is removed at once.
func ownTempDir() (remove func(), err error) {
	parent := os.TempDir()
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil, fmt.Errorf("look for what was left: %w", err)
	}
	for _, entry := range entries {
		if dir := filepath.Join(parent, entry.Name()); strings.HasPrefix(entry.Name(), tempDirs) {
			if held := lockDir(dir); held != nil {
				_ = os.RemoveAll(dir) // it may be another user's
				_ = held.Close()
			}
		}
	}
	for range 10 {
		dir, err := os.MkdirTemp(parent, tempDirs)
		if err != nil {
			return nil, fmt.Errorf("make a directory: %w", err)
		}
		held := lockDir(dir)
		if held == nil { // another server that started took it for left, or nothing can be locked there
			_ = os.Remove(dir)
			continue
		}
		if _, err := os.Lstat(dir); err != nil {
			_ = held.Close()
			continue
		}
		return func() {
			_ = os.RemoveAll(dir)
			_ = held.Close()
		}, os.Setenv("TMPDIR", dir)
	}
	return nil, fmt.Errorf("no directory in %s can be locked", parent)
}

// lockDir returns a directory, locked until it is closed or its process ends; nil where another process holds it, or it is none.
func lockDir(dir string) *os.File {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil
	}
	held, err := os.Open(dir)
	if err != nil {
		return nil
	}
	if syscall.Flock(int(held.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		_ = held.Close()
		return nil
	}
	return held
}
