package signin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"

	"github.com/boombuler/barcode/qr"
)

// FactorsPath is the part of the own account's page with the person's own factors.
const FactorsPath = "/account/factors"

const keyAsked = "passkey-asked"

// A FactorsPage is the part of the own account's page with the person's own factors. Without re-authentication it shows, and changes
// nothing (ASVS 7.5.1).
type FactorsPage struct {
	kit.Frame
	Factors     desk.Factors
	Confirmed   bool
	Password    kit.Field
	Possible    bool // passkeys, at this address
	PasskeyName kit.Field
}

// A RecoveryPage shows new recovery codes, once: it answers a POST only.
type RecoveryPage struct {
	kit.Frame
	Codes []string
}

// ShowFactors shows the person's own factors.
func (s *Pages) ShowFactors(v *kit.Request, f kit.Form) error {
	factors, err := s.Desk.Factors(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	password, err := v.WhoField(f)
	if err != nil {
		return err
	}
	data := FactorsPage{Frame: v.Frame(FactorsPath, f), Factors: factors, Confirmed: v.Confirmed(), Password: password,
		Possible: s.Desk.PasskeysPossible(), PasskeyName: passkeyName(f)}
	data.Back = kit.Link{Text: "アカウント設定", Address: accountPath}
	if factors.Any() && factors.RecoveryLeft == 0 {
		data.Flash = append(data.Flash, kit.Notice{Kind: "warning", Heading: "復旧コードがありません",
			Says: kit.Say("機器をなくしたときにログインできるよう、復旧コードを作成して、機器とは別の場所に控えてください。")})
	}
	return v.Render("factors", data)
}

// ConfirmWho re-authenticates for what is changed on the page.
func (s *Pages) ConfirmWho(v *kit.Request) error {
	in, err := v.Form("password")
	if err != nil {
		return err
	}
	if err := v.Confirm(in.Get("password")); err != nil {
		return err
	}
	return v.SeeOther(FactorsPath, "ご本人であることを確認しました。5分の間、変更できます。")
}

// sure refuses a change without re-authentication.
func sure(v *kit.Request) error {
	if v.Confirmed() {
		return nil
	}
	return problem.List{problem.New("password", "R-SEC-5", "変更するには、先にご本人であることを確認してください。確認は5分間有効です。")}
}

// factorDone says on the page what was done.
func factorDone(v *kit.Request, err error, done string) error {
	if errors.Is(err, desk.ErrNotFound) {
		return v.SeeOther(FactorsPath) // gone already
	}
	if err != nil {
		return err
	}
	return v.SeeOther(FactorsPath, done)
}

// sureForm reads a form of a change that needs re-authentication.
func sureForm(v *kit.Request, fields ...string) (url.Values, error) {
	in, err := v.Form(fields...)
	if err != nil {
		return in, err
	}
	return in, sure(v)
}

func self(v *kit.Request) desk.Enroller { return desk.Enroller{ID: v.Actor().ID, Mark: v.Enrolling()} }

// BeginTOTP shows a new secret.
func (s *Pages) BeginTOTP(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	offer, err := s.Desk.BeginTOTP(v.Ctx(), self(v))
	if err != nil {
		return err
	}
	return renderTOTP(v, kit.Form{}, offer, Carried{}, FactorsPath+"/totp/confirm", FactorsPath)
}

// ShowTOTP shows the secret again after a wrong code; when none waits any more, the page before.
func (s *Pages) ShowTOTP(v *kit.Request, f kit.Form) error {
	offer, err := s.Desk.WaitingTOTP(v.Ctx(), self(v))
	if errors.Is(err, desk.ErrNotFound) || err == nil && !v.Confirmed() {
		return s.ShowFactors(v, f)
	}
	if err != nil {
		return err
	}
	return renderTOTP(v, f, offer, Carried{}, FactorsPath+"/totp/confirm", FactorsPath)
}

func renderTOTP(v *kit.Request, f kit.Form, offer desk.TOTPOffer, c Carried, action, cancel string) error {
	v.Kit.SessionManager.Put(v.Ctx(), kit.KeyEnrolling, offer.Mark)
	picture, err := qrOf(offer.Address)
	if err != nil {
		return err
	}
	data := TOTPPage{Frame: v.Frame(cancel, f), Carried: c, Action: action, Cancel: cancel, Key: groups(offer.Key, 4), Picture: picture,
		Code: f.Field(kit.Field{Name: "code", Label: "認証アプリに表示された6桁のコード", Required: true, Autocomplete: "one-time-code", InputMode: "numeric", Width: "s"})}
	data.Code.Value = ""
	return v.Render("totp", data)
}

// ConfirmTOTP sets the app up.
func (s *Pages) ConfirmTOTP(v *kit.Request) error {
	in, err := sureForm(v, "code", "to", "kept")
	if err != nil {
		return err
	}
	return factorDone(v, s.Desk.ConfirmTOTP(v.Ctx(), self(v), kit.Digits(in.Get("code"))), "認証アプリを登録しました。次のログインから、コードを入力します。")
}

// RemoveTOTP takes the app away.
func (s *Pages) RemoveTOTP(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	return factorDone(v, s.Desk.RemoveTOTP(v.Ctx(), v.Actor()), "認証アプリの登録を削除しました。")
}

// MakeRecoveryCodes answers with the new codes themselves: they are shown this once.
func (s *Pages) MakeRecoveryCodes(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	codes, err := s.Desk.NewRecoveryCodes(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	return v.Render("recovery-codes", RecoveryPage{Frame: v.Frame(FactorsPath, kit.Form{}), Codes: codes})
}

// AskPasskey asks the browser for a new passkey.
func (s *Pages) AskPasskey(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	options, err := s.Desk.BeginPasskey(v.Ctx(), self(v))
	return sendOptions(v, options, err)
}

// AddOwnPasskey registers it.
func (s *Pages) AddOwnPasskey(v *kit.Request) error {
	in, err := sureForm(v, "passkey", "name")
	if err != nil {
		return err
	}
	return factorDone(v, addPasskey(v, self(v), in), "パスキーを登録しました。")
}

func addPasskey(v *kit.Request, by desk.Enroller, in url.Values) error {
	kept := v.Kit.SessionManager.PopString(v.Ctx(), keyAsked)
	if in.Get("passkey") == "" {
		return problem.List{problem.New("name", "ASVS-6.5.7", "パスキーを使うには、ブラウザーのJavaScriptが必要です。使えないときは、ほかの方法を選んでください。")}
	}
	return passkeyProblem(v, v.Kit.Desk.AddPasskey(v.Ctx(), by, []byte(kept), in.Get("name"), in.Get("passkey")), "name")
}

// RemovePasskey takes one away.
func (s *Pages) RemovePasskey(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	if err := s.Desk.RemovePasskey(v.Ctx(), v.Actor(), v.HTTP.PathValue("passkey")); err != nil {
		return err
	}
	return v.SeeOther(FactorsPath, "パスキーを削除しました。")
}

// AskOwnPasskey asks for one of the person's passkeys, to re-authenticate by it.
func (s *Pages) AskOwnPasskey(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	options, err := s.Desk.BeginPasskeyProof(v.Ctx(), v.Actor().ID)
	return sendOptions(v, options, err)
}

// TakeProof answers a script with a word that stands for the password once, in any form that asks for it.
func (s *Pages) TakeProof(v *kit.Request) error {
	in, err := v.Form("passkey")
	if err != nil {
		return err
	}
	kept := s.SessionManager.PopString(v.Ctx(), keyAsked)
	if err := s.Desk.ReauthenticateByPasskey(v.Ctx(), v.Actor(), []byte(kept), in.Get("passkey"), v.From()); err != nil {
		return passkeyProblem(v, err, "password")
	}
	return sendJSON(v, map[string]string{"proof": v.OfferProof()})
}

// sendOptions answers a script with what the browser is to ask its authenticator for.
func sendOptions(v *kit.Request, options desk.Options, err error) error {
	if err != nil {
		return err
	}
	v.Kit.SessionManager.Put(v.Ctx(), keyAsked, string(options.Kept))
	if v.Session.SignIn == "" { // what anybody may ask for is not kept for half a day
		v.Kit.SessionManager.SetDeadline(v.Ctx(), time.Now().Add(kit.Halfway))
	}
	return sendJSON(v, options.Asked)
}

func sendJSON(v *kit.Request, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("answering a script: %w", err)
	}
	v.Out.Header().Set("Content-Type", "application/json")
	v.Out.Header().Set("Cache-Control", "no-store")
	v.Out.WriteHeader(http.StatusOK)
	_, _ = v.Out.Write(text) // a browser that has gone needs no answer
	return nil
}

// A QR is a picture code: Path draws its dark squares in a square of Size units.
type QR struct {
	Size int
	Path string
}

// qrQuiet is the white border that cameras need.
const qrQuiet = 4

func qrOf(content string) (QR, error) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return QR{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	var path strings.Builder
	size := code.Bounds().Dx()
	for y := range size {
		for x := range size {
			if red, _, _, _ := code.At(x, y).RGBA(); red == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+qrQuiet, y+qrQuiet)
			}
		}
	}
	return QR{Size: size + 2*qrQuiet, Path: path.String()}, nil
}

// groups cuts a text into parts of n characters.
func groups(text string, n int) []string {
	var parts []string
	for len(text) > n {
		parts, text = append(parts, text[:n]), text[n:]
	}
	return append(parts, text)
}
