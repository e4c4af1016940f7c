package papers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/document"
)

// NotYet says that a paper is given out only from a day on.
type NotYet struct{ From calendar.Date }

func (n *NotYet) Error() string { return "not before " + n.From.String() }

// ApplicationForm makes the 申込書 of one registered version, as it was registered (R-APP-16).
func (d *Desk) ApplicationForm(ctx context.Context, actor account.Actor, id string, round int, wareki bool) (pdf []byte, name string, err error) {
	v, view, err := d.casefile.Version(ctx, actor, id, round)
	if err != nil {
		return nil, "", err
	}
	row, err := d.DB.Read().GetVersion(ctx, command.VersionKey(id, round))
	if err != nil {
		return nil, "", fmt.Errorf("reading version %d of application %s: %w", round, id, err)
	}
	settings := application.Settings{}
	if err := json.Unmarshal([]byte(row.Settings), &settings); err != nil {
		return nil, "", fmt.Errorf("reading the settings of version %d: %w", round, err)
	}
	est, err := command.EstablishmentOf(ctx, d.DB.Read().Queries, view.Establishment.ID, calendar.DateOf(v.RegisteredAt))
	if err != nil {
		return nil, "", err
	}
	doc := v.Document
	form := document.Form{
		Centre: d.Operator.Centre, Service: d.Operator.Mail.Service, Receipt: v.Receipt, RegisteredAt: v.RegisteredAt,
		Date: calendar.DateOf(v.RegisteredAt), Applicant: PartyOf(est), Items: application.ItemNames(doc, d.Catalogue),
		Desired: doc.Desired, Reason: doc.Reason, Legend: application.Legend(doc), Digest: v.Digest, Wareki: wareki,
		Examined: !view.ApprovedAt.IsZero() && round == view.Round, Contact: document.Contact{
			Department: doc.Contact.Department, Position: doc.Contact.Position, Name: doc.Contact.Name, Kana: doc.Contact.Kana,
			Phone: doc.Contact.Phone, Extension: doc.Contact.Extension, Fax: doc.Contact.Fax, Email: doc.Contact.Email},
		Settings: d.settingsSheets(doc, settings),
	}
	noteChanges(&form, doc)
	for _, r := range application.TableRows(doc, d.Catalogue, nil) {
		form.Rows = append(form.Rows, document.Row{Operation: r.Operation, Category: r.Category, Trades: r.Trades, Method: r.Method,
			Code: r.Code, Number: r.Number, Count: r.Count, StatsPaid: r.StatsPaid, StatsFree: r.StatsFree, Archive: r.Archive})
	}
	reissued, err := d.reissueRows(ctx, view.Establishment.ID, v)
	if err != nil {
		return nil, "", err
	}
	form.Rows = append(form.Rows, reissued...)
	// The form is the establishment's letter: the centre does not sign it.
	pdf, err = d.Printed(ctx, "申込書", v.Receipt, v.Digest, false, func(g document.Genuine) ([]byte, error) {
		form.Genuine = g
		return d.Printer.ApplicationForm(form)
	})
	if err != nil {
		return nil, "", fmt.Errorf("making the application form: %w", err)
	}
	return pdf, "moushikomisho-" + v.Receipt + ".pdf", nil
}

// noteChanges fills in what the table 「申込情報」 has no column for: the archive, and settings that change.
func noteChanges(form *document.Form, doc application.Document) {
	for _, item := range doc.Codes {
		if item.Archive {
			form.Archive = append(form.Archive, doc.ItemName(item.Placeholder))
		}
	}
	for _, item := range doc.Existing {
		switch code := string(item.Code); {
		case item.Delete:
			continue
		case item.Archive && !item.Before.Archive:
			form.Archive = append(form.Archive, code)
		case !item.Archive && item.Before.Archive:
			form.ArchiveEnds = append(form.ArchiveEnds, code)
		}
		if item.Settings {
			form.SettingsChange = append(form.SettingsChange, string(item.Code))
		}
	}
}

// operationReissue is what the papers call a re-issue in their tables.
const operationReissue = "再発行"

// reissueRows are the IDs of a re-issue as the contract had them on the day of the registration.
func (d *Desk) reissueRows(ctx context.Context, establishment string, v casefile.Version) ([]document.Row, error) {
	if !v.Document.IsReissue() {
		return nil, nil
	}
	then, err := holding.ContractOn(ctx, d.Runner, d.DB.Read().Queries, establishment, calendar.DateOf(v.RegisteredAt), v.RegisteredAt)
	if err != nil {
		return nil, err
	}
	var rows []document.Row
	for _, code := range then.Codes {
		for _, id := range code.IDs {
			if slices.Contains(v.Document.Reissue, id.ID) {
				trades, method := shortNames(d.Runner, id.Trades, id.Method)
				rows = append(rows, document.Row{Operation: operationReissue, Category: application.CategoryName(code.Category), Trades: trades,
					Method: method, Code: string(code.Code), Number: string(id.ID.Number()), StatsPaid: code.StatsPaid, StatsFree: code.StatsFree})
			}
		}
	}
	return rows, nil
}

// shortNames are trades and a method as tables call them.
func shortNames(d *command.Runner, trades []string, method string) ([]string, string) {
	short := make([]string, len(trades))
	for i, key := range trades {
		short[i] = key
		if t, known := d.Catalogue.Trade(key); known {
			short[i] = t.Short
		}
	}
	if m, known := d.Catalogue.Method(method); known {
		method = m.Short
	}
	return short, method
}

// PartyOf is an establishment as papers name it.
func PartyOf(est command.Establishment) document.Party {
	return document.Party{PostalCode: est.PostalCode, Address: est.Address, Company: est.Company, Establishment: est.Name,
		Position: est.SignatoryPosition, Name: est.SignatoryName}
}

// settingsSheets are the settings as recorded at registration, or 未入力.
func (d *Desk) settingsSheets(doc application.Document, settings application.Settings) []document.SettingsSheet {
	var sheets []document.SettingsSheet
	for _, placeholder := range doc.Placeholders() {
		tabs, _ := doc.TabsAt(placeholder, d.Catalogue)
		for _, tab := range tabs {
			values, saved := settings[placeholder][tab]
			sheet := document.SettingsSheet{Title: doc.ItemName(placeholder) + " " + application.TabName(tab, d.Catalogue), Missing: !saved}
			for _, field := range d.Catalogue.FieldsOf(tab) {
				sheet.Fields = append(sheet.Fields, document.LabelledValue{Label: field.Label, Value: field.Shown(values[field.Key])})
			}
			sheets = append(sheets, sheet)
		}
	}
	return sheets
}

// ApprovalNotice makes the 承認通知, from the start date on; before, it is *NotYet. Its date is the approval
// day, or the day of the last change of the start date.
func (d *Desk) ApprovalNotice(ctx context.Context, actor account.Actor, id string, wareki bool) (pdf []byte, name string, err error) {
	view, err := d.casefile.Case(ctx, actor, id)
	if err != nil {
		return nil, "", err
	}
	switch view.State {
	case application.InEffect:
	case application.Approved:
		return nil, "", &NotYet{From: view.Start}
	default:
		return nil, "", command.ErrNotFound
	}
	app, err := command.Visible(ctx, d.DB.Read().Queries, actor, id)
	if err != nil {
		return nil, "", err
	}
	receipt, err := application.ParseReceipt(view.Receipt)
	if err != nil {
		return nil, "", fmt.Errorf("numbering the notice: %w", err)
	}
	dated := noticeDate(app)
	est, err := command.EstablishmentOf(ctx, d.DB.Read().Queries, view.Establishment.ID, dated)
	if err != nil {
		return nil, "", err
	}
	digits := receipt.Digits()
	help := d.Operator.Mail.HelpDesk
	notice := document.Notice{
		Number: "通知第" + digits[:2] + "-" + digits[2:] + "号", Date: dated, Service: d.Operator.Mail.Service,
		Sender: document.SenderParty{Name: d.Operator.Centre, Address: d.Operator.Address}, Addressee: PartyOf(est),
		Receipt: view.Receipt, Items: application.ItemNames(view.Document, d.Catalogue), Desired: view.Desired, Confirmed: view.Start, Reissue: view.Document.IsReissue(),
		HelpDesk: slices.DeleteFunc([]string{help.Name, help.Phone, help.Hours}, func(s string) bool { return s == "" }),
		Digest:   view.Digest, Wareki: wareki, Rows: noticeRows(view, d.Runner),
	}
	if view.Start != view.Desired && !notice.Reissue {
		notice.DateReason = view.StartReason
	}
	digest, err := noticeDigest(ctx, d.DB.Read().Queries, app, view.Digest)
	if err != nil {
		return nil, "", err
	}
	pdf, err = d.Printed(ctx, "承認通知", digits[:2]+"-"+digits[2:], digest, true, func(g document.Genuine) ([]byte, error) {
		notice.Genuine = g
		return d.Printer.ApprovalNotice(notice)
	})
	if err != nil {
		return nil, "", fmt.Errorf("making the approval notice: %w", err)
	}
	return pdf, "henkou-tsuuchi-" + digits + ".pdf", nil
}

// changedRows are what becomes of codes that exist: before and after of a change, and what is deleted.
func changedRows(view casefile.Case) []document.NoticeRow {
	var rows []document.NoticeRow
	for _, row := range view.Rows {
		if row.Operation == application.OperationAdd {
			continue
		}
		rows = append(rows, document.NoticeRow{Operation: row.Operation, Category: row.Category, Code: row.Code,
			Number: row.Number, Trades: row.Trades, Method: row.Method,
			StatsPaid: row.StatsPaid, StatsFree: row.StatsFree, Archive: row.Archive})
	}
	return rows
}

// servicesOf are the services of an issued code: those asked for, or those that it keeps through a re-issue.
func servicesOf(view casefile.Case, code casefile.IssuedCode) application.Services {
	if item, asked := view.Document.Asked(code.Placeholder); asked {
		return application.Services{Paid: item.StatsPaid, Free: item.StatsFree, Archive: item.Archive}
	}
	if view.ContractThen != nil {
		for _, held := range view.ContractThen.Codes {
			if held.Code == code.Code {
				return application.Services{Paid: held.StatsPaid, Free: held.StatsFree, Archive: held.Archive}
			}
		}
	}
	return application.Services{}
}

// noticeRows is what changes, then one row per user ID as issued.
func noticeRows(view casefile.Case, d *command.Runner) []document.NoticeRow {
	rows := changedRows(view)
	operation := application.OperationAdd
	if view.Document.IsReissue() {
		operation = operationReissue
	}
	for _, code := range view.Issued {
		has := servicesOf(view, code)
		for _, id := range code.IDs {
			trades, method := shortNames(d, id.Trades, id.Method)
			rows = append(rows, document.NoticeRow{Operation: operation, Category: application.CategoryName(code.Category), Code: string(code.Code),
				Number: string(id.Number), StatsPaid: has.Paid, StatsFree: has.Free, Archive: has.Archive, Method: method, Trades: trades})
		}
	}
	return rows
}
