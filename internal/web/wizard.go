package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// A Wizard is what the pages E5 to E10 share: where one is, what is saved, and what the centre remarked.
type Wizard struct {
	Frame
	Steps   []Step
	Saved   Sentence
	Kept    bool // something is saved
	Action  string
	Version string // of the application as this page shows it
	Return  string // "confirm" when the page was opened from the confirmation
	Remarks []desk.RemarkView
	Discard string // where the draft can be thrown away, "" when it is no draft
}

// The steps of the wizard, in their order.
const (
	stepStart = iota
	stepContact
	stepCodes
	stepConfirm
	stepDone
)

// stepPaths are the ends of the steps' addresses.
func stepPaths() []string { return []string{"start", "contact", "codes", "confirm", "registered"} }

// asksSomething says whether there is any item: a code, new or existing, or an ID of a re-issue.
func asksSomething(doc application.Document) bool {
	return len(doc.Placeholders())+len(doc.Reissue) > 0
}

func applicationPath(id string, rest ...string) string {
	return strings.Join(append([]string{"/applications", url.PathEscape(id)}, rest...), "/")
}

// draft is the application that is worked on; one that cannot be changed any more is refused.
func (s *Server) draft(v *visit) (desk.Case, error) {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return c, err
	}
	if !slices.Contains(c.Allowed, application.Save) {
		return c, &application.Refusal{Command: application.Save, State: c.State, Role: v.actor().Role, Why: application.WrongState}
	}
	return c, nil
}

// wizard is what stands around a step. rest is the page's address below the application.
func (v *visit) wizard(c desk.Case, step int, f Form, rest ...string) Wizard {
	path := applicationPath(c.ID, rest...)
	w := Wizard{
		Frame: v.frame(path, f), Steps: stepsOf(c, step), Saved: savedWords(c), Kept: !nothingSaved(c), Action: path,
		Version: strconv.FormatInt(c.Version, 10), Return: returnOf(v.r, f), Remarks: remarksFor(c, step),
	}
	if version := f.Values.Get("version"); version != "" {
		w.Version = version
	}
	if c.State == application.InDraft {
		w.Discard = applicationPath(c.ID, "discard")
	}
	switch {
	case w.Return != "":
		w.Back = Link{Text: "申込内容の確認に戻る", Address: applicationPath(c.ID, w.Return)}
	case step > stepStart:
		w.Back = Link{Text: "戻る", Address: applicationPath(c.ID, stepPaths()[step-1])}
	case c.State == application.Returned:
		w.Back = Link{Text: "戻る", Address: applicationPath(c.ID)}
	default:
		w.Back = Link{Text: "戻る", Address: "/apply"}
	}
	return w
}

// returnOf is where the page leads after its save, when that is not the next step.
func returnOf(r *http.Request, f Form) string {
	if r.URL.Query().Get("return") == "confirm" || f.Values.Get("return") == "confirm" {
		return "confirm"
	}
	return ""
}

// stepsOf are the steps with those done whose content is there.
func stepsOf(c desk.Case, current int) []Step {
	doc := c.Document
	texts := []string{"申込内容の選択", "申込担当者", "利用者コード", "申込内容の確認", "登録完了"}
	if doc.IsReissue() {
		texts[stepCodes] = "利用者ID"
	}
	done := []bool{startFilled(doc), doc.Contact.Confirmed, asksSomething(doc), false, false}
	steps := make([]Step, len(texts))
	for i, text := range texts {
		steps[i] = Step{Text: text, Current: i == current, Done: done[i] && i != current, Address: applicationPath(c.ID, stepPaths()[i])}
	}
	return steps
}

func startFilled(doc application.Document) bool { return len(doc.Kinds) > 0 && doc.Reason != "" }

func nothingSaved(c desk.Case) bool {
	doc := c.Document
	return !startFilled(doc) && !doc.Contact.Confirmed && !asksSomething(doc) && len(c.Draft.Typed) == 0
}

// savedWords say what is kept on the server.
func savedWords(c desk.Case) Sentence {
	doc := c.Document
	if nothingSaved(c) {
		return Say("まだ何も保存されていません。「次へ」に進むか「一時保存」を押すと保存されます。")
	}
	var parts []string
	if startFilled(doc) {
		parts = append(parts, "申込内容の選択")
	}
	if doc.Contact.Confirmed {
		parts = append(parts, "申込担当者")
	}
	if n := len(doc.Placeholders()); n > 0 {
		parts = append(parts, fmt.Sprintf("利用者コード%d件", n))
	}
	if n := len(doc.Reissue); n > 0 {
		parts = append(parts, fmt.Sprintf("利用者ID%d個", n))
	}
	if len(c.Draft.Typed) > 0 {
		parts = append(parts, "入力途中の内容")
	}
	if c.ExpiresOn.IsZero() {
		return Say("保存済み：%s。", Word(strings.Join(parts, "、")))
	}
	return Say("保存済み：%s。最後の保存から90日間（%sまで）保管します。", Word(strings.Join(parts, "、")), c.ExpiresOn.AddDays(-1))
}

// remarksFor are the remarks of the latest return that concern a step; the confirmation shows all.
func remarksFor(c desk.Case, step int) []desk.RemarkView {
	if c.State != application.Returned {
		return nil
	}
	var remarks []desk.RemarkView
	for _, r := range c.Remarks {
		if r.Round == c.Round && (step == stepConfirm || r.Item == "" || stepOfField(r.Item) == step) {
			remarks = append(remarks, r)
		}
	}
	return remarks
}

// stepOfField is the step on which a field of the application is typed.
func stepOfField(field string) int {
	switch head, _, _ := strings.Cut(field, "."); head {
	case "kinds", "desired", "reason", "start":
		return stepStart
	case "contact":
		return stepContact
	}
	return stepCodes
}

// ref is the application with the version that the form's page showed.
func (v *visit) ref(in url.Values) (desk.Ref, error) {
	version, err := strconv.ParseInt(in.Get("version"), 10, 64)
	if err != nil {
		return desk.Ref{}, statusError(http.StatusBadRequest)
	}
	return desk.Ref{ID: v.r.PathValue("id"), Version: version}, nil
}

// refAlone reads a form that has nothing but the version that was shown.
func (v *visit) refAlone() (desk.Ref, error) {
	in, err := v.form("version")
	if err != nil {
		return desk.Ref{}, err
	}
	return v.ref(in)
}

// onward leads to the next step, or back to the confirmation when the page was opened from there.
func (v *visit) onward(in url.Values, next string) error {
	if in.Get("return") == "confirm" {
		next = "confirm"
	}
	return v.seeOther(applicationPath(v.r.PathValue("id"), next))
}

const keptText = "一時保存しました。続きはいつでも「申込内容の確認」から入力できます。"

// keep is 一時保存 of a page: what was typed stays, right or wrong (R-APP-13).
func (v *visit) keep(in url.Values, page string, rest ...string) error {
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	typed := url.Values{}
	for name, values := range in {
		if !slices.Contains([]string{"version", "return", "do"}, name) {
			typed[name] = values
		}
	}
	if err := v.s.Desk.KeepTyped(v.ctx(), v.actor(), ref, page, typed); err != nil {
		return err
	}
	path := applicationPath(v.r.PathValue("id"), rest...)
	if in.Get("return") == "confirm" {
		path += "?return=confirm"
	}
	return v.seeOther(path, keptText)
}

// reopened is the form of a page opened by GET: what 一時保存 kept with what is wrong about it, or what is
// stored. A posted form stays as it is.
func reopened(c desk.Case, page string, f Form, stored func() Form, check func(url.Values) Form) Form {
	if f.Values != nil {
		return f
	}
	if typed, ok := c.Draft.Typed[page]; ok {
		return check(url.Values(typed))
	}
	return stored()
}

// onPage moves problems at fields that the page does not have to the page as a whole, so that no link of
// the summary leads nowhere.
func (f Form) onPage(names ...string) Form {
	problems := slices.Clone(f.Problems)
	for i, p := range problems {
		if !slices.Contains(names, p.Field) {
			problems[i].Field = ""
		}
	}
	f.Problems = problems
	return f
}

// A DiscardPage asks once more before a draft goes.
type DiscardPage struct {
	Wizard
	Codes int
}

// showDiscard asks whether the draft is to be thrown away.
func (s *Server) showDiscard(v *visit, f Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Allowed, application.Discard) {
		return &application.Refusal{Command: application.Discard, State: c.State, Role: v.actor().Role, Why: application.WrongState}
	}
	w := v.wizard(c, stepStart, f.onPage(), "discard")
	w.Back = Link{Text: "戻る", Address: applicationPath(c.ID, "start")}
	return v.render("discard", DiscardPage{Wizard: w, Codes: len(c.Document.Placeholders())})
}

// discard throws a draft away.
func (s *Server) discard(v *visit) error {
	ref, err := v.refAlone()
	if err != nil {
		return err
	}
	if err := s.Desk.Discard(v.ctx(), v.actor(), ref); err != nil {
		return err
	}
	return v.seeOther("/", "作成中の申込を破棄しました。")
}
