package desk

import (
	"errors"
	"fmt"

	"uketsuke/internal/application"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// restored looks at what a restored database has forgotten: nothing of it was issued again but by the import that
// had brought it, and the database is not behind its ledger now (R-ID-6, R-APP-15).
func (k *checking) restored() error {
	rows, err := k.q.LostAndIssued(k.ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Application != born {
			k.add("R-ID-6", row.Application, "%s was given out before a restore, and again after it", row.Thing)
		}
	}
	return k.behind()
}

// behind compares the database with its ledger, without changing either. What the service gives out beside it is
// no finding: an act is surely done in the ledger only after its commit.
func (k *checking) behind() error {
	if k.desk.Ledger == nil {
		return nil
	}
	mark, err := k.desk.ledgerMark(k.ctx)
	if err != nil {
		return err
	}
	review, err := k.desk.Ledger.Peek(mark, k.now)
	if err != nil {
		return err
	}
	lost, _, err := k.desk.forgotten(k.ctx, review)
	for _, e := range lost {
		k.add("R-ID-6", e.Application, "%s %s was given out, and this database does not know it: it is older than its ledger; start the service", e.Kind, e.Key)
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
