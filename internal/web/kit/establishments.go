package kit

import (
	"net/url"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
)

// A MemberLine is a person of an establishment.
type MemberLine struct {
	desk.Person
	Login      string
	Role       string
	Status     Tag
	LastSignIn time.Time
	LinkUntil  time.Time
	Manage     string // where the account is changed, "" for those who may not
}

// EstablishmentsPath is where establishments are searched for.
const EstablishmentsPath = "/desk/establishments"

// EstablishmentPath is the address of one, or of a page below it.
func EstablishmentPath(id string, rest ...string) string {
	path := EstablishmentsPath + "/" + url.PathEscape(id)
	for _, part := range rest {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// RoleName is a role in words.
func RoleName(role account.Role) string {
	return role.Japanese()
}

// StatusTag is the state of an account as a coloured word.
func StatusTag(status string) Tag {
	switch status {
	case "active":
		return Tag{"green", "利用中"}
	case "invited":
		return Tag{"orange", "登録待ち"}
	}
	return Tag{"gray", "停止中"}
}
