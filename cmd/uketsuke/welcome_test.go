package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ASVS 6.3.2: on an empty database the service hands over one link, by which the first supervisor makes the account. What
// is no terminal keeps what it is told, so that the link stands in a private file and in nothing that is printed; it
// works once, and the file is gone with the next start.
func TestServeWelcomesTheFirstSupervisor(t *testing.T) {
	t.Parallel()
	c := served(t)
	var printed []string
	s := start(t, c.Run, func(line string) string {
		printed = append(printed, line)
		return readyLine(line)
	})
	file := filepath.Join(c.Keys, firstLinkFile)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the link's file: %v, %v", info, err)
	}
	at, err := url.Parse(strings.TrimSpace(string(text)))
	if err != nil || !strings.HasPrefix(at.Path, "/first/") || at.Host != "desk.example" {
		t.Fatalf("the link: %q, %v", text, err)
	}
	for _, line := range printed {
		if strings.Contains(line, "/first/") {
			t.Errorf("the link is printed: %s", line)
		}
		if strings.Contains(line, "older ledger") {
			t.Errorf("a first start speaks of an older ledger: %s", line)
		}
	}
	form := url.Values{"name": {"最初 太郎"}, "kana": {"サイショ"}, "phone": {"03-1234-5678"}, "email": {"first@centre.example"},
		"password": {"purple harbour crane 7"}, "password-again": {"purple harbour crane 7"}}
	post := func() int {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.address+at.Path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode
	}
	if status, page := s.get(t, at.Path); status != http.StatusOK || !strings.Contains(page, "最初の審査責任者") {
		t.Errorf("the link: %d", status)
	}
	if status := post(); status != http.StatusSeeOther {
		t.Errorf("setting up: %d", status)
	}
	if status := post(); status != http.StatusGone {
		t.Errorf("a second time: %d", status)
	}
	if _, err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := start(t, c.Run, readyLine).stop(); err != nil {
		t.Errorf("started again: %v", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link that was used is still there: %v", err)
	}
}
