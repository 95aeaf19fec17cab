package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// spot is where an element can be pressed.
type spot struct {
	X, Y float64
	Why  string // why it can't be pressed yet
}

// where a pointer would press the first visible element of a selector, and whether it would hit it.
const spotJS = `(selector => {
	const e = [...document.querySelectorAll(selector)].find(e => e.checkVisibility());
	if (!e) return {Why: 'there is no visible ' + selector};
	e.scrollIntoView({block: 'center', behavior: 'instant'});
	const r = e.getClientRects()[0];
	if (!r) return {Why: selector + ' has no place'};
	const x = r.x + r.width / 2, y = r.y + r.height / 2;
	const top = document.elementFromPoint(x, y);
	if (!top || !(e.contains(top) || top.contains(e))) return {Why: selector + ' is covered by ' + (top ? top.outerHTML.slice(0, 200) : 'nothing')};
	// A person is not faster than the browser's own autofocus.
	if (performance.now() < 1500 && document.activeElement === document.body && document.querySelector('[autofocus]')) return {Why: 'the focus is on its way'};
	if (e.disabled) return {Why: selector + ' is disabled'};
	return {X: x, Y: y, Why: ''};
})(%s)`

// click presses the first visible element of the selector with the mouse.
func (b *tab) click(selector string) {
	b.t.Helper()
	var last spot
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		last, err = try[spot](b, fmt.Sprintf(spotJS, quote(selector)))
		if err == nil && last.Why == "" {
			b.do(chromedp.MouseClickXY(last.X, last.Y))
			return
		}
	}
	b.shot("failed")
	b.t.Fatalf("at %s: click: %s %v", b.where(), last.Why, err)
}

// fill puts a text into a field as a person does: click, select all, type.
func (b *tab) fill(selector, value string) {
	b.t.Helper()
	b.click(selector)
	b.wait(fmt.Sprintf("document.activeElement === document.querySelector(%s)", quote(selector)))
	eval[chromedp.Void](b, fmt.Sprintf("document.querySelector(%s).select(), undefined", quote(selector)))
	if value == "" {
		b.press("\b")
		return
	}
	b.write(value)
}

// pick chooses the option of a select that begins so.
func (b *tab) pick(selector, text string) {
	b.t.Helper()
	eval[chromedp.Void](b, fmt.Sprintf("document.querySelector(%s).focus(), undefined", quote(selector)))
	b.press(text)
}

// write types a text where the cursor is.
func (b *tab) write(value string) {
	b.t.Helper()
	call(b, input.InsertText, input.InsertTextParams{Text: value})
}

// press presses one key, or types a text key by key. As on a keyboard, going down and the character are one event: sent by themselves, as by
// [chromedp.KeyEvent], the Enter that opens a row can end in the input that it opened, and send its form.
func (b *tab) press(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	for _, key := range keys {
		events := kb.Encode(key)
		down, up := events[0], events[len(events)-1]
		for _, modifier := range modifiers {
			down.Modifiers |= int64(modifier)
		}
		if up.Modifiers = down.Modifiers; len(events) == 3 && down.Modifiers&^int64(chromedp.ModifierShift) == 0 {
			down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
		}
		call(b, input.DispatchKeyEvent, *down)
		call(b, input.DispatchKeyEvent, *up)
	}
}

// choose puts a file into a file input.
func (b *tab) choose(selector, path string) {
	b.t.Helper()
	field := eval[*runtime.RemoteObject](b, fmt.Sprintf("document.querySelector(%s)", quote(selector)))
	if field.ObjectID == "" {
		b.t.Fatalf("at %s: there is no %s", b.where(), selector)
	}
	call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: field.ObjectID})
}

// focused describes the element that has the focus, like "input#username" or "a" with its text.
func (b *tab) focused() string {
	b.t.Helper()
	return eval[string](b, `(e => e.localName + (e.id ? '#' + e.id : '') + (e.name ? '[name=' + e.name + ']' : '') + ' ' + (e.innerText || '').trim().slice(0, 60))(document.activeElement)`)
}

// tabTo presses Tab until the element of the selector has the focus.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	var passed []string
	for range 80 {
		if eval[bool](b, fmt.Sprintf("document.activeElement.matches(%s)", quote(selector))) {
			return
		}
		b.press("\t")
		passed = append(passed, b.focused())
	}
	b.t.Fatalf("at %s: Tab never came to %s, but to:\n%s", b.where(), selector, strings.Join(passed, "\n"))
}

// shot keeps a picture of the whole page in NAMEPLATE_SHOTS, when that is set.
func (b *tab) shot(name string) {
	dir := os.Getenv("NAMEPLATE_SHOTS")
	if dir == "" {
		return
	}
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Logf("picture of %s: %v", name, err)
		return
	}
	name = strings.NewReplacer("/", "_", " ", "-").Replace(strings.Trim(b.t.Name()+"-"+name, "/")) + ".png"
	os.MkdirAll(dir, 0o755)
	if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
		b.t.Error(err)
	}
}
