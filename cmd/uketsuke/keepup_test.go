package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/ledger"
)

// R-ID-6: a process whose database has fallen behind its ledger says so on health, where "ready" is not said, takes no mail
// out of the outbox, and lets the database catch up by itself.
func TestKeepUp(t *testing.T) {
	t.Parallel()
	c := served(t)
	tables, err := loadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := openService(t.Context(), serviceConfig{placeFlags: c.placeFlags, tables: tables, operator: c.operator(), now: time.Now, log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	noted, err := s.ledger.Note([]ledger.Entry{{Kind: ledger.Code, Key: "1ZNAC", At: time.Now(), Application: "lost", Establishment: "e1"}})
	if err == nil {
		err = noted.Done()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.deliverer.Outbox.Claim(t.Context(), "w", time.Minute, 1); err != nil || !s.desk.Behind() {
		t.Fatalf("whoever would post a letter does not see it: %v", err)
	}
	s.wants(t, "behind", "degraded", kit.FindBehind)
	blocked := filepath.Join(c.Keys, "ledger", "base.new")
	if err := os.Mkdir(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.keptUp(t.Context()); err == nil {
		t.Fatal("it caught up though its ledger's base cannot be written")
	}
	s.wants(t, "it could not catch up", "not ready", kit.FindBehind)
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.keepUp(ctx) }()
	for range 500 { // the letter that was not posted has asked for it
		if !s.desk.Behind() {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	stop()
	<-ended
	s.wants(t, "afterwards", "ready")
	if list, err := s.desk.Noticed(t.Context()); err != nil || len(list) != 1 || list[0].Codes != 1 {
		t.Errorf("what was lost: %v, %v", list, err)
	}
}
