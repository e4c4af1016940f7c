package web

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
)

// An AuditPage is page C8: who did what when, and whether the log is what was signed.
type AuditPage struct {
	Frame
	Actor, About, Place, Text, From, To Field
	Act                                 Select
	Found                               Sentence
	Rows                                []AuditLine
	Empty                               Empty
	Pager                               Pager
	State                               []Pair
	Verdict                             Notice
	Ways                                []AuditWayLine
	Sheets                              []Export
}

// An AuditLine is one entry in words.
type AuditLine struct {
	At                  time.Time
	Who, Place, Address string
	Role                string // Japanese text, "" for none
	Act                 Sentence
	About               string // receipt number or thing
	Says                []AuditFact
}

// An AuditFact is a fact of an entry: a label of ours or a bare key, and its value.
type AuditFact struct{ Label, Key, Value string }

// An AuditWayLine is a way on which checkpoints leave the machine.
type AuditWayLine struct {
	Name    string
	State   Tag
	SentAt  time.Time
	Failure string
}

// keyAuditSearch keeps in the session what was searched for: it may be a name, which no address should hold.
const keyAuditSearch = "audit-search"

// auditFields are the fields of the search, and of the export of what it finds.
func auditFields() []string {
	return []string{"actor", "act", "about", "place", "from", "to", "text"}
}

// showAudit shows the entries that were searched for last, where the address says so, else all.
func (s *Server) showAudit(v *visit, f Form) error {
	asked := v.r.URL.Query()
	values := f.Values
	if values == nil {
		values = url.Values{}
		if asked.Get(nameSearched) == "yes" {
			values, _ = url.ParseQuery(s.sessions.GetString(v.ctx(), keyAuditSearch)) // written by searchAudit
		}
		f.Values = values
	}
	q, wrong := auditQuery(values)
	f.Problems = append(f.Problems, wrong...)
	if len(f.Problems) > 0 {
		q, v.status = desk.AuditQuery{}, http.StatusUnprocessableEntity
	}
	q.After = printable(last(asked["after"]))
	page, err := s.Desk.AuditLog(v.ctx(), v.actor(), q)
	if err != nil {
		return err
	}
	data := AuditPage{Frame: v.frame("/desk/audit", f.onPage(auditFields()...)), Rows: auditLines(page.Rows), Pager: pagerOf("/desk/audit", asked, asked["after"], page.Next),
		Empty: Empty{Says: Say("条件に合う記録はありません。"), Link: Link{Text: "条件を消してすべて表示する", Address: "/desk/audit"}},
		State: auditState(page), Verdict: auditVerdict(page.Verified), Ways: auditWays(page.Ways),
		Sheets: []Export{exportButton("検証できる形で書き出す（個人情報なし）", "/desk/audit.jsonl", auditDays(q)),
			exportButton("検証できる形で書き出す（個人情報あり）", "/desk/audit.jsonl", withPersonal(auditDays(q)))}}
	data.fields(f)
	switch {
	case !page.Bounded.IsZero():
		data.Found = Say("検索の結果（日の指定がないため、%sからの記録）", page.Bounded)
	case len(values) > 0:
		data.Found = Say("検索の結果")
	}
	return v.render("audit", data)
}

func (p *AuditPage) fields(f Form) {
	p.Actor = f.Field(Field{Name: "actor", Label: "操作した人", Hint: Say("氏名、メールアドレスまたはアカウントID"), Width: "m"})
	p.Act = f.Select(Select{Name: "act", Label: "操作", Empty: "すべて", Choices: actChoices()})
	p.About = f.Field(Field{Name: "about", Label: "申込受付番号", Width: "m"})
	p.Place = f.Field(Field{Name: "place", Label: "事業所名", Width: "m"})
	p.From = f.Field(Field{Name: "from", Label: "日（から）", Type: "date"})
	p.To = f.Field(Field{Name: "to", Label: "日（まで）", Type: "date"})
	p.Text = f.Field(Field{Name: "text", Label: "記録に含まれる文字", Hint: Say("理由、検索した文字など"), Width: "m"})
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

// searchAudit keeps what is searched for, leaves evidence, and leads to what it finds.
func (s *Server) searchAudit(v *visit) error {
	in, err := v.form(auditFields()...)
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
		return v.seeOther("/desk/audit")
	}
	if err := s.Desk.SearchedAudit(v.ctx(), v.actor(), q); err != nil {
		return err
	}
	s.sessions.Put(v.ctx(), keyAuditSearch, in.Encode())
	return v.seeOther("/desk/audit?" + nameSearched + "=yes")
}

// verifyAudit asks for a verification, which runs in the background.
func (s *Server) verifyAudit(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	if err := s.Desk.AskVerification(v.ctx(), v.actor()); err != nil {
		return err
	}
	return v.seeOther("/desk/audit#verify")
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
	line := AuditLine{At: said.At, Who: said.ActorName, Role: auditRoles[said.Role], Place: row.Establishment, Act: actSentence(said.Act), About: row.Receipt,
		Address: auditPath(said.ID), Says: auditFacts(said)}
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

func auditPath(entry string) string { return "/desk/audit/" + url.PathEscape(entry) }

// auditState says how far the log is.
func auditState(page desk.AuditPage) []Pair {
	state := page.State
	pairs := []Pair{{Term: "記録の件数", Says: Say("%d件（位置を待つ記録は%d件。通常は数秒以内）", state.Size, state.Waiting)}}
	if state.Last.Number > 0 {
		pairs = append(pairs, Pair{Term: "最後のチェックポイント", Says: Say("%s、%d件まで署名済み", state.Last.At, state.Last.Size)},
			Pair{Term: "チェックポイントの値", Value: state.Last.Root, Mono: true})
	}
	minutes := int(page.Policy.CheckpointEvery / time.Minute)
	return append(pairs, Pair{Term: "署名の間隔", Says: Say("新しい記録があるとき、%d分以内", minutes)},
		Pair{Term: "保存期間", Says: Say("個人情報は%d年、本文は%d年。その後もハッシュ値は残り、検証できます", page.Policy.PersonalYears, page.Policy.TextYears)})
}

// auditVerdict says what the last verification found.
func auditVerdict(v desk.LogVerification) Notice {
	switch {
	case v.DoneAt.IsZero():
		return Notice{Kind: "info", Heading: "まだ検証していません", Says: Say("署名されたチェックポイントができると、毎日自動で検証します。")}
	case v.Findings > 0:
		return Notice{Kind: "error", Heading: "署名された内容と異なる記録があります", Says: Say("%sの検証で%d件見つかりました。運用者と監査の責任者に連絡し、外部に保管したチェックポイントと照らし合わせてください。", v.DoneAt, v.Findings)}
	}
	return Notice{Kind: "success", Heading: "検証の結果、変更は見つかりませんでした", Says: Say("%sに%d件を検証しました。", v.DoneAt, v.Size)}
}

func auditWays(states []desk.WayState) []AuditWayLine {
	lines := make([]AuditWayLine, len(states))
	for i, w := range states {
		lines[i] = AuditWayLine{Name: w.Name, SentAt: w.SentAt, Failure: w.Failure, State: Tag{"green", "送信済"}}
		if w.Behind > 0 {
			lines[i].State = Tag{"blue", "送信待ち"}
		}
		if w.Failure != "" {
			lines[i].State = Tag{"red", "送信失敗"}
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

// auditExport makes ready the export of the log that a form asks for.
func auditExport() exporting {
	return exporting{[]string{"from", "to", "personal"}, func(v *visit, asked url.Values) (outgoing, error) {
		q, wrong := auditQuery(asked)
		file := outgoing{Export: desk.Export{Kind: "audit", Filter: filterWords(asked)}, what: "監査記録", from: Link{Text: "監査記録に戻る", Address: "/desk/audit"}}
		file.send = func() (int, error) {
			v.attach("application/jsonl", "audit.jsonl")
			x := desk.LogExport{Since: q.From, Until: q.To, Personal: asked.Get("personal") == "yes"}
			return 0, v.s.Desk.ExportLog(v.ctx(), v.actor(), x, v.w)
		}
		return file, wrong.Err()
	}}
}

// An AuditEntryPage is one entry, with the buttons for its proof.
type AuditEntryPage struct {
	Frame
	Line  AuditLine
	Pairs []Pair
	Text  string // as it was hashed
	Proof []Export
}

// showAuditEntry shows one entry.
func (s *Server) showAuditEntry(v *visit, f Form) error {
	id := v.r.PathValue("entry")
	row, err := s.Desk.AuditEntry(v.ctx(), v.actor(), id)
	if err != nil {
		return err
	}
	line := auditLine(row)
	data := AuditEntryPage{Frame: v.frame(auditPath(id), f.onPage()), Line: line, Text: row.Text, Pairs: []Pair{
		{Term: "時刻", Says: Say("%s", line.At)}, {Term: "操作した人", Value: line.Who}, {Term: "役割", Says: Say(line.Role)},
		{Term: "操作", Says: line.Act}, {Term: "事業所名", Value: line.Place}, {Term: "申込受付番号", Value: line.About, Mono: true},
	}}
	data.Back = Link{Text: "監査記録に戻る", Address: "/desk/audit"}
	data.Pairs = slices.DeleteFunc(data.Pairs, func(p Pair) bool { return p.Value == "" && p.Says.Text == "" })
	for _, fact := range line.Says {
		data.Pairs = append(data.Pairs, Pair{Term: fact.Label + fact.Key, Value: fact.Value})
	}
	if row.Seq >= 0 {
		data.Pairs = append(data.Pairs, Pair{Term: "記録の位置", Value: strconv.FormatInt(row.Seq, 10)})
	}
	data.Proof = []Export{exportButton("この記録の証明をPDFで保存する", auditPath(id)+"/proof.pdf", nil),
		exportButton("この記録の証明をファイル（JSON）で保存する", auditPath(id)+"/proof.json", nil)}
	return v.render("audit-entry", data)
}

// auditProof makes ready the proof of one entry, as a PDF or as the file that can be verified.
func auditProof(kind string) exporting {
	return exporting{nil, func(v *visit, _ url.Values) (outgoing, error) {
		id := v.r.PathValue("entry")
		row, err := v.s.Desk.AuditEntry(v.ctx(), v.actor(), id)
		if err != nil {
			return outgoing{}, err
		}
		what := actWords[row.Said.Act]
		if what == "" {
			what = row.Said.Act
		}
		file := outgoing{Export: desk.Export{Kind: "audit-proof." + kind, Filter: id}, what: "監査記録の証明", from: Link{Text: "記録に戻る", Address: auditPath(id)}}
		file.send = func() (int, error) { return 1, v.sendProof(kind, id, what) }
		return file, nil
	}}
}

func (v *visit) sendProof(kind, id, what string) error {
	if kind == "pdf" {
		pdf, name, err := v.s.Desk.EntryProofPaper(v.ctx(), v.actor(), id, what)
		return v.sendPaper(pdf, name, err)
	}
	p, err := v.s.Desk.ProveEntry(v.ctx(), v.actor(), id)
	if err != nil {
		return err
	}
	v.attach("application/json", "audit-proof-"+strconv.FormatInt(p.Proof.Leaf.Seq, 10)+".json")
	return json.NewEncoder(v.w).Encode(p.Proof)
}
