package web

import (
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// A RestoredPage lists what a restored database has forgotten, for people to look after (R-ID-6, R-APP-15).
type RestoredPage struct {
	Frame
	Restores []RestoreLine
}

// A RestoreLine is one restore.
type RestoreLine struct {
	At         time.Time
	Checkpoint string
	Parts      []ForgottenPart
}

// A ForgottenPart is what was forgotten of a kind, with what is to be done about it.
type ForgottenPart struct {
	Title, Key, Do string
	Count          int64
	More           bool
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

// showRestored shows the restores.
func (s *Server) showRestored(v *visit, f Form) error {
	restores, err := s.Desk.Restores(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data := RestoredPage{Frame: v.frame("/desk/operations/restored", f)}
	for _, r := range restores {
		line := RestoreLine{At: r.At, Checkpoint: r.Checkpoint}
		for _, part := range r.Kinds {
			if len(part.List) > 0 {
				line.Parts = append(line.Parts, forgottenPart(r.Restored, part))
			}
		}
		data.Restores = append(data.Restores, line)
	}
	return v.render("desk-restored", data)
}

func forgottenPart(r desk.Restored, part desk.ForgottenKind) ForgottenPart {
	p := ForgottenPart{Key: part.Kind, More: part.More}
	switch part.Kind {
	case "code":
		p.Title, p.Count = "利用者コード", r.Codes
		p.Do = "承認とともに発行されましたが、契約にはもうありません。欠番になり、二度と発行されません。事業所に、使えないことと、あらためて承認することを連絡してください。"
	case "id":
		p.Title, p.Count = "利用者ID", r.IDs
		p.Do = "利用者コードと同じく欠番になりました。網の側に登録されている場合は、取り消してください。"
	case "receipt":
		p.Title, p.Count = "申込受付番号", r.Receipts
		p.Do = "登録が失われました。受付完了のメールが届いている事業所に、もう一度登録するよう連絡してください。新しい番号になります。"
	case "invoice":
		p.Title, p.Count = "請求書番号", r.Invoices
		p.Do = "発行した請求書が失われました。従量料金をもう一度取り込むと、別の番号で発行されます。前の請求書の扱いを事業所に連絡してください。"
	default:
		p.Title, p.Count = "送信済みのメール", r.Mails
		p.Do = "メールサーバーが受け取りましたが、このデータベースには記録がありません。もう一度送られることはありません。"
	}
	for _, f := range part.List {
		line := ForgottenLine{Key: f.Key, Establishment: f.Establishment, Receipt: f.Receipt, At: f.GivenAt}
		if line.Establishment == "" {
			line.Establishment = f.EstablishmentID
		}
		if f.Application != "" {
			line.Address = deskPath(f.Application)
		}
		if f.Again != "" && part.Kind != "invoice" { // an invoice has no page of its own here
			line.Again = deskPath(f.Again)
		}
		line.Twice = f.Again != ""
		if part.Kind == "mail" {
			line.Key, line.What = "", application.Mail(f.Detail).Japanese() // its Message-ID says nothing to people
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}
