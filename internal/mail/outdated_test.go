package mail

import (
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
)

// R-MAIL-4: nobody is sent what is not so any more.
func TestOutdated(t *testing.T) {
	t.Parallel()
	day := calendar.MustDate
	// standing is that of full's application, freshly approved and unread, with its settings missing.
	standing := func(state application.State, change func(*Standing)) Standing {
		s := Standing{State: state, Receipt: "2400001A", Start: day("2024-12-10"), SettingsDeadline: day("2024-12-04"), Readable: true, Today: day("2024-12-03")}
		if change != nil {
			change(&s)
		}
		return s
	}
	incomplete := func(kind application.Mail) Letter {
		return with(full(kind), func(l *Letter) { l.SettingsIncomplete = true })
	}
	complete := func(s *Standing) { s.SettingsComplete = true }
	tests := []struct {
		name   string
		letter Letter
		now    Standing
		true   bool
	}{
		{"registered, waiting", full(application.MailRegistered), standing(application.Registered, nil), true},
		{"registered, examined", full(application.MailRegistered), standing(application.UnderExamination, nil), true},
		{"registered, decided", full(application.MailRegistered), standing(application.Approved, nil), false},
		{"registered anew", full(application.MailRegistered), standing(application.Registered, func(s *Standing) { s.Receipt = "2400001B" }), false},
		{"registered, settings open", incomplete(application.MailRegistered), standing(application.Registered, func(s *Standing) { s.SettingsDeadline = calendar.Date{} }), true},
		{"registered, settings complete since", incomplete(application.MailRegistered), standing(application.Registered, complete), false},
		{"approved", full(application.MailApproved), standing(application.Approved, nil), true},
		{"approved, void since", full(application.MailApproved), standing(application.Void, nil), false},
		{"approved, start moved since", full(application.MailApproved), standing(application.Approved, func(s *Standing) { s.Start = day("2024-12-11") }), false},
		{"approved, settings complete since", incomplete(application.MailApproved), standing(application.Approved, complete), false},
		{"approved, settings open", incomplete(application.MailApproved), standing(application.Approved, nil), true},
		{"approved, deadline over", incomplete(application.MailApproved), standing(application.Approved, func(s *Standing) { s.Today = day("2024-12-05") }), false},
		{"approved, last day of the settings", incomplete(application.MailApproved), standing(application.Approved, func(s *Standing) { s.Today = day("2024-12-04") }), true},
		{"approved, period over", full(application.MailApproved), standing(application.InEffect, func(s *Standing) { s.Readable = false }), false},
		{"approved without IDs, later", with(full(application.MailApproved), func(l *Letter) { l.IDsIssued = false }), standing(application.InEffect, func(s *Standing) { s.Readable = false }), true},
		{"start moved, in effect since", full(application.MailStartDateChanged), standing(application.InEffect, nil), false},
		{"settings reminder", full(application.MailSettingsReminder), standing(application.Approved, nil), true},
		{"settings reminder, last day", full(application.MailSettingsReminder), standing(application.Approved, func(s *Standing) { s.Today = day("2024-12-04") }), true},
		{"settings reminder, complete since", full(application.MailSettingsReminder), standing(application.Approved, complete), false},
		{"password reminder", full(application.MailPasswordReminder), standing(application.InEffect, nil), true},
		{"password reminder, read since", full(application.MailPasswordReminder), standing(application.InEffect, func(s *Standing) { s.Read = true }), false},
		{"password reminder, period over", full(application.MailPasswordReminder), standing(application.InEffect, func(s *Standing) { s.Readable = false }), false},
		{"returned", full(application.MailReturned), standing(application.Returned, nil), true},
		{"returned, registered since", full(application.MailReturned), standing(application.Registered, nil), false},
		{"end announced", full(application.MailReturnExpiring), standing(application.Returned, nil), true},
		{"end announced and come", full(application.MailReturnExpiring), standing(application.Returned, func(s *Standing) { s.Today = day("2025-03-03") }), false},
		{"rejected", full(application.MailRejected), standing(application.Rejected, nil), true},
		{"void", full(application.MailVoid), standing(application.Void, nil), true},
		{"first reading, long ago", full(application.MailSecretRead), standing(application.InEffect, func(s *Standing) { s.Readable, s.Read = false, true }), true},
	}
	for _, tt := range tests {
		t.Run("R-MAIL-4 "+tt.name, func(t *testing.T) {
			if why := tt.letter.Outdated(tt.now); (len(why) == 0) != tt.true {
				t.Errorf("still true: %v, want %v: %v", len(why) == 0, tt.true, why)
			}
		})
	}
}

// The example of every kind can be written, for either reader.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, kind := range application.Mails() {
		for _, administrator := range []bool{false, true} {
			m, err := newLetters(t).Render(Example(kind, administrator))
			if err != nil || m.Subject == "" || m.Body == "" {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
}
