package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSentFilesAreLeftNowhere: not by a server that was killed while one came, once another starts, and not by one that stops.
func TestSentFilesAreLeftNowhere(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	p := newPlace(t, "TMPDIR="+disk)
	sent := func() (files []string) {
		files, err := filepath.Glob(filepath.Join(disk, "*", "multipart-*"))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	killed := p.serve()
	conn, err := net.Dial("tcp", strings.TrimPrefix(killed.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 999999\r\n\r\n"+
		"--X\r\nContent-Disposition: form-data; name=\"profile_pic\"; filename=\"a.jpg\"\r\n\r\n%s", strings.Repeat("a", 200<<10))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); len(sent()) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no file comes")
		}
	}
	beside := p.serve()
	if len(sent()) != 1 {
		t.Error("another server removes what comes to one that runs")
	}
	killed.stop(syscall.SIGKILL)
	beside.stop(syscall.SIGTERM)
	last := p.serve()
	if left := sent(); len(left) > 0 {
		t.Errorf("left is %v", left)
	}
	last.stop(syscall.SIGTERM)
	if left, err := os.ReadDir(disk); err != nil || len(left) > 0 {
		t.Errorf("left is %v, %v", left, err)
	}
}
