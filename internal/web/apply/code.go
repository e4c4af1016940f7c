package apply

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A CodePage is the page of one code.
type CodePage struct {
	Wizard
	Name     string
	New      bool
	Category kit.Choices
	Rows     []CodeRow
	SSO      kit.Choices
	Trades   kit.Choices
	Method   kit.Select
	Count    kit.Field
	Services []kit.Tick
	// Split offers to part the code, when R-APP-4 bars what is ticked.
	Split      bool
	Preview    PreviewPart
	PreviewURL string
	Cases      []kit.WorkedCase
	Figure     kit.IDFigure
}

// A CodeRow is a row of the block that is stored already.
type CodeRow struct {
	Index        int
	Trades       string
	Method       string
	Count        int
	SingleSignOn bool
}

// A PreviewPart is the picture of the IDs that the page would give: part "id-preview".
type PreviewPart struct {
	Codes []PreviewCode
	// Numbers says that the picture is of numbers added to a code that exists.
	Numbers bool
}

// A PreviewCode is one code of the picture.
type PreviewCode struct {
	Name string // 追加1
	Code string
	IDs  []kit.PreviewID
}

// codeNames are the fields of the page of a code.
func codeNames() []string {
	return []string{"category", "single_sign_on", "trades", "method", "count",
		application.ServicePaid, application.ServiceFree, application.ServiceArchive}
}

func (s *Pages) ShowCode(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	n, err := placeholder(v)
	if err != nil {
		return err
	}
	item, known := c.Document.Code(n)
	if n != 0 && !known {
		return desk.ErrNotFound
	}
	f = reopened(c, "code."+strconv.Itoa(n), f, func() kit.Form { return codeStored(item) }, func(typed url.Values) kit.Form {
		return kit.Form{Values: typed, Problems: s.codeWrong(item, codeForm(typed))}
	})
	split := barredByGroups(f.Problems)
	f = f.OnPage(codeNames()...)
	data := s.codeControls(item, f)
	data.Wizard = wizard(v, c, cases.StepCodes, f, "codes", strconv.Itoa(n))
	if data.Return == "" {
		data.Back = kit.Link{Text: "申込情報の一覧に戻る", Address: kit.ApplicationPath(c.ID, "codes")}
	}
	data.New, data.Split = n == 0, split
	data.Name = application.PlaceholderName(item.Placeholder)
	if n == 0 {
		data.Name = application.PlaceholderName(c.Document.NextPlaceholder())
	}
	data.PreviewURL = kit.ApplicationPath(c.ID, "codes", strconv.Itoa(n), "preview")
	if data.Preview, err = s.preview(v, c.ID, n, codeForm(f.Values)); err != nil {
		return err
	}
	data.Cases, data.Figure = kit.WorkedCases(c.Establishment)
	return v.Render("code", data)
}

// codeStored is the form of a code as the draft has it, with an empty block.
func codeStored(item application.CodeItem) kit.Form {
	values := url.Values{"category": {item.Category}, "count": {"1"}}
	for name, on := range map[string]bool{application.ServicePaid: item.StatsPaid, application.ServiceFree: item.StatsFree, application.ServiceArchive: item.Archive} {
		if on {
			values.Set(name, "yes")
		}
	}
	return kit.Form{Values: values}
}

func codeForm(in url.Values) desk.CodeForm {
	return desk.CodeForm{
		Category: in.Get("category"), StatsPaid: in.Get(application.ServicePaid) == "yes",
		StatsFree: in.Get(application.ServiceFree) == "yes", Archive: in.Get(application.ServiceArchive) == "yes",
		SingleSignOn: in.Get("single_sign_on"), Trades: in["trades"], Method: in.Get("method"), Count: in.Get("count"),
	}
}

// codeWrong is what is wrong with a kept form of a code; what is not typed yet is no fault here.
func (s *Pages) codeWrong(item application.CodeItem, in desk.CodeForm) problem.List {
	count, err := strconv.Atoi(in.Count)
	if len(in.Trades) == 0 || err != nil {
		return nil
	}
	var wrong problem.List
	for _, row := range application.RowsOf(in.Trades, in.SingleSignOn == "yes", in.Method, count) {
		wrong = append(wrong, application.RowProblems(row, in.Category, s.Desk.Catalogue)...)
	}
	return wrong
}

// barredByGroups says whether trades of several groups were put under one code.
func barredByGroups(problems problem.List) bool {
	return slices.ContainsFunc(problems, func(p problem.Problem) bool { return p.Rule == "R-APP-4" })
}

// codeControls are the parts of the page, with only possible choices offered.
func (s *Pages) codeControls(item application.CodeItem, f kit.Form) CodePage {
	cat := s.Desk.Catalogue
	typed := item
	typed.Category = f.Values.Get("category")
	data := CodePage{
		Category: f.Choices(kit.Choices{Name: "category", Label: "システム設定区分", Required: true, Inline: true,
			Hint: kit.Say("航空は海上の業種を、海上は航空の業種を選べません。両方を扱う場合は共用を選んでください。"), Choices: categoryChoices()}),
		SSO: f.Choices(kit.Choices{Name: "single_sign_on", Label: "シングルサインオン要否", Required: true, Inline: true,
			Choices: []kit.Choice{{Value: "yes", Label: "要", Hint: kit.Say("1つの利用者IDで複数の業種を使う")}, {Value: "no", Label: "否", Hint: kit.Say("業種ごとに利用者IDを分ける")}}}),
		Trades: f.Choices(kit.Choices{Name: "trades", Label: "業種", Required: true, Many: true,
			Hint:    kit.Say("「否」で複数選ぶと、業種ごとに1行ずつ追加します。「要」では2つ以上選び、1行にまとめます。"),
			Choices: possibleTrades(application.Offer(typed, f.Values.Get("single_sign_on") == "yes", nil, cat), f.Values["trades"])}),
		Method: f.Select(kit.Select{Name: "method", Label: "処理方式", Required: true, Empty: "選択してください", Choices: possibleOnly(application.MethodOffer(cat))}),
		Count: f.Field(kit.Field{Name: "count", Label: "識別番号", Required: true, InputMode: "numeric", Width: "xs", Suffix: "個",
			Hint: kit.Say("1から99まで。「要」の場合は、まとめた業種全体での数です。")}),
	}
	trades := slices.Concat(item.Trades(), f.Values["trades"])
	for _, choice := range application.StatisticsOffer(trades, true, cat) {
		data.Services = append(data.Services, serviceTick(choice, len(trades) > 0, f))
	}
	// The list says 通関 | net | 1, in the short names of the table 「申込情報」.
	lines := application.TableRows(application.Document{Codes: []application.CodeItem{item}}, cat, nil)
	for i, row := range item.Rows {
		line := lines[i]
		data.Rows = append(data.Rows, CodeRow{i, strings.Join(line.Trades, "・"), line.Method, row.Count, row.SingleSignOn})
	}
	return data
}

func categoryChoices() []kit.Choice {
	var choices []kit.Choice
	for _, key := range application.Categories() {
		choices = append(choices, kit.Choice{Value: key, Label: application.CategoryName(key)})
	}
	return choices
}

// possibleTrades offers trades; one that is ticked stays tickable, with the reason beside it, so that
// nothing typed is lost.
func possibleTrades(offer []application.Choice, ticked []string) []kit.Choice {
	choices := possibleOnly(offer)
	for i := range choices {
		if choices[i].Refused.Text != "" && slices.Contains(ticked, choices[i].Value) {
			choices[i].Hint, choices[i].Refused = choices[i].Refused, kit.Sentence{}
		}
	}
	return choices
}

// possibleOnly offers what is possible and says why the rest is not.
func possibleOnly(offer []application.Choice) []kit.Choice {
	var choices []kit.Choice
	for _, o := range offer {
		choice := kit.Choice{Value: o.Key, Label: o.Name}
		if !o.Possible {
			choice.Refused = kit.Sentence{Text: o.Why.Text, Args: o.Why.Args}
		}
		choices = append(choices, choice)
	}
	return choices
}

// serviceTick is a service as a tick box; before trades are known each may be ticked, the rule decides.
func serviceTick(o application.Choice, known bool, f kit.Form) kit.Tick {
	hints := map[string]kit.Sentence{
		application.ServicePaid:    kit.Say("月ごとの業務統計データなどを受け取れます（有料）。"),
		application.ServiceFree:    kit.Say("無料分を申し込めるのは、通関業・自社通関・輸出入者の業種がある利用者コードです。"),
		application.ServiceArchive: kit.Say("保税管理資料を5年間保存します。有料分の申込が必要です。"),
	}
	labels := map[string]string{
		application.ServicePaid: "管理統計資料 有料分", application.ServiceFree: "管理統計資料 無料分", application.ServiceArchive: "保税管理資料保存サービス",
	}
	tick := f.Tick(kit.Tick{Name: o.Key, Label: labels[o.Key], Hint: hints[o.Key]})
	if known && !o.Possible && !tick.Checked {
		tick.Refused = kit.Say("この利用者コードの業種では申し込めません。")
	}
	return tick
}

// preview is the picture of the IDs that the form would give; what is not chosen yet is left out.
func (s *Pages) preview(v *kit.Request, id string, placeholder int, in desk.CodeForm) (PreviewPart, error) {
	codes, err := s.Desk.Preview(v.Ctx(), v.Actor(), id, placeholder, in)
	if err != nil {
		return PreviewPart{}, err
	}
	return s.previewOf(codes), nil
}

func (s *Pages) previewOf(codes []desk.IssuedCode) PreviewPart {
	var part PreviewPart
	for _, code := range codes {
		one := PreviewCode{Name: issuedName(code), Code: string(code.Code)}
		for _, id := range code.IDs {
			one.IDs = append(one.IDs, kit.PreviewID{Code: string(code.Code), Number: string(id.Number), Trades: s.TradeWords(id.Trades), Method: s.MethodWord(id.Method)})
		}
		part.Codes = append(part.Codes, one)
	}
	return part
}

// PreviewCode answers the script that keeps the picture up to date: the part alone.
func (s *Pages) PreviewCode(v *kit.Request) error {
	n, err := placeholder(v)
	if err != nil {
		return err
	}
	part, err := s.preview(v, v.HTTP.PathValue("id"), n, codeForm(v.Typed()))
	if err != nil {
		return err
	}
	html, err := s.Renderer.Part(v.Lang, "id-preview", part)
	if err != nil {
		return err
	}
	kit.Write(v.Out, http.StatusOK, html)
	return nil
}

// SaveCode does what the pressed button says: add rows, set the code, part it, keep it, remove a row.
func (s *Pages) SaveCode(v *kit.Request) error {
	in, err := v.Form(append(codeNames(), "version", "return", "do")...)
	if err != nil {
		return err
	}
	n, err := placeholder(v)
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if row, ok := strings.CutPrefix(in.Get("do"), "remove-"); ok {
		return s.removeRow(v, ref, n, row, in)
	}
	switch in.Get("do") {
	case "keep":
		return keep(v, in, "code."+strconv.Itoa(n), "codes", strconv.Itoa(n))
	case "add":
		return s.addRows(v, ref, n, in)
	case "split":
		if _, err := s.Desk.SplitCode(v.Ctx(), v.Actor(), ref, n, codeForm(in)); err != nil {
			return err
		}
		return v.SeeOther(kit.ApplicationPath(ref.ID, "codes"), "業種の組み合わせに合わせて、利用者コードを分けました。それぞれのシステム設定を入力してください。")
	}
	return s.setCode(v, ref, n, in)
}

// codeAgain leads back to the code's page.
func codeAgain(v *kit.Request, id string, n int, in url.Values, done string) error {
	path := kit.ApplicationPath(id, "codes", strconv.Itoa(n))
	if in.Get("return") == "confirm" {
		path += "?return=confirm"
	}
	return v.SeeOther(path+"#block", done)
}

func (s *Pages) addRows(v *kit.Request, ref desk.Ref, n int, in url.Values) error {
	n, err := s.Desk.AddRows(v.Ctx(), v.Actor(), ref, n, codeForm(in))
	if err != nil {
		return err
	}
	return codeAgain(v, ref.ID, n, in, "識別番号を一覧に追加しました。続けて追加するか、「この内容で設定する」を押してください。")
}

// removeRow takes a row out.
func (s *Pages) removeRow(v *kit.Request, ref desk.Ref, n int, row string, in url.Values) error {
	index, err := strconv.Atoi(row)
	if err != nil {
		return kit.StatusError(http.StatusBadRequest)
	}
	if err := s.Desk.RemoveRow(v.Ctx(), v.Actor(), ref, n, index); err != nil {
		return kit.Renamed(err, map[string]string{"rows": ""})
	}
	return codeAgain(v, ref.ID, n, in, "識別番号の行を削除しました。")
}

func (s *Pages) setCode(v *kit.Request, ref desk.Ref, n int, in url.Values) error {
	n, err := s.Desk.SetCode(v.Ctx(), v.Actor(), ref, n, codeForm(in))
	if err != nil {
		return err
	}
	path := kit.ApplicationPath(ref.ID, "codes", strconv.Itoa(n), "settings", application.NameTab)
	if in.Get("return") == "confirm" {
		path += "?return=confirm"
	}
	return v.SeeOther(path, "利用者コードの設定を保存しました。続けて、システム設定を入力してください。")
}
