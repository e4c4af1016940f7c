package desk_test

import (
	"errors"
	"testing"

	"uketsuke/internal/desk"
)

// ASVS 6.8: an identity is whose it was linked to, by issuer and subject together; who is stopped comes in by no door.
func TestIdentities(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		const issuer = "https://id.example"
		unknown := func(name, issuer, subject string) {
			t.Helper()
			if _, err := h.Desk.SignInByIdentity(ctx, issuer, subject, true, "192.0.2.1"); !errors.Is(err, desk.ErrUnknownIdentity) {
				t.Errorf("%s: %v", name, err)
			}
		}
		unknown("linked to nobody", issuer, "alice")
		h.ok(h.Desk.LinkIdentity(ctx, h.Applicant, issuer, "alice"))
		broken(t, h.unchanged("two accounts", func() error { return h.Desk.LinkIdentity(ctx, h.Viewer, issuer, "alice") }), "ASVS-6.8.1", "")
		broken(t, h.unchanged("two identities", func() error { return h.Desk.LinkIdentity(ctx, h.Applicant, issuer, "bob") }), "ASVS-6.8.1", "")
		unknown("the same subject of another issuer", "https://other.example", "alice")
		unknown("another spelling", issuer, "Alice")
		proof, err := h.Desk.SignInByIdentity(ctx, issuer, "alice", false, "192.0.2.1")
		h.ok(err)
		equal(t, "whose it is", proof, desk.Proof{Account: h.Applicant.ID, Needs: desk.NeedsNothing, How: "oidc", Epoch: proof.Epoch})
		session, err := h.Desk.SignedIn(ctx, proof.Account, desk.Arrival{How: "oidc", From: "192.0.2.1"})
		h.ok(err)
		equal(t, "the session", session.Actor, h.Applicant)

		// The centre needs a second factor, the provider's where the operator says so.
		h.ok(h.Desk.LinkIdentity(ctx, h.Supervisor, issuer, "carol"))
		for second, want := range map[bool]bool{false: false, true: true} {
			proof, err := h.Desk.SignInByIdentity(ctx, issuer, "carol", second, "192.0.2.1")
			h.ok(err)
			equal(t, "in without more", proof.Needs == desk.NeedsNothing, want)
		}
		h.ok(h.Desk.Stop(ctx, h.Administrator, h.memberRef(h.Administrator, h.Applicant), ""))
		unknown("stopped", issuer, "alice")
		h.ok(h.Desk.Reactivate(ctx, h.Administrator, h.memberRef(h.Administrator, h.Applicant)))
		h.ok(h.Desk.UnlinkIdentity(ctx, h.Applicant, issuer))
		unknown("unlinked", issuer, "alice")
		if err := h.Desk.UnlinkIdentity(ctx, h.Applicant, issuer); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("unlinked twice: %v", err)
		}
		equal(t, "mails of links", h.count("outbox", "payload LIKE '%\"identity-%' AND recipient = 'applicant@mihon.example'"), 2)
		equal(t, "evidence", h.count("audit_entries", "act IN ('link-identity', 'unlink-identity')"), 3)
		equal(t, "evidence of strangers", h.count("audit_entries", "act = 'sign-in-failed' AND actor = 'unknown'"), 4)
	})
}
