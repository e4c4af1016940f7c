package centre

import (
	"net/url"
	"slices"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A RestoredPage lists what restored databases have forgotten, for people to look after (R-ID-6, R-APP-15): the
// beginning of each kind, or one kind page by page.
type RestoredPage struct {
	kit.Frame
	Restores []RestoreLine
	One      bool // one kind of one restore
	Pager    kit.Pager
}

// A RestoreLine is one restore.
type RestoreLine struct {
	At         time.Time
	Checkpoint string
	Parts      []ForgottenPart
	Sheet      kit.Export
}

// A ForgottenPart is what was forgotten of a kind, with what is to be done about it.
type ForgottenPart struct {
	Title, Key, Do string
	Count          int64
	All            string // where the rest stands, "" for none
	Lines          []ForgottenLine
}

// A ForgottenLine is one thing; Address leads to the application where the database knows it.
type ForgottenLine struct {
	Key, Establishment, Receipt, Address, What string
	// Again is the address of who has it now, "" for nobody.
	Again string
	Twice bool
	At    time.Time
}

const restoredPath = "/desk/operations/restored"

// ShowRestored shows the restores, or the kind of one that the address names.
func (s *Pages) ShowRestored(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	data := RestoredPage{Frame: v.Frame(restoredPath, f), One: asked.Has("restore")}
	if !data.One {
		restores, err := s.Desk.Restores(v.Ctx(), v.Actor())
		if err != nil {
			return err
		}
		for _, r := range restores {
			data.Restores = append(data.Restores, restoreLine(r))
		}
		return v.Render("desk-restored", data)
	}
	r, err := s.Desk.ForgottenBy(v.Ctx(), v.Actor(), asked.Get("restore"), asked.Get("kind"), kit.Printable(kit.Last(asked["after"])))
	if err != nil {
		return err
	}
	data.Restores = []RestoreLine{restoreLine(r)}
	kept := url.Values{"restore": {r.ID}, "kind": {r.Kinds[0].Kind}}
	data.Pager = kit.PagerOf(restoredPath, kept, asked["after"], r.Kinds[0].Next)
	return v.Render("desk-restored", data)
}

func restoreLine(r desk.RestoreView) RestoreLine {
	line := RestoreLine{At: r.At, Checkpoint: r.Checkpoint,
		Sheet: kit.ExportButton("失われたものをCSVで保存する", restoredPath+".csv", url.Values{"restore": {r.ID}})}
	for _, part := range r.Kinds {
		if len(part.List) > 0 {
			line.Parts = append(line.Parts, forgottenPart(r.Restored, part))
		}
	}
	return line
}

// ExportRestored is everything that a restore has lost, or that all of them have.
func (s *Pages) ExportRestored(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
	restore := asked.Get("restore")
	restores, err := s.Desk.Noticed(v.Ctx())
	if err != nil {
		return kit.Outgoing{}, err
	}
	if restore != "" {
		restores = slices.DeleteFunc(restores, func(r desk.Restored) bool { return r.ID != restore })
		if len(restores) == 0 {
			return kit.Outgoing{}, desk.ErrNotFound
		}
	}
	file := kit.Outgoing{Export: desk.Export{Kind: "restored.csv", Filter: restore}, What: "復元で失われたもの", From: kit.Link{Text: "復元の記録に戻る", Address: restoredPath}}
	type row struct {
		part ForgottenPart
		line ForgottenLine
	}
	each := func(take func(row) error) error {
		for _, r := range restores {
			err := s.Desk.EachForgotten(v.Ctx(), v.Actor(), r.ID, func(kind string, f desk.Forgotten) error {
				return take(row{forgottenPart(r, desk.ForgottenKind{Kind: kind}), forgottenLine(kind, f)})
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	rows := cases.Sheet(v, []string{"失われたもの", "番号", "内容", "事業所", "今の申込み", "発行・送信の日時", "すること"}, each, func(r row) []string {
		return []string{cases.Said(v, r.part.Title), r.line.Key, cases.Said(v, r.line.What), r.line.Establishment, r.line.Receipt, cases.CellTime(r.line.At), cases.Said(v, r.part.Do)}
	})
	file.Send = func() (int, error) { return v.SendCSV(cases.SheetName("restored", s.Desk.Now()), rows) }
	return file, nil
}

func forgottenPart(r desk.Restored, part desk.ForgottenKind) ForgottenPart {
	p := ForgottenPart{Key: part.Kind}
	if part.Next != "" {
		p.All = restoredPath + "?" + url.Values{"restore": {r.ID}, "kind": {part.Kind}}.Encode()
	}
	switch part.Kind {
	case desk.ForgottenCode:
		p.Title, p.Count = "利用者コード", r.Codes
		p.Do = "承認とともに発行されましたが、契約にはもうありません。欠番になり、二度と発行されません。事業所に、使えないことと、あらためて承認することを連絡してください。"
	case desk.ForgottenID:
		p.Title, p.Count = "利用者ID", r.IDs
		p.Do = "利用者コードと同じく欠番になりました。ネットワークに登録済みの場合は、登録を取り消してください。"
	case desk.ForgottenReceipt:
		p.Title, p.Count = "申込受付番号", r.Receipts
		p.Do = "登録が失われました。受付完了のメールが届いている事業所に、もう一度登録するよう連絡してください。新しい番号になります。"
	case desk.ForgottenInvoice:
		p.Title, p.Count = "請求書番号", r.Invoices
		p.Do = "発行した請求書が失われました。従量料金をもう一度取り込むと、別の番号で発行されます。前の請求書の扱いを事業所に連絡してください。"
	default:
		p.Title, p.Count = "送信済みのメール", r.Mails
		p.Do = "メールサーバーが受け取りましたが、このデータベースには記録がありません。もう一度送られることはありません。"
	}
	for _, f := range part.List {
		p.Lines = append(p.Lines, forgottenLine(part.Kind, f))
	}
	return p
}

func forgottenLine(kind string, f desk.Forgotten) ForgottenLine {
	line := ForgottenLine{Key: f.Key, Establishment: f.Establishment, Receipt: f.Receipt, At: f.GivenAt}
	if line.Establishment == "" {
		line.Establishment = f.EstablishmentID
	}
	if f.Application != "" {
		line.Address = kit.DeskPath(f.Application)
	}
	if f.Again != "" && kind != desk.ForgottenInvoice { // an invoice has no page of its own here
		line.Again = kit.DeskPath(f.Again)
	}
	line.Twice = f.Again != ""
	if kind == desk.ForgottenMail {
		line.Key, line.What = "", application.Mail(f.Detail).Japanese() // its Message-ID says nothing to people
	}
	return line
}
