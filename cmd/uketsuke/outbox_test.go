package main

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// put writes rows into the outbox of a new database.
func put(t *testing.T, payloads ...string) *store.DB {
	t.Helper()
	db, err := openDatabase(t.Context(), filepath.Join(t.TempDir(), "u.db"), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for i, payload := range payloads {
		id := string(rune('a' + i))
		err := db.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.InsertOutbox(t.Context(), query.InsertOutboxParams{ID: id, DedupeKey: id, Kind: "registered",
				Payload: payload, MessageID: id + "@centre.example", CreatedAt: column.At(time.Now()), RunAt: column.At(time.Now())})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// A row becomes the mail that was written; one that nobody can read fails for good and stops no other.
func TestOutbox(t *testing.T) {
	t.Parallel()
	letter := mail.Letter{Kind: "registered", To: mail.Person{Name: "山田", Email: "yamada@nac.example"}, Receipt: "2400001A"}
	payload, err := json.Marshal(letter)
	if err != nil {
		t.Fatal(err)
	}
	db := put(t, "{broken", string(payload))
	o := outbox{store.NewOutbox(db, time.Now, time.Now), time.Now}
	jobs, err := o.Claim(t.Context(), "w", time.Minute, 8)
	if err != nil || len(jobs) != 1 {
		t.Fatal(jobs, err)
	}
	if jobs[0].ID != "b" || jobs[0].Attempts != 1 || jobs[0].MessageID == "" || jobs[0].Letter.Receipt != "2400001A" {
		t.Errorf("%+v", jobs[0])
	}
	if err := o.Accepted(t.Context(), jobs[0], "250 ok"); err != nil {
		t.Error(err)
	}
	rows, err := db.Read().ListOutboxOf(t.Context(), "")
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	if rows[0].FailedAt.IsZero() || rows[0].Reply != "cannot be read" || rows[1].AcceptedAt.IsZero() {
		t.Errorf("%+v", rows)
	}
	if err := o.Failed(t.Context(), jobs[0], "late", time.Time{}); err == nil {
		t.Error("a mail that was accepted failed")
	}
}
