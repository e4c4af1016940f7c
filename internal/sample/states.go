package sample

import (
	"uketsuke/internal/account"
	"uketsuke/internal/desk"
)

// Ref is an application at its present version, as a page opened now would show it.
func (w *World) Ref(id string) desk.Ref {
	w.T.Helper()
	row, err := w.DB.Read().GetApplication(w.T.Context(), id)
	w.must(err)
	return desk.Ref{ID: id, Version: row.Version}
}

// Case is an application as an actor sees it.
func (w *World) Case(actor account.Actor, id string) desk.Case {
	w.T.Helper()
	view, err := w.Desk.Case(w.T.Context(), actor, id)
	w.must(err)
	return view
}

// Registered makes a registered application of an order and returns it with its receipt number.
func (w *World) Registered(o Order) (desk.Ref, string) {
	w.T.Helper()
	ref := w.Draft(o)
	receipt, err := w.Desk.Register(w.T.Context(), o.by(w), ref, true)
	w.must(err)
	return w.Ref(ref.ID), receipt
}

// UnderExamination makes an application that Examiner has claimed.
func (w *World) UnderExamination(o Order) desk.Ref {
	w.T.Helper()
	ref, _ := w.Registered(o)
	w.must(w.Desk.Claim(w.T.Context(), w.Examiner, ref))
	return w.Ref(ref.ID)
}

// Returned makes an application that was sent back with one remark, at the reason.
func (w *World) Returned(o Order) desk.Ref {
	w.T.Helper()
	ref := w.UnderExamination(o)
	w.must(w.Desk.Return(w.T.Context(), w.Examiner, ref, 1, []desk.RemarkForm{{Item: "reason", Body: "理由を詳しくお書きください。"}}))
	return w.Ref(ref.ID)
}

// Approved makes an approved application that starts as wished.
func (w *World) Approved(o Order) (desk.Ref, desk.Approval) {
	w.T.Helper()
	ref := w.UnderExamination(o)
	approval, err := w.Desk.Approve(w.T.Context(), w.Examiner, ref, desk.ApproveForm{Round: 1, Start: o.Desired})
	w.must(err)
	return w.Ref(ref.ID), approval
}
