package main

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// ASVS 6.3.2: on an empty database the service prints one link, by which the first supervisor makes the account; it is
// in no log line, works once, and is printed no more.
func TestServeWelcomesTheFirstSupervisor(t *testing.T) {
	t.Parallel()
	c := served(t)
	link := regexp.MustCompile(`link for the first supervisor.*(/first/\S+)`)
	var printed []string
	watch := func(line string) string {
		if found := link.FindStringSubmatch(line); found != nil && !strings.HasPrefix(line, "{") {
			printed = append(printed, found[1])
		}
		return readyLine(line)
	}
	s := start(t, c.Run, watch)
	if len(printed) != 1 {
		t.Fatalf("links printed: %v", printed)
	}
	form := url.Values{"name": {"最初 太郎"}, "kana": {"サイショ"}, "phone": {"03-1234-5678"}, "email": {"first@centre.example"},
		"password": {"purple harbour crane 7"}, "password-again": {"purple harbour crane 7"}}
	post := func() int {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.address+printed[0], strings.NewReader(form.Encode()))
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
	if status, page := s.get(t, printed[0]); status != http.StatusOK || !strings.Contains(page, "最初の審査責任者") {
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
	printed = nil
	if _, err := start(t, c.Run, watch).stop(); err != nil || printed != nil {
		t.Errorf("started again: %v %v", err, printed)
	}
}
