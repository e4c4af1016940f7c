package kit

import (
	"crypto/rand"
	"crypto/subtle"

	"uketsuke/internal/account"
	"uketsuke/internal/problem"
)

// WhoField is the field in which somebody says again who they are: by the password, by a code of the authenticator
// app, or by the word that a script has put there for a passkey.
func (v *Request) WhoField(f Form) (Field, error) {
	field := f.Field(Field{Name: "password", Label: "確認のため、ログインに使うパスワード", Type: "password", Required: true, Autocomplete: "current-password", Width: "l"})
	factors, err := v.Kit.Desk.Factors(v.Ctx(), v.Actor())
	if err != nil {
		return field, err
	}
	if factors.TOTP {
		field.Hint = Say("認証アプリの6桁のコードでも確認できます。")
	}
	field.Passkey = len(factors.Passkeys) > 0 && v.Kit.Desk.PasskeysPossible()
	return field, nil
}

// OfferProof makes the word that stands for the password once, as long as a re-authentication counts.
func (v *Request) OfferProof() string {
	proof := rand.Text()
	v.Kit.SessionManager.Put(v.Ctx(), keyProof, proof)
	v.Kit.SessionManager.Put(v.Ctx(), keyProofAt, v.Kit.Elapsed().Unix())
	return proof
}

// proves says whether what was typed re-authenticates without being the password: tried says that it was looked at
// as something else.
func (v *Request) proves(typed string) (tried bool, err error) {
	proof := v.Kit.SessionManager.PopString(v.Ctx(), keyProof)
	if proof != "" && subtle.ConstantTimeCompare([]byte(proof), []byte(typed)) == 1 {
		if v.Kit.Elapsed().Unix()-v.Kit.SessionManager.GetInt64(v.Ctx(), keyProofAt) > int64(Fresh.Seconds()) {
			return true, problem.List{problem.New("password", "R-SEC-5", "パスキーで確認してから5分を過ぎました。もう一度確認してください。")}
		}
		return true, nil
	}
	if code := Digits(typed); account.IsTOTPCode(code) {
		return true, CodeProblem(v.Kit.Desk.ReauthenticateByCode(v.Ctx(), v.Actor(), code), "password")
	}
	return false, nil
}
