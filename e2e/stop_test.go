package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestStop asks the server to end while pictures are being drawn: every request is answered, and it is gone in time.
func TestStop(t *testing.T) {
	s := start(t)
	big := photograph()
	var sent, done sync.WaitGroup
	for i := range 6 {
		c := newClient(t, s)
		page := c.get("/register")
		name := fmt.Sprintf("person%d", i)
		sent.Add(1)
		c.http.Transport = tracing{&httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { sent.Done() }}}
		done.Go(func() {
			a, err := c.post(page, "[name=email]", map[string]string{"username": name, "email": name + "@example.org", "password": password},
				map[string][]byte{"profile_pic": big})
			if err != nil || a.status != http.StatusSeeOther {
				t.Errorf("%s was not answered: %v", name, err)
			}
		})
	}
	idle := newClient(t, s)
	idle.get("/healthz") // its connection stays open, and may not hold the server up
	sent.Wait()
	time.Sleep(20 * time.Millisecond) // what was written on loopback has arrived
	if took := s.stop(); took > 10*time.Second {
		t.Errorf("the server took %v to end", took)
	}
	done.Wait()
	if people := s.strings("SELECT username FROM users"); len(people) != 6 {
		t.Errorf("6 people registered, and %d are there", len(people))
	}
}

// tracing is a connection of its own that tells of its requests.
type tracing struct{ trace *httptrace.ClientTrace }

func (tr tracing) RoundTrip(req *http.Request) (*http.Response, error) {
	return (&http.Transport{}).RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), tr.trace)))
}

// TestFlood sends 250 logins at once: all are answered, and memory stays bounded though each hash takes 19 MB.
func TestFlood(t *testing.T) {
	s := start(t)
	newClient(t, s).register("ada", nil)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range 250 {
		secret, want := password, http.StatusSeeOther
		if i%2 == 1 {
			secret, want = "a wrong password", http.StatusUnprocessableEntity
		}
		c := newClient(t, s)
		c.http.Transport = &http.Transport{DisableKeepAlives: true}
		wg.Go(func() {
			<-begin
			a, err := c.send("POST", "/login", "application/x-www-form-urlencoded", strings.NewReader("username=ada&password="+strings.ReplaceAll(secret, " ", "+")))
			if err != nil || a.status != want {
				t.Errorf("login %d: status %d, want %d (%v)", i, status(a), want, err)
			}
		})
	}
	close(begin)
	wg.Wait()
	if peak := s.memory(); peak > 512 {
		t.Errorf("250 logins at once took %d MB, want at most 512", peak)
	} else {
		t.Logf("250 logins at once: %d MB at most", peak)
	}
}

func status(a *answer) int {
	if a == nil {
		return 0
	}
	return a.status
}
