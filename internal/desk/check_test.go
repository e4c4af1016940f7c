package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// past makes a long history and names its applications.
func past(t *testing.T, h *house) map[string]string {
	t.Helper()
	ctx := t.Context()
	ids := map[string]string{}
	keep := func(name string, ref desk.Ref) desk.Ref { ids[name] = ref.ID; return ref }

	ref, _ := h.Approved(sample.S1("2024-12-12"))
	keep("effect", ref)
	_, err := h.Desk.ReadSecrets(ctx, h.Administrator, ref.ID)
	h.ok(err)
	h.ok(h.Desk.NoteSecrets(ctx, h.Administrator, ref.ID))
	ref = keep("twice", h.Returned(sample.S2("2024-12-27")))
	h.reregistered(ref)
	h.ok(h.Desk.Claim(ctx, h.Examiner, h.Ref(ref.ID)))
	h.ok(h.Desk.AddRemark(ctx, h.Examiner, h.Ref(ref.ID), "reason", "確認済み。"))
	ref, _ = h.Registered(sample.S2("2024-12-12"))
	keep("withdrawn", ref)
	h.ok(h.Desk.Withdraw(ctx, h.Applicant, ref))
	ref = keep("rejected", h.UnderExamination(sample.S2("2024-12-12")))
	h.ok(h.Desk.Reject(ctx, h.Examiner, ref, 1, "対象外のため。"))
	h.ok(h.Desk.Discard(ctx, h.Applicant, keep("discarded", h.Draft(sample.S2("2024-12-12")))))
	keep("draft", h.Draft(sample.S2("2024-12-12")))
	keep("returned", h.Returned(sample.Warehouse("2024-12-27", 3)))
	ref, _ = h.Approved(incomplete(sample.S3("2024-12-12")))
	keep("missed", ref)
	ref, _ = h.Registered(sample.Warehouse("2024-12-27", 1))
	keep("registered", ref)
	ref, _ = h.Approved(sample.Warehouse("2024-12-27", 2))
	keep("void", ref)
	h.ok(h.Desk.ChangeStart(ctx, h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2025-01-06", Reason: "都合のため。"}))
	h.ok(h.Desk.Void(ctx, h.Supervisor, h.Ref(ref.ID), "取りやめのため。"))
	late := incomplete(sample.S2("2025-01-06"))
	ref, _ = h.Approved(late)
	keep("open", ref)
	h.ok(h.CompleteErr(h.Applicant, ref.ID, late))
	for _, now := range []string{"2024-12-05T09:00:00+09:00", "2024-12-07T00:00:01+09:00", "2024-12-12T09:30:00+09:00", "2024-12-17T00:10:00+09:00"} {
		h.At(now)
		h.tick()
	}
	return ids
}

func TestCheckFindsNothingInASoundHistory(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		past(t, h)
		findings, err := h.Desk.Check(t.Context())
		h.ok(err)
		for _, f := range findings {
			t.Error(f)
		}
	})
}

// A spoil is one corruption, in SQL: SET where one row is changed, DELETE where it is taken out, or a whole
// INSERT with its undoing. "{name}" stands for the id of an application of the past.
type spoil struct {
	name         string
	table, where string
	column, to   string // of a change; a deletion has none
	insert, undo string
	want         []string // rules of the findings, each with a part of its text
}

func spoils() []spoil {
	event := func(app, kind string) string {
		return "(SELECT id FROM application_events WHERE application = '{" + app + "}' AND kind = '" + kind + "')"
	}
	mailOf := func(app, kind string) string {
		return "application = '{" + app + "}' AND kind = '" + kind + "' AND recipient LIKE 'administrator%'"
	}
	app := func(name string) string { return "id = '{" + name + "}'" }
	of := func(name string) string { return "application = '{" + name + "}'" }
	return []spoil{
		{name: "R-CON-4 state", table: "applications", where: app("withdrawn"), column: "state", to: "'rejected'", want: []string{"R-CON-4 the state is"}},
		{name: "R-CON-4 end", table: "applications", where: app("missed"), column: "ended_at", to: "'2024-12-07T00:00:00.000000Z'", want: []string{"R-CON-4 the instant of the end"}},
		{name: "R-CON-4 effect", table: "applications", where: app("effect"), column: "effect_noted_at", to: "NULL", want: []string{"R-CON-4 that the start was announced"}},
		{name: "R-CON-4 a history that does not begin", table: "application_events", where: "id = " + event("draft", "begin"), column: "kind", to: "'approve'",
			want: []string{"R-CON-4 the event approve stands at the wrong place", "R-CON-4 the state after approve", "R-CON-4 the state is", "R-EX-7 how many pieces of news", "R-EX-7 the audit entry of approve", "R-EX-7 the audit entry of begin"}},
		{name: "R-CON-4 a command whose role may not", table: "application_events", where: "id = " + event("twice", "remark"), column: "role", to: "'viewer'",
			want: []string{"R-CON-4 the life cycle has no place for an event"}},
		{name: "R-EX-2 claimant", table: "applications", where: app("twice"), column: "holder", to: "'p-colleague'", want: []string{"R-EX-2 the claimant"}},
		{name: "R-EX-4 approver", table: "applications", where: app("effect"), column: "approved_by", to: "'p-colleague'", want: []string{"R-EX-4 who approved"}},
		{name: "R-EX-4 start", table: "applications", where: app("effect"), column: "start_date", to: "'2024-12-13'", want: []string{"R-EX-4 the start date"}},
		{name: "R-EX-9 change", table: "applications", where: app("void"), column: "start_changed_at", to: "NULL", want: []string{"R-EX-9 the instant of the last change"}},
		{name: "R-APP-15 round", table: "applications", where: app("twice"), column: "round", to: "3", want: []string{"R-APP-15 the round"}},
		{name: "R-APP-15 receipt of the row", table: "applications", where: app("twice"), column: "receipt", to: "'2499999B'", want: []string{"R-APP-15 the receipt number is"}},
		{name: "R-APP-15 receipt of the version", table: "application_versions", where: of("twice") + " AND round = 2", column: "receipt", to: "'2499999B'", want: []string{"R-APP-16 the registered version 2"}},
		{name: "R-APP-11 wish", table: "applications", where: app("registered"), column: "desired_start", to: "'2024-12-30'", want: []string{"R-APP-11 the wish"}},
		{name: "R-APP-11 instant", table: "applications", where: app("registered"), column: "registered_at", to: "'2024-12-02T01:00:00.000001Z'", want: []string{"R-APP-11 the instant of the registration"}},
		{name: "R-EX-6 registrant", table: "applications", where: app("registered"), column: "registered_by", to: "'p-examiner'", want: []string{"R-EX-6 who registered"}},
		{name: "R-APP-16 bytes", table: "application_versions", where: of("twice") + " AND round = 1", column: "content", to: "content || ' '", want: []string{"R-APP-16 the digest of the registered version 1"}},
		{name: "R-ID-8 birth of a code", table: "user_codes", where: of("effect"), column: "born_at", to: "'2024-12-03T00:00:00.000000Z'", want: []string{"R-ID-8 the user code of placeholder 1"}},
		{name: "R-ID-9 row of a number", table: "user_ids", where: of("effect") + " AND number = 'A0B'", column: "row_index", to: "0",
			want: []string{"R-CON-2 fact 1 of id 1ANACA0B", "R-ID-9 what code 1ANAC has"}},
		{name: "R-EX-7 birth of an ID", table: "user_ids", where: of("effect") + " AND number = 'A0B'", column: "born_at", to: "'2024-12-03T00:00:00.000000Z'", want: []string{"R-EX-7 the birth of user ID 1ANACA0B"}},
		{name: "R-CON-2 category", table: "code_terms", where: of("effect"), column: "category", to: "'air'", want: []string{"R-CON-2 fact 1 of code 1ANAC is"}},
		{name: "R-CON-2 services", table: "code_services", where: of("effect"), column: "statistics_free", to: "FALSE", want: []string{"R-CON-2 fact 1 of service 1ANAC is"}},
		{name: "R-CON-2 method", table: "id_terms", where: of("effect") + " AND user_id = '1ANACA0A'", column: "method", to: "'edifact'", want: []string{"R-CON-2 fact 1 of id 1ANACA0A is"}},
		{name: "R-CON-1 valid from", table: "id_terms", where: of("effect") + " AND user_id = '1ANACA0A'", column: "valid_from", to: "'2024-12-11'", want: []string{"R-CON-2 fact 1 of id 1ANACA0A is"}},
		{name: "R-CON-2 lost", table: "id_terms", where: of("effect") + " AND user_id = '1ANACA0A'", want: []string{"R-CON-2 fact 1 of id 1ANACA0A is missing"}},
		{name: "R-SET-1 stands though void", table: "code_terms", where: of("void") + " AND valid_from = '2025-01-06'", column: "revoked_at", to: "NULL", want: []string{"R-CON-2 fact 2 of code"}},
		{name: "R-SET-2 settings changed", table: "code_settings", where: of("effect") + " AND tab = 'name'", column: "content", to: "'{}'", want: []string{"R-SET-2 fact 1 of settings 1ANAC/name is"}},
		{name: "R-SET-2 settings lost", table: "code_settings", where: of("open") + " AND tab = 'name'", want: []string{"R-SET-2 fact 1 of settings"}},
		{name: "R-SET-3 complete", table: "applications", where: app("registered"), column: "settings_complete", to: "FALSE", want: []string{"R-SET-3 that the settings are complete"}},
		{name: "R-SET-1 deadline", table: "applications", where: app("effect"), column: "settings_deadline", to: "'2024-12-07'", want: []string{"R-SET-1 the settings deadline"}},
		{name: "R-SEC-2 advised", table: "applications", where: app("effect"), column: "read_advised", to: "'2024-12-12'", want: []string{"R-SEC-2 the advised day"}},
		{name: "R-SEC-3 last day", table: "applications", where: app("effect"), column: "read_last", to: "'2024-12-17'", want: []string{"R-SEC-3 the last reading day"}},
		{name: "R-SEC-3 closed", table: "applications", where: app("effect"), column: "read_closed", to: "'2024-12-18'", want: []string{"R-SEC-3 the first closed day"}},
		{name: "R-SEC-6 one secret lost", table: "secrets", where: of("open") + " AND name = 'password'", want: []string{"R-SEC-6 the secret password of"}},
		{name: "R-SEC-6 key lost", table: "secrets", where: of("open") + " AND name = 'password'", column: "key_name", to: "'2025-01-08/x-00000000000000000000000000000000'",
			want: []string{"R-SEC-6 its secrets are sealed under 2 keys", "R-SEC-6 the key 2025-01-08/x"}},
		{name: "R-SEC-6 key of another day", table: "secrets", where: of("open") + " AND name = 'password'", column: "key_name", to: "'2025-01-09/x-00000000000000000000000000000000'",
			want: []string{"R-SEC-6 its secrets are sealed under 2 keys", "R-SEC-6 the key 2025-01-09/x"}},
		{name: "R-SEC-6 a secret after the end", insert: "INSERT INTO secrets (user_id, name, application, sealed, key_name, sealed_at) VALUES ('1ANACA0A', 'password', '{effect}', 'x', '2024-12-16/x-00000000000000000000000000000000', '')",
			undo: "DELETE FROM secrets WHERE user_id = '1ANACA0A'", want: []string{"R-SEC-6 the secret password of 1ANACA0A is there"}},
		{name: "R-SEC-6 ended", table: "applications", where: app("effect"), column: "secrets_ended_at", to: "NULL", want: []string{"R-SEC-6 that the secrets are ended"}},
		{name: "R-MAIL-3 lost", table: "outbox", where: mailOf("effect", "approved"), want: []string{"R-MAIL-3 for the event approve, 0 mails"}},
		{name: "R-MAIL-3 kind", table: "outbox", where: mailOf("effect", "approved"), column: "kind", to: "'rejected'", want: []string{"R-MAIL-3 the kind of a mail of approve"}},
		{name: "R-MAIL-3 withdrawn by time or hand", table: "outbox", where: mailOf("missed", "void"), want: []string{"R-MAIL-3 for the event void, 0 mails"}},
		{name: "R-MAIL-3 in effect", table: "outbox", where: mailOf("effect", "in-effect"), want: []string{"R-MAIL-3 for the event in-effect, 0 mails"}},
		{name: "R-SET-4 reminder's mail lost", table: "outbox", where: mailOf("missed", "settings-reminder"), want: []string{"R-MAIL-3 for the event reminder-sent, 0 mails"}},
		{name: "R-SEC-7 first reading's mail lost", table: "outbox", where: mailOf("effect", "secret-read"), want: []string{"R-MAIL-3 for the event read-secrets, 0 mails"}},
		{name: "R-SET-2 completion's mail lost", table: "outbox", where: mailOf("open", "settings-complete"), want: []string{"R-MAIL-3 for the event complete-settings, 0 mails"}},
		{name: "R-MAIL-4 key", table: "outbox", where: mailOf("effect", "approved"), column: "dedupe_key", to: "dedupe_key || 'x'", want: []string{"R-MAIL-4 the dedupe key"}},
		{name: "R-MAIL-3 a stranger", insert: insertMail(event("effect", "approve"), "approved", "effect"), undo: "DELETE FROM outbox WHERE id = 'x'", want: []string{"R-MAIL-3 for the event approve, a mail went to x@y.example"}},
		{name: "R-MAIL-4 nothing asks for it", insert: insertMail(event("effect", "claim"), "approved", "effect"), undo: "DELETE FROM outbox WHERE id = 'x'", want: []string{"R-MAIL-4 the event claim asks for no mail"}},
		{name: "R-MAIL-4 no event", insert: insertMail("'0'", "approved", "effect"), undo: "DELETE FROM outbox WHERE id = 'x'", want: []string{"R-MAIL-4 the mail x (approved) has no event"}},
		{name: "R-SET-4 reminder lost", table: "reminders", where: of("missed") + " AND outcome = 'sent'", want: []string{"R-SET-4 the reminder settings-reminder"}},
		{name: "R-SET-4 reminder sent or skipped", table: "reminders", where: of("missed") + " AND outcome = 'sent'", column: "outcome", to: "'skipped'", want: []string{"R-SET-4 the reminder settings-reminder"}},
		{name: "R-SEC-7 reading lost", table: "secret_readings", where: of("effect"), want: []string{"R-SEC-7 the reading of"}},
		{name: "R-APP-9 not reserved", table: "bonded_areas", where: of("registered"), want: []string{"R-APP-9 the bonded area"}},
		{name: "R-APP-9 reserved for a return that never named it", insert: insertArea("{returned}"), undo: "DELETE FROM bonded_areas WHERE code = 'XXXXX'", want: []string{"R-APP-9 the bonded area XXXXX"}},
		{name: "R-APP-9 reserved for an ended one", insert: insertArea("{void}"), undo: "DELETE FROM bonded_areas WHERE code = 'XXXXX'", want: []string{"R-APP-9 the bonded area XXXXX"}},
		{name: "R-APP-9 reserved for nobody", insert: insertArea("nobody"), undo: "DELETE FROM bonded_areas WHERE code = 'XXXXX'", want: []string{"R-APP-9 bonded area XXXXX"}},
		{name: "R-APP-15 counter", table: "counters", where: "name = 'receipt:2024'", column: "next", to: "next - 1", want: []string{"R-APP-15 the counter receipt:2024"}},
		{name: "R-ID-6 counter of codes", table: "counters", where: "name = 'office:NAC:1'", column: "next", to: "next - 1", want: []string{"R-ID-6 the counter office:NAC:1"}},
		{name: "R-ID-6 counter of numbers", table: "counters", where: "name = 'number:1ANAC:net'", column: "next", to: "next - 1", want: []string{"R-ID-6 the counter number:1ANAC:net"}},
		{name: "R-EX-7 news lost", table: "news", where: of("rejected"), want: []string{"R-EX-7 how many pieces of news"}},
		{name: "R-EX-7 audit lost", table: "audit_entries", where: of("effect") + " AND act = 'approve'", want: []string{"R-EX-7 the audit entry of approve", "trap 18 audit entry"}},
		{name: "R-EX-7 audit of the clock lost", table: "audit_entries", where: of("missed") + " AND act = 'void'", want: []string{"R-EX-7 the audit entry of void by clock at 2024-12-06T15:00:00.000000Z", "trap 18 audit entry"}},
		{name: "R-EX-7 event lost", table: "application_events", where: of("twice") + " AND kind = 'remark'", want: []string{"R-EX-7 the audit entry of remark"}},
		{name: "R-EX-7 audit altered", table: "audit_entries", where: of("effect") + " AND act = 'approve'", column: "entry", to: "entry || ' '", want: []string{"R-EX-7 checking entry"}},
		{name: "R-EX-7 event of another establishment", table: "application_events", where: of("twice") + " AND kind = 'remark'", column: "establishment", to: "'e-other'", want: []string{"R-EX-7 the establishment of the event"}},
		{name: "R-APP-13 gone without a word", table: "audit_entries", where: of("discarded") + " AND act = 'discard'", want: []string{"R-APP-13 it has a history but is gone", "trap 18 audit entry"}},
		{name: "R-ID-6 code of nobody", insert: "INSERT INTO user_codes (code, establishment, application, placeholder, born_at) VALUES ('9ZNAC', 'e-tokyo', 'nobody', 1, '')",
			undo: "DELETE FROM user_codes WHERE code = '9ZNAC'", want: []string{"R-ID-6 user code 9ZNAC"}},
		{name: "R-ID-8 code without an approval", insert: "INSERT INTO user_codes (code, establishment, application, placeholder, born_at) VALUES ('1ZNAC', 'e-tokyo', '{rejected}', 1, '')",
			undo: "DELETE FROM user_codes WHERE code = '1ZNAC'", want: []string{"R-ID-6 the counter office:NAC:1", "R-ID-8 the user code of placeholder 1 is there"}},
		{name: "R-ID-1 ID of another establishment", table: "user_ids", where: "id = '1ANACA0A'", column: "establishment", to: "'e-second'", want: []string{"R-ID-1 user ID 1ANACA0A"}},
		{name: "R-CON-2 a tombstone that lives", insert: "INSERT INTO code_terms (id, establishment, code, category, valid_from, recorded_at, application) SELECT 'x', establishment, code, 'air', '2024-12-27', born_at, 'import' FROM user_codes WHERE " + of("void"),
			undo: "DELETE FROM code_terms WHERE id = 'x'", want: []string{"R-CON-2 a standing fact (code)"}},
	}
}

func insertMail(event, kind, app string) string {
	return "INSERT INTO outbox (id, dedupe_key, kind, application, recipient, payload, message_id, created_at, run_at) VALUES ('x', " +
		event + " || ' x@y.example', '" + kind + "', '{" + app + "}', 'x@y.example', '{}', 'x', '2024-12-02T01:00:00.000000Z', '2024-12-02T01:00:00.000000Z')"
}

func insertArea(app string) string {
	return "INSERT INTO bonded_areas (code, application, placeholder, reserved_at) VALUES ('XXXXX', '" + app + "', 1, '2024-12-02T01:00:00.000000Z')"
}

func TestCheckFindsEachCorruption(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		var named []string
		for name, id := range past(t, h) {
			named = append(named, "{"+name+"}", id)
		}
		fill := strings.NewReplacer(named...)
		for _, s := range spoils() {
			undo := h.spoil(s, fill)
			findings, err := h.Desk.Check(t.Context())
			h.ok(err)
			undo()
			var got []string
			for _, f := range findings {
				got = append(got, f.Rule+" "+f.Text)
			}
			slices.Sort(got)
			if !slices.EqualFunc(got, s.want, strings.HasPrefix) {
				t.Errorf("%s: found %q, want %q", s.name, got, s.want)
			}
		}
		findings, err := h.Desk.Check(t.Context())
		h.ok(err)
		if len(findings) > 0 {
			t.Errorf("not everything was put right again: %v", findings)
		}
	})
}

// spoil does one damage and returns how it is put right.
func (h *house) spoil(s spoil, fill *strings.Replacer) (undo func()) {
	h.t.Helper()
	one := func(text string, args ...any) {
		h.t.Helper()
		result, err := h.raw.ExecContext(h.t.Context(), fill.Replace(text), args...)
		if err != nil {
			h.t.Fatalf("%s: %v", s.name, err)
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			h.t.Fatalf("%s: %d rows, %v", s.name, n, err)
		}
	}
	if s.insert != "" {
		one(s.insert)
		return func() { one(s.undo) }
	}
	columns, row := h.row(s.name, "SELECT * FROM "+s.table+" WHERE "+fill.Replace(s.where))
	if s.column == "" {
		one("DELETE FROM " + s.table + " WHERE " + s.where)
		return func() {
			one("INSERT INTO "+s.table+" ("+strings.Join(columns, ", ")+") VALUES ("+strings.Join(places(len(row)), ", ")+")", row...)
		}
	}
	one("UPDATE " + s.table + " SET " + s.column + " = " + s.to + " WHERE " + s.where)
	// Found again by everything that was not changed.
	values := []any{row[slices.Index(columns, s.column)]}
	var same []string
	for i, column := range columns {
		if column != s.column && row[i] != nil {
			values = append(values, row[i])
			same = append(same, fmt.Sprintf("%s = $%d", column, len(values)))
		}
	}
	return func() {
		one("UPDATE "+s.table+" SET "+s.column+" = $1 WHERE "+strings.Join(same, " AND "), values...)
	}
}

func places(n int) []string {
	places := make([]string, n)
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	return places
}

// row is the one row of a query with the names of its columns.
func (h *house) row(name, text string) (columns []string, values []any) {
	h.t.Helper()
	rows, err := h.raw.QueryContext(h.t.Context(), text)
	h.ok(err)
	defer rows.Close()
	columns, err = rows.Columns()
	h.ok(err)
	if !rows.Next() {
		h.t.Fatalf("%s: there is no such row", name)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	h.ok(rows.Scan(into...))
	if rows.Next() {
		h.t.Fatalf("%s: there are several such rows", name)
	}
	return columns, values
}
