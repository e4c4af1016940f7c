package holding

import (
	"context"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Contract is the page of the contract: the contract as of a day, and what is coming after today. A zero day is today.
func (d *Desk) Contract(ctx context.Context, actor account.Actor, establishment string, on calendar.Date) (ContractPage, error) {
	if !actor.MaySee(establishment) {
		return ContractPage{}, command.ErrNotFound
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return ContractPage{}, err
	}
	return contractPage(ctx, d.DB.Read().Queries, establishment, on, now)
}

func contractPage(ctx context.Context, q command.Reader, establishment string, on calendar.Date, now time.Time) (ContractPage, error) {
	today := calendar.DateOf(now)
	if on.IsZero() {
		on = today
	}
	est, err := command.EstablishmentOf(ctx, q, establishment, on)
	if err != nil {
		return ContractPage{}, err
	}
	if est.Administrators, err = command.AdministratorsOf(ctx, q, establishment); err != nil {
		return ContractPage{}, err
	}
	facts, voided, err := contractFacts(ctx, q, establishment, now)
	if err != nil {
		return ContractPage{}, err
	}
	page := ContractPage{On: on, Today: today, Contract: contract.AsOf(facts, on, voided), Coming: contract.Coming(facts, today, voided)}
	page.Establishment = est.As(page.Contract.Establishment)
	return page, nil
}

// contractFacts are the facts from which the contract of any day is told. What is void though no job has recorded
// it is taken back as of the true instant, so that the recording changes no answer (R-CON-2, R-CON-4). It takes
// as many statements for a long history as for a short one, and nothing is kept between two requests.
func contractFacts(ctx context.Context, q command.Reader, establishment string, now time.Time) (contract.Facts, contract.Voided, error) {
	facts, err := FactsOf(ctx, q, establishment)
	if err != nil {
		return facts, nil, err
	}
	voided, err := VoidedOf(ctx, q, establishment, now)
	if err != nil {
		return facts, nil, err
	}
	missed, err := q.MissedDeadlines(ctx, query.MissedDeadlinesParams{Establishment: establishment, Today: column.On(calendar.DateOf(now))})
	if err != nil {
		return facts, nil, fmt.Errorf("reading the missed deadlines of %s: %w", establishment, err)
	}
	for _, m := range missed {
		facts = facts.EndedBy(m.ID, m.SettingsDeadline.AddDays(1).Start())
	}
	return facts, voided, nil
}

// A ContractComparison is what differs between the contract of two days.
type ContractComparison struct {
	Establishment   command.Establishment
	From, To, Today calendar.Date
	Change          contract.Change
}

// CompareContract compares the contract as of two days, as known now. A zero From is today; a zero To is the day
// of the last change that is coming after From, From itself when none is.
func (d *Desk) CompareContract(ctx context.Context, actor account.Actor, establishment string, from, to calendar.Date) (ContractComparison, error) {
	if !actor.MaySee(establishment) {
		return ContractComparison{}, command.ErrNotFound
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return ContractComparison{}, err
	}
	today := calendar.DateOf(now)
	if from.IsZero() {
		from = today
	}
	q := d.DB.Read().Queries
	facts, voided, err := contractFacts(ctx, q, establishment, now)
	if err != nil {
		return ContractComparison{}, err
	}
	if to.IsZero() {
		to = from
		if coming := contract.Coming(facts, from, voided); len(coming) > 0 {
			to = coming[len(coming)-1].Day
		}
	}
	if to.Before(from) {
		return ContractComparison{}, problem.List{problem.New("to", "R-CON-2", "比較先の日は、比較元の日と同じかそれより後の日にしてください。")}
	}
	est, err := command.EstablishmentOf(ctx, q, establishment, today)
	if err != nil {
		return ContractComparison{}, err
	}
	return ContractComparison{Establishment: est, From: from, To: to, Today: today,
		Change: contract.Compare(contract.AsOf(facts, from, voided), contract.AsOf(facts, to, voided))}, nil
}
