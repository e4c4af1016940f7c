package kit

import (
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
)

// centrePages are the main pages of the centre, in the order of its day. A page that everybody of the centre
// opens from anywhere is one line here.
func centrePages() []Link {
	return []Link{
		{Text: "審査", Address: "/desk"},
		{Text: "事業所", Address: "/desk/establishments"},
		{Text: "暦", Address: "/desk/calendar"},
		{Text: "お知らせ", Address: "/desk/news"},
		{Text: "メール", Address: "/desk/mails"},
		{Text: "運用", Address: "/desk/operations"},
		{Text: "二人承認", Address: "/desk/rules"},
		{Text: "証明書・ソフト", Address: "/desk/files"},
	}
}

// supervisorPages are those of the centre that the supervisor alone opens.
func supervisorPages() []Link {
	return []Link{
		{Text: "従量料金", Address: "/desk/usage"},
		{Text: "アカウント", Address: "/desk/people"},
		{Text: "監査記録", Address: "/desk/audit"},
	}
}

func establishmentPages() []Link {
	return []Link{
		{Text: "トップメニュー", Address: "/"},
		{Text: "契約内容", Address: "/contract"},
		{Text: "申込内容の確認", Address: "/applications"},
	}
}

// navFor are the main pages of a person; the one whose address the path goes furthest along is the current one.
func navFor(session desk.Session, path string) []Link {
	var links []Link
	switch role := session.Actor.Role; {
	case role.OfCentre():
		links = centrePages()
		if role == account.Supervisor {
			links = append(links, supervisorPages()...)
		}
	case role.OfEstablishment():
		links = establishmentPages()
		if role == account.Administrator {
			links = append(links, Link{Text: "アカウント", Address: "/people"})
		}
	}
	current := -1
	for i, link := range links {
		if leadsTo(link.Address, path) && (current < 0 || len(link.Address) > len(links[current].Address)) {
			current = i
		}
	}
	if current >= 0 {
		links[current].Current = true
	}
	return links
}

// leadsTo says whether a path is the page at an address or one below it; everything is below the top menu,
// which is therefore current only as itself.
func leadsTo(address, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == address || address != "/" && strings.HasPrefix(path, address+"/")
}
