package desk_test

import (
	"errors"
	"testing"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

const anew = "eleven gulls on a wet roof"

// gone says that a link or a proof counts no more.
func (h *house) gone(what string, err error) {
	h.t.Helper()
	if !errors.Is(err, desk.ErrNotFound) {
		h.t.Errorf("%s: %v, want that it is not found", what, err)
	}
}

// Somebody else has been in an account. Whatever they have begun there is over with the owner's next password, and what
// lies in a mailbox of before is over with the next address.
func TestWhatWasBegunEndsWithTheCredential(t *testing.T) {
	thiefs := desk.Arrival{From: "203.0.113.1", Device: "a thief's"}
	tests := []struct {
		name string
		kind string // of the link that is open
		end  func(h *house, s desk.Session)
	}{
		{"an address, then a reset", "address", func(h *house, _ desk.Session) {
			h.ok(h.Desk.AskReset(h.t.Context(), sample.Login(h.Applicant), "192.0.2.1"))
			h.ok(h.Desk.SetFirstPassword(h.t.Context(), h.linkIn("reset"), anew, anew))
		}},
		{"an address, then another password", "address", changed},
		{"a reset, then another password", "reset", changed},
		{"a reset, then another address", "reset", func(h *house, s desk.Session) {
			h.ok(h.Desk.AskAddress(h.t.Context(), s, "new@mihon.example"))
			h.ok(h.Desk.ConfirmAddress(h.t.Context(), h.linkIn("address")))
		}},
		{"an address, then a reset of the factors", "address", func(h *house, _ desk.Session) {
			h.ok(h.Desk.ResetFactors(h.t.Context(), h.Administrator, h.Applicant.ID))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				ctx := t.Context()
				session := h.signIn(h.Applicant)
				if tt.kind == "address" {
					h.ok(h.Desk.AskAddress(ctx, session, "thief@elsewhere.example"))
				} else {
					h.ok(h.Desk.AskReset(ctx, sample.Login(h.Applicant), "203.0.113.1"))
				}
				token := h.linkIn(tt.kind)
				tt.end(h, session)
				if tt.kind == "address" {
					h.gone("the link", h.Desk.ConfirmAddress(ctx, token))
				} else {
					h.gone("the link", h.Desk.SetFirstPassword(ctx, token, anew+"!", anew+"!"))
				}
			})
		})
	}
	t.Run("a sign-in that stopped halfway", func(t *testing.T) {
		each(t, monday, func(t *testing.T, h *house) {
			ctx := t.Context()
			secret := h.app(desk.Enroller{ID: h.Applicant.ID})
			proof, err := h.Desk.SignIn(ctx, sample.Login(h.Applicant), sample.Password, thiefs)
			h.ok(err)
			equal(t, "what it needs", proof.Needs, desk.NeedsSecond)
			changed(h, h.signInBy(h.Applicant, desk.Arrival{How: "password+totp", From: "192.0.2.1"}))
			how, err := h.Desk.SecondFactor(ctx, h.Applicant.ID, h.codeOf(secret, 1), "")
			h.ok(err)
			_, err = h.Desk.SignedIn(ctx, proof.Account, desk.Arrival{How: how, From: thiefs.From, Epoch: proof.Epoch})
			h.gone("the sign-in", err)
		})
	})
	t.Run("the first factor of somebody of the centre", func(t *testing.T) {
		each(t, monday, func(t *testing.T, h *house) {
			ctx, thief := t.Context(), h.first(h.Examiner)
			offer, err := h.Desk.BeginTOTP(ctx, thief)
			h.ok(err)
			thief.Mark = offer.Mark
			h.ok(h.Desk.AskReset(ctx, sample.Login(h.Examiner), "192.0.2.1"))
			h.ok(h.Desk.SetFirstPassword(ctx, h.linkIn("reset"), anew, anew))
			_, err = h.Desk.BeginTOTP(ctx, thief)
			h.gone("another secret", err)
			h.gone("the secret", h.Desk.ConfirmTOTP(ctx, thief, "000000"))
		})
	})
}

// changed is what the owner does who notices.
func changed(h *house, s desk.Session) {
	h.t.Helper()
	h.ok(h.Desk.ChangePassword(h.t.Context(), s, desk.PasswordChange{Old: sample.Password, New: anew, Again: anew}, "192.0.2.1"))
}

// A link is the ring's word about a row: whoever knows the row's id, and alters or makes up the rest, has nothing.
func TestLinksAreNotMadeUp(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.ok(h.Desk.AskReset(ctx, sample.Login(h.Applicant), "192.0.2.1"))
		token := h.linkIn("reset")
		last := "A"
		if token[len(token)-2:len(token)-1] == last {
			last = "B"
		}
		id := h.rows("SELECT id FROM setup_links WHERE used_at IS NULL")[0]
		for _, made := range []string{id, id + ".", token[:len(token)-2] + last + token[len(token)-1:], token + "A", token[:len(token)-1]} {
			h.gone(made, h.Desk.SetFirstPassword(ctx, made, anew, anew))
		}
		h.ok(h.Desk.SetFirstPassword(ctx, token, anew, anew))
	})
}
