package desk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"uketsuke/internal/audit"
	"uketsuke/internal/desk"
)

// ringSigners are the ring's signers for the log, the newest first.
func (h *house) ringSigners() (signers []note.Signer, public []string) {
	h.t.Helper()
	all, err := h.Ring.Signers("audit-log")
	h.ok(err)
	for _, own := range all {
		key, err := h.Ring.SignerOf(own)
		h.ok(err)
		s, err := audit.NewSigner(h.logState().Origin, key)
		h.ok(err)
		line, err := audit.PublicLine(h.logState().Origin, own.Public)
		h.ok(err)
		signers, public = append(signers, s), append(public, line)
	}
	return signers, public
}

// aged makes the last hand-over one of before statements: a checkpoint that both keys have signed.
func (h *house) aged() {
	h.t.Helper()
	signers, _ := h.ringSigners()
	last := h.logState().Last
	root, err := audit.ParseTreeHash(last.Root)
	h.ok(err)
	signed, err := audit.Checkpoint{Origin: h.logState().Origin, Size: last.Size, Root: root, At: last.At}.Sign(signers...)
	h.ok(err)
	_, err = h.raw.ExecContext(h.t.Context(), "DELETE FROM audit_hand_overs")
	h.ok(err)
	_, err = h.raw.ExecContext(h.t.Context(), "UPDATE audit_keys SET hand_over = $1 WHERE number = 2", signed)
	h.ok(err)
}

// restate states anew, and wants as many hand-overs, with this reason.
func (h *house) restate(really bool, n int, refused error) {
	h.t.Helper()
	list, err := h.Desk.RestateHandOvers(h.t.Context(), operator(), really)
	h.ok(err)
	equal(h.t, "hand-overs to state anew", len(list), n)
	for _, r := range list {
		if !errors.Is(r.Refused, refused) {
			h.t.Errorf("refused: %v, want %v", r.Refused, refused)
		}
	}
}

// Trap 39: an installation whose keys were handed over by checkpoints states it anew, once and in the open: an auditor who
// knows the first key alone follows again.
func TestHandOversAreRestated(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.keepLog()
		_, err := h.Desk.RotateKey(t.Context(), operator(), "audit-log")
		h.ok(err)
		h.aged()
		if _, report := h.exported(desk.LogExport{Personal: true}); !containsAll(faultsOf(report), []audit.Fault{audit.Unnamed, audit.Forged}) {
			t.Errorf("a chain of checkpoints is believed: %+v", report)
		}
		keys, err := h.Desk.LogKeys(t.Context())
		h.ok(err)
		equal(t, "the first key needs none", keys[0].Old, false)
		equal(t, "the second was handed over to in the old way", keys[1].Old, true)
		if _, err := h.Desk.RestateHandOvers(t.Context(), h.Supervisor, true); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("a supervisor: %v", err)
		}
		h.restate(false, 1, nil)
		equal(t, "nothing was changed", h.count("audit_hand_overs", "1 = 1"), 0)
		h.restate(true, 1, nil)
		h.restate(true, 0, nil)
		equal(t, "evidence", h.count("audit_entries", "act = 'restate-hand-over'"), 1)
		if _, report := h.exported(desk.LogExport{Personal: true}); !report.Clean() {
			t.Errorf("stated anew: %v", report.Findings)
		}
		text := h.rows("SELECT statement FROM audit_hand_overs")[0]
		for _, want := range []string{keys[0].Key, keys[1].Key, "\nday 2"} {
			if !strings.Contains(text, want) {
				t.Errorf("the statement does not name %s:\n%s", want, text)
			}
		}
	})
}

// Trap 39: a key that somebody has written into the database is not stated to be one, and what the old key has not signed
// neither. Without the old private key nothing can be said.
func TestStrangeKeysAreNotRestated(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.keepLog()
		_, err := h.Desk.RotateKey(t.Context(), operator(), "audit-log")
		h.ok(err)
		h.aged()
		_, err = h.raw.ExecContext(t.Context(), "INSERT INTO audit_keys (number, public, hand_over, recorded_at) SELECT 3, $1, hand_over, recorded_at FROM audit_keys WHERE number = 2", strangeKey(t, h))
		h.ok(err)
		list, err := h.Desk.RestateHandOvers(t.Context(), operator(), true)
		h.ok(err)
		if len(list) != 2 || list[0].Refused != nil || !errors.Is(list[1].Refused, desk.ErrStrangeKey) {
			t.Errorf("a key of nobody: %+v", list)
		}
		_, err = h.raw.ExecContext(t.Context(), "DELETE FROM audit_keys WHERE number = 3")
		h.ok(err)
		h.aged()
		_, err = h.raw.ExecContext(t.Context(), "UPDATE audit_keys SET hand_over = $1 WHERE number = 2", h.logState().Last.Signed)
		h.ok(err)
		h.restate(true, 1, audit.ErrForged)
		h.aged()
		_, err = h.Ring.Retire("audit-log")
		h.ok(err)
		h.restate(true, 1, desk.ErrOldKeyGone)
		equal(t, "nothing was said", h.count("audit_hand_overs", "1 = 1"), 0)
	})
}

// strangeKey is a key that the ring has never had.
func strangeKey(t *testing.T, h *house) string {
	t.Helper()
	line, err := audit.PublicLine(h.logState().Origin, bytes.Repeat([]byte{7}, 32))
	h.ok(err)
	return line
}
