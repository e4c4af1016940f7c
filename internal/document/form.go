package document

import (
	"time"

	"uketsuke/internal/calendar"
)

// A Party is a company's side of a letter. Empty lines are left out.
type Party struct {
	// PostalCode is written without 〒, such as "100-0001".
	PostalCode, Address    string
	Company, Establishment string
	// Position and Name are the signatory's (契約者の役職・氏名).
	Position, Name string
}

// A Form is what an 申込書 says: one registered version of an application (R-APP-16).
type Form struct {
	// Centre is written before 御中.
	Centre string
	// Service is the service's name; it stands in the foot.
	Service string
	// Receipt is the 申込受付番号; it is also the number of the document.
	Receipt      string
	RegisteredAt time.Time
	// Date is the letter's: the day of registration in Japan.
	Date      calendar.Date
	Applicant Party
	// Items are what is applied for, such as 「利用者コード（追加）」.
	Items []string
	// Desired is zero for a re-issue of passwords, which has no start date (R-SEC-9).
	Desired calendar.Date
	// Reason is the 変更する理由; its line breaks are kept.
	Reason string
	Rows   []Row
	// Legend is one sentence per line, such as 「追加1 同士は同じ利用者コードになります」.
	Legend []string
	// What the table has no column for, by codes: the archive asked for or given up, and settings that change.
	Archive, ArchiveEnds, SettingsChange []string

	Settings []SettingsSheet
	Contact  Contact
	// Digest is of the registered version, as hexadecimal digits.
	Digest string
	// Examined is false before the approval; the paper is then marked 「審査前」.
	Examined bool
	// Genuine is how the paper is checked.
	Genuine Genuine
	// Wareki writes 令和 beside 西暦.
	Wareki bool
}

// A Row is one line of the table 「申込情報」. Every value is as shown.
type Row struct {
	// Operation is 追加, 変更前, 変更後, 削除 or 再発行; Category is 共用, 航空 or 海上.
	Operation, Category string
	// Trades are short names; those of one single-sign-on ID share the cell.
	Trades []string
	Method string
	// Code is 「追加1」 or a user code; Number is 「－」 or an identification number.
	Code, Number string
	Count        int // 0 where nothing is counted
	StatsPaid    bool
	StatsFree    bool
	Archive      bool
}

// A SettingsSheet is one tab of the system settings of one code, printed as 別紙.
type SettingsSheet struct {
	// Title names code and tab, such as 「追加1 名称」.
	Title  string
	Fields []LabelledValue
	// Missing marks the whole sheet as 未入力.
	Missing bool
}

// A LabelledValue is one field of a settings sheet; an empty value is printed as 未入力.
type LabelledValue struct{ Label, Value string }

// A Contact is the 申込担当者. Empty lines are left out.
type Contact struct {
	Department, Position string
	Name, Kana           string
	Phone, Extension     string
	Fax, Email           string
}
