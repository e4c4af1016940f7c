package mail

import (
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
)

// A Standing is how the application of a letter stands at the moment at which somebody wants to send the
// letter again.
type Standing struct {
	State            application.State
	Receipt          string
	Start            calendar.Date
	SettingsDeadline calendar.Date // zero before the approval
	SettingsComplete bool          // or none are needed
	Readable         bool          // the passwords can be read now
	Read             bool          // somebody has read them, or the reader of the letter has noted them
	Today            calendar.Date
}

// Outdated says why a letter must not be sent again, because what it says is not so any more; none if it
// may (R-MAIL-4):
//   - the application has moved on to a state that the letter is not about,
//   - it has another receipt number, or another start date, than the letter names,
//   - the letter asks for settings that are complete, or whose deadline is over,
//   - it speaks of passwords that cannot be read any more, or asks to read those that somebody has read,
//   - it announces an end that has passed.
//
// A letter that tells only what has happened, such as a first reading, is true for ever.
func (l Letter) Outdated(now Standing) problem.List {
	var why problem.List
	if states := statesOf(l.Kind); len(states) > 0 && !slices.Contains(states, now.State) {
		why.Add("", "R-MAIL-4", "申込の状態が「%s」になっているため、このメールはもう送れません。申込の今の内容をご確認ください。", now.State)
		return why
	}
	if l.Receipt != "" && l.Receipt != now.Receipt {
		why.Add("", "R-MAIL-4", "申込が登録し直されて受付番号が%sになっているため、このメールはもう送れません。新しい登録のメールを送ってください。", now.Receipt)
	}
	if namesStart(l.Kind) && l.Start != now.Start {
		why.Add("", "R-MAIL-4", "利用開始日が%sに変わっているため、このメールはもう送れません。利用開始日変更のメールを送ってください。", now.Start)
	}
	if l.Kind == application.MailSettingsReminder || l.SettingsIncomplete && asksForSettings(l.Kind) {
		switch {
		case now.SettingsComplete:
			why.Add("", "R-MAIL-4", "システム設定の入力が完了しているため、入力をお願いするこのメールはもう送れません。")
		case !now.SettingsDeadline.IsZero() && now.Today.After(now.SettingsDeadline):
			why.Add("", "R-MAIL-4", "システム設定申込の締切日（%s）を過ぎているため、このメールはもう送れません。", now.SettingsDeadline)
		}
	}
	if l.Kind == application.MailPasswordReminder && now.Read {
		why.Add("", "R-MAIL-4", "パスワードがすでに参照されているか、控え済みのため、確認をお願いするこのメールはもう送れません。")
	}
	if l.IDsIssued && namesPeriod(l.Kind) && !now.Readable {
		why.Add("", "R-MAIL-4", "パスワードの参照期間が終わっているため、このメールはもう送れません。必要な場合は再発行の申込をご案内ください。")
	}
	if !l.ExpiresOn.IsZero() && isAnnouncement(l.Kind) && !now.Today.Before(l.ExpiresOn) {
		why.Add("", "R-MAIL-4", "お知らせする期限（%s）を過ぎているため、このメールはもう送れません。", l.ExpiresOn)
	}
	return why
}

// statesOf are the states that a letter of a kind is about; none for one that only tells what has happened.
func statesOf(kind application.Mail) []application.State {
	switch kind {
	case application.MailDraftExpiring:
		return []application.State{application.InDraft}
	case application.MailRegistered:
		return []application.State{application.Registered, application.UnderExamination}
	case application.MailReturned, application.MailReturnExpiring:
		return []application.State{application.Returned}
	case application.MailWithdrawn, application.MailReturnExpired:
		return []application.State{application.Withdrawn}
	case application.MailRejected:
		return []application.State{application.Rejected}
	case application.MailVoid:
		return []application.State{application.Void}
	case application.MailSettingsReminder, application.MailStartDateChanged:
		return []application.State{application.Approved}
	case application.MailApproved, application.MailSettingsComplete, application.MailPasswordReminder:
		return []application.State{application.Approved, application.InEffect}
	case application.MailInEffect:
		return []application.State{application.InEffect}
	}
	return nil
}

// namesStart says whether the letters of a kind rest on the start date.
func namesStart(kind application.Mail) bool {
	return slices.Contains([]application.Mail{application.MailApproved, application.MailStartDateChanged, application.MailInEffect,
		application.MailSettingsReminder, application.MailPasswordReminder}, kind)
}

// asksForSettings says whether the letters of a kind ask for settings that are not complete.
func asksForSettings(kind application.Mail) bool {
	return namesStart(kind) || kind == application.MailRegistered
}

// namesPeriod says whether the letters of a kind say until when passwords can be read.
func namesPeriod(kind application.Mail) bool {
	return namesStart(kind) && kind != application.MailSettingsReminder
}

func isAnnouncement(kind application.Mail) bool {
	return kind == application.MailDraftExpiring || kind == application.MailReturnExpiring
}
