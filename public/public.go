// Package public holds the files that every page shares: the style sheet, the scripts and the icons. They are compressed when
// they are built, and their addresses change with their content.
package public

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// base is where the site serves these files.
const base = "/public/"

// types are the content types of what is here, which a machine's own list need not know.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// file is one file and its compressed variants.
type file struct {
	contentType string
	etag        string
	plain       []byte
	encoded     map[string][]byte // by the name of the encoding
}

// Files are the files and their addresses. They never change once read.
type Files struct {
	urls   map[string]string // by name
	served map[string]file   // by path
}

// New reads what was built into the binary. It fails when the binary was built before the files were.
func New() (*Files, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("read the public files: %w", err)
	}
	return read(built)
}

// read takes every file that is no variant of another one.
func read(built fs.FS) (*Files, error) {
	if _, err := fs.Stat(built, "htmx.js"); err != nil {
		return nil, errors.New("public/dist: htmx.js is missing; run make, which builds the public files, and build again")
	}
	names, err := fs.Glob(built, "*.*")
	if err != nil {
		return nil, fmt.Errorf("list the public files: %w", err)
	}
	files := &Files{urls: map[string]string{}, served: map[string]file{}}
	for _, name := range names {
		if types[path.Ext(name)] == "" {
			continue
		}
		if err := files.add(built, name); err != nil {
			return nil, fmt.Errorf("read the public file %s: %w", name, err)
		}
	}
	return files, nil
}

func (f *Files) add(built fs.FS, name string) error {
	plain, err := fs.ReadFile(built, name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(plain)
	hash := hex.EncodeToString(sum[:6])
	one := file{contentType: types[path.Ext(name)], etag: `"` + hash + `"`, plain: plain, encoded: map[string][]byte{}}
	for _, encoding := range encodings {
		variant, err := fs.ReadFile(built, name+encoding.suffix)
		if err == nil {
			one.encoded[encoding.name] = variant
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	ext := path.Ext(name)
	f.urls[name] = base + strings.TrimSuffix(name, ext) + "." + hash + ext
	f.served[f.urls[name]] = one
	return nil
}

// URL returns the address of a file by its name, such as style.css. For a name that is not there it is the address without
// a fingerprint, which is answered with 404.
func (f *Files) URL(name string) string {
	if url, ok := f.urls[name]; ok {
		return url
	}
	return base + name
}

// Get returns the file at path in the best encoding that acceptEncoding allows: Brotli, gzip, or none, for which encoding is
// empty. It is not ok for a path that URL does not return. The caller must not change body.
func (f *Files) Get(path, acceptEncoding string) (body []byte, contentType, encoding, etag string, ok bool) {
	one, ok := f.served[path]
	if !ok {
		return nil, "", "", "", false
	}
	for _, e := range encodings {
		if variant, ok := one.encoded[e.name]; ok && accepts(acceptEncoding, e.name) {
			return variant, one.contentType, e.name, strings.TrimSuffix(one.etag, `"`) + e.suffix + `"`, true
		}
	}
	return one.plain, one.contentType, "", one.etag, true
}
