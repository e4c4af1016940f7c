package kit

import (
	"uketsuke/internal/desk"
)

func MemberLineOf(m desk.Member) MemberLine {
	return MemberLine{Person: m.Person, Login: m.Login, Role: RoleName(m.Role), Status: StatusTag(m.Status), LastSignIn: m.LastSignIn, LinkUntil: m.LinkUntil}
}
