package people

import (
	"fmt"

	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// What an import brings is noted in the ledger like what is issued. When a restored database has forgotten it, the
// same import brings it again, and nobody else can have it (R-ID-6).

// bearCode makes the birth of an imported code; zero rows say that it is taken.
func (i *importing) bearCode(code userid.Code, establishment string) (int64, error) {
	row := query.InsertUserCodeParams{Code: string(code), Establishment: establishment, Application: command.Born, BornAt: column.At(i.Now)}
	fresh, err := i.Store.InsertUserCode(i.Ctx, row)
	if err == nil && fresh == 0 {
		fresh, err = i.Store.BearCodeAgain(i.Ctx, query.BearCodeAgainParams(row))
	}
	if err != nil {
		return 0, fmt.Errorf("writing code %s: %w", code, err)
	}
	if fresh > 0 {
		i.GiveCode(string(code), establishment, command.Born)
	}
	return fresh, nil
}

// bearID makes the birth of an imported ID; zero rows say that it is taken.
func (i *importing) bearID(id userid.ID, establishment string, row int) (int64, error) {
	birth := query.InsertUserIDParams{ID: string(id), Code: string(id.Code()), Number: string(id.Number()),
		Establishment: establishment, Application: command.Born, RowIndex: int64(row), BornAt: column.At(i.Now)}
	fresh, err := i.Store.InsertUserID(i.Ctx, birth)
	if err == nil && fresh == 0 {
		fresh, err = i.Store.BearIDAgain(i.Ctx, query.BearIDAgainParams(birth))
	}
	if err != nil {
		return 0, fmt.Errorf("writing ID %s: %w", id, err)
	}
	if fresh > 0 {
		i.GiveID(string(id), establishment, command.Born)
	}
	return fresh, nil
}
