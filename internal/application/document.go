package application

import (
	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Document is the whole content of an application, as it is frozen at each registration (R-APP-16).
// Its JSON form is what is stored and digested, so a field is only ever added, never renamed.
type Document struct {
	// Kinds are the keys of catalogue/application-kinds.csv that were ticked.
	Kinds []string `json:"kinds"`
	// Desired is the 利用開始希望日, one for all items (R-APP-1).
	Desired calendar.Date `json:"desired_start_date"`
	// Reason is the 変更する理由, 1–500 characters (R-APP-12).
	Reason  string  `json:"reason"`
	Contact Contact `json:"contact"`
	// Codes are the user codes to add, in the order of the list.
	Codes []CodeItem `json:"codes"`
	// LastPlaceholder is the highest placeholder ever used in this application, so that a removed one
	// is not given to another code.
	LastPlaceholder int `json:"last_placeholder"`
	// Existing is what is asked of user codes that exist, in the order of the list (R-APP-8).
	Existing []ExistingItem `json:"existing,omitempty"`
	// LastExisting is the highest placeholder that ever stood for an existing code, so that the settings of one that
	// was taken out are not another's.
	LastExisting int `json:"last_existing,omitempty"`
	// Reissue are the user IDs whose passwords are to be issued again (R-SEC-9).
	Reissue []userid.ID `json:"reissue,omitempty"`
}

// A Contact is the 申込担当者 of one application (R-APP-12).
type Contact struct {
	Name       string `json:"name"`
	Kana       string `json:"kana"`
	Department string `json:"department"`
	Position   string `json:"position"`
	Phone      string `json:"phone"`
	Extension  string `json:"extension"`
	Fax        string `json:"fax"`
	Email      string `json:"email"`
	// Confirmed says that the applicant has seen and confirmed the values, prefilled or not.
	Confirmed bool `json:"confirmed"`
}

// A CodeItem asks for one new user code.
type CodeItem struct {
	// Placeholder is n of 「追加n」; it keeps its identity to the end (R-ID-8).
	Placeholder int `json:"placeholder"`
	// Category is the システム設定区分: "common", "air" or "sea" (R-APP-6).
	Category  string `json:"category"`
	Rows      []Row  `json:"rows"`
	StatsPaid bool   `json:"statistics_paid"`
	StatsFree bool   `json:"statistics_free"`
	// Archive is the 保税管理資料保存サービス (R-APP-5).
	Archive bool `json:"bonded_archive"`
}

// A Row asks for identification numbers that share trades and method (R-APP-2).
type Row struct {
	SingleSignOn bool `json:"single_sign_on"`
	// Trades are catalogue keys: exactly one without single sign-on, two or more with it.
	Trades []string `json:"trades"`
	Method string   `json:"method"`
	Count  int      `json:"count"`
}

// Settings are the system settings of an application: placeholder → tab → field → value (R-SET-2).
// They stand beside the document and are not frozen with it.
type Settings map[int]map[string]map[string]string

// A Draft is what is worked on while an application is a draft or returned (R-APP-13).
type Draft struct {
	Document Document `json:"document"`
	// Settings are kept here while the application is a draft; registration makes them records.
	Settings Settings `json:"settings,omitempty"`
	// Typed holds what 一時保存 kept as typed, right or wrong: page → form field → values. A page's
	// entry goes when the page is stored without problems.
	Typed map[string]map[string][]string `json:"typed,omitempty"`
}

// Code returns the item of a placeholder.
func (d Document) Code(placeholder int) (CodeItem, bool) {
	for _, item := range d.Codes {
		if item.Placeholder == placeholder {
			return item, true
		}
	}
	return CodeItem{}, false
}

// Trades returns the union of the trades of a code's rows, in the order of the rows.
func (c CodeItem) Trades() []string {
	var union []string
	seen := map[string]bool{}
	for _, row := range c.Rows {
		for _, trade := range row.Trades {
			if !seen[trade] {
				seen[trade] = true
				union = append(union, trade)
			}
		}
	}
	return union
}
