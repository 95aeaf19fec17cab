package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Many people ask, and log in, which takes a while, when the signal comes: every request that was sent is answered.
func TestStopAnswersWhatWasAccepted(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "NAMEPLATE_THROTTLE=off")
	s := p.serve()
	const clients = 40
	var sent, answered sync.WaitGroup
	failures := make(chan error, clients)
	sent.Add(clients)
	for i := range clients {
		answered.Go(func() {
			if err := login(s.url, i, sent.Done); err != nil {
				failures <- err
			}
		})
	}
	sent.Wait()
	time.Sleep(20 * time.Millisecond) // the last connections reach the server
	status, took := s.stop(syscall.SIGTERM)
	answered.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if status != 0 || took > 10*time.Second {
		t.Errorf("status %d after %s", status, took)
	}
	if strings.Contains(s.log(), "cut off") {
		t.Errorf("requests were cut off:\n%s", s.log())
	}
	if _, err := s.get("/healthz"); err == nil {
		t.Error("it still answers")
	}
}

// login sends a log-in on a connection of its own, calls sent, and waits for the whole answer.
func login(base string, i int, sent func()) error {
	once := sync.OnceFunc(sent)
	defer once()
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	body := url.Values{"username": {fmt.Sprintf("nobody%d", i)}, "password": {testPassword}}.Encode()
	_, err = fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nSec-Fetch-Site: same-origin\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", u.Host, base, len(body), body)
	if err != nil {
		return err
	}
	once()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return fmt.Errorf("client %d: %w", i, err)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return fmt.Errorf("client %d: %w", i, err)
	}
	if answer.StatusCode != http.StatusUnprocessableEntity {
		return fmt.Errorf("client %d: status %d", i, answer.StatusCode)
	}
	return nil
}

// A client that never sends its request doesn't keep the server alive.
func TestStopWithSilentClient(t *testing.T) {
	t.Parallel()
	s := newPlace(t).serve()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Le"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	if status, took := s.stop(syscall.SIGTERM); status != 0 || took > 10*time.Second {
		t.Errorf("status %d after %s", status, took)
	}
}
