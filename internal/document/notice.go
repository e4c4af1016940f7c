package document

import "uketsuke/internal/calendar"

// A SenderParty is the centre as it signs a notice, without a seal. Empty lines are left out.
type SenderParty struct {
	PostalCode, Address string
	// Name is the centre's; Department and Signatory follow on their own lines.
	Name, Department, Signatory string
}

// A Notice is what a 承認通知 says. It never holds a password.
type Notice struct {
	// Number is the document's, such as 「通知第24-00001号」.
	Number string
	// Date is the approval day, or the day of the last change of the start date.
	Date   calendar.Date
	Sender SenderParty
	// Service is the service's name; it stands in the foot.
	Service   string
	Addressee Party
	Receipt   string
	// Items are what was applied for, such as 「利用者コード（追加）」.
	Items              []string
	Desired, Confirmed calendar.Date
	// Reissue calls Confirmed the day of the re-issue, which has no start date (R-SEC-9).
	Reissue bool
	// DateReason is why Confirmed differs from Desired (R-EX-4); empty when it does not.
	DateReason string
	Rows       []NoticeRow
	// HelpDesk is one line each: name, phone, hours.
	HelpDesk []string
	// Digest is of the registered version that was approved, as hexadecimal digits.
	Digest string
	// Genuine is how the paper is checked.
	Genuine Genuine
	// Wareki writes 令和 beside 西暦.
	Wareki bool
}

// A NoticeRow is one user ID as issued, or one code changed or deleted. Every value is as shown.
type NoticeRow struct {
	// Operation is 追加, 変更前, 変更後, 削除 or 再発行; Category is 共用, 航空 or 海上.
	Operation, Category string
	// Trades are short names, all of one user ID.
	Trades []string
	Method string
	// Code and Number make the 利用者ID; Number is empty when the row is about a whole code.
	Code, Number string
	StatsPaid    bool
	StatsFree    bool
	Archive      bool
}
