package model

import (
	"regexp"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// What is read, and by whom.

// mayRead says whether somebody may ever read the passwords of an application (R-SEC-7).
func mayRead(who person, a *app) bool {
	if who.Establishment != a.est.id {
		return false
	}
	return who.Role == account.Administrator || who.Role == account.Applicant && who.ID == a.registrant
}

// readable says whether the passwords can be read now (R-SEC-1, R-SET-1).
func (m *truth) readable(a *app) bool {
	return m.periodOpen(a) && len(a.dead) < len(a.ids())
}

// periodOpen says whether the reading period runs and was not ended.
func (m *truth) periodOpen(a *app) bool {
	shown := m.shown(a)
	return (shown == application.Approved || shown == application.InEffect) && !a.secretsGone && !a.readLast.IsZero() &&
		!m.today().After(a.readLast)
}

func (h *history) readSecrets(a *app) {
	who := h.who(a.est, "applicant administrator administrator viewer examiner supervisor")
	foretold := fine
	switch {
	case a.gone || !h.m.sees(who, a):
		foretold = notFound
	case !mayRead(who, a):
		foretold = unreadable
	case !h.m.readable(a):
		foretold = over
	}
	var notice desk.IDNotice
	if !h.try(who, "read the passwords", a, foretold, func() (err error) {
		notice, err = h.desk.ReadSecrets(h.ctx, who.Actor, a.id)
		return err
	}) {
		if len(notice.IDs) > 0 {
			h.wrong("R-SEC-7: refused, but %d IDs were shown", len(notice.IDs))
		}
		return
	}
	if a.readings++; a.readings == 1 {
		h.m.post(a, application.MailSecretRead, "M", nil)
	}
	h.checkSecrets(a, notice)
}

var secretShape = regexp.MustCompile(`^[A-HJ-NP-Z2-9]{8}$`)

// checkSecrets is R-SEC-4 and R-SEC-5: every ID of the application, well-formed, the same at every reading, and
// never one that was seen elsewhere.
func (h *history) checkSecrets(a *app, notice desk.IDNotice) {
	var shown []string
	for _, id := range notice.IDs {
		shown = append(shown, string(id.ID))
		if dead := a.dead[string(id.ID)]; dead != id.Replaced || dead && len(id.Password)+len(id.UserPassword) > 0 {
			h.wrong("R-SEC-9: %+v, replaced must be %t", id, dead)
		} else if dead {
			continue
		}
		for name, text := range map[string]string{"password": string(id.Password), "user-password": string(id.UserPassword)} {
			key := string(id.ID) + " " + name
			if before, read := a.passwords[key]; read && before != text {
				h.wrong("R-SEC-5: %s is another than at the reading before", key)
			} else if !read && h.m.secrets[text] || !secretShape.MatchString(text) {
				h.wrong("R-SEC-4: %s is %q", key, text)
			}
			a.passwords[key], h.m.secrets[text] = text, true
		}
	}
	slices.Sort(shown)
	want := slices.Sorted(slices.Values(a.ids()))
	if !slices.Equal(shown, want) {
		h.wrong("R-SEC-5: shown %v, want %v", shown, want)
	}
}

// erase presses 「今すぐ消去する」 (R-SEC-8).
func (h *history) erase(a *app) {
	who := h.who(a.est, "administrator administrator applicant viewer")
	ref := h.ref(a)
	foretold := fine
	switch {
	case a.gone || !h.m.sees(who, a):
		foretold = notFound
	case ref.Version != a.version:
		foretold = stale
	case who.Role != account.Administrator:
		foretold = unreadable
	case !h.m.periodOpen(a):
		foretold = over
	}
	if h.try(who, "erase the passwords", a, foretold, func() error { return h.desk.EraseSecrets(h.ctx, who.Actor, ref) }) {
		a.version++
		a.secretsGone, a.erased = true, true
	}
}

// noteSecrets presses 「控えました」 (R-SEC-8).
func (h *history) noteSecrets(a *app) {
	who := h.who(a.est, "applicant administrator administrator viewer")
	foretold := fine
	switch {
	case a.gone || !h.m.sees(who, a):
		foretold = notFound
	case !mayRead(who, a):
		foretold = unreadable
	case a.readLast.IsZero():
		foretold = notFound
	}
	if h.try(who, "note the passwords", a, foretold, func() error { return h.desk.NoteSecrets(h.ctx, who.Actor, a.id) }) {
		a.noted[who.ID] = true
	}
}

// look opens pages that somebody may or may not see (trap 27).
func (h *history) look(a *app) {
	who := h.m.people[h.r.IntN(len(h.m.people))]
	foretold := fine
	if a.gone || !h.m.sees(who, a) {
		foretold = notFound
	}
	h.try(who, "open the case", a, foretold, func() error { _, err := h.desk.Case(h.ctx, who.Actor, a.id); return err })
	if !centre(who) {
		foretold = forbidden
	}
	h.try(who, "examine", a, foretold, func() error { _, err := h.desk.Examine(h.ctx, who.Actor, a.id); return err })
	foretold = fine
	if !centre(who) && who.Establishment != a.est.id {
		foretold = notFound
	}
	h.try(who, "open the contract of "+a.est.id, nil, foretold, func() error {
		_, err := h.desk.Contract(h.ctx, who.Actor, a.est.id, day{})
		return err
	})
}
