package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	for _, row := range []struct {
		text, want string
		ok         bool
	}{
		{"", "", true},
		{"https://people.example.org", "https://people.example.org", true},
		{"https://people.example.org/", "https://people.example.org", true},
		{"HTTP://People.Example.Org:8080", "http://people.example.org:8080", true},
		{"http://[::1]:8080", "http://[::1]:8080", true},
		{"people.example.org", "", false},
		{"ftp://people.example.org", "", false},
		{"https://", "", false},
		{"https:people.example.org", "", false},
		{"https://me@people.example.org", "", false},
		{"https://people.example.org/site", "", false},
		{"https://people.example.org?a=b", "", false},
		{"https://people.example.org?", "", false},
		{"https://people.example.org#top", "", false},
		{"https://people.example.org:port", "", false},
	} {
		got, err := parseBaseURL(row.text)
		if got != row.want || (err == nil) != row.ok {
			t.Errorf("parseBaseURL(%q) = %q, %v", row.text, got, err)
		}
	}
}

func TestDefaultBaseURL(t *testing.T) {
	for _, row := range []struct {
		addr string
		port int
		want string
	}{
		{"127.0.0.1:8080", 8080, "http://localhost:8080"},
		{"127.0.0.1:0", 40123, "http://localhost:40123"},
		{":8080", 8080, "http://localhost:8080"},
		{"[::1]:8080", 8080, "http://localhost:8080"},
		{"0.0.0.0:80", 80, "http://localhost"},
		{"192.0.2.7:8080", 8080, "http://192.0.2.7:8080"},
		{"[2001:db8::7]:80", 80, "http://[2001:db8::7]"},
		{"people.example.org:80", 80, "http://people.example.org"},
	} {
		if got := defaultBaseURL(row.addr, row.port); got != row.want {
			t.Errorf("defaultBaseURL(%q, %d) = %q, want %q", row.addr, row.port, got, row.want)
		}
	}
}

func TestProxies(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "[]"},
		{"127.0.0.1", "[127.0.0.1/32]"},
		{" 127.0.0.1, 10.1.2.3/8 ::1", "[127.0.0.1/32 10.0.0.0/8 ::1/128]"},
		{"::ffff:127.0.0.1", "[127.0.0.1/32]"},
	} {
		got, err := parseProxies(row.text)
		if err != nil || fmt.Sprint(got) != row.want {
			t.Errorf("parseProxies(%q) = %v, %v, want %s", row.text, got, err, row.want)
		}
	}
	if _, err := parseProxies("10.0.0.0/8, localhost"); err == nil {
		t.Error("a name is taken for an address")
	}
}

func TestHosts(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "[]"},
		{"pictures.example.org", "[pictures.example.org]"},
		{" Pictures.Example.ORG:443, b\u00fccher.example:8080 localhost:80", "[pictures.example.org xn--bcher-kva.example:8080 localhost]"},
		{"[::1]:8080,[2001:db8::7]", "[[::1]:8080 [2001:db8::7]]"},
	} {
		got, err := parseHosts(row.text)
		if err != nil || fmt.Sprint(got) != row.want {
			t.Errorf("parseHosts(%q) = %v, %v, want %s", row.text, got, err, row.want)
		}
	}
	for _, text := range []string{"https://example.org", "example.org/", "example.org/a", "me@example.org", "example.org.", "a.example, :80", "example.org:port", "*.example.org", "ex\u00ad\u200dample.org"} {
		if got, err := parseHosts(text); err == nil || !strings.Contains(err.Error(), "NAMEPLATE_AVATAR_HOSTS") {
			t.Errorf("parseHosts(%q) = %v, %v", text, got, err)
		}
	}
}

func TestUnknownVariables(t *testing.T) {
	got := unknownVariables([]string{"PATH=/bin", "NAMEPLATE_METRICS_ADDR=:1", "NAMEPLATE_ADDR=:1", "NAMEPLATE_BASEURL=x", passwordVariable + "=x"})
	if want := []string{"NAMEPLATE_BASEURL", "NAMEPLATE_METRICS_ADDR"}; !slices.Equal(got, want) {
		t.Errorf("unknown: %q, want %q", got, want)
	}
}

// The README's table, the help's and the settings themselves are the same.
func TestSettingsTable(t *testing.T) {
	parser, err := newParser(&program{})
	if err != nil {
		t.Fatal(err)
	}
	settings := settingsOf(parser.Model.Children[0])
	var names []string
	table := "| variable | default | meaning |\n| --- | --- | --- |\n"
	help := newPlace(t).must("serve", "--help")
	for _, s := range settings {
		names = append(names, s.Variable)
		value := s.Default
		if !strings.Contains(value, " ") && value != "none" {
			value = "`" + value + "`"
		}
		table += fmt.Sprintf("| `%s` | %s | %s |\n", s.Variable, value, s.Meaning)
		if flag := "--" + strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s.Variable, variablePrefix)), "_", "-"); s.Flag != flag {
			t.Errorf("the flag of %s is %s, not %s", s.Variable, s.Flag, flag)
		}
		for _, word := range []string{s.Variable, s.Flag, s.Default, s.Meaning} {
			if !strings.Contains(help, word) {
				t.Errorf("serve --help does not say %q", word)
			}
		}
	}
	if !slices.Equal(names, variables()) {
		t.Errorf("serve takes %q of the settings %q", names, variables())
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "\n"+table+"\n") {
		t.Errorf("the README's table of settings is not this one:\n%s", table)
	}
}
