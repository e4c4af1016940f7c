package web

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

	"github.com/boombuler/barcode/qr"
)

// factorsPath is the part of E18 with the person's own factors.
const factorsPath = "/account/factors"

// What the session keeps of passkeys: what was asked, and the proof of a passkey that stands for the password once.
const (
	keyAsked = "passkey-asked"
	keyProof = "passkey-proof"
	// keyProofAt is when that was given.
	keyProofAt = "passkey-proof-at"
)

// A FactorsPage is the part of E18 with the person's own factors. Without re-authentication it shows, and changes
// nothing (ASVS 7.5.1).
type FactorsPage struct {
	Frame
	Factors     desk.Factors
	Confirmed   bool
	Password    Field
	Possible    bool // passkeys, at this address
	PasskeyName Field
}

// A RecoveryPage shows new recovery codes, once: it answers a POST only.
type RecoveryPage struct {
	Frame
	Codes []string
}

// showFactors shows the person's own factors.
func (s *Server) showFactors(v *visit, f Form) error {
	factors, err := s.Desk.Factors(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	password, err := v.whoField(f)
	if err != nil {
		return err
	}
	data := FactorsPage{Frame: v.frame(factorsPath, f), Factors: factors, Confirmed: v.confirmed(), Password: password,
		Possible: s.Desk.PasskeysPossible(), PasskeyName: passkeyName(f)}
	data.Back = Link{Text: "アカウント設定", Address: accountPath}
	if factors.Any() && factors.RecoveryLeft == 0 {
		data.Flash = append(data.Flash, Notice{Kind: "warning", Heading: "復旧コードがありません",
			Says: Say("機器をなくしたときにログインできるよう、復旧コードを作成して、機器とは別の場所に控えてください。")})
	}
	return v.render("factors", data)
}

// confirmWho re-authenticates for what is changed on the page.
func (s *Server) confirmWho(v *visit) error {
	in, err := v.form("password")
	if err != nil {
		return err
	}
	if err := v.confirm(in.Get("password")); err != nil {
		return err
	}
	return v.seeOther(factorsPath, "ご本人であることを確認しました。5分の間、変更できます。")
}

// sure refuses a change without re-authentication.
func (v *visit) sure() error {
	if v.confirmed() {
		return nil
	}
	return problem.List{problem.New("password", "R-SEC-5", "変更するには、先にご本人であることを確認してください。確認は5分間有効です。")}
}

// factorDone says on the page what was done.
func (v *visit) factorDone(err error, done string) error {
	if errors.Is(err, desk.ErrNotFound) {
		return v.seeOther(factorsPath) // gone already
	}
	if err != nil {
		return err
	}
	return v.seeOther(factorsPath, done)
}

// sureForm reads a form of a change that needs re-authentication.
func (v *visit) sureForm(fields ...string) (url.Values, error) {
	in, err := v.form(fields...)
	if err != nil {
		return in, err
	}
	return in, v.sure()
}

func (v *visit) self() desk.Enroller { return desk.Enroller{ID: v.actor().ID, Mark: v.enrolling()} }

// beginTOTP shows a new secret.
func (s *Server) beginTOTP(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	offer, err := s.Desk.BeginTOTP(v.ctx(), v.self())
	if err != nil {
		return err
	}
	return v.renderTOTP(Form{}, offer, Carried{}, factorsPath+"/totp/confirm", factorsPath)
}

// showTOTP shows the secret again after a wrong code; when none waits any more, the page before.
func (s *Server) showTOTP(v *visit, f Form) error {
	offer, err := s.Desk.WaitingTOTP(v.ctx(), v.self())
	if errors.Is(err, desk.ErrNotFound) || err == nil && !v.confirmed() {
		return s.showFactors(v, f)
	}
	if err != nil {
		return err
	}
	return v.renderTOTP(f, offer, Carried{}, factorsPath+"/totp/confirm", factorsPath)
}

func (v *visit) renderTOTP(f Form, offer desk.TOTPOffer, c Carried, action, cancel string) error {
	v.s.sessions.Put(v.ctx(), keyEnrolling, offer.Mark)
	picture, err := qrOf(offer.Address)
	if err != nil {
		return err
	}
	data := TOTPPage{Frame: v.frame(cancel, f), Carried: c, Action: action, Cancel: cancel, Key: groups(offer.Key, 4), Picture: picture,
		Code: f.Field(Field{Name: "code", Label: "認証アプリに表示された6桁のコード", Required: true, Autocomplete: "one-time-code", InputMode: "numeric", Width: "s"})}
	data.Code.Value = ""
	return v.render("totp", data)
}

// confirmTOTP sets the app up.
func (s *Server) confirmTOTP(v *visit) error {
	in, err := v.sureForm("code", "to", "kept")
	if err != nil {
		return err
	}
	return v.factorDone(s.Desk.ConfirmTOTP(v.ctx(), v.self(), digits(in.Get("code"))), "認証アプリを登録しました。次のログインから、コードを入力します。")
}

// removeTOTP takes the app away.
func (s *Server) removeTOTP(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	return v.factorDone(s.Desk.RemoveTOTP(v.ctx(), v.actor()), "認証アプリの登録を削除しました。")
}

// makeRecoveryCodes answers with the new codes themselves: they are shown this once.
func (s *Server) makeRecoveryCodes(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	codes, err := s.Desk.NewRecoveryCodes(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	return v.render("recovery-codes", RecoveryPage{Frame: v.frame(factorsPath, Form{}), Codes: codes})
}

// askPasskey asks the browser for a new passkey.
func (s *Server) askPasskey(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	options, err := s.Desk.BeginPasskey(v.ctx(), v.self())
	return v.sendOptions(options, err)
}

// addOwnPasskey registers it.
func (s *Server) addOwnPasskey(v *visit) error {
	in, err := v.sureForm("passkey", "name")
	if err != nil {
		return err
	}
	return v.factorDone(v.addPasskey(v.self(), in), "パスキーを登録しました。")
}

func (v *visit) addPasskey(by desk.Enroller, in url.Values) error {
	kept := v.s.sessions.PopString(v.ctx(), keyAsked)
	if in.Get("passkey") == "" {
		return problem.List{problem.New("name", "ASVS-6.5.7", "パスキーを使うには、ブラウザーのJavaScriptが必要です。使えないときは、ほかの方法を選んでください。")}
	}
	return v.passkeyProblem(v.s.Desk.AddPasskey(v.ctx(), by, []byte(kept), in.Get("name"), in.Get("passkey")), "name")
}

// removePasskey takes one away.
func (s *Server) removePasskey(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	if err := s.Desk.RemovePasskey(v.ctx(), v.actor(), v.r.PathValue("passkey")); err != nil {
		return err
	}
	return v.seeOther(factorsPath, "パスキーを削除しました。")
}

// askOwnPasskey asks for one of the person's passkeys, to re-authenticate by it.
func (s *Server) askOwnPasskey(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	options, err := s.Desk.BeginPasskeyProof(v.ctx(), v.actor().ID)
	return v.sendOptions(options, err)
}

// takeProof answers a script with a word that stands for the password once, in any form that asks for it.
func (s *Server) takeProof(v *visit) error {
	in, err := v.form("passkey")
	if err != nil {
		return err
	}
	kept := s.sessions.PopString(v.ctx(), keyAsked)
	if err := s.Desk.ReauthenticateByPasskey(v.ctx(), v.actor(), []byte(kept), in.Get("passkey"), v.from()); err != nil {
		return v.passkeyProblem(err, "password")
	}
	return v.sendJSON(map[string]string{"proof": v.offerProof()})
}

// sendOptions answers a script with what the browser is to ask its authenticator for.
func (v *visit) sendOptions(options desk.Options, err error) error {
	if err != nil {
		return err
	}
	v.s.sessions.Put(v.ctx(), keyAsked, string(options.Kept))
	if v.session.SignIn == "" { // what anybody may ask for is not kept for half a day
		v.s.sessions.SetDeadline(v.ctx(), time.Now().Add(halfway))
	}
	return v.sendJSON(options.Asked)
}

func (v *visit) sendJSON(data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("answering a script: %w", err)
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(text) // a browser that has gone needs no answer
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

// digits is a code as it was meant: without the blanks that apps show in it.
func digits(typed string) string { return strings.Join(strings.Fields(typed), "") }
