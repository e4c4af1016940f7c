package rehearsal

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/clock"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail/mailtest"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// R-CAL-3, trap 45: the wall clock is four weeks ahead of what the machine's run tells, at the start of the real
// process. Nothing is void and no key destroyed by it, pages work, health and log say why; after a person's word the
// work is done, and health is well again.
func TestStartOnAWrongClock(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"sqlite": filepath.Join(trial.Durable(t), "uketsuke.db"), "postgres": pgtest.Cluster(t).NewDatabase(t, nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := storetest.Migrate(dsn); err != nil {
				t.Fatal(err)
			}
			db := storetest.Open(t, dsn)
			then := time.Now().AddDate(0, 0, -28)
			w := sample.New(t, db, then.Format(time.RFC3339))
			start := calendar.New(nil).AddBusinessDays(calendar.DateOf(then), 10)
			order := sample.S1(start.String())
			order.Incomplete = true // so that its deadline lies between then and now
			ref, _ := w.Approved(order)
			if _, err := w.Desk.WatchClock(t.Context(), desk.Witnesses{Run: clock.Now}); err != nil {
				t.Fatal(err)
			}
			h := emptyHouse(t, dsn, mailtest.Start(t, mailtest.Options{}), w.RingDir)
			keys := len(h.keyFiles())
			h.start()
			h.rounds(t, db, false)
			if got := h.stateOf(ref.ID); got != application.Approved {
				t.Errorf("on a clock that nobody vouches for the approval became %s", got)
			}
			if left := len(h.keyFiles()); keys != 1 || left != keys {
				t.Errorf("%d of %d keys are left", left, keys)
			}
			if status, said := h.health("/readyz"); status != http.StatusOK || !strings.HasPrefix(said, "degraded\nclock\n") {
				t.Errorf("/readyz: %d %q", status, said)
			}
			if status, _ := h.health("/degradedz"); status != http.StatusServiceUnavailable {
				t.Errorf("/degradedz: %d", status)
			}
			if status, page := h.health("/login"); status != http.StatusOK || !strings.Contains(page, "<h1") {
				t.Errorf("the login page: %d", status)
			}
			if said := h.log.String(); !strings.Contains(said, "nothing is voided or destroyed") || !strings.Contains(said, "by the machine's run") {
				t.Errorf("the log does not say why: %s", said)
			}
			h.tool("admin", "clock", "accept", "--really")
			h.rounds(t, db, true)
			if got := h.stateOf(ref.ID); got != application.Void {
				t.Errorf("after a person's word the approval is %s", got)
			}
			if left := len(h.keyFiles()); left != 0 {
				t.Errorf("after a person's word %d keys are left", left)
			}
			h.becomes("ready\n")
		})
	}
}

// rounds waits until a round of the clock's work was done, or five seconds in which none was.
func (h *house) rounds(t *testing.T, db *store.DB, want bool) {
	t.Helper()
	for range 100 {
		rows, err := db.Read().ListJobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.Name == "clock" && !row.LastSuccess.IsZero() {
				if !want {
					t.Error("a round of the clock's work was done")
				}
				return
			}
		}
		<-time.After(50 * time.Millisecond)
	}
	if want {
		t.Error("no round of the clock's work was done within five seconds")
	}
}

func (h *house) stateOf(id string) application.State {
	h.t.Helper()
	row, err := h.db.Read().GetApplication(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return application.State(row.State)
}

// health is what an address that needs no sign-in answers.
func (h *house) health(path string) (status int, said string) {
	answer, err := http.Get("http://" + h.address + path)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(body)
}

// becomes waits until /readyz says something whole.
func (h *house) becomes(want string) {
	h.t.Helper()
	var said string
	for range 300 {
		if _, said = h.health("/readyz"); said == want {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	h.t.Errorf("/readyz does not become %q but %q", want, said)
}
