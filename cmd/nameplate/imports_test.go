package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport holds the house's rules: which packages of Nameplate each package may import, by the first parts of their
// paths. A package that isn't here may import none.
var mayImport = map[string][]string{
	"cmd/nameplate":    {"", "handlers", "db", "public", "internal/"},
	"handlers":         {"views", "db", "public", "internal/"},
	"views":            {"internal/account", "internal/profile", "internal/admin", "internal/form"},
	"db":               {"db/migrations", "internal/account", "internal/profile", "internal/admin", "internal/form"},
	"db/dbtest":        {"", "db", "internal/"},
	"internal/profile": {"internal/"},
	"internal/admin":   {"internal/"},
	"internal/auth":    {"internal/"},
	"internal/picture": {"internal/"},
	"internal/account": {"internal/form"},
	"e2e/bench":        {"db/dbtest", "internal/"},
}

// mayReach holds which packages may have these libraries below them, however far.
var mayReach = map[string][]string{
	"net/http":                                 {"cmd/nameplate", "handlers", "e2e", "views", "internal/passkey", "internal/picture"}, // templ's runtime brings it to views
	"github.com/gofiber/fiber/v2":              {"cmd/nameplate", "handlers", "e2e"},
	"github.com/a-h/templ":                     {"cmd/nameplate", "handlers", "views", "e2e"},
	"github.com/mattn/go-sqlite3":              {"cmd/nameplate", "handlers", "db", "db/dbtest", "e2e"},
	"github.com/alecthomas/kong":               {"cmd/nameplate"},
	"github.com/alexedwards/scs/v2":            {"cmd/nameplate", "handlers", "e2e"},
	"github.com/minio/minio-go/v7":             {"cmd/nameplate", "handlers", "internal/picture", "e2e"},
	"github.com/wneessen/go-mail":              {"cmd/nameplate", "handlers", "internal/mail"},
	"github.com/go-webauthn/webauthn/webauthn": {"cmd/nameplate", "handlers", "internal/passkey"},
}

// standardOnly are packages that need nothing but the standard library, and one another.
var standardOnly = []string{"internal/account", "internal/form"}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, line := range golist(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`) {
		fields := strings.Fields(line)
		from := short(fields[0])
		for _, path := range fields[1:] {
			to, ours := cutModule(path)
			if !ours || slices.ContainsFunc(mayImport[from], func(prefix string) bool { return matches(to, prefix) }) {
				continue
			}
			t.Errorf("%s imports %s, against the house's rules", from, to)
		}
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	for _, line := range golist(t, "-f", `{{.ImportPath}} {{join .Deps " "}}`) {
		fields := strings.Fields(line)
		from := short(fields[0])
		for _, dep := range fields[1:] {
			may, watched := mayReach[dep]
			if watched && !slices.ContainsFunc(may, func(prefix string) bool { return matches(from, prefix) || strings.HasPrefix(from, prefix+"/") }) {
				t.Errorf("%s has %s below it, against the house's rules", from, dep)
			}
			if slices.Contains(standardOnly, from) && !standard(dep) {
				t.Errorf("%s needs %s, which is not in the standard library", from, dep)
			}
		}
	}
}

func golist(t *testing.T, args ...string) []string {
	t.Helper()
	args = append([]string{"list", "-tags", "sqlite_fts5"}, append(args, "nameplate/...")...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// cutModule returns a package's path within Nameplate, and whether it is one of ours. The one at the top is empty.
func cutModule(path string) (string, bool) {
	if path == "nameplate" {
		return "", true
	}
	return strings.CutPrefix(path, "nameplate/")
}

func short(path string) string {
	path, _ = cutModule(path)
	return path
}

// matches says whether path is prefix, or below it where prefix ends in a slash.
func matches(path, prefix string) bool {
	return path == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(path, prefix)
}

// standard says whether a package comes with Go. golang.org/x/text is as good: Go's own libraries carry it.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "nameplate" || strings.HasPrefix(path, "nameplate/internal/form") ||
		strings.HasPrefix(path, "vendor/") || strings.HasPrefix(path, "golang.org/x/text/")
}
