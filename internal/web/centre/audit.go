package centre

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// An AuditPage is the page of the audit log: who did what when, and whether the log is what was signed.
type AuditPage struct {
	kit.Frame
	Actor, About, Place, Text, From, To kit.Field
	Act                                 kit.Select
	Found                               kit.Sentence
	Rows                                []AuditLine
	Empty                               kit.Empty
	Pager                               kit.Pager
	State                               []kit.Pair
	Verdict                             kit.Notice
	Ways                                []AuditWayLine
	Sheets                              []kit.Export
}

// An AuditLine is one entry in words.
type AuditLine struct {
	At                  time.Time
	Who, Place, Address string
	Role                string // Japanese text, "" for none
	Act                 kit.Sentence
	About               string // receipt number or thing
	Says                []AuditFact
}

// An AuditFact is a fact of an entry: a label of ours or a bare key, and its value.
type AuditFact struct{ Label, Key, Value string }

// An AuditWayLine is a way on which checkpoints leave the machine.
type AuditWayLine struct {
	Name    string
	State   kit.Tag
	SentAt  time.Time
	Failure string
}

// keyAuditSearch keeps in the session what was searched for: it may be a name, which no address should hold.
const keyAuditSearch = "audit-search"

// auditFields are the fields of the search, and of the export of what it finds.
func auditFields() []string {
	return []string{"actor", "act", "about", "place", "from", "to", "text"}
}

// ShowAudit shows the entries that were searched for last, where the address says so, else all.
func (s *Pages) ShowAudit(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	values := f.Values
	if values == nil {
		values = url.Values{}
		if asked.Get(kit.NameSearched) == "yes" {
			values, _ = url.ParseQuery(s.SessionManager.GetString(v.Ctx(), keyAuditSearch)) // written by searchAudit
		}
		f.Values = values
	}
	q, wrong := auditQuery(values)
	f.Problems = append(f.Problems, wrong...)
	if len(f.Problems) > 0 {
		q, v.Status = desk.AuditQuery{}, http.StatusUnprocessableEntity
	}
	q.After = kit.Printable(kit.Last(asked["after"]))
	page, err := s.Desk.AuditLog(v.Ctx(), v.Actor(), q)
	if err != nil {
		return err
	}
	data := AuditPage{Frame: v.Frame("/desk/audit", f.OnPage(auditFields()...)), Rows: auditLines(page.Rows), Pager: kit.PagerOf("/desk/audit", asked, asked["after"], page.Next),
		Empty: kit.Empty{Says: kit.Say("条件に合う記録はありません。"), Link: kit.Link{Text: "条件を消してすべて表示する", Address: "/desk/audit"}},
		State: auditState(page), Verdict: auditVerdict(page.Verified), Ways: auditWays(page.Ways),
		Sheets: []kit.Export{kit.ExportButton("検証できる形で書き出す（個人情報なし）", "/desk/audit.jsonl", auditDays(q)),
			kit.ExportButton("検証できる形で書き出す（個人情報あり）", "/desk/audit.jsonl", withPersonal(auditDays(q)))}}
	data.fields(f)
	switch {
	case !page.Bounded.IsZero():
		data.Found = kit.Say("検索の結果（日の指定がないため、%sからの記録）", page.Bounded)
	case len(values) > 0:
		data.Found = kit.Say("検索の結果")
	}
	return v.Render("audit", data)
}

func (p *AuditPage) fields(f kit.Form) {
	p.Actor = f.Field(kit.Field{Name: "actor", Label: "操作した人", Hint: kit.Say("氏名、メールアドレスまたはアカウントID"), Width: "m"})
	p.Act = f.Select(kit.Select{Name: "act", Label: "操作", Empty: "すべて", Choices: actChoices()})
	p.About = f.Field(kit.Field{Name: "about", Label: "申込受付番号", Width: "m"})
	p.Place = f.Field(kit.Field{Name: "place", Label: "事業所名", Width: "m"})
	p.From = f.Field(kit.Field{Name: "from", Label: "日（から）", Type: "date"})
	p.To = f.Field(kit.Field{Name: "to", Label: "日（まで）", Type: "date"})
	p.Text = f.Field(kit.Field{Name: "text", Label: "記録に含まれる文字", Hint: kit.Say("理由、検索した文字など"), Width: "m"})
}

// auditQuery is what a form asks for.
func auditQuery(values url.Values) (desk.AuditQuery, problem.List) {
	var wrong problem.List
	date := func(name string) calendar.Date {
		typed := strings.TrimSpace(values.Get(name))
		if typed == "" {
			return calendar.Date{}
		}
		day, err := calendar.ParseTyped(typed)
		if err != nil {
			wrong.Add(name, "R-APP-12", "日付は「2026-04-01」のように入力してください。")
		}
		return day
	}
	text := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	q := desk.AuditQuery{Actor: text("actor"), Act: text("act"), About: text("about"), Establishment: text("place"), Text: text("text"), From: date("from"), To: date("to")}
	if len(wrong) == 0 && !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		wrong.Add("to", "R-APP-12", "「日（まで）」は「日（から）」以後の日を入力してください。")
	}
	return q, wrong
}

// SearchAudit keeps what is searched for, leaves evidence, and leads to what it finds.
func (s *Pages) SearchAudit(v *kit.Request) error {
	in, err := v.Form(auditFields()...)
	if err != nil {
		return err
	}
	q, wrong := auditQuery(in)
	if err := wrong.Err(); err != nil {
		return err
	}
	for name := range maps.Clone(in) {
		if in.Get(name) == "" {
			in.Del(name)
		}
	}
	if len(in) == 0 {
		return v.SeeOther("/desk/audit")
	}
	if err := s.Desk.SearchedAudit(v.Ctx(), v.Actor(), q); err != nil {
		return err
	}
	s.SessionManager.Put(v.Ctx(), keyAuditSearch, in.Encode())
	return v.SeeOther("/desk/audit?" + kit.NameSearched + "=yes")
}

// VerifyAudit asks for a verification, which runs in the background.
func (s *Pages) VerifyAudit(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	if err := s.Desk.AskVerification(v.Ctx(), v.Actor()); err != nil {
		return err
	}
	return v.SeeOther("/desk/audit#verify")
}

func auditLines(rows []desk.AuditRow) []AuditLine {
	lines := make([]AuditLine, len(rows))
	for i, row := range rows {
		lines[i] = auditLine(row)
	}
	return lines
}

// auditLine is an entry in words; who did it is an id where the name was removed after its time.
func auditLine(row desk.AuditRow) AuditLine {
	said := row.Said
	line := AuditLine{At: said.At, Who: said.ActorName, Role: auditRoles[said.Role], Place: row.Establishment, Act: ActSentence(said.Act), About: row.Receipt,
		Address: AuditPath(said.ID), Says: auditFacts(said)}
	if line.Who == "" {
		line.Who = string(said.Actor)
	}
	if line.About == "" {
		line.About = said.Detail[audit.Receipt]
	}
	return line
}

func auditFacts(said audit.Said) []AuditFact {
	var facts []AuditFact
	for _, list := range []map[audit.Key]string{said.Personal, said.Detail} {
		for _, key := range slices.Sorted(maps.Keys(list)) {
			if key == audit.Receipt || list[key] == "" {
				continue
			}
			fact := AuditFact{Label: keyWords[key], Value: list[key]}
			if fact.Label == "" {
				fact.Key = string(key)
			}
			facts = append(facts, fact)
		}
	}
	return facts
}

// AuditPath is the address of an entry.
func AuditPath(entry string) string { return "/desk/audit/" + url.PathEscape(entry) }

// auditState says how far the log is.
func auditState(page desk.AuditPage) []kit.Pair {
	state := page.State
	pairs := []kit.Pair{{Term: "記録の件数", Says: kit.Say("%d件（位置を待つ記録は%d件。通常は数秒以内）", state.Size, state.Waiting)}}
	if state.Last.Number > 0 {
		pairs = append(pairs, kit.Pair{Term: "最後のチェックポイント", Says: kit.Say("%s、%d件まで署名済み", state.Last.At, state.Last.Size)},
			kit.Pair{Term: "チェックポイントの値", Value: state.Last.Root, Mono: true})
	}
	minutes := int(page.Policy.CheckpointEvery / time.Minute)
	return append(pairs, kit.Pair{Term: "署名の間隔", Says: kit.Say("新しい記録があるとき、%d分以内", minutes)},
		kit.Pair{Term: "保存期間", Says: kit.Say("個人情報は%d年、本文は%d年。その後もハッシュ値は残り、検証できます", page.Policy.PersonalYears, page.Policy.TextYears)})
}

// auditVerdict says what the last verification found.
func auditVerdict(v desk.LogVerification) kit.Notice {
	switch {
	case v.DoneAt.IsZero():
		return kit.Notice{Kind: "info", Heading: "まだ検証していません", Says: kit.Say("署名されたチェックポイントができると、毎日自動で検証します。")}
	case v.Findings > 0:
		return kit.Notice{Kind: "error", Heading: "署名された内容と異なる記録があります", Says: kit.Say("%sの検証で%d件見つかりました。運用者と監査の責任者に連絡し、外部に保管したチェックポイントと照らし合わせてください。", v.DoneAt, v.Findings)}
	}
	return kit.Notice{Kind: "success", Heading: "検証の結果、変更は見つかりませんでした", Says: kit.Say("%sに%d件を検証しました。", v.DoneAt, v.Size)}
}

func auditWays(states []desk.WayState) []AuditWayLine {
	lines := make([]AuditWayLine, len(states))
	for i, w := range states {
		lines[i] = AuditWayLine{Name: w.Name, SentAt: w.SentAt, Failure: w.Failure, State: kit.Tag{Kind: "green", Text: "送信済"}}
		if w.Behind > 0 {
			lines[i].State = kit.Tag{Kind: "blue", Text: "送信待ち"}
		}
		if w.Failure != "" {
			lines[i].State = kit.Tag{Kind: "red", Text: "送信失敗"}
		}
	}
	return lines
}

func auditDays(q desk.AuditQuery) url.Values {
	values := url.Values{}
	for name, day := range map[string]calendar.Date{"from": q.From, "to": q.To} {
		if !day.IsZero() {
			values.Set(name, day.String())
		}
	}
	return values
}

func withPersonal(values url.Values) url.Values {
	values.Set("personal", "yes")
	return values
}

// AuditExport makes ready the export of the log that a form asks for.
func AuditExport() kit.Exporting {
	return kit.Exporting{Fields: []string{"from", "to", "personal"}, Ready: func(v *kit.Request, asked url.Values) (kit.Outgoing, error) {
		q, wrong := auditQuery(asked)
		file := kit.Outgoing{Export: desk.Export{Kind: "audit", Filter: kit.FilterWords(asked)}, What: "監査記録", From: kit.Link{Text: "監査記録に戻る", Address: "/desk/audit"}}
		file.Send = func() (int, error) {
			v.Attach("application/jsonl", "audit.jsonl")
			x := desk.LogExport{Since: q.From, Until: q.To, Personal: asked.Get("personal") == "yes"}
			return 0, v.Kit.Desk.ExportLog(v.Ctx(), v.Actor(), x, v.Out)
		}
		return file, wrong.Err()
	}}
}

// An AuditEntryPage is one entry, with the buttons for its proof.
type AuditEntryPage struct {
	kit.Frame
	Line  AuditLine
	Pairs []kit.Pair
	Text  string // as it was hashed
	Proof []kit.Export
}

// ShowAuditEntry shows one entry.
func (s *Pages) ShowAuditEntry(v *kit.Request, f kit.Form) error {
	id := v.HTTP.PathValue("entry")
	row, err := s.Desk.AuditEntry(v.Ctx(), v.Actor(), id)
	if err != nil {
		return err
	}
	line := auditLine(row)
	data := AuditEntryPage{Frame: v.Frame(AuditPath(id), f.OnPage()), Line: line, Text: row.Text, Pairs: []kit.Pair{
		{Term: "時刻", Says: kit.Say("%s", line.At)}, {Term: "操作した人", Value: line.Who}, {Term: "役割", Says: kit.Say(line.Role)},
		{Term: "操作", Says: line.Act}, {Term: "事業所名", Value: line.Place}, {Term: "申込受付番号", Value: line.About, Mono: true},
	}}
	data.Back = kit.Link{Text: "監査記録に戻る", Address: "/desk/audit"}
	data.Pairs = slices.DeleteFunc(data.Pairs, func(p kit.Pair) bool { return p.Value == "" && p.Says.Text == "" })
	for _, fact := range line.Says {
		data.Pairs = append(data.Pairs, kit.Pair{Term: fact.Label + fact.Key, Value: fact.Value})
	}
	if row.Seq >= 0 {
		data.Pairs = append(data.Pairs, kit.Pair{Term: "記録の位置", Value: strconv.FormatInt(row.Seq, 10)})
	}
	data.Proof = []kit.Export{kit.ExportButton("この記録の証明をPDFで保存する", AuditPath(id)+"/proof.pdf", nil),
		kit.ExportButton("この記録の証明をファイル（JSON）で保存する", AuditPath(id)+"/proof.json", nil)}
	return v.Render("audit-entry", data)
}

// AuditProof makes ready the proof of one entry, as a PDF or as the file that can be verified.
func AuditProof(kind string) kit.Exporting {
	return kit.Exporting{Fields: nil, Ready: func(v *kit.Request, _ url.Values) (kit.Outgoing, error) {
		id := v.HTTP.PathValue("entry")
		row, err := v.Kit.Desk.AuditEntry(v.Ctx(), v.Actor(), id)
		if err != nil {
			return kit.Outgoing{}, err
		}
		what := ActWords[row.Said.Act]
		if what == "" {
			what = row.Said.Act
		}
		file := kit.Outgoing{Export: desk.Export{Kind: "audit-proof." + kind, Filter: id}, What: "監査記録の証明", From: kit.Link{Text: "記録に戻る", Address: AuditPath(id)}}
		file.Send = func() (int, error) { return 1, sendProof(v, kind, id, what) }
		return file, nil
	}}
}

func sendProof(v *kit.Request, kind, id, what string) error {
	if kind == "pdf" {
		pdf, name, err := v.Kit.Desk.EntryProofPaper(v.Ctx(), v.Actor(), id, what)
		return v.SendPaper(pdf, name, err)
	}
	p, err := v.Kit.Desk.ProveEntry(v.Ctx(), v.Actor(), id)
	if err != nil {
		return err
	}
	v.Attach("application/json", "audit-proof-"+strconv.FormatInt(p.Proof.Leaf.Seq, 10)+".json")
	return json.NewEncoder(v.Out).Encode(p.Proof)
}
