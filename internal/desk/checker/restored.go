package checker

import (
	"errors"
	"fmt"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/recovery"
	"uketsuke/internal/ledger"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// restored looks at what a restored database has forgotten: nothing of it was issued again but by the import that
// had brought it, no thing was given to two, and the database is not behind its ledger now (R-ID-6, R-APP-15).
func (k *checking) restored() error {
	rows, err := k.q.LostAndIssued(k.ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		kind := ledger.Kind(row.Kind)
		t := recovery.Twice{One: ledger.Entry{Kind: kind, Key: row.Thing, Application: row.LostApplication, Establishment: row.LostEstablishment},
			Other: command.HeldBy(kind, row.Thing, store.Holder{Application: row.Application, Establishment: row.Establishment})}
		if !t.One.SameOwner(t.Other) {
			k.tellTwice(t)
		}
	}
	if k.desk.Ledger == nil {
		return nil
	}
	return k.behind()
}

// tellTwice tells of a thing that was given to two, once, whatever it was derived from.
func (k *checking) tellTwice(t recovery.Twice) {
	if slices.ContainsFunc(k.twice, t.Same) {
		return
	}
	k.twice = append(k.twice, t)
	rule := "R-ID-6"
	if t.One.Kind == ledger.Receipt {
		rule = "R-APP-15"
	}
	k.add(rule, t.Other.Application, "%s: only one can keep it; tell both, and issue to the other anew", t)
}

// behind compares the database with its whole ledger, without changing either. What the service gives out beside it is
// no finding: an act is surely done in the ledger only after its commit.
func (k *checking) behind() error {
	review, err := k.desk.Ledger.Peek("", k.now)
	if err != nil {
		return err
	}
	for i, e := range review.Entries {
		for j := i + 1; j < len(review.Entries) && review.Entries[j].Kind == e.Kind && review.Entries[j].Key == e.Key; j++ {
			if later := review.Entries[j]; !e.Perhaps && !later.Perhaps {
				k.tellTwice(recovery.Twice{One: e, Other: later})
			}
		}
	}
	c, err := k.desk.recovery.Compared(k.ctx, review)
	for _, t := range c.Twice {
		k.tellTwice(t)
	}
	for _, e := range c.Surely {
		k.add("R-ID-6", e.Application, "%s %s was given out to %s, and this database does not know it: it is older than its ledger; start the service, or wait a moment where it runs",
			e.Kind, e.Key, recovery.OwnerWords(e.Application, e.Establishment))
	}
	return err
}

// receiptOf is the receipt number that a round must have: letters that were lost are passed over (R-APP-15).
func (s *dossier) receiptOf(year, sequence, round int) (string, error) {
	for letter := 0; ; letter++ {
		number := application.ReceiptNumber(year, sequence, letter)
		if letter > 0 {
			_, err := s.q.GetLost(s.ctx, query.GetLostParams{Kind: "receipt", Thing: number})
			if err = store.Missing(err); err == nil {
				continue
			} else if !errors.Is(err, store.ErrNotFound) {
				return "", fmt.Errorf("asking whether %s was lost: %w", number, err)
			}
		}
		if round == 0 {
			return number, nil
		}
		round--
	}
}
