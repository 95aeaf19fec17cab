package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"nameplate/internal/profile"
)

var update = flag.Bool("update", false, "draw the pictures of docs/attributes anew (needs Debian's package poppler-utils)")

const pictures = "../docs/attributes"

// TestEveryKindHasAPicture holds docs/attributes to the kinds: a picture of the field of each, and no other. With -update it draws
// them.
func TestEveryKindHasAPicture(t *testing.T) {
	if *update {
		drawPictures(t)
	}
	want := map[string]bool{}
	for _, kind := range profile.Kinds() {
		want[kind.Name+".svg"] = true
		svg, err := os.ReadFile(filepath.Join(pictures, kind.Name+".svg"))
		if err != nil || !strings.Contains(string(svg), "<svg") {
			t.Errorf("%s has no picture (%v): draw it with go test -tags sqlite_fts5 ./e2e -run TestEveryKindHasAPicture -update", kind.Name, err)
		}
	}
	files, err := os.ReadDir(pictures)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !want[file.Name()] {
			t.Errorf("%s is the picture of no kind", file.Name())
		}
	}
}

// labels are what the fields in the pictures ask for.
var labels = map[string]string{
	"text": "Motto", "longtext": "About you", "url": "Portfolio", "email": "E-mail for visitors", "phone": "Telephone", "number": "Weight",
	"date": "Birthday", "boolean": "Open to work", "choice": "Pronouns", "choices": "Drinks", "country": "Country", "language": "Language",
	"timezone": "Time zone", "color": "Favourite colour", "picture": "Picture", "file": "CV", "links": "Elsewhere",
}

// drawPictures prints the field of each kind, filled in, as it stands in the form of its row.
func drawPictures(t *testing.T) {
	declared := everyKind("anyone")
	for kind, label := range labels {
		line := "name = 'my_" + kind + "'\n"
		declared = strings.Replace(declared, line, line+"label = '"+label+"'\n", 1)
	}
	s := startWith(t, declared)
	newClient(t, s).registerAll("ada")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	b := openTab(t, s, true)
	b.login("ada", password)
	for _, kind := range profile.Kinds() {
		b.open("/settings/profile/my_" + kind.Name)
		b.print(filepath.Join(pictures, kind.Name+".svg"), "#field-my_"+kind.Name)
	}
}

// print draws one element of the page as an SVG file.
func (b *tab) print(file, selector string) {
	b.t.Helper()
	size := eval[[]float64](b, fmt.Sprintf(`(e => {
		document.activeElement.blur();
		document.body.replaceChildren(e);
		Object.assign(document.body.style, {display: 'block', padding: '16px', width: '480px', minHeight: '0', boxSizing: 'border-box'});
		return [480, document.body.getBoundingClientRect().height];
	})(document.querySelector(%s))`, quote(selector)))
	background, none := true, 0.0
	pdf := call(b, page.PrintToPDF, page.PrintToPDFParams{
		PaperWidth: size[0] / 96, PaperHeight: (size[1] + 2) / 96, PrintBackground: &background, PageRanges: "1",
		MarginTop: &none, MarginRight: &none, MarginBottom: &none, MarginLeft: &none,
	})
	path := filepath.Join(b.t.TempDir(), "print.pdf")
	if err := os.WriteFile(path, pdf.Data, 0o600); err != nil {
		b.t.Fatal(err)
	}
	if out, err := exec.Command("pdftocairo", "-svg", path, file).CombinedOutput(); err != nil {
		b.t.Fatalf("pdftocairo: %v\n%s", err, out)
	}
}
