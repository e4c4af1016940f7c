package desk_test

import (
	"errors"
	"testing"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// ASVS 6.2.1: a password that was chosen beside a second factor is too short without one. The account is not lost: a link
// by mail sets another.
func TestShortPasswordNeedsItsFactor(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx, login := t.Context(), sample.Login(h.Applicant)
		const short, long = "gull on roof", "eleven gulls on a wet roof"
		h.app(desk.Enroller{ID: h.Applicant.ID})
		session := h.signInBy(h.Applicant, desk.Arrival{How: "password+totp", From: "192.0.2.1"})
		h.ok(h.Desk.ChangePassword(ctx, session, desk.PasswordChange{Old: sample.Password, New: short, Again: short}, "192.0.2.1"))
		proof, err := h.Desk.SignIn(ctx, login, short, desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		equal(t, "beside the app", proof.Needs, desk.NeedsSecond)
		h.ok(h.Desk.RemoveTOTP(ctx, h.Applicant))
		if _, err := h.Desk.SignIn(ctx, login, short, desk.Arrival{From: "192.0.2.1"}); !errors.Is(err, desk.ErrShortPassword) {
			t.Errorf("alone: %v", err)
		}
		_, err = h.Desk.SignIn(ctx, login, "gull on wall", desk.Arrival{From: "192.0.2.1"})
		wrong(t, err) // who does not know it learns nothing
		h.ok(h.Desk.AskReset(ctx, login, "192.0.2.1"))
		h.ok(h.Desk.SetFirstPassword(ctx, h.linkIn("reset"), long, long))
		_, err = h.Desk.SignIn(ctx, login, long, desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
	})
}

// A draft more than anybody needs is refused, and says what to do; the others stay.
func TestDraftsAreBounded(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		var last desk.Ref
		for range 100 {
			ref, err := h.Desk.Begin(t.Context(), h.Applicant)
			h.ok(err)
			last = ref
		}
		_, err := h.Desk.Begin(t.Context(), h.Applicant)
		broken(t, err, "R-APP-13", "")
		h.ok(h.Desk.Discard(t.Context(), h.Applicant, last))
		_, err = h.Desk.Begin(t.Context(), h.Applicant)
		h.ok(err)
	})
}
