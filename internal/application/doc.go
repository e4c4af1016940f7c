// Package application knows what an application (申込) is and what may become of it.
//
// A document is the content of one application; an item of it asks for one user code (利用者コード), which
// a placeholder (追加n) stands for until it exists; a row of an item asks for identification numbers that
// share trades (業種) and method (処理方式). The settings (システム設定) of a code stand beside the document.
// The wish (利用開始希望日) is the applicant's day, the start (利用開始日) the centre's. The base day is the
// business day on which a registration counts as arrived; the deadline (締切日) the last day for settings.
// A ground is what the rules need to know of the world: catalogue, calendar, instant, what others hold.
//
// The package answers: what may be asked, what may happen to it, when, and by whom? It is pure: instants,
// calendar and catalogue come as arguments.
package application
