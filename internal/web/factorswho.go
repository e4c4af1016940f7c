package web

import (
	"crypto/rand"
	"crypto/subtle"

	"uketsuke/internal/account"
	"uketsuke/internal/problem"
)

// whoField is the field in which somebody says again who they are: by the password, by a code of the authenticator
// app, or by the word that a script has put there for a passkey.
func (v *visit) whoField(f Form) (Field, error) {
	field := f.Field(Field{Name: "password", Label: "確認のため、ログインに使うパスワード", Type: "password", Required: true, Autocomplete: "current-password", Width: "l"})
	factors, err := v.s.Desk.Factors(v.ctx(), v.actor())
	if err != nil {
		return field, err
	}
	if factors.TOTP {
		field.Hint = Say("認証アプリの6桁のコードでも確認できます。")
	}
	field.Passkey = len(factors.Passkeys) > 0 && v.s.Desk.PasskeysPossible()
	return field, nil
}

// offerProof makes the word that stands for the password once, as long as a re-authentication counts.
func (v *visit) offerProof() string {
	proof := rand.Text()
	v.s.sessions.Put(v.ctx(), keyProof, proof)
	v.s.sessions.Put(v.ctx(), keyProofAt, v.s.Elapsed().Unix())
	return proof
}

// proves says whether what was typed re-authenticates without being the password: tried says that it was looked at
// as something else.
func (v *visit) proves(typed string) (tried bool, err error) {
	proof := v.s.sessions.PopString(v.ctx(), keyProof)
	if proof != "" && subtle.ConstantTimeCompare([]byte(proof), []byte(typed)) == 1 {
		if v.s.Elapsed().Unix()-v.s.sessions.GetInt64(v.ctx(), keyProofAt) > int64(fresh.Seconds()) {
			return true, problem.List{problem.New("password", "R-SEC-5", "パスキーで確認してから5分を過ぎました。もう一度確認してください。")}
		}
		return true, nil
	}
	if code := digits(typed); account.IsTOTPCode(code) {
		return true, codeProblem(v.s.Desk.ReauthenticateByCode(v.ctx(), v.actor(), code), "password")
	}
	return false, nil
}
