// Package secret answers: what is an initial password, until when may it be read, and by whom?
//
// A secret is one of the two initial passwords of a user ID; its Name tells which. A Period is the reading
// period (参照期間) of one application's secrets, as promised at the approval: dates that later edits of the
// calendar never move. A secret is kept sealed: encrypted under the key of its application, and bound to
// its place (Place), so that it opens nowhere else. The key's end is the secret's end (package keyring).
package secret

// A Name tells the secrets of one user ID apart (R-SEC-4). The values are stored and checked by the schema.
type Name string

// The two secrets of a user ID.
const (
	Password     Name = "password"
	UserPassword Name = "user-password"
)

// Names lists the secrets that every user ID gets, in the order in which they are shown.
func Names() []Name { return []Name{Password, UserPassword} }

// Japanese is the name shown to people.
func (n Name) Japanese() string {
	switch n {
	case Password:
		return "パスワード"
	case UserPassword:
		return "利用者パスワード"
	}
	return string(n)
}
