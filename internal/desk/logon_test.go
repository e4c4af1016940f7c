package desk_test

import (
	"errors"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// gateway is one that may ask for logons.
func (h *house) gateway() desk.Gateway {
	h.t.Helper()
	token, err := h.Desk.AddGateway(h.t.Context(), operator(), "network", desk.ScopeLogon, false)
	h.ok(err)
	g, err := h.Desk.GatewayOf(h.t.Context(), token)
	h.ok(err)
	return g
}

// logon asks at an instant; "" is now.
func (h *house) logon(g desk.Gateway, at, id string) desk.LogonAnswer {
	h.t.Helper()
	if at != "" {
		h.At(at)
	}
	answer, err := h.Desk.CheckLogon(h.t.Context(), g, id)
	h.ok(err)
	return answer
}

// Trap 25: the request and its passwords on one clock, the validity of the ID on another: from the approval
// the passwords can be read and the ID cannot log on; on the start date both; after the reading period the ID
// goes on. Each at its own edges, to the microsecond.
func TestReadingAndLoggingOnHaveTheirOwnEdges(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		g, id := h.gateway(), h.ids(ref.ID)[0]
		for _, tt := range []struct {
			at       string
			readable bool
			reason   contract.LogonReason
		}{
			{"2024-12-02T10:00:00+09:00", true, contract.LogonNotStarted},
			{"2024-12-11T23:59:59.999999+09:00", true, contract.LogonNotStarted},
			{"2024-12-12T00:00:00+09:00", true, contract.LogonEntitled},
			{"2024-12-16T23:59:59.999999+09:00", true, contract.LogonEntitled},
			{"2024-12-17T00:00:00+09:00", false, contract.LogonEntitled},
			{"2034-12-17T00:00:00+09:00", false, contract.LogonEntitled},
		} {
			answer := h.logon(g, tt.at, id)
			equal(t, "trap 25 logon at "+tt.at, answer.Reason, tt.reason)
			period := h.Case(h.Applicant, ref.ID).Reading.Period
			equal(t, "trap 25 reading at "+tt.at, period.Readable(h.Now()), tt.readable)
			equal(t, "R-CON-1 first day", answer.ValidFrom, day("2024-12-12"))
			equal(t, "trades go with yes", len(answer.ID.Trades) > 0, tt.reason == contract.LogonEntitled)
		}
	})
}

// R-SET-1, R-CON-4: an approval that came to nothing is void for the gateway from 00:00 of the next day on,
// whether a job has recorded it or not; and it stays so afterwards.
func TestNoLogonAfterAMissedDeadline(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(incomplete(sample.S1("2024-12-12")))
		g, id := h.gateway(), h.ids(ref.ID)[0]
		equal(t, "on the deadline", h.logon(g, "2024-12-06T23:59:59.999999+09:00", id).Reason, contract.LogonNotStarted)
		equal(t, "R-CON-4 the day after, not recorded", h.logon(g, "2024-12-07T00:00:00+09:00", id).Reason, contract.LogonVoid)
		equal(t, "R-CON-4 on the start date, not recorded", h.logon(g, "2024-12-12T09:00:00+09:00", id).Reason, contract.LogonVoid)
		equal(t, "stored state", string(h.Case(h.Examiner, ref.ID).Stored), "approved")
		h.tick()
		equal(t, "recorded", h.logon(g, "", id).Reason, contract.LogonVoid)
	})
}

// R-EX-8, R-EX-9: the centre's void ends it before it begins; a moved start moves the first day.
func TestLogonFollowsTheCentre(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		moved, _ := h.Approved(sample.S2("2024-12-12"))
		ended, _ := h.Approved(sample.Warehouse("2024-12-12", 7))
		g, id, gone := h.gateway(), h.ids(moved.ID)[0], h.ids(ended.ID)[0]
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(moved.ID), desk.StartChangeForm{Start: "2024-12-16", Reason: "準備のため"}))
		h.ok(h.Desk.Void(t.Context(), h.Supervisor, h.Ref(ended.ID), "取り違えのため"))
		equal(t, "R-EX-9 the first date", h.logon(g, "2024-12-12T09:00:00+09:00", id).Reason, contract.LogonNotStarted)
		equal(t, "R-EX-8 void", h.logon(g, "", gone).Reason, contract.LogonVoid)
		equal(t, "R-EX-9 the day before", h.logon(g, "2024-12-15T23:59:59+09:00", id).Reason, contract.LogonNotStarted)
		equal(t, "R-EX-9 the new date", h.logon(g, "2024-12-16T00:00:00+09:00", id).Reason, contract.LogonEntitled)
	})
}

// R-APP-8: never after a deletion, of the number or of its whole code; never of an ID that was not issued.
func TestNoLogonAfterDeletion(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		g, ids := h.gateway(), h.ids(ref.ID)
		h.ok(h.DB.InTx(t.Context(), func(tx *store.Tx) error {
			err := tx.InsertIDTerm(t.Context(), query.InsertIDTermParams{ID: "later", Establishment: sample.Tokyo, UserID: ids[0], Trades: "", Method: "netnaccs",
				Ended: true, ValidFrom: column.On(day("2025-02-03")), RecordedAt: column.At(h.Now()), Application: "import"})
			if err != nil {
				return err
			}
			return tx.InsertCodeTerm(t.Context(), query.InsertCodeTermParams{ID: "later", Establishment: sample.Tokyo, Code: ids[1][:5], Category: "common",
				Ended: true, ValidFrom: column.On(day("2025-03-03")), RecordedAt: column.At(h.Now()), Application: "import"})
		}))
		equal(t, "R-APP-8 day before", h.logon(g, "2025-02-02T23:59:59.999999+09:00", ids[0]).Reason, contract.LogonEntitled)
		equal(t, "R-APP-8 day of", h.logon(g, "2025-02-03T00:00:00+09:00", ids[0]).Reason, contract.LogonEnded)
		equal(t, "R-APP-8 the other number", h.logon(g, "2025-03-02T12:00:00+09:00", ids[1]).Reason, contract.LogonEntitled)
		equal(t, "R-APP-8 with its code", h.logon(g, "2025-03-03T00:00:00+09:00", ids[1]).Reason, contract.LogonEnded)
		equal(t, "R-ID-6 never issued", h.logon(g, "", "1ZZZZA0A").Reason, contract.LogonNotIssued)
		equal(t, "R-ID-5 folded", h.logon(g, "", " １ｚｚｚｚａ０ａ").UserID, "1ZZZZA0A")
		_, err := h.Desk.CheckLogon(t.Context(), g, "1ZZZZ")
		broken(t, err, "R-ID-1", "user_id")
	})
}

// A token works from its adding to its revoking, for its scope only, and is stored nowhere.
func TestGateways(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		dry, err := h.Desk.AddGateway(ctx, operator(), "network", desk.ScopeLogon, true)
		h.ok(err)
		token, err := h.Desk.AddGateway(ctx, operator(), "network", desk.ScopeLogon, false)
		h.ok(err)
		g, err := h.Desk.GatewayOf(ctx, token)
		h.ok(err)
		_, err = h.Desk.AddGateway(ctx, operator(), "network", desk.ScopeContract, false)
		broken(t, err, "R-CON-3", "name")
		_, err = h.Desk.AddGateway(ctx, operator(), "No Name", "all", false)
		broken(t, err, "R-CON-3", "scope")
		_, err = h.Desk.ContractFor(ctx, g, sample.Tokyo, day("2024-12-12"))
		equal(t, "another scope", errors.Is(err, desk.ErrForbidden), true)
		for table, rows := range h.dump() {
			if strings.Contains(rows, token[len(token)-40:]) {
				t.Errorf("the table %s holds the token", table)
			}
		}
		last := token[len(token)-1:]
		wrong := token[:len(token)-1] + map[bool]string{true: "1", false: "0"}[last == "0"]
		for _, bad := range []string{"", "x", dry, wrong, strings.ToUpper(token), token + "0", "uketsuke-" + strings.Repeat("0", 16) + "-" + strings.Repeat("0", 64),
			"uketsuke-" + g.ID + "-" + strings.Repeat("0", 64), "uketsuke-\x00\xff4567890123456-" + strings.Repeat("0", 64)} {
			if _, err := h.Desk.GatewayOf(ctx, bad); !errors.Is(err, desk.ErrNoGateway) {
				t.Errorf("token %q: got %v", bad, err)
			}
		}
		for _, who := range []account.Actor{h.Applicant, h.Supervisor} {
			_, err := h.Desk.AddGateway(ctx, who, "other", desk.ScopeLogon, false)
			equal(t, "adding as "+string(who.Role), errors.Is(err, desk.ErrForbidden), true)
		}
		h.ok(h.Desk.RevokeGateway(ctx, operator(), "network", false))
		_, err = h.Desk.GatewayOf(ctx, token)
		equal(t, "revoked", errors.Is(err, desk.ErrNoGateway), true)
		broken(t, h.Desk.RevokeGateway(ctx, operator(), "network", false), "R-CON-3", "name")
		_, err = h.Desk.AddGateway(ctx, operator(), "network", desk.ScopeContract, false)
		h.ok(err)
		equal(t, "evidence", h.count("audit_entries", "act IN ('add-gateway', 'revoke-gateway')"), 3)
	})
}

// Trap 23: a row per gateway and day, however often it asks, from several processes.
func TestAnswersAreCounted(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		g := h.gateway()
		key := desk.AnswerDay{Gateway: g.ID, Day: day("2024-12-02")}
		next := desk.AnswerDay{Gateway: g.ID, Day: day("2024-12-03")}
		h.ok(h.Desk.CountAnswers(t.Context(), map[desk.AnswerDay]desk.Answers{key: {Entitled: 5, Denied: 1}}))
		h.ok(h.reopened().CountAnswers(t.Context(), map[desk.AnswerDay]desk.Answers{key: {Entitled: 2, Unknown: 3}, next: {Contracts: 1}}))
		equal(t, "trap 23 rows", h.count("gateway_days", "1 = 1"), 2)
		rows, err := h.Desk.Gateways(t.Context(), operator())
		h.ok(err)
		equal(t, "sum", rows[0].Answers, desk.Answers{Entitled: 7, Denied: 1, Unknown: 3, Contracts: 1})
	})
}

// The contract for machines is that of the page, as of any day.
func TestContractForMachines(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Approved(sample.S1("2024-12-12"))
		g := desk.Gateway{ID: "x", Scope: desk.ScopeContract}
		for on, codes := range map[string]int{"2024-12-11": 0, "2024-12-12": 1} {
			page, err := h.Desk.ContractFor(t.Context(), g, sample.Tokyo, day(on))
			h.ok(err)
			shown, err := h.Desk.Contract(t.Context(), h.Applicant, sample.Tokyo, day(on))
			h.ok(err)
			equal(t, "R-CON-2 codes on "+on, len(page.Contract.Codes), codes)
			equal(t, "as the page", len(page.Contract.Codes), len(shown.Contract.Codes))
			equal(t, "no people", len(page.Establishment.Administrators), 0)
		}
		_, err := h.Desk.ContractFor(t.Context(), g, "nowhere", day("2024-12-11"))
		equal(t, "unknown", errors.Is(err, desk.ErrNotFound), true)
	})
}
