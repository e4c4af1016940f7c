package desk

import (
	"context"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/problem"
)

// A ContractComparison is what differs between the contract of two days.
type ContractComparison struct {
	Establishment   Establishment
	From, To, Today calendar.Date
	Change          contract.Change
}

// CompareContract compares the contract as of two days, as known now. A zero From is today; a zero To is the day
// of the last change that is coming after From, From itself when none is.
func (d *Desk) CompareContract(ctx context.Context, actor account.Actor, establishment string, from, to calendar.Date) (ContractComparison, error) {
	if !actor.MaySee(establishment) {
		return ContractComparison{}, ErrNotFound
	}
	now, err := d.moment(ctx)
	if err != nil {
		return ContractComparison{}, err
	}
	today := calendar.DateOf(now)
	if from.IsZero() {
		from = today
	}
	q := d.DB.Read().Queries
	facts, err := factsOf(ctx, q, establishment)
	if err != nil {
		return ContractComparison{}, err
	}
	voided, err := voidedOf(ctx, q, establishment, now)
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
	est, err := establishmentOf(ctx, q, establishment, today)
	if err != nil {
		return ContractComparison{}, err
	}
	return ContractComparison{Establishment: est, From: from, To: to, Today: today,
		Change: contract.Compare(contract.AsOf(facts, from, voided), contract.AsOf(facts, to, voided))}, nil
}
