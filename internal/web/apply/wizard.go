package apply

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A Wizard is what the pages of the wizard share: where one is, what is saved, and what the centre remarked.
type Wizard struct {
	kit.Frame
	Steps   []kit.Step
	Saved   kit.Sentence
	Kept    bool // something is saved
	Action  string
	Version string // of the application as this page shows it
	Return  string // "confirm" when the page was opened from the confirmation
	Remarks []desk.RemarkView
	Discard string // where the draft can be thrown away, "" when it is no draft
}

// asksSomething says whether there is any item: a code, new or existing, or an ID of a re-issue.
func asksSomething(doc application.Document) bool {
	return len(doc.Placeholders())+len(doc.Reissue) > 0
}

// draft is the application that is worked on; one that cannot be changed any more is refused.
func (s *Pages) draft(v *kit.Request) (desk.Case, error) {
	c, err := s.Desk.Written(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return c, err
	}
	if !slices.Contains(c.Allowed, application.Save) {
		return c, &application.Refusal{Command: application.Save, State: c.State, Role: v.Actor().Role, Why: application.WrongState}
	}
	return c, nil
}

// wizard is what stands around a step. rest is the page's address below the application.
func wizard(v *kit.Request, c desk.Case, step int, f kit.Form, rest ...string) Wizard {
	path := kit.ApplicationPath(c.ID, rest...)
	w := Wizard{
		Frame: v.Frame(path, f), Steps: stepsOf(c, step), Saved: savedWords(c), Kept: !nothingSaved(c), Action: path,
		Version: strconv.FormatInt(c.Version, 10), Return: returnOf(v.HTTP, f), Remarks: remarksFor(c, step),
	}
	if version := f.Values.Get("version"); version != "" {
		w.Version = version
	}
	if c.State == application.InDraft {
		w.Discard = kit.ApplicationPath(c.ID, "discard")
	}
	switch {
	case w.Return != "":
		w.Back = kit.Link{Text: "申込内容の確認に戻る", Address: kit.ApplicationPath(c.ID, w.Return)}
	case step > cases.StepStart:
		w.Back = kit.Link{Text: "戻る", Address: kit.ApplicationPath(c.ID, cases.StepPaths()[step-1])}
	case c.State == application.Returned:
		w.Back = kit.Link{Text: "戻る", Address: kit.ApplicationPath(c.ID)}
	default:
		w.Back = kit.Link{Text: "戻る", Address: "/apply"}
	}
	return w
}

// returnOf is where the page leads after its save, when that is not the next step.
func returnOf(r *http.Request, f kit.Form) string {
	if r.URL.Query().Get("return") == "confirm" || f.Values.Get("return") == "confirm" {
		return "confirm"
	}
	return ""
}

// stepsOf are the steps with those done whose content is there.
func stepsOf(c desk.Case, current int) []kit.Step {
	doc := c.Document
	texts := []string{"申込内容の選択", "申込担当者", "利用者コード", "申込内容の確認", "登録完了"}
	if doc.IsReissue() {
		texts[cases.StepCodes] = "利用者ID"
	}
	done := []bool{cases.StartFilled(doc), doc.Contact.Confirmed, asksSomething(doc), false, false}
	steps := make([]kit.Step, len(texts))
	for i, text := range texts {
		steps[i] = kit.Step{Text: text, Current: i == current, Done: done[i] && i != current, Address: kit.ApplicationPath(c.ID, cases.StepPaths()[i])}
	}
	return steps
}

func nothingSaved(c desk.Case) bool {
	doc := c.Document
	return !cases.StartFilled(doc) && !doc.Contact.Confirmed && !asksSomething(doc) && len(c.Draft.Typed) == 0
}

// savedWords say what is kept on the server.
func savedWords(c desk.Case) kit.Sentence {
	doc := c.Document
	if nothingSaved(c) {
		return kit.Say("まだ何も保存されていません。「次へ」に進むか「一時保存」を押すと保存されます。")
	}
	var parts []string
	if cases.StartFilled(doc) {
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
		return kit.Say("保存済み：%s。", kit.Word(strings.Join(parts, "、")))
	}
	return kit.Say("保存済み：%s。最後の保存から90日間（%sまで）保管します。", kit.Word(strings.Join(parts, "、")), c.ExpiresOn.AddDays(-1))
}

// remarksFor are the remarks of the latest return that concern a step; the confirmation shows all.
func remarksFor(c desk.Case, step int) []desk.RemarkView {
	if c.State != application.Returned {
		return nil
	}
	var remarks []desk.RemarkView
	for _, r := range c.Remarks {
		if r.Round == c.Round && (step == cases.StepConfirm || r.Item == "" || stepOfField(r.Item) == step) {
			remarks = append(remarks, r)
		}
	}
	return remarks
}

// stepOfField is the step on which a field of the application is typed.
func stepOfField(field string) int {
	switch head, _, _ := strings.Cut(field, "."); head {
	case "kinds", "desired", "reason", "start":
		return cases.StepStart
	case "contact":
		return cases.StepContact
	}
	return cases.StepCodes
}

// onward leads to the next step, or back to the confirmation when the page was opened from there.
func onward(v *kit.Request, in url.Values, next string) error {
	if in.Get("return") == "confirm" {
		next = "confirm"
	}
	return v.SeeOther(kit.ApplicationPath(v.HTTP.PathValue("id"), next))
}

const keptText = "一時保存しました。続きはいつでも「申込内容の確認」から入力できます。"

// keep is 一時保存 of a page: what was typed stays, right or wrong (R-APP-13).
func keep(v *kit.Request, in url.Values, page string, rest ...string) error {
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	typed := url.Values{}
	for name, values := range in {
		if !slices.Contains([]string{"version", "return", "do"}, name) {
			typed[name] = values
		}
	}
	if err := v.Kit.Desk.KeepTyped(v.Ctx(), v.Actor(), ref, page, typed); err != nil {
		return err
	}
	path := kit.ApplicationPath(v.HTTP.PathValue("id"), rest...)
	if in.Get("return") == "confirm" {
		path += "?return=confirm"
	}
	return v.SeeOther(path, keptText)
}

// reopened is the form of a page opened by GET: what 一時保存 kept with what is wrong about it, or what is
// stored. A posted form stays as it is.
func reopened(c desk.Case, page string, f kit.Form, stored func() kit.Form, check func(url.Values) kit.Form) kit.Form {
	if f.Values != nil {
		return f
	}
	if typed, ok := c.Draft.Typed[page]; ok {
		return check(url.Values(typed))
	}
	return stored()
}

// A DiscardPage asks once more before a draft goes.
type DiscardPage struct {
	Wizard
	Codes int
}

// ShowDiscard asks whether the draft is to be thrown away.
func (s *Pages) ShowDiscard(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Allowed, application.Discard) {
		return &application.Refusal{Command: application.Discard, State: c.State, Role: v.Actor().Role, Why: application.WrongState}
	}
	w := wizard(v, c, cases.StepStart, f.OnPage(), "discard")
	w.Back = kit.Link{Text: "戻る", Address: kit.ApplicationPath(c.ID, "start")}
	return v.Render("discard", DiscardPage{Wizard: w, Codes: len(c.Document.Placeholders())})
}

// Discard throws a draft away.
func (s *Pages) Discard(v *kit.Request) error {
	ref, err := v.RefAlone()
	if err != nil {
		return err
	}
	if err := s.Desk.Discard(v.Ctx(), v.Actor(), ref); err != nil {
		return err
	}
	return v.SeeOther("/", "作成中の申込を破棄しました。")
}
