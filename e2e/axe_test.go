package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
	return string(source), err
})

// violation is one rule that axe finds broken.
type violation struct {
	ID, Help string
	Nodes    []struct{ HTML, FailureSummary string }
}

const axeJS = `axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(v =>
	({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html.slice(0, 300), FailureSummary: n.failureSummary}))})))`

// axe looks at the page as it stands for what a person with a screen reader or bad eyes would stumble over, and for
// scrolling sideways. The browser runs it past the page's policy, which stays in force.
func (b *tab) axe(name string) {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		b.t.Fatalf("axe comes with `make test`: %v", err)
	}
	b.shot(name)
	if !b.script {
		// Only now, with the page loaded, so that no script of the page runs.
		b.allowScript(true)
		defer b.allowScript(false)
	}
	if !eval[bool](b, "typeof axe === 'object'") {
		eval[chromedp.Void](b, source+"\n;undefined")
	}
	for _, v := range eval[[]violation](b, axeJS) {
		var where []string
		for _, node := range v.Nodes {
			where = append(where, node.HTML+"\n\t"+strings.ReplaceAll(node.FailureSummary, "\n", "\n\t"))
		}
		b.t.Errorf("%s: axe: %s (%s)\n%s", name, v.Help, v.ID, strings.Join(where, "\n"))
	}
	b.upright(name)
}

// upright checks that the page does not scroll sideways, has one h1, a title and a main part.
func (b *tab) upright(name string) {
	b.t.Helper()
	wide := eval[string](b, `(() => {
		const root = document.documentElement;
		if (root.scrollWidth <= root.clientWidth) return '';
		const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1);
		return root.scrollWidth + ' px in ' + root.clientWidth + ': ' + out.slice(0, 5).map(e => e.outerHTML.slice(0, 160)).join('\n');
	})()`)
	if wide != "" {
		b.t.Errorf("%s: scrolls sideways: %s", name, wide)
	}
	for selector, want := range map[string]int{"h1": 1, "main": 1, "head > title": 1, "a[href='#main']": 1} {
		if n := eval[int](b, fmt.Sprintf("document.querySelectorAll(%s).length", quote(selector))); n != want {
			b.t.Errorf("%s: %d × %s, want %d", name, n, selector, want)
		}
	}
}
