package command

import (
	"context"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// AdministratorsOf are those who manage the people of an establishment, for whoever looks for them on a page.
func AdministratorsOf(ctx context.Context, q Reader, establishment string) ([]Person, error) {
	rows, err := store.Once(ctx, "ListAdministrators", q.ListAdministrators, TextOf(establishment))
	if err != nil {
		return nil, fmt.Errorf("reading the administrators: %w", err)
	}
	var people []Person
	for _, row := range rows {
		people = append(people, PersonOf(row))
	}
	return people, nil
}

// PersonOf leaves away what nobody else may see of an account.
func PersonOf(row query.Account) Person {
	return Person{ID: account.ID(row.ID), Name: row.Name, NameKana: row.NameKana, Department: row.Department,
		Position: row.Position, Phone: row.Phone, Email: row.Email, Role: account.Role(row.Role)}
}

// As is the establishment with the names and addresses of a term, those of the day.
func (e Establishment) As(t contract.EstablishmentTerm) Establishment {
	e.Name, e.NameKana, e.PostalCode, e.Address = t.Name, t.NameKana, t.PostalCode, t.Address
	e.Phone, e.Fax, e.EmergencyFax = t.Phone, t.Fax, t.EmergencyFax
	e.SignatoryPosition, e.SignatoryName = t.SignatoryPosition, t.SignatoryName
	return e
}

// EstablishmentOf is an establishment with its terms of a day.
func EstablishmentOf(ctx context.Context, q Reader, id string, on calendar.Date) (Establishment, error) {
	row, err := store.Once(ctx, "GetEstablishment", q.GetEstablishment, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return Establishment{}, ErrNotFound
	} else if err != nil {
		return Establishment{}, fmt.Errorf("reading establishment %s: %w", id, err)
	}
	company, err := store.Once(ctx, "GetCompany", q.GetCompany, row.Company)
	if err != nil {
		return Establishment{}, fmt.Errorf("reading company %s: %w", row.Company, err)
	}
	abbreviations, err := store.Once(ctx, "ListAbbreviations", q.ListAbbreviations, row.Company)
	if err != nil {
		return Establishment{}, fmt.Errorf("reading the abbreviations of %s: %w", row.Company, err)
	}
	terms, err := store.Once(ctx, "ListEstablishmentTerms", q.ListEstablishmentTerms, id)
	if err != nil {
		return Establishment{}, fmt.Errorf("reading the terms of establishment %s: %w", id, err)
	}
	e := Establishment{ID: id, Company: company.Name, CompanyKana: company.NameKana, Region: row.Region, Abbreviations: abbreviations}
	for _, t := range terms {
		holds := !t.ValidFrom.After(on) && (t.ValidTo.IsZero() || on.Before(t.ValidTo.Date)) && t.RevokedAt.IsZero()
		if holds || e.Name == "" {
			e.Name, e.NameKana, e.PostalCode, e.Address = t.Name, t.NameKana, t.PostalCode, t.Address
			e.Phone, e.Fax, e.EmergencyFax = t.Phone, t.Fax, t.EmergencyFax
			e.SignatoryPosition, e.SignatoryName = t.SignatoryPosition, t.SignatoryName
		}
	}
	return e, nil
}

// What pages show. Every struct here is made for an actor and holds nothing that actor may not see.

// An Establishment is the contract unit as of today.
type Establishment struct {
	ID, Company, CompanyKana, Name, NameKana      string
	Region                                        string
	Abbreviations                                 []string
	PostalCode, Address, Phone, Fax, EmergencyFax string
	SignatoryPosition, SignatoryName              string
	Administrators                                []Person
}

// A Person is an account as others may see it.
type Person struct {
	ID                                                 account.ID
	Name, NameKana, Department, Position, Phone, Email string
	Role                                               account.Role
}
