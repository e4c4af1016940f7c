package centre

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"

	"uketsuke/internal/charge"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A UsagePage is where the supervisor takes in metered usage. Preview is what an import would do; the zero
// Preview is shown before a file was looked at.
type UsagePage struct {
	kit.Frame
	Month   kit.Field
	Files   Choosing
	Preview UsagePreview
	Imports []UsageLine
	Empty   kit.Empty
}

// A Choosing is the field in which a file is chosen.
type Choosing struct {
	Name     string
	Hint     kit.Sentence
	Problems problem.List
}

// A UsagePreview is what an import would do, with the digest of the file that was looked at.
type UsagePreview struct {
	Digest    string
	Month     string
	Unchanged bool
	Pairs     []kit.Pair
}

// A UsageLine is one import.
type UsageLine struct {
	Month  kit.Day
	At     kit.Sentence
	By     string
	Lines  string
	Digest string
	Status kit.Tag
}

// ShowUsage shows the imports so far, and the form for the next.
func (s *Pages) ShowUsage(v *kit.Request, f kit.Form) error {
	return s.showUsageWith(v, f, UsagePreview{})
}

func (s *Pages) showUsageWith(v *kit.Request, f kit.Form, preview UsagePreview) error {
	imports, err := s.Desk.UsageImports(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	if f.Values == nil {
		month, err := s.Desk.UsageMonth(v.Ctx())
		if err != nil {
			return err
		}
		f.Values = url.Values{"month": {month.String()}}
	}
	data := UsagePage{
		Frame: v.Frame("/desk/usage", f), Preview: preview,
		Month: f.Field(kit.Field{Name: "month", Label: "対象月", Type: "month", Required: true, Hint: kit.Say("終わった月だけを取り込めます。「2024-12」の形で入力します。")}),
		Files: Choosing{Name: "file", Problems: f.Problems.At("file"),
			Hint: kit.Say("UTF-8のCSVです。1行目は「month,user_id,item,quantity,amount」、金額は税抜きの円です。")},
		Empty: kit.Empty{Says: kit.Say("まだ取り込まれた従量料金はありません。")},
	}
	for _, i := range imports {
		data.Imports = append(data.Imports, usageLine(i))
	}
	data.Back = kit.Link{Text: "最初のページに戻る", Address: "/desk"}
	return v.Render("usage", data)
}

func usageLine(i desk.UsageImport) UsageLine {
	line := UsageLine{Month: i.Month, At: kit.Say("%s", i.RecordedAt), By: cmp.Or(i.By, "運用者"), Lines: charge.Thousands(i.Lines),
		Digest: i.Digest[:12], Status: kit.Tag{Kind: "green", Text: "有効"}}
	if !i.RevokedAt.IsZero() {
		line.Status = kit.Tag{Kind: "gray", Text: "差し替え済"}
	}
	return line
}

// PreviewUsage looks at a file and says what its import would do; nothing is stored.
func (s *Pages) PreviewUsage(v *kit.Request) error {
	in, err := v.Form("month", "digest")
	if err != nil {
		return err
	}
	report, err := s.importUsage(v, in, true)
	if err != nil {
		return err
	}
	return s.showUsageWith(v, kit.Form{Values: in}, usagePreview(report))
}

func usagePreview(r desk.UsageReport) UsagePreview {
	p := UsagePreview{Digest: r.Digest, Month: r.Month.String(), Unchanged: r.Unchanged, Pairs: []kit.Pair{
		{Term: "対象月", Day: r.Month}, {Term: "行数", Says: kit.Say("%d行", r.Lines)}, {Term: "従量料金の合計", Says: kit.Say("%s円（税抜）", charge.Thousands(r.Amount))},
		{Term: "請求書", Says: kit.Say("新しく発行：%d件、差し替え：%d件、変わらない：%d件", r.Issued, r.Reissued, r.Kept)},
		{Term: "ファイルのダイジェスト", Value: r.Digest, Mono: true},
	}}
	if r.Replaces.ID != "" {
		p.Pairs = append(p.Pairs, kit.Pair{Term: "無効になる取込", Says: kit.Say("%sの取込（%d行）", r.Replaces.RecordedAt, r.Replaces.Lines)})
	}
	return p
}

// TakeUsage takes in the file that was looked at before, told by its digest.
func (s *Pages) TakeUsage(v *kit.Request) error {
	in, err := v.Form("month", "digest")
	if err != nil {
		return err
	}
	if _, err := s.importUsage(v, in, false); err != nil {
		return err
	}
	return v.SeeOther("/desk/usage", "従量料金を取り込み、請求書を発行しました。")
}

// importUsage hands the form's file to the desk.
func (s *Pages) importUsage(v *kit.Request, in url.Values, dryRun bool) (desk.UsageReport, error) {
	month, wrong := kit.MonthAsked(in.Get("month"))
	file, err := v.File("file", "R-CON-5")
	if missing, ok := errors.AsType[problem.List](err); ok {
		return desk.UsageReport{}, append(wrong, missing...)
	} else if err != nil {
		return desk.UsageReport{}, err
	}
	defer file.Close()
	if err := wrong.Err(); err != nil {
		return desk.UsageReport{}, err
	}
	if !dryRun {
		if err := sameFile(file, in.Get("digest")); err != nil {
			return desk.UsageReport{}, err
		}
	}
	return s.Desk.ImportUsage(v.Ctx(), v.Actor(), month, file, dryRun)
}

// sameFile says whether a file is the one that was looked at.
func sameFile(file io.Reader, digest string) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return fmt.Errorf("reading an uploaded file: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return problem.List{problem.New("file", "R-CON-5", "確認したファイルと内容が違います。「内容を確認する」からやり直してください。")}
	}
	return nil
}
