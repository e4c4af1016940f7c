package application

// A State is a stored state of an application, or the derived one InEffect. The values are stored and
// checked by the schema. Each comment says what brings an application in and what takes it out.
type State string

const (
	// InDraft (作成中): begun by the applicant; left by register, discard, or 90 days without a save.
	InDraft State = "draft"
	// Registered (受付済): registered by the applicant; left by claim or withdraw.
	Registered State = "registered"
	// UnderExamination (審査中): claimed by an examiner; left by a verdict, release or withdraw.
	UnderExamination State = "under-examination"
	// Returned (差戻し): sent back with remarks; left by register, withdraw, or 90 days.
	Returned State = "returned"
	// Approved (審査終了（承認）): IDs are issued; becomes InEffect by the clock, Void by clock or centre.
	Approved State = "approved"
	// InEffect (利用開始済): approved, and the start date has come. Never stored.
	InEffect State = "in-effect"
	// Withdrawn (取下げ): by the establishment, or by time after a return. Ended.
	Withdrawn State = "withdrawn"
	// Rejected (不承諾): by the centre. Ended.
	Rejected State = "rejected"
	// Void (無効): settings not complete in time, or by the centre before the start. Ended.
	Void State = "void"
)

// States lists every state, stored ones and the derived one, in the order of a life.
func States() []State {
	return []State{InDraft, Registered, UnderExamination, Returned, Approved, InEffect, Withdrawn, Rejected, Void}
}

// Ended says whether nothing can happen to an application in this state any more.
func (s State) Ended() bool {
	return s == Withdrawn || s == Rejected || s == Void || s == InEffect
}

// Open says whether the application counts as open for R-APP-10: registered … approved and not yet in
// effect.
func (s State) Open() bool {
	return s == Registered || s == UnderExamination || s == Returned || s == Approved
}

// Japanese is the name shown to people (lifecycle.md).
func (s State) Japanese() string {
	switch s {
	case InDraft:
		return "作成中"
	case Registered:
		return "受付済"
	case UnderExamination:
		return "審査中"
	case Returned:
		return "差戻し"
	case Approved:
		return "審査終了（承認）"
	case InEffect:
		return "利用開始済"
	case Withdrawn:
		return "取下げ"
	case Rejected:
		return "不承諾"
	case Void:
		return "無効"
	}
	return string(s)
}
