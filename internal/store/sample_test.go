package store_test

import (
	"fmt"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// monday is the instant of most rows here.
var monday = time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC)

// write runs f in a transaction that must succeed.
func write(t testing.TB, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// contract makes a company and one establishment of it.
func contract(t testing.TB, db *store.DB, company, establishment string) {
	t.Helper()
	ctx := t.Context()
	write(t, db, func(tx *store.Tx) error {
		if err := tx.InsertCompany(ctx, query.InsertCompanyParams{ID: company, Name: "見本商事株式会社", NameKana: "ミホンショウジ", CreatedAt: column.At(monday)}); err != nil {
			return err
		}
		return tx.InsertEstablishment(ctx, query.InsertEstablishmentParams{
			ID: establishment, Company: company, Region: "1", Search: "見本商事", CreatedAt: column.At(monday),
		})
	})
}

// drafts makes n drafts of an establishment, a minute apart, with the ids a0, a1 ….
func drafts(t testing.TB, db *store.DB, establishment string, n int) {
	t.Helper()
	ctx := t.Context()
	write(t, db, func(tx *store.Tx) error {
		for i := range n {
			at := column.At(monday.Add(time.Duration(i) * time.Minute))
			if err := tx.InsertApplication(ctx, query.InsertApplicationParams{
				ID: fmt.Sprintf("a%d", i), Establishment: establishment, Draft: "{}", DraftBy: "p", TouchedAt: at,
				CreatedAt: at, CreatedBy: "p", Search: fmt.Sprintf("見本商事 no%d 100%%_!", i),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// register makes the draft with an id a registered application.
func register(t testing.TB, db *store.DB, id, receipt string, at time.Time) {
	t.Helper()
	ctx := t.Context()
	write(t, db, func(tx *store.Tx) error {
		a, err := tx.GuardApplication(ctx, query.GuardApplicationParams{ID: id, Version: 1})
		if err != nil {
			return err
		}
		return tx.WriteApplication(ctx, query.WriteApplicationParams{
			ID: a.ID, State: "registered", Draft: a.Draft, DraftBy: a.DraftBy, Round: 1, Receipt: column.Text(receipt),
			RegisteredAt: column.At(at), RegisteredBy: "p", TouchedAt: a.TouchedAt, Search: a.Search,
		})
	})
}

// waiting puts n mails into the outbox, due since Monday.
func waiting(t testing.TB, db *store.DB, n int) {
	t.Helper()
	ctx := t.Context()
	write(t, db, func(tx *store.Tx) error {
		for i := range n {
			id := fmt.Sprintf("m%03d", i)
			if _, err := tx.InsertOutbox(ctx, query.InsertOutboxParams{
				ID: id, DedupeKey: id, Kind: "registered", Recipient: "yamada@nac.example", Payload: "{}",
				MessageID: id + "@centre.example", CreatedAt: column.At(monday), RunAt: column.At(monday),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
