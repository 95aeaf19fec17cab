package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a tab waits for anything.
const patience = 15 * time.Second

// tab is a browser window with cookies of its own. It fails its test when a page of it asks another origin for
// anything, writes to the console, breaks its policy, throws, opens a dialog or lacks a file.
type tab struct {
	t      testing.TB
	ctx    context.Context
	origin string
	script bool // whether pages may run JavaScript

	mu       sync.Mutex
	faults   []string
	document int64    // the status of the last document
	loads    int      // how many documents have been asked for
	fetched  []string // method and path of what scripts have asked for
	held     int      // how often the tab has asked whether it may be left
}

// openTab opens an empty window on the site of s.
func openTab(t testing.TB, s *server, script bool) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(openBrowser(t), chromedp.WithNewBrowserContext())
	b := &tab{t: t, ctx: ctx, origin: s.url, script: script}
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, fault := range b.faults {
			t.Error(fault)
		}
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a window: %v", err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	b.allowScript(script)
	b.look(1280, false)
	return b
}

// hear takes note of one event of the window. It must not wait for the browser.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fault := func(format string, values ...any) { b.faults = append(b.faults, fmt.Sprintf(format, values...)) }
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		at := e.Request.URL
		if !strings.HasPrefix(at, b.origin+"/") && !strings.HasPrefix(at, "data:") && at != "about:blank" {
			fault("request to another origin: %s", at)
		}
		switch e.Type {
		case network.ResourceTypeDocument:
			b.loads++
		case network.ResourceTypeFetch, network.ResourceTypeXHR:
			b.fetched = append(b.fetched, e.Request.Method+" "+strings.TrimPrefix(at, b.origin))
		}
	case *network.EventResponseReceived:
		switch e.Type {
		case network.ResourceTypeDocument:
			b.document = e.Response.Status
		case network.ResourceTypeFetch, network.ResourceTypeXHR:
			if e.Response.Status >= 500 {
				fault("%s: status %d", e.Response.URL, e.Response.Status)
			}
		default:
			if e.Response.Status >= 400 {
				fault("a page's file %s: status %d", e.Response.URL, e.Response.Status)
			}
		}
	case *network.EventLoadingFailed:
		if e.BlockedReason != "" {
			fault("a request was blocked: %s (%s)", e.BlockedReason, e.ErrorText)
		}
	case *runtime.EventConsoleAPICalled:
		fault("console: %s", text(e.Args))
	case *runtime.EventExceptionThrown:
		fault("exception: %s %s", e.ExceptionDetails.Text, text([]*runtime.RemoteObject{e.ExceptionDetails.Exception}))
	case *log.EventEntryAdded:
		// The browser itself notes each answer of 4xx, judged above by the responses, and that it forgets what a logout tells it to.
		if !strings.Contains(e.Entry.Text, "responded with a status of 4") && !strings.HasPrefix(e.Entry.Text, "Clear-Site-Data header") {
			fault("browser log: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *page.EventJavascriptDialogOpening:
		if e.Type == page.DialogTypeBeforeunload { // typed text is not left without a word
			b.held++
		} else {
			fault("dialog: %s", e.Message)
		}
		go chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}
}

func text(values []*runtime.RemoteObject) string {
	var all []string
	for _, v := range values {
		if v != nil {
			all = append(all, v.Description+string(v.Value))
		}
	}
	return strings.Join(all, " ")
}

// do runs actions and ends the test when one fails.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("at %s: %v", b.where(), err)
	}
}

// call sends one command of the protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// try evaluates an expression in the page.
func try[T any](b *tab, expression string) (T, error) {
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// eval evaluates an expression in the page and ends the test when that fails.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := try[T](b, expression)
	if err != nil {
		b.t.Fatalf("at %s: %s: %v", b.where(), expression, err)
	}
	return value
}

// wait waits until an expression is true, also across the loading of another page.
func (b *tab) wait(expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if ok, err := try[bool](b, "!!("+expression+")"); err == nil && ok {
			return
		}
	}
	main, _ := try[string](b, "document.querySelector('main') ? document.querySelector('main').innerText : document.body.innerText")
	b.shot("failed")
	b.t.Fatalf("at %s: this did not come true within %v: %s\nThe page says:\n%s", b.where(), patience, expression, clip(main))
}

// see waits until the element is there and shows the words.
func (b *tab) see(selector, words string) {
	b.t.Helper()
	b.wait(fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.checkVisibility() && (e.innerText + ' ' + (e.value ?? '')).includes(%s))",
		quote(selector), quote(words)))
}

func (b *tab) where() string {
	at, _ := try[string](b, "location.pathname + location.search + location.hash")
	return at
}

// open goes to a path and returns the status of its page.
func (b *tab) open(path string) int {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	res, err := chromedp.Run(ctx, chromedp.NavigateResponse(b.origin+path))
	if err != nil {
		b.t.Fatalf("open %s: %v", path, err)
	}
	if res == nil {
		return 0
	}
	return int(res.Status)
}

// allowScript turns JavaScript on or off for the pages that are opened from now on.
func (b *tab) allowScript(allow bool) {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allow})
	b.script = allow
}

// look sets the width of the window in pixels, and whether its owner likes it dark.
func (b *tab) look(width int64, dark bool) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 800))
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// mark writes on the window, so that marked tells whether another page has been loaded since.
func (b *tab) mark() {
	b.t.Helper()
	eval[chromedp.Void](b, "window.markOfTheTest = 1; undefined")
}

// marked ends the test when a page has been loaded since mark, or, with JavaScript off, when none has.
func (b *tab) marked(act string) {
	b.t.Helper()
	if stays := eval[bool](b, "window.markOfTheTest === 1"); stays != b.script {
		b.t.Fatalf("%s: the page stayed: %v, with JavaScript %v", act, stays, b.script)
	}
}

// requested says whether a script has asked for this, like "POST /register/check".
func (b *tab) requested(what string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.fetched, what)
}

// status returns the status of the last whole page.
func (b *tab) status() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(b.document)
}

// quote writes a text as JavaScript.
func quote(text string) string {
	js, _ := json.Marshal(text)
	return string(js)
}
