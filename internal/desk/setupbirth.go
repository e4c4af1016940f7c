package desk

import (
	"fmt"

	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// What an import brings is noted in the ledger like what is issued. When a restored database has forgotten it, the
// same import brings it again, and nobody else can have it (R-ID-6).

// bearCode makes the birth of an imported code; zero rows say that it is taken.
func (i *importing) bearCode(code userid.Code, establishment string) (int64, error) {
	row := query.InsertUserCodeParams{Code: string(code), Establishment: establishment, Application: born, BornAt: column.At(i.now)}
	fresh, err := i.tx.InsertUserCode(i.ctx, row)
	if err == nil && fresh == 0 {
		fresh, err = i.tx.BearCodeAgain(i.ctx, query.BearCodeAgainParams(row))
	}
	if err != nil {
		return 0, fmt.Errorf("writing code %s: %w", code, err)
	}
	if fresh > 0 {
		i.giveCode(string(code), establishment, born)
	}
	return fresh, nil
}

// bearID makes the birth of an imported ID; zero rows say that it is taken.
func (i *importing) bearID(id userid.ID, establishment string, row int) (int64, error) {
	birth := query.InsertUserIDParams{ID: string(id), Code: string(id.Code()), Number: string(id.Number()),
		Establishment: establishment, Application: born, RowIndex: int64(row), BornAt: column.At(i.now)}
	fresh, err := i.tx.InsertUserID(i.ctx, birth)
	if err == nil && fresh == 0 {
		fresh, err = i.tx.BearIDAgain(i.ctx, query.BearIDAgainParams(birth))
	}
	if err != nil {
		return 0, fmt.Errorf("writing ID %s: %w", id, err)
	}
	if fresh > 0 {
		i.giveID(string(id), establishment, born)
	}
	return fresh, nil
}
