package public

import (
	"strings"
	"testing"
	"testing/fstest"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"htmx.js":      {Data: []byte("script")},
		"htmx.js.br":   {Data: []byte("brotli")},
		"htmx.js.gz":   {Data: []byte("gzip")},
		"icons.svg":    {Data: []byte("<svg/>")},
		"icons.svg.gz": {Data: []byte("zipped")},
		".gitignore":   {Data: []byte("*")},
	}
}

func TestGet(t *testing.T) {
	files, err := read(built())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, file, accept, body, encoding string }{
		{"Brotli is the best", "htmx.js", "gzip, deflate, br, zstd", "brotli", "br"},
		{"the order in the header does not matter", "htmx.js", "br;q=0.1, gzip;q=1", "brotli", "br"},
		{"gzip where Brotli is not known", "htmx.js", "gzip, deflate", "gzip", "gzip"},
		{"Brotli with weight 0 is refused", "htmx.js", "br;q=0, gzip", "gzip", "gzip"},
		{"weights with blanks are read", "htmx.js", "br ; q=0.000 , gzip ; q=0.5", "gzip", "gzip"},
		{"a weight that can't be read refuses", "htmx.js", "br;q=high", "script", ""},
		{"a star is everything", "htmx.js", "*", "brotli", "br"},
		{"a star leaves out what is named", "htmx.js", "br;q=0, *", "gzip", "gzip"},
		{"a star with weight 0 is nothing", "htmx.js", "*;q=0", "script", ""},
		{"identity alone is plain", "htmx.js", "identity", "script", ""},
		{"no header is plain", "htmx.js", "", "script", ""},
		{"names are read without regard to case", "htmx.js", "GZip", "gzip", "gzip"},
		{"a name is not a part of another", "htmx.js", "brx, gzipped", "script", ""},
		{"a file without Brotli falls to gzip", "icons.svg", "br, gzip", "zipped", "gzip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, contentType, encoding, etag, ok := files.Get(files.URL(test.file), test.accept)
			if !ok || string(body) != test.body || encoding != test.encoding {
				t.Errorf("got %q in %q, ok %v; want %q in %q", body, encoding, ok, test.body, test.encoding)
			}
			if contentType == "" || len(etag) < 10 || etag[0] != '"' || etag[len(etag)-1] != '"' {
				t.Errorf("content type %q and etag %q", contentType, etag)
			}
		})
	}
}

func TestGetRefusesWhatURLDoesNotReturn(t *testing.T) {
	files, err := read(built())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/public/htmx.js", "/public/htmx.js.br", "/public/.gitignore", "/public/", "", "/public/../public.go", files.URL("nothing.css")} {
		if _, _, _, _, ok := files.Get(path, "br"); ok {
			t.Errorf("%q is served", path)
		}
	}
}

func TestURLFollowsTheContent(t *testing.T) {
	one, two := built(), built()
	two["htmx.js"] = &fstest.MapFile{Data: []byte("another")}
	a, err := read(one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(two)
	if err != nil {
		t.Fatal(err)
	}
	url := a.URL("htmx.js")
	if !strings.HasPrefix(url, "/public/htmx.") || !strings.HasSuffix(url, ".js") || len(url) != len("/public/htmx..js")+12 {
		t.Errorf("the address is %q", url)
	}
	if url == b.URL("htmx.js") {
		t.Error("another content has the same address")
	}
	if a.URL("icons.svg") != b.URL("icons.svg") {
		t.Error("the same content has another address")
	}
}

func TestEtagDiffersByEncoding(t *testing.T) {
	files, err := read(built())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, accept := range []string{"br", "gzip", ""} {
		_, _, _, etag, _ := files.Get(files.URL("htmx.js"), accept)
		if seen[etag] {
			t.Errorf("%q is the etag of two encodings", etag)
		}
		seen[etag] = true
	}
}

func TestMissingHtmxNamesMake(t *testing.T) {
	files := built()
	delete(files, "htmx.js")
	if _, err := read(files); err == nil || !strings.Contains(err.Error(), "run make") {
		t.Errorf("the error is %v", err)
	}
}
