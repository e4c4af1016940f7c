package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/demo"
	"uketsuke/internal/desk"
)

// asked is what an address of health answers now, after a look.
func (s *service) asked(t *testing.T, path string) (status int, said string) {
	t.Helper()
	s.look(t.Context())
	answer := httptest.NewRecorder()
	s.serveHealth(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Code, answer.Body.String()
}

// wants compares all addresses of health with a word and the codes behind it.
func (s *service) wants(t *testing.T, what, word string, codes ...kit.FindingCode) {
	t.Helper()
	ready, degraded := http.StatusOK, http.StatusOK
	if word == "not ready" {
		ready = http.StatusServiceUnavailable
	}
	if word != "ready" {
		degraded = http.StatusServiceUnavailable
	}
	for path, want := range map[string]int{"/readyz": ready, "/healthz": ready, "/degradedz": degraded} {
		status, said := s.asked(t, path)
		lines := strings.Split(strings.TrimSpace(said), "\n")
		var got []kit.FindingCode
		for _, line := range lines[1:] {
			code, _, _ := strings.Cut(line, " ")
			got = append(got, kit.FindingCode(code))
		}
		if status != want || lines[0] != word || !slices.Equal(got, codes) {
			t.Errorf("%s, %s: %d %q, want %d, %q and %v", what, path, status, said, want, word, codes)
		}
	}
	if status, said := s.asked(t, "/livez"); status != http.StatusOK || said != "alive\n" {
		t.Errorf("%s, /livez: %d %q", what, status, said)
	}
	if c := s.condition(); c.Word != word || !slices.Equal(c.Found, codes) {
		t.Errorf("%s: the page of operations shows %+v", what, c)
	}
}

// looking is a service whose desk clock the test moves.
func looking(t *testing.T, clock *time.Time) (*service, *serveCommand) {
	t.Helper()
	c := served(t)
	tables, err := loadCatalogue("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := openService(t.Context(), serviceConfig{placeFlags: c.placeFlags, tables: tables, operator: c.operator(),
		now: func() time.Time { return *clock }, log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	if s.guard, err = s.desk.WatchClock(t.Context(), desk.Witnesses{}); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// "Ready" is never said while people cannot do their work, and pages that work are not taken out of a balancer for
// what fails behind them.
func TestHealth(t *testing.T) {
	t.Parallel()
	clock := time.Now()
	s, c := looking(t, &clock)
	s.wants(t, "at first", "ready")

	clock = clock.Add(time.Hour)
	if err := s.guard.Observe(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wants(t, "after a leap", "degraded", kit.FindClock)
	if _, err := s.desk.AddGateway(t.Context(), operatorActor(), "network", desk.ScopeLogon, false); err != nil {
		t.Fatal(err)
	}
	if err := s.logRound(t.Context()); err != nil {
		t.Fatal(err)
	}
	if state, err := s.desk.LogState(t.Context()); err != nil || state.Size == 0 || state.Last.Size != state.Size {
		t.Errorf("the log while the clock is doubted: %+v, %v", state, err)
	}
	if _, err := s.desk.AcceptClock(t.Context(), operatorActor(), desk.Witnesses{}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.guard.Observe(t.Context()), s.tick(t.Context())); err != nil {
		t.Fatal(err)
	}
	s.wants(t, "after a person's word", "ready")

	away := c.Keys + ".away"
	if err := os.Rename(c.Keys, away); err != nil {
		t.Fatal(err)
	}
	s.wants(t, "the folder of the keys is gone, and the ledger in it", "not ready", kit.FindKeys, kit.FindLedger)
	if err := os.Rename(away, c.Keys); err != nil {
		t.Fatal(err)
	}
	s.wants(t, "the folder of the keys is back", "ready")

	s.health.set(nil, time.Now().Add(-time.Minute))
	if found := s.health.now(time.Now()); len(found) != 1 || found[0].code != kit.FindNotLooked {
		t.Errorf("nobody has looked for a minute: %v", found)
	}
	s.guard = nil
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	s.wants(t, "without a database", "not ready", kit.FindDatabase)
}

// Work that is late is named, and people go on working.
func TestHealthOfLateWork(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := looking(t, &now)
	elapsed := s.desk.Elapsed
	s.desk.Elapsed = func() time.Time { return elapsed().Add(15 * time.Minute) }
	s.wants(t, "nothing was done for a quarter of an hour", "degraded", kit.FindLate)
	if _, said := s.asked(t, "/readyz"); !strings.Contains(said, "late clock clock/remind-settings clock/void") {
		t.Errorf("the late jobs are not named: %q", said)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
}

// The door takes a renewed certificate without a new start, keeps the one before while its files do not fit together,
// and speaks of one that ends.
func TestTheDoorTakesANewCertificate(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(at time.Time, halves ...int) {
		t.Helper()
		pair, err := demo.Certificate("localhost", at)
		if err != nil {
			t.Fatal(err)
		}
		chain, private := pemOf(t, pair)
		for _, half := range halves {
			name, text := []string{cert, key}[half], [][]byte{chain, private}[half]
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, at, at); err != nil { // two writes within one tick of the file system's clock
				t.Fatal(err)
			}
		}
	}
	write(now, 0, 1)
	d, err := openCertificate(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	life := d.ends().Sub(now)
	wants := func(what string, at time.Time, want ...kit.FindingCode) {
		t.Helper()
		d.look(discard())
		var got []kit.FindingCode
		for _, f := range d.findings(at) {
			got = append(got, f.code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	wants("new", now)
	wants("thirteen days before its end", now.Add(life-13*24*time.Hour), kit.FindCertificateSoon)
	wants("ended", now.Add(life), kit.FindCertificateEnded)
	before := d.ends()
	write(now.Add(24*time.Hour), 0)
	wants("in the middle of a renewal", now, kit.FindCertificateUnread)
	if !d.ends().Equal(before) {
		t.Error("the certificate before is not in use any more")
	}
	write(now.Add(48*time.Hour), 0, 1)
	wants("renewed", now)
	if got := d.ends().Sub(before).Round(time.Hour); got != 48*time.Hour {
		t.Errorf("the new certificate ends %v after the one before", got)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	wants("the key is gone", now, kit.FindCertificateUnread)
}

// R-CAL-3: a process that doubts its clock takes no mail out of the outbox and clears no session by it; whoever is right does.
func TestInDoubtNothingGoesByTheClock(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := looking(t, &now)
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	if may, err := s.mayPost(t.Context()); err != nil || !may {
		t.Errorf("before: %v, %v", may, err)
	}
	now = now.Add(672 * time.Hour)
	if err := s.guard.Observe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if may, err := s.mayPost(t.Context()); err != nil || may {
		t.Errorf("in doubt a mail may leave: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	s.clean(ctx)
	rows, err := s.db.Read().ListJobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Name == desk.CleanJob {
			t.Error("in doubt old sessions were cleared")
		}
	}
}
