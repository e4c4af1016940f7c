package document

import (
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/calendar"
)

const formTitle = "システムサービス利用契約変更申込書"

// layOutForm composes the 申込書: letter, table, contact, and the settings behind it.
func layOutForm(face *face, f Form) *paper {
	p := &paper{
		face:   face,
		title:  formTitle + " " + f.Receipt,
		author: f.Applicant.Company,
		made:   f.RegisteredAt.In(calendar.Tokyo),
		number: strings.TrimSpace("申込受付番号 " + f.Receipt + "　" + f.Service),
		notes: []string{
			"この申込書の郵送は不要です。社内の控えとして保管してください。",
			"登録内容のダイジェスト " + f.Digest,
		},
	}
	if !f.Examined {
		p.stamp = "審査前"
	}
	p.turn()
	p.genuine(f.Genuine)
	p.formLetter(f)
	p.formContact(f.Contact)
	p.closing()
	p.formSettings(f)
	p.finish()
	return p
}

func (p *paper) formLetter(f Form) {
	p.dated(letterDay(f.Date, f.Wareki))
	p.write(half, style{size: 12, leading: 19}, f.Centre+"　御中")
	p.gap(14)
	p.party(block, f.Applicant, "")
	p.opening(formTitle, "下記のとおり申し込みます。")
	p.pair("申込受付番号", f.Receipt)
	p.pair("登録日時", moment(f.RegisteredAt, f.Wareki))
	p.pair("申込内容", strings.Join(f.Items, "\n"))
	p.pair("利用開始希望日", day(f.Desired, f.Wareki))
	p.pair("変更する理由", f.Reason)
	if len(f.Settings) > 0 {
		p.pair("システム設定", "別紙のとおり")
	}
	if len(f.Rows) > 0 {
		p.formTable(f)
	}
}

func (p *paper) formTable(f Form) {
	t := table{columns: []column{
		{"", "申込内容", 44, centred}, {"", "区分", 34, centred},
		{"", "業種", 103, atLeft}, {"", "処理方式", 80, atLeft},
		{"利用者ID", "利用者コード", 58, centred}, {"利用者ID", "識別番号", 46, centred},
		{"利用者ID", "追加数", 36, centred},
		{"管理統計資料", "有料分", 35, centred}, {"管理統計資料", "無料分", measure - 436, centred},
	}}
	for _, r := range f.Rows {
		t.rows = append(t.rows, []string{r.Operation, r.Category, p.trades(t.columns[2], r.Trades), r.Method,
			orDash(r.Code), orDash(r.Number), counted(r.Count), sign(r.StatsPaid), sign(r.StatsFree)})
	}
	p.headed("申込情報", 60)
	p.table(t)
	notes := append(slices.Clone(f.Legend), "管理統計資料　○：申し込む　×：申し込まない")
	for _, note := range []struct {
		says  string
		codes []string
	}{
		{"保税管理資料保存サービスを申し込む利用者コード：", f.Archive}, {"保税管理資料保存サービスをやめる利用者コード：", f.ArchiveEnds},
		{"システム設定を変更する利用者コード：", f.SettingsChange},
	} {
		if len(note.codes) > 0 {
			notes = append(notes, note.says+strings.Join(note.codes, "、"))
		}
	}
	p.tableNotes(notes...)
}

// counted is a number of IDs, or the dash where there is nothing to count.
func counted(n int) string {
	if n == 0 {
		return orDash("")
	}
	return strconv.Itoa(n)
}

func (p *paper) formContact(c Contact) {
	p.headed("申込担当者", 5*(body.leading+3)+8+body.leading) // five pairs and 以上
	p.pair("所属・役職", strings.TrimSpace(c.Department+"　"+c.Position))
	name := c.Name
	if c.Kana != "" {
		name += "（" + c.Kana + "）"
	}
	p.pair("氏名", name)
	phone := c.Phone
	if c.Extension != "" {
		phone += "（内線 " + c.Extension + "）"
	}
	p.pair("電話番号", phone)
	p.pair("ファクシミリ番号", c.Fax)
	p.pair("電子メール", c.Email)
}

// formSettings sets the 別紙: the settings as they were recorded at registration, sheet by sheet.
func (p *paper) formSettings(f Form) {
	if len(f.Settings) == 0 {
		return
	}
	p.turn()
	p.write(whole, style{size: 14, leading: 24}, "別紙　システム設定")
	p.write(whole, small, "申込受付番号 "+f.Receipt+" の登録時点の内容です。")
	for _, sheet := range f.Settings {
		p.formSheet(sheet)
	}
}

func (p *paper) formSheet(sheet SettingsSheet) {
	p.headed(sheet.Title, 60)
	if sheet.Missing || len(sheet.Fields) == 0 {
		p.write(whole, body, "未入力")
		return
	}
	t := table{columns: []column{{"", "項目", 165, atLeft}, {"", "入力内容", measure - 165, atLeft}}}
	for _, field := range sheet.Fields {
		value := field.Value
		if value == "" {
			value = "未入力"
		}
		t.rows = append(t.rows, []string{field.Label, value})
	}
	p.table(t)
}
