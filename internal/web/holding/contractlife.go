package holding

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A ContractLifePage is the history of one user code or one user ID, from its birth to its tombstone.
type ContractLifePage struct {
	kit.Frame
	Whose   string
	Kind    string // 利用者コード or 利用者ID
	Subject string
	State   kit.Tag
	Says    kit.Sentence
	Facts   []kit.Pair
	Entries []LifeEntry
	Code    kit.Link // of an ID
	IDs     []LifeIDLine
}

// A LifeEntry is one thing that happened or will happen; At or Day says when.
type LifeEntry struct {
	At          time.Time
	Day         calendar.Date
	Says        kit.Sentence
	Differences []ContractDifference
	Details     []kit.Sentence
	Origins     []LifeOrigin
	Coming      bool
}

// A LifeOrigin is what made it: an application with a link, or words.
type LifeOrigin struct {
	Receipt, Address string
	Items            string
	Says             kit.Sentence
}

// A LifeIDLine is an ID under a code.
type LifeIDLine struct {
	ID, Address string
	Born        time.Time
	State       kit.Tag
}

// ShowCodeLife shows the history of a user code.
func (s *Pages) ShowCodeLife(v *kit.Request, f kit.Form) error {
	place := placeAsked(v)
	life, err := s.Desk.CodeLife(v.Ctx(), v.Actor(), place.establishment, v.HTTP.PathValue("code"))
	if err != nil {
		return err
	}
	return s.showLife(v, f, place, life, place.base+"/codes/"+url.PathEscape(string(life.Code)))
}

// ShowIDLife shows the history of a user ID.
func (s *Pages) ShowIDLife(v *kit.Request, f kit.Form) error {
	place := placeAsked(v)
	life, err := s.Desk.IDLife(v.Ctx(), v.Actor(), place.establishment, v.HTTP.PathValue("user"))
	if err != nil {
		return err
	}
	return s.showLife(v, f, place, life, place.base+"/ids/"+url.PathEscape(string(life.ID)))
}

func (s *Pages) showLife(v *kit.Request, f kit.Form, place contractPlace, life desk.Life, path string) error {
	data := ContractLifePage{Frame: v.Frame(path, f), Kind: "利用者コード", Subject: string(life.Code),
		State: lifeTag(life.State), Says: lifeWords(life), Facts: lifeFacts(life), Entries: s.lifeEntries(life, place)}
	if life.ID != "" {
		data.Kind, data.Subject = "利用者ID", string(life.ID)
		data.Code = kit.Link{Text: string(life.Code), Address: place.base + "/codes/" + url.PathEscape(string(life.Code))}
	}
	if place.centre {
		data.Whose = life.Establishment.Company + " " + life.Establishment.Name
	}
	for _, id := range life.IDs {
		data.IDs = append(data.IDs, LifeIDLine{string(id.ID), place.base + "/ids/" + url.PathEscape(string(id.ID)), id.BornAt, lifeTag(id.State)})
	}
	data.Back = place.toContract()
	return v.Render("contract-life", data)
}

// lifeTag names what something is today; a tombstone with its reason.
func lifeTag(s desk.LifeState) kit.Tag {
	switch s {
	case desk.LifeHeld:
		return kit.Tag{Kind: "green", Text: "利用中"}
	case desk.LifeComing:
		return kit.Tag{Kind: "blue", Text: "利用開始前"}
	case desk.LifeDeleted:
		return kit.Tag{Kind: "gray", Text: "欠番（削除）"}
	case desk.LifeVoid:
		return kit.Tag{Kind: "gray", Text: "欠番（承認の無効）"}
	}
	return kit.Tag{Kind: "gray", Text: "欠番（利用開始なし）"}
}

// lifeWords say the same as a sentence, with the days.
func lifeWords(l desk.Life) kit.Sentence {
	switch {
	case l.State == desk.LifeHeld && l.Until.IsZero():
		return kit.Say("%sから利用しています。終わりの日は決まっていません。", l.Since)
	case l.State == desk.LifeHeld:
		return kit.Say("%sから利用しています。%sからは利用できなくなります。", l.Since, l.Until)
	case l.State == desk.LifeComing:
		return kit.Say("まだ利用できません。%sから利用できます。", l.Since)
	case l.State == desk.LifeDeleted:
		return kit.Say("%sに削除されました。もう一度払い出されることはありません。", l.Until)
	case l.State == desk.LifeVoid:
		return kit.Say("利用開始の前に承認が無効になりました。もう一度払い出されることはありません。")
	}
	return kit.Say("利用が始まったことはありません。もう一度払い出されることはありません。")
}

func lifeFacts(l desk.Life) []kit.Pair {
	pairs := []kit.Pair{{Term: "払い出した日", Day: calendar.DateOf(l.BornAt)}}
	read := kit.Pair{Term: "パスワードの参照", Says: kit.Say("記録はありません")}
	if l.Readings > 0 {
		read.Says = kit.Say("%d回（最後は%s）", l.Readings, l.LastRead)
	}
	reissued := kit.Pair{Term: "パスワードの再発行", Says: kit.Say("記録はありません")}
	if n := len(l.Reissues); n > 0 {
		reissued.Says = kit.Say("%d回（最後は%s）", n, l.Reissues[n-1].At)
	}
	return append(pairs, read, reissued)
}

// lifeEntries are everything in the order of its days: the issue, what became different, the re-issues, and
// what came to nothing, which stands where it was taken back.
func (s *Pages) lifeEntries(l desk.Life, place contractPlace) []LifeEntry {
	entries := []LifeEntry{{At: l.BornAt, Says: kit.Say("払い出されました"), Origins: lifeOrigins(place, l.Born)}}
	if l.Born.Imported() {
		entries[0].Says = kit.Say("移行により登録されました")
	}
	for _, r := range l.Reissues {
		entries = append(entries, LifeEntry{At: r.At, Says: kit.Say("利用者ID %sのパスワードを再発行しました", string(r.ID)), Origins: lifeOrigins(place, r.Origin)})
	}
	for _, lapse := range l.Lapses {
		entries = append(entries, lapsed(lapse, place))
	}
	for _, turn := range l.Turns {
		entry := LifeEntry{Day: turn.Day, Says: turnWords(l, turn), Origins: lifeOrigins(place, turn.Origins...), Coming: turn.Day.After(l.Today)}
		for _, d := range turn.Differences {
			entry.Differences = append(entry.Differences, s.DifferenceWords(d, place.base))
		}
		for _, tab := range turn.Tabs {
			entry.Details = append(entry.Details, kit.Say("システム設定「%s」の内容が有効になる日です", kit.Word(application.TabName(tab, s.Desk.Catalogue))))
		}
		entries = append(entries, entry)
	}
	slices.SortStableFunc(entries, func(a, b LifeEntry) int { return a.moment().Compare(b.moment()) })
	return entries
}

// turnWords say whether the code or ID itself begins or ends on the day; what is to come is said as such.
func turnWords(l desk.Life, turn desk.LifeTurn) kit.Sentence {
	subject := cmp.Or(string(l.ID), string(l.Code))
	at := slices.IndexFunc(turn.Differences, func(d contract.Difference) bool { return d.Subject() == subject })
	begins := at >= 0 && turn.Differences[at].Before.Kind == ""
	ends := at >= 0 && turn.Differences[at].After.Kind == ""
	switch coming := turn.Day.After(l.Today); {
	case begins && coming:
		return kit.Say("利用が始まります")
	case begins:
		return kit.Say("利用が始まりました")
	case ends && coming:
		return kit.Say("削除されます")
	case ends:
		return kit.Say("削除されました")
	case coming:
		return kit.Say("内容が変わります")
	}
	return kit.Say("内容が変わりました")
}

func (e LifeEntry) moment() time.Time {
	if e.Day.IsZero() {
		return e.At
	}
	return e.Day.Start()
}

// lapsed says what would have been. A start date that was moved takes its first promise back, though the
// application lives.
func lapsed(lapse desk.LifeLapse, place contractPlace) LifeEntry {
	e := LifeEntry{At: lapse.RevokedAt, Origins: lifeOrigins(place, lapse.Origin), Says: kit.Say("%sからの予定が取り消されました", lapse.Day)}
	if e.At.IsZero() {
		e.At = lapse.Origin.EndedAt
	}
	if lapse.Origin.State == application.Void {
		e.Says = kit.Say("承認が無効になり、%sからの予定がなくなりました", lapse.Day)
		if reason := lapse.Origin.EndReason; reason != "" {
			e.Details = []kit.Sentence{kit.Say("理由：%s", reason)}
		}
	}
	return e
}

// lifeOrigins name applications; what came with an import has none.
func lifeOrigins(place contractPlace, origins ...desk.Origin) []LifeOrigin {
	var all []LifeOrigin
	for _, o := range origins {
		if o.Imported() {
			all = append(all, LifeOrigin{Says: kit.Say("移行した契約")})
			continue
		}
		all = append(all, LifeOrigin{Receipt: o.Receipt, Address: place.applications + url.PathEscape(o.Application), Items: o.Items})
	}
	return all
}
