package holding

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// FactsOf loads every fact of an establishment.
func FactsOf(ctx context.Context, q command.Reader, establishment string) (contract.Facts, error) {
	var f contract.Facts
	codes, err1 := store.Once(ctx, "ListCodeTerms", q.ListCodeTerms, establishment)
	ids, err2 := store.Once(ctx, "ListIDTerms", q.ListIDTerms, establishment)
	services, err3 := store.Once(ctx, "ListCodeServices", q.ListCodeServices, establishment)
	terms, err4 := store.Once(ctx, "ListContractTerms", q.ListContractTerms, establishment)
	names, err5 := store.Once(ctx, "ListEstablishmentTerms", q.ListEstablishmentTerms, establishment)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return f, fmt.Errorf("reading the contract of %s: %w", establishment, err)
	}
	fact := func(from, to column.Day, recorded, revoked column.Time, app string) contract.Fact {
		return contract.Fact{ValidFrom: from.Date, ValidTo: to.Date, RecordedAt: recorded.Time, RevokedAt: revoked.Time, BornBy: app}
	}
	for _, t := range codes {
		f.Codes = append(f.Codes, contract.CodeTerm{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Code: userid.Code(t.Code), Category: t.Category, Ended: t.Ended})
	}
	for _, t := range ids {
		f.IDs = append(f.IDs, contract.IDTerm{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			ID: userid.ID(t.UserID), Trades: strings.Fields(t.Trades), Method: t.Method, SingleSignOn: t.SingleSignOn, Ended: t.Ended})
	}
	for _, t := range services {
		f.Services = append(f.Services, contract.CodeService{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Code: userid.Code(t.Code), StatsPaid: t.StatisticsPaid, StatsFree: t.StatisticsFree, Archive: t.BondedArchive})
	}
	for _, t := range terms {
		f.Terms = append(f.Terms, contract.ContractTerm{Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Plan: t.Plan, Terminals: int(t.Terminals), GeneralPlan: t.GeneralPlan, GeneralTerminals: int(t.GeneralTerminals)})
	}
	for _, t := range names {
		f.Establishment = append(f.Establishment, contract.EstablishmentTerm{
			Fact: fact(t.ValidFrom, t.ValidTo, t.RecordedAt, t.RevokedAt, t.Application),
			Name: t.Name, NameKana: t.NameKana, PostalCode: t.PostalCode, Address: t.Address, Phone: t.Phone, Fax: t.Fax,
			EmergencyFax: t.EmergencyFax, SignatoryPosition: t.SignatoryPosition, SignatoryName: t.SignatoryName})
	}
	return f, nil
}

// VoidedOf says which applications of an establishment came to nothing as of now.
func VoidedOf(ctx context.Context, q command.Reader, establishment string, now time.Time) (contract.Voided, error) {
	rows, err := store.Once(ctx, "VoidedApplications", q.VoidedApplications, query.VoidedApplicationsParams{Establishment: establishment,
		SettingsDeadline: column.On(calendar.DateOf(now))})
	if err != nil {
		return nil, fmt.Errorf("reading the void applications of %s: %w", establishment, err)
	}
	void := make(map[string]bool, len(rows))
	for _, id := range rows {
		void[id] = true
	}
	return func(app string) bool { return void[app] }, nil
}

// ContractOn is what an establishment holds on a day, as known now (R-CON-1).
func ContractOn(ctx context.Context, d *command.Runner, q command.Reader, establishment string, day calendar.Date, now time.Time) (contract.Contract, error) {
	facts, err := FactsOf(ctx, q, establishment)
	if err != nil {
		return contract.Contract{}, err
	}
	voided, err := VoidedOf(ctx, q, establishment, now)
	if err != nil {
		return contract.Contract{}, err
	}
	return contract.AsOf(facts, day, voided), nil
}

// UsedIDs are the IDs that the existing codes of a document ever had.
func UsedIDs(ctx context.Context, q command.Reader, establishment string, doc application.Document) (map[userid.ID]bool, error) {
	if len(doc.Existing) == 0 {
		return nil, nil
	}
	rows, err := q.ListIDsOfEstablishment(ctx, establishment)
	if err != nil {
		return nil, fmt.Errorf("reading the IDs of establishment %s: %w", establishment, err)
	}
	used := make(map[userid.ID]bool, len(rows))
	for _, row := range rows {
		used[userid.ID(row.ID)] = true
	}
	return used, nil
}
