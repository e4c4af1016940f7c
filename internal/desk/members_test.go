package desk_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// newPassword is that of people who come by invitation.
const newPassword = "purple harbour crane 7"

func personForm(role account.Role, email string) desk.PersonForm {
	return desk.PersonForm{Role: string(role), Name: "新田 三郎", NameKana: "ニッタ サブロウ", Department: "通関部", Phone: "03-1234-5678", Email: email}
}

// link is the open one-time link of a person, as the mail would hold it.
func (h *house) link(id account.ID) string {
	h.t.Helper()
	open := h.rows("SELECT id FROM setup_links WHERE used_at IS NULL AND account = $1", string(id))
	if len(open) != 1 {
		h.t.Fatalf("%s has %d open links", id, len(open))
	}
	address, err := h.Desk.LinkURL(open[0])
	h.ok(err)
	return address[strings.LastIndex(address, "/")+1:]
}

// invited is somebody new of a team, who has not come yet.
func (h *house) invited(by account.Actor, establishment string, role account.Role, email string) account.Actor {
	h.t.Helper()
	form := personForm(role, email)
	h.ok(h.Desk.Invite(h.t.Context(), by, establishment, form))
	id := h.rows("SELECT id FROM accounts WHERE email = $1", email)[0]
	return account.Actor{ID: account.ID(id), Name: form.Name, Role: role, Establishment: establishment}
}

// joined is the same with a password.
func (h *house) joined(by account.Actor, establishment string, role account.Role, email string) account.Actor {
	h.t.Helper()
	p := h.invited(by, establishment, role, email)
	h.ok(h.Desk.SetFirstPassword(h.t.Context(), h.link(p.ID), newPassword, newPassword))
	return p
}

// ASVS 6.3.8: inviting somebody does not tell whether they have an account elsewhere: both are invited alike, and each
// account has a login of its own, which its owner is shown by the link.
func TestInvitingTellsNothingOfOtherAccounts(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		const email = "saburo@everywhere.example"
		first := h.joined(h.Administrator, sample.Tokyo, account.Applicant, email)
		form := personForm(account.Viewer, email)
		h.ok(h.Desk.Invite(t.Context(), h.OtherAdministrator, sample.Other, form))
		if err := h.unchanged("one's own", func() error { return h.Desk.Invite(t.Context(), h.OtherAdministrator, sample.Other, form) }); len(problemsOf(err)) != 1 {
			t.Errorf("the same person twice in one establishment: %v", err)
		}
		ids := h.rows("SELECT id FROM accounts WHERE email = $1 AND id <> $2", email, string(first.ID))
		second := account.Actor{ID: account.ID(ids[0]), Role: account.Viewer, Establishment: sample.Other}
		token := h.link(second.ID)
		link, err := h.Desk.SetupLink(t.Context(), token)
		h.ok(err)
		if link.Login == email || !strings.HasSuffix(link.Login, "@everywhere.example") {
			t.Errorf("the second login is %q", link.Login)
		}
		h.ok(h.Desk.SetFirstPassword(t.Context(), token, newPassword+"8", newPassword+"8"))
		for login, password := range map[string]string{email: newPassword, link.Login: newPassword + "8"} {
			if _, err := h.Desk.SignIn(t.Context(), login, password, desk.Arrival{From: "192.0.2.1"}); err != nil {
				t.Errorf("%s does not sign in: %v", login, err)
			}
		}
	})
}

// member is a person's page.
func (h *house) member(by, person account.Actor) desk.MemberPage {
	h.t.Helper()
	page, err := h.Desk.TeamMember(h.t.Context(), by, person.Establishment, person.ID)
	h.ok(err)
	return page
}

// memberRef names a person as last seen.
func (h *house) memberRef(by, person account.Actor) desk.MemberRef {
	return desk.MemberRef{Establishment: person.Establishment, Person: person.ID, Version: h.member(by, person).Version}
}

// told are the addresses that learnt of an act on an account.
func (h *house) told(done string) []string {
	return h.rows("SELECT recipient FROM outbox WHERE kind = 'account-changed' AND payload LIKE $1", `%"done":"`+done+`"%`)
}

// E17, C10, trap 27: who sees and manages whom.
func TestTeams(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		team, err := h.Desk.Team(ctx, h.Administrator, sample.Tokyo)
		h.ok(err)
		equal(t, "people of Tokyo", len(team.Members), 3)
		equal(t, "only one administrator", team.Leaders, 1)
		for _, m := range team.Members {
			if !strings.HasSuffix(m.Email, "@mihon.example") || m.Role.OfCentre() {
				t.Errorf("a stranger in Tokyo: %+v", m)
			}
		}
		equal(t, "the last one", h.member(h.Administrator, h.Administrator).Last, true)
		equal(t, "oneself", h.member(h.Administrator, h.Administrator).Self, true)
		team, err = h.Desk.Team(ctx, h.Supervisor, "")
		h.ok(err)
		equal(t, "people of the centre", len(team.Members), 3)
		equal(t, "one supervisor", team.Leaders, 1)
		for name, tt := range map[string]struct {
			actor         account.Actor
			establishment string
			want          error
		}{
			"an administrator, another establishment":  {h.Administrator, sample.Other, desk.ErrNotFound},
			"an administrator, the centre":             {h.Administrator, "", desk.ErrForbidden},
			"an applicant, the own establishment":      {h.Applicant, sample.Tokyo, desk.ErrForbidden},
			"a viewer":                                 {h.Viewer, sample.Tokyo, desk.ErrForbidden},
			"an examiner, the centre":                  {h.Examiner, "", desk.ErrForbidden},
			"an examiner, an establishment":            {h.Examiner, sample.Tokyo, desk.ErrForbidden},
			"a supervisor, an establishment, no error": {h.Supervisor, sample.Tokyo, nil},
		} {
			if _, err := h.Desk.Team(ctx, tt.actor, tt.establishment); !errors.Is(err, tt.want) {
				t.Errorf("E17 %s: %v", name, err)
			}
			ref := desk.MemberRef{Establishment: tt.establishment, Person: h.Viewer.ID, Version: 99}
			if err := h.unchanged(name, func() error { return h.Desk.Stop(ctx, tt.actor, ref, "") }); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("E17 stop by %s: %v", name, err)
			}
		}
		foreign := desk.MemberRef{Establishment: sample.Tokyo, Person: h.OtherApplicant.ID, Version: 1}
		for name, err := range map[string]error{"role": h.Desk.ChangeRole(ctx, h.Administrator, foreign, account.Viewer, ""), "stop": h.Desk.Stop(ctx, h.Administrator, foreign, ""),
			"sessions": h.Desk.EndSessions(ctx, h.Administrator, foreign), "link": h.Desk.SendLink(ctx, h.Administrator, sample.Tokyo, foreign.Person)} {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("trap 27 %s of somebody of another establishment: %v", name, err)
			}
		}
	})
}

// Traps 26 and 32: there is always somebody who manages the others, whoever asks; and nobody cuts off the own branch.
func TestTheLastOneStays(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		refused := func(name string, by, person account.Actor, rule, field string, f func(desk.MemberRef) error) {
			t.Helper()
			ref := h.memberRef(by, person)
			broken(t, h.unchanged(name, func() error { return f(ref) }), rule, field)
		}
		for _, by := range []account.Actor{h.Administrator, h.Supervisor} {
			refused("stop the last administrator", by, h.Administrator, "E17", "stop", func(r desk.MemberRef) error { return h.Desk.Stop(ctx, by, r, "") })
			refused("demote the last administrator", by, h.Administrator, "E17", "role", func(r desk.MemberRef) error { return h.Desk.ChangeRole(ctx, by, r, account.Viewer, "") })
		}
		refused("stop the last supervisor", h.Supervisor, h.Supervisor, "C10", "stop", func(r desk.MemberRef) error { return h.Desk.Stop(ctx, h.Supervisor, r, "") })
		refused("demote the last supervisor", h.Supervisor, h.Supervisor, "C10", "role", func(r desk.MemberRef) error { return h.Desk.ChangeRole(ctx, h.Supervisor, r, account.Examiner, "") })
		h.invited(h.Administrator, sample.Tokyo, account.Administrator, "not-yet@mihon.example")
		refused("who was only invited is nobody yet", h.Administrator, h.Administrator, "E17", "stop", func(r desk.MemberRef) error { return h.Desk.Stop(ctx, h.Administrator, r, "") })
		second := h.joined(h.Administrator, sample.Tokyo, account.Administrator, "second@mihon.example")
		refused("oneself", h.Administrator, h.Administrator, "E17", "stop", func(r desk.MemberRef) error { return h.Desk.Stop(ctx, h.Administrator, r, "") })
		h.ok(h.Desk.ChangeRole(ctx, second, h.memberRef(second, h.Administrator), account.Viewer, ""))
		equal(t, "a viewer", h.member(second, h.Administrator).Role, account.Viewer)
		refused("the second is the last now", h.Supervisor, second, "E17", "stop", func(r desk.MemberRef) error { return h.Desk.Stop(ctx, h.Supervisor, r, "") })
		if err := h.Desk.Stop(ctx, h.Administrator, h.memberRef(second, h.Viewer), ""); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("an administrator that was: %v", err) // the actor still says administrator
		}
		h.ok(h.Desk.SetFourEyes(ctx, h.Supervisor, "user-code", true))
		h.ok(h.Desk.Stop(ctx, h.Supervisor, h.memberRef(h.Supervisor, h.Examiner), ""))
		refused("four eyes need two", h.Supervisor, h.Colleague, "R-EX-6", "stop", func(r desk.MemberRef) error { return h.Desk.Stop(ctx, h.Supervisor, r, "") })
		h.ok(h.Desk.SetFourEyes(ctx, h.Supervisor, "user-code", false))
		h.ok(h.Desk.Stop(ctx, h.Supervisor, h.memberRef(h.Supervisor, h.Colleague), ""))
	})
}

// Trap 26: two administrators who stop each other at the same moment: one remains.
func TestTwoAdministratorsStopEachOther(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		second := h.joined(h.Administrator, sample.Tokyo, account.Administrator, "second@mihon.example")
		refs := map[account.ID]desk.MemberRef{h.Administrator.ID: h.memberRef(second, second), second.ID: h.memberRef(second, h.Administrator)}
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i, by := range []account.Actor{h.Administrator, second} {
			all.Go(func() { errs[i] = h.Desk.Stop(t.Context(), by, refs[by.ID], "") })
		}
		all.Wait()
		equal(t, "trap 26 who remains", h.count("accounts", "establishment = $1 AND role = 'administrator' AND status = 'active'", sample.Tokyo), 1)
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("both said %v", errs)
		}
	})
}

// E17: who is stopped is out at once, and in again when opened; the person and those who manage the team are told,
// and everything names who did it.
func TestStopped(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		session := h.signIn(h.Viewer)
		seen := h.memberRef(h.Administrator, h.Viewer)
		h.ok(h.Desk.Stop(ctx, h.Administrator, seen, ""))
		if _, err := h.Desk.Actor(ctx, session.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the session goes on: %v", err)
		}
		if _, err := h.Desk.SignIn(ctx, sample.Login(h.Viewer), sample.Password, desk.Arrival{From: "192.0.2.9"}); !errors.Is(err, desk.ErrWrongPassword) {
			t.Errorf("a stopped person signs in: %v", err)
		}
		same(t, "who is told", h.told("stop"), []string{sample.Email(h.Administrator), sample.Email(h.Viewer)})
		broken(t, h.unchanged("stale", func() error { return h.Desk.Reactivate(ctx, h.Administrator, seen) }), "E17", "")
		broken(t, h.Desk.Stop(ctx, h.Administrator, h.memberRef(h.Administrator, h.Viewer), ""), "E17", "stop")
		broken(t, h.Desk.ChangeRole(ctx, h.Administrator, h.memberRef(h.Administrator, h.Viewer), account.Applicant, ""), "E17", "role")
		broken(t, h.Desk.SendLink(ctx, h.Administrator, sample.Tokyo, h.Viewer.ID), "E17", "link")
		h.ok(h.Desk.Reactivate(ctx, h.Administrator, h.memberRef(h.Administrator, h.Viewer)))
		if _, err := h.Desk.Actor(ctx, session.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("an old session is back: %v", err)
		}
		again := h.signIn(h.Viewer)
		h.ok(h.Desk.EndSessions(ctx, h.Administrator, h.memberRef(h.Administrator, h.Viewer)))
		if _, err := h.Desk.Actor(ctx, again.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("an ended session goes on: %v", err)
		}
		again = h.signIn(h.Viewer)
		h.ok(h.Desk.ChangeRole(ctx, h.Administrator, h.memberRef(h.Administrator, h.Viewer), account.Applicant, ""))
		if _, err := h.Desk.Actor(ctx, again.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a session with the old role goes on: %v", err)
		}
		equal(t, "the new role", h.signIn(h.Viewer).Actor.Role, account.Applicant)
		same(t, "ended sessions are the person's own matter", h.told("end-sessions"), []string{sample.Email(h.Viewer)})
		events := h.member(h.Administrator, h.Viewer).Events
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, e.Kind)
			equal(t, "by", e.By+" / "+e.Name, h.Administrator.Name+" / "+h.Viewer.Name)
		}
		same(t, "what was done, the latest first", kinds, []string{"role", "end-sessions", "reactivate", "stop"})
		equal(t, "the evidence", h.count("audit_entries", "actor = $1 AND establishment = $2 AND act IN ('stop-person', 'reactivate-person', 'end-sessions', 'change-role')",
			string(h.Administrator.ID), sample.Tokyo), 4)
	})
}

// Item 1 and R-EX-6: what a stopped examiner holds goes back to the unclaimed ones or to a colleague, and what was
// proposed goes with the proposer.
func TestAnExaminerLeaves(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.ok(h.Desk.SetFourEyes(ctx, h.Supervisor, "user-code", true))
		third := h.joined(h.Supervisor, "", account.Examiner, "third@centre.example")
		free, given := h.UnderExamination(sample.S2("2024-12-12")), h.UnderExamination(by(h.OtherApplicant, sample.S2("2024-12-12")))
		form := desk.ApproveForm{Round: 1, Start: "2024-12-12"}
		h.ok(h.Desk.Propose(ctx, h.Examiner, h.Ref(free.ID), form))
		equal(t, "in hand", len(h.member(h.Supervisor, h.Examiner).Applications), 2)
		h.ok(h.Desk.Stop(ctx, h.Supervisor, h.memberRef(h.Supervisor, h.Examiner), ""))
		for _, id := range []string{free.ID, given.ID} {
			equal(t, "unclaimed", h.Case(h.Colleague, id).State, application.Registered)
		}
		h.ok(h.Desk.Claim(ctx, h.Colleague, h.Ref(free.ID)))
		h.ok(h.Desk.Claim(ctx, h.Colleague, h.Ref(given.ID)))
		h.ok(h.Desk.Propose(ctx, h.Colleague, h.Ref(given.ID), form))
		broken(t, h.Desk.Stop(ctx, h.Supervisor, h.memberRef(h.Supervisor, h.Colleague), h.Examiner.ID), "C10", "successor")
		h.ok(h.Desk.HandOver(ctx, h.Supervisor, h.memberRef(h.Supervisor, h.Colleague), third.ID))
		if _, err := h.Desk.Approve(ctx, h.Supervisor, h.Ref(given.ID), form); err == nil {
			t.Error("R-EX-6 a proposal outlives its proposer's claim")
		}
		h.ok(h.Desk.Propose(ctx, third, h.Ref(given.ID), form))
		_, err := h.Desk.Approve(ctx, h.Supervisor, h.Ref(given.ID), form)
		h.ok(err)
		equal(t, "it stays inside", h.count("application_events", "kind = 'hand-over' AND internal = TRUE AND actor_name = $1", h.Supervisor.Name), 2)
		same(t, "the successor is told", h.told("hand-over"), []string{sample.Email(h.Colleague), sample.Email(h.Supervisor), "third@centre.example"})
	})
}

// Item 1, R-APP-13 and R-MAIL-3: what somebody of an establishment leaves behind is in the successor's hands, and its
// mails go to somebody who can act.
func TestAnApplicantLeaves(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		next := h.joined(h.Administrator, sample.Tokyo, account.Applicant, "next@mihon.example")
		draft, back := h.Draft(sample.S2("2024-12-12")), h.Returned(sample.Warehouse("2024-12-12", 1))
		ref := h.memberRef(h.Administrator, h.Applicant)
		broken(t, h.unchanged("nobody takes over", func() error { return h.Desk.Stop(ctx, h.Administrator, ref, "") }), "E17", "successor")
		broken(t, h.Desk.Stop(ctx, h.Administrator, ref, h.Viewer.ID), "E17", "successor")
		broken(t, h.Desk.ChangeRole(ctx, h.Administrator, ref, account.Viewer, ""), "E17", "successor")
		h.ok(h.Desk.Stop(ctx, h.Administrator, ref, next.ID))
		equal(t, "in the successor's hands", len(h.member(h.Administrator, next).Applications), 2)
		equal(t, "who registered stays", h.rows("SELECT registered_by FROM applications WHERE id = $1", back.ID)[0], string(h.Applicant.ID))
		h.At("2025-02-16T09:00:00+09:00")
		h.tick()
		same(t, "R-APP-13 the successor's draft", to(h.letters(draft.ID, application.MailDraftExpiring)), []string{"next@mihon.example"})
		same(t, "R-MAIL-3 the successor instead of the contact", to(h.letters(back.ID, application.MailReturnExpiring)), []string{sample.Email(h.Administrator), "next@mihon.example"})
	})
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft := h.Draft(sample.S2("2024-12-12"))
		h.ok(h.Desk.Stop(t.Context(), h.Administrator, h.memberRef(h.Administrator, h.Applicant), h.Administrator.ID))
		second := h.joined(h.Administrator, sample.Tokyo, account.Administrator, "second@mihon.example")
		h.ok(h.Desk.ChangeRole(t.Context(), second, h.memberRef(second, h.Administrator), account.Viewer, second.ID))
		_, err := h.raw.ExecContext(t.Context(), "UPDATE applications SET draft_by = $1 WHERE id = $2", string(h.Applicant.ID), draft.ID)
		h.ok(err) // as if nobody had taken over
		h.At("2025-02-16T09:00:00+09:00")
		h.tick()
		same(t, "R-APP-13 nobody's draft is the administrators'", to(h.letters(draft.ID, application.MailDraftExpiring)), []string{"second@mihon.example"})
	})
}

// ASVS 6.4.1: an invitation works once, is sent again, is withdrawn, and ends after seven days.
func TestInvitationsByAdministrators(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		p := h.invited(h.Administrator, sample.Tokyo, account.Applicant, "saburo@mihon.example")
		first := h.link(p.ID)
		h.ok(h.Desk.SendLink(ctx, h.Administrator, sample.Tokyo, p.ID))
		again := h.link(p.ID)
		h.ok(h.Desk.WithdrawInvitation(ctx, h.Administrator, h.memberRef(h.Administrator, p)))
		for name, token := range map[string]string{"replaced": first, "withdrawn": again} {
			if err := h.Desk.SetFirstPassword(ctx, token, newPassword, newPassword); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("the %s link works: %v", name, err)
			}
		}
		broken(t, h.Desk.WithdrawInvitation(ctx, h.Administrator, h.memberRef(h.Administrator, p)), "E17", "withdraw")
		h.ok(h.Desk.Reactivate(ctx, h.Administrator, h.memberRef(h.Administrator, p)))
		equal(t, "invited anew", h.member(h.Administrator, p).Status, "invited")
		late := h.link(p.ID)
		h.Pass(7*24*time.Hour + time.Second)
		if err := h.Desk.SetFirstPassword(ctx, late, newPassword, newPassword); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a link of more than seven days works: %v", err)
		}
		h.ok(h.Desk.SendLink(ctx, h.Administrator, sample.Tokyo, p.ID))
		token := h.link(p.ID)
		h.ok(h.Desk.SetFirstPassword(ctx, token, newPassword, newPassword))
		if err := h.Desk.SetFirstPassword(ctx, token, newPassword+"x", newPassword+"x"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a used link works: %v", err)
		}
		broken(t, h.Desk.SendLink(ctx, h.Administrator, sample.Tokyo, p.ID), "E17", "link")
		broken(t, h.Desk.Invite(ctx, h.Supervisor, "", personForm(account.Applicant, "x@centre.example")), "R-APP-12", "role")
		broken(t, h.Desk.Invite(ctx, h.Administrator, sample.Tokyo, personForm(account.Examiner, "x@mihon.example")), "R-APP-12", "role")
		if err := h.Desk.Invite(ctx, h.Administrator, "", personForm(account.Supervisor, "x@mihon.example")); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("an administrator invites to the centre: %v", err)
		}
		if told := h.told("invite"); !slices.Contains(told, sample.Email(h.Administrator)) {
			t.Errorf("the administrators learn of an invitation: %v", told)
		}
	})
}

// ASVS 6.3.2: an installation without people of the centre gives one link, once, to its first supervisor.
func TestFirstRun(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		path, _, err := h.Desk.FirstLink(ctx)
		h.ok(err)
		equal(t, "while there are people", path, "")
		_, err = h.raw.ExecContext(ctx, "UPDATE accounts SET status = 'stopped' WHERE establishment IS NULL")
		h.ok(err)
		path, until, err := h.Desk.FirstLink(ctx)
		h.ok(err)
		if left := until.Sub(h.Elapsed()); left > 7*24*time.Hour || left < 7*24*time.Hour-time.Minute {
			t.Errorf("the link lives %v", left)
		}
		again, _, err := h.Desk.FirstLink(ctx)
		h.ok(err)
		equal(t, "another process prints the same", again, path)
		token := strings.TrimPrefix(path, "/first/")
		form := personForm("", "first@centre.example")
		for _, wrong := range []string{"", "x", token + "x", strings.ToUpper(token)} {
			if err := h.unchanged("a wrong link", func() error { return h.Desk.BecomeFirst(ctx, wrong, form, newPassword, newPassword) }); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("the link %q: %v", wrong, err)
			}
		}
		h.ok(h.unchanged("looking", func() error { return h.Desk.FirstRun(ctx, token) }))
		broken(t, h.unchanged("a short password", func() error { return h.Desk.BecomeFirst(ctx, token, form, "short", "short") }), "ASVS-6.2.1", "password")
		h.ok(h.Desk.BecomeFirst(ctx, token, form, newPassword, newPassword))
		if err := h.Desk.BecomeFirst(ctx, token, personForm("", "second@centre.example"), newPassword, newPassword); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the link works twice: %v", err)
		}
		_, err = h.Desk.SignIn(ctx, "first@centre.example", newPassword, desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		equal(t, "a supervisor", h.count("accounts", "email = 'first@centre.example' AND role = 'supervisor' AND status = 'active'"), 1)
		path, _, err = h.Desk.FirstLink(ctx)
		h.ok(err)
		equal(t, "afterwards", path, "")
	})
}
