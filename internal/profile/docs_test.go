package profile_test

import (
	"os"
	"strings"
	"testing"

	"nameplate/internal/profile"
)

// TestDocumentation compares docs/attributes.md with what the kinds say of themselves.
func TestDocumentation(t *testing.T) {
	const path = "../../docs/attributes.md"
	want := profile.Markdown()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("docs/attributes.md is not what the kinds say (%v); write it anew: go test ./internal/profile -run TestDocumentation -update", err)
	}
	for _, kind := range profile.Kinds() {
		if !strings.Contains(want, "\n### "+kind.Name+"\n\n"+kind.About+"\n\n![") {
			t.Errorf("%s has no section", kind.Name)
		}
	}
}

// TestDocumentedDeclarationsAreTaken loads every declaration on the page, and finds every key in it.
func TestDocumentedDeclarationsAreTaken(t *testing.T) {
	blocks := strings.Split(profile.Markdown(), "```toml\n")[1:]
	if len(blocks) != len(profile.Kinds())+1 {
		t.Errorf("there are %d declarations for %d kinds", len(blocks), len(profile.Kinds()))
	}
	for _, block := range blocks {
		source, _, _ := strings.Cut(block, "```")
		if _, err := profile.Load([]byte(source), "docs/attributes.md"); err != nil {
			t.Errorf("%v in\n%s", err, source)
		}
	}
	for _, kind := range profile.Kinds() {
		for _, key := range kind.Keys {
			if !strings.Contains(profile.Markdown(), "\n| `"+key+"` | ") {
				t.Errorf("the key %s of %s means nothing", key, kind.Name)
			}
		}
	}
}
