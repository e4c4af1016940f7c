package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// An act holds one connection, and waits for no second one: more of them at once than the pool has, all of one team, end.
func TestManyActsOnATeamAtOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		const many = 48
		_, errs := together(many, func(i int) (struct{}, error) {
			switch i % 3 {
			case 0:
				return struct{}{}, h.Desk.EndSessions(ctx, h.Administrator, desk.MemberRef{Establishment: sample.Tokyo, Person: h.Applicant.ID, Version: 99})
			case 1:
				return struct{}{}, h.Desk.HandOver(ctx, h.Administrator, desk.MemberRef{Establishment: sample.Tokyo, Person: h.Applicant.ID, Version: 1}, h.Administrator.ID)
			default:
				return struct{}{}, h.Desk.SendLink(ctx, h.Supervisor, sample.Tokyo, h.Applicant.ID)
			}
		})
		for _, err := range errs {
			if errors.Is(err, context.DeadlineExceeded) {
				t.Fatal("they wait for each other:", err)
			}
		}
	})
}
