package kit

import (
	"uketsuke/internal/desk"
)

// MemberLineOf is one person as lists of people show them.
func MemberLineOf(m desk.Member) MemberLine {
	return MemberLine{Person: m.Person, Login: m.Login, Role: RoleName(m.Role), Status: StatusTag(m.Status), LastSignIn: m.LastSignIn, LinkUntil: m.LinkUntil}
}
